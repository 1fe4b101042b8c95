"""Admission: no deposit for the registered, an agreement instead; and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.office.builders import (
    DAY,
    OUTPATIENT_KINDS,
    WHO,
    YUAN,
    admitted,
    hospital,
    new_key,
    owes,
    register,
    rows_of,
    settle,
    someone,
    stay,
)

from doudi.office.audit.models import Call
from doudi.office.ledger.models import Account, Posting
from doudi.office.ledger.selectors import balance
from doudi.office.ledger.services import cash
from doudi.office.registry import services as registry
from doudi.office.settlement import services
from doudi.office.settlement.models import Admission
from doudi.office.settlement.refusals import Refused

pytestmark = pytest.mark.django_db


def refused(**given: Any) -> Refused:
    """The refusal of an admission, after which nothing is left of it."""
    person = given.pop("person", None) or someone().public_id
    facts: dict[str, Any] = {
        "institution": given.pop("institution", None) or hospital(),
        "kind": "inpatient",
        "admitted_on": DAY,
        "agreement": "协议1",
    }
    kept = rows_of(Admission, Account, Posting, Call)
    with pytest.raises(Refused) as error:
        services.admit(key=new_key(), person=person, who=WHO, **facts | given)
    assert rows_of(Admission, Account, Posting, Call) == kept
    assert error.value.zh
    return error.value


@pytest.mark.clause("H-53")
@pytest.mark.clause("H-56")
@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_registered_person_is_admitted_without_a_deposit(level: int) -> None:
    person = someone()
    public_id = admitted(person, at=hospital(level), agreement="先诊疗后付费〔2018〕7号")
    admission = Admission.objects.get(public_id=public_id)
    assert (admission.person, admission.deposit_fen) == (person, 0)
    assert admission.agreement == "先诊疗后付费〔2018〕7号"
    assert owes(public_id) == 0


@pytest.mark.clause("H-53")
@pytest.mark.clause("H-56")
def test_a_deposit_of_a_registered_person_is_refused() -> None:
    assert "不交押金" in refused(deposit_fen=1).zh


@pytest.mark.clause("H-53")
def test_treat_first_pay_later_needs_an_agreement() -> None:
    assert "协议" in refused(agreement="").zh


@pytest.mark.clause("H-53")
def test_who_was_registered_yesterday_only_may_be_asked_for_a_deposit() -> None:
    person = someone(registered=False)
    register(person, date(2016, 1, 1), DAY - timedelta(days=1))
    admitted(person, agreement="", deposit=1_000 * YUAN)
    assert (
        "不交押金"
        in refused(person=person.public_id, admitted_on=DAY - timedelta(days=1), deposit_fen=1).zh
    )


def test_who_is_registered_in_another_year_is_read_from_the_registry_for_the_day() -> None:
    person = someone(registered=False)
    period = register(person, date(2016, 1, 1))
    registry.withdraw_registration(actor="a", reason="b", period_id=period)
    admitted(person, agreement="", deposit=1)


@pytest.mark.clause("H-53")
def test_an_unregistered_person_may_leave_a_deposit_and_gets_it_counted() -> None:
    person = someone(registered=False)
    public_id = stay(person, 3_000 * YUAN, 0, agreement="", deposit=1_000 * YUAN)
    assert Admission.objects.get(public_id=public_id).deposit_fen == 1_000 * YUAN
    assert balance(cash(hospital())) == 1_000 * YUAN
    assert settle(public_id)["own_fen"] == 3_000 * YUAN
    assert owes(public_id) == 2_000 * YUAN


def test_a_deposit_larger_than_the_own_part_is_given_back() -> None:
    public_id = stay(someone(registered=False), 100 * YUAN, 0, agreement="", deposit=1_000 * YUAN)
    settle(public_id)
    assert owes(public_id) == -900 * YUAN
    answer = services.refund_own(key=new_key(), admission=public_id, day=DAY, who=WHO)
    assert answer["refunded_fen"] == 900 * YUAN
    assert owes(public_id) == 0


@pytest.mark.parametrize("deposit", [-1, -100_000])
def test_a_deposit_below_nothing_is_refused(deposit: int) -> None:
    refused(person=someone(registered=False).public_id, agreement="", deposit_fen=deposit)


@pytest.mark.clause("H-56")
@pytest.mark.parametrize(("designated", "inside"), [(False, True), (False, False), (True, False)])
def test_elsewhere_than_in_a_designated_institution_of_the_league_a_deposit_may_be_taken(
    designated: bool, inside: bool
) -> None:
    place = hospital(designated=designated, inside=inside)
    public_id = admitted(someone(), at=place, agreement="", deposit=500 * YUAN)
    assert Admission.objects.get(public_id=public_id).deposit_fen == 500 * YUAN


def test_an_unknown_person_is_refused_by_name() -> None:
    assert "NOBODY" in refused(person="NOBODY").zh


def test_an_unknown_institution_is_refused_by_name() -> None:
    assert "999" in refused(institution="999").zh


@pytest.mark.parametrize("kind", ["", "dentist", "enrolment", "doctor_incentive"])
def test_a_kind_that_is_no_kind_of_care_is_refused(kind: str) -> None:
    refused(kind=kind)


@pytest.mark.parametrize("kind", OUTPATIENT_KINDS)
def test_an_outpatient_kind_needs_no_agreement(kind: str) -> None:
    admitted(someone(), kind=kind, agreement="")


def test_the_admission_answers_a_name_that_tells_nothing_of_the_person() -> None:
    person = someone()
    first, second = admitted(person), admitted(person)
    assert first != second
    assert len(first) == 32
    assert person.public_id not in first
