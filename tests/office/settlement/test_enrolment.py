"""No fund pays for who is not insured, and a disease counts where it is to be treated."""

from __future__ import annotations

from datetime import date

import pytest
from tests.office.builders import (
    DAY,
    WHO,
    YUAN,
    admitted,
    claim_row,
    enrol,
    hospital,
    in_force,
    line,
    new_key,
    plain_fold,
    rows_of,
    settle,
    settled,
    six,
    someone,
    stay,
    visited,
)

from doudi.office.audit.models import Call
from doudi.office.ledger.models import Posting
from doudi.office.registry import services as registry
from doudi.office.settlement import services
from doudi.office.settlement.models import Admission, Claim, Entry, FeeLine, PersonYear
from doudi.office.settlement.refusals import NotEnrolled

pytestmark = pytest.mark.django_db

TABLES = (Admission, FeeLine, PersonYear, Claim, Entry, Posting, Call)


# ---- Enrolled for the year of the claim ---------------------------------------------------------


@pytest.mark.clause("H-66")
@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("insured", [(), (2017, 2019)])
def test_nothing_is_settled_for_who_is_not_insured_that_year(
    registered: bool, insured: tuple[int, ...]
) -> None:
    admission = stay(someone(registered=registered, insured=insured), 12_000 * YUAN)
    kept = rows_of(*TABLES)
    with pytest.raises(NotEnrolled, match="2018") as error:
        settle(admission)
    assert rows_of(*TABLES) == kept
    assert "参保" in error.value.zh
    assert ("政府代缴" in error.value.zh) is registered


@pytest.mark.clause("H-66")
@pytest.mark.clause("H-20")
def test_once_the_enrolment_is_recorded_the_stay_is_settled_as_any_other() -> None:
    person = someone(insured=())
    admission = stay(person, 12_000 * YUAN, 10_800 * YUAN)
    with pytest.raises(NotEnrolled):
        services.preview_settle(admission=admission, day=DAY)
    enrolment = enrol(person, 2018)
    answer = settle(admission)
    # The hand-worked stay of test_settle.
    assert six(answer) == (765_000, 0, 173_250, 127_575, 14_175, 120_000)
    assert claim_row(answer["claim"]).evidence["enrolment"] == {
        "id": enrolment,
        "year": 2018,
        "paid_by": "government",
        "document": "参保〔2018〕1号",
    }


@pytest.mark.clause("H-66")
def test_a_visit_of_who_is_not_insured_leaves_nothing_behind() -> None:
    person = someone(insured=())
    hospital()
    kept = rows_of(*TABLES)
    with pytest.raises(NotEnrolled):
        visited(person, "chronic", 100 * YUAN)
    assert rows_of(*TABLES) == kept


@pytest.mark.clause("H-66")
@pytest.mark.parametrize("insured", [(2018,), ()])
def test_on_admission_the_clerk_hears_who_is_not_insured(insured: tuple[int, ...]) -> None:
    answer = services.admit(
        key=new_key(),
        person=someone(insured=insured).public_id,
        institution=hospital(),
        kind="inpatient",
        admitted_on=DAY,
        agreement="协议1",
        who=WHO,
    )
    assert answer["enrolled"] is (2018 in insured)


@pytest.mark.clause("H-66")
def test_the_year_of_insurance_is_that_of_the_discharge() -> None:
    person = someone(insured=(2017,))
    admission = admitted(person, on=date(2017, 12, 30))
    services.enter_fees(key=new_key(), admission=admission, lines=[line(100)], who=WHO)
    with pytest.raises(NotEnrolled, match="2018"):
        settle(admission, date(2018, 1, 2))


# ---- A serious disease, treated where it is to be treated ----------------------------------------


@pytest.mark.clause("H-33")
@pytest.mark.clause("H-35")
@pytest.mark.parametrize("designated", [True, False])
def test_a_serious_disease_counts_in_an_institution_designated_for_it_only(
    designated: bool,
) -> None:
    """Two stays of 50,000 yuan, all in scope, in a hospital of level two."""
    person = someone(serious=True)
    place = hospital(2, serious=designated)
    fold = plain_fold()
    for _stay in range(2):
        done = settled(person, 50_000 * YUAN, at=place)
        claim = claim_row(done.claim)
        assert claim.facts["serious"] is designated
        assert claim.evidence["serious"] == {
            "listed": True,
            "institution_designated": designated,
            "counts": designated,
        }
        assert claim.evidence["listings"][0]["list"] == "serious"
        assert done.amounts == fold.settle(claim.facts)
    without = plain_fold()
    facts = {**claim.facts, "serious": not designated}
    others = [without.settle(facts) for _stay in range(2)]
    assert others[1] != done.amounts, "the case tells the two apart"


@pytest.mark.clause("H-35")
def test_who_is_not_on_the_list_gains_nothing_by_a_designated_institution() -> None:
    claim = claim_row(settled(someone(), 1_000 * YUAN).claim)
    assert claim.facts["serious"] is False
    assert claim.evidence["serious"] == {
        "listed": False,
        "institution_designated": True,
        "counts": False,
    }


@pytest.mark.clause("H-35")
def test_reassessing_looks_at_the_institution_too() -> None:
    person = someone()
    elsewhere = settled(person, 50_000 * YUAN, at=hospital(2, serious=False))
    there = settled(person, 50_000 * YUAN, at=hospital(2))
    registry.list_disease(
        actor="窗口甲",
        reason="补登",
        person_id=person.pk,
        list="serious",
        disease="胃癌",
        valid_from=date(2018, 1, 1),
        document="卫健〔2018〕1号",
    )
    services.reassess(key=new_key(), person=person.public_id, year=2018, who=WHO)
    [now] = Claim.objects.filter(replaces__isnull=False)
    assert str(now.replaces_id) == there.claim
    assert now.facts["serious"] is True
    fold = plain_fold()
    expected = [fold.settle(claim_row(elsewhere.claim).facts), fold.settle(now.facts)]
    amounts = in_force(person)
    assert [amounts[elsewhere.claim], amounts[str(now.pk)]] == expected
