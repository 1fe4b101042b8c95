"""Settling takes the years as it met them: whoever changes one meanwhile is there first.

Between what a settlement reads and what it writes another connection does something. On SQLite a
settlement has the write lock from its beginning, so there the other one goes before it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from tests.office.builders import (
    DAY,
    OUTPUTS,
    WHO,
    YUAN,
    enrol,
    facts_in_order,
    in_force,
    new_key,
    plain_fold,
    reverse,
    settle,
    settled,
    six,
    someone,
    stay,
    year_of,
)
from tests.office.databases import at_once

from doudi.office.ledger.models import ClosedMonth, Posting
from doudi.office.ledger.services import close_month
from doudi.office.registry.models import Enrolment, Person
from doudi.office.registry.services import (
    add_registration,
    withdraw_enrolment,
    withdraw_listing,
)
from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.group import Request
from doudi.office.settlement.models import Claim, Entry, PersonYear
from doudi.office.settlement.refusals import NotEnrolled, Refused
from doudi.office.settlement.registry_effects import follow_registry

pytestmark = pytest.mark.real_commits


def elsewhere(act: Callable[[], Any]) -> Any:
    """What a call answers that another connection makes."""
    answers: list[Any] = []

    def make() -> None:
        try:
            answers.append(act())
        finally:
            connections.close_all()

    thread = Thread(target=make)
    thread.start()
    thread.join(60)
    return answers[0]


@contextmanager
def meanwhile(act: Callable[[], Any]) -> Generator[list[Any]]:
    """Have another connection act once, after this one has read and before it writes."""
    answers: list[Any] = []
    if connection.vendor == "sqlite":
        answers.append(elsewhere(act))
        yield answers
        return

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT" in sql and not answers:
            answers.append(None)
            answers[0] = elsewhere(act)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield answers
    assert answers, "nothing was written"


def begun() -> Person:
    """Somebody whose year has begun, so that the policy's text is kept too."""
    person = someone()
    settled(person, 40_000 * YUAN)
    return person


def check_serial(person: Person) -> None:
    """The year is what its claims come to one after the other, in the order of its entries."""
    fold = plain_fold()
    serial = [fold.settle(facts) for facts in facts_in_order(person)]
    entries = Entry.objects.filter(year__person=person, sort="settle").order_by("number")
    assert [tuple(entry.outputs[name] for name in OUTPUTS) for entry in entries] == serial
    assert check_everything().faults == []


def test_a_claim_settled_meanwhile_counts_first() -> None:
    person = begun()
    first, second = stay(person, 12_000 * YUAN), stay(person, 11_000 * YUAN)
    with meanwhile(lambda: settle(second)) as other:
        answer = settle(first)
    entries = Entry.objects.filter(year__person=person).order_by("number")
    assert [str(entry.claim_id) for entry in entries][1:] == [other[0]["claim"], answer["claim"]]
    assert year_of(person).sequence == 3
    check_serial(person)


def test_of_two_first_claims_of_a_year_both_count_in_one_year() -> None:
    begun()
    person = someone()
    first, second = stay(person, 12_000 * YUAN), stay(person, 11_000 * YUAN)
    with meanwhile(lambda: settle(second)):
        settle(first)
    assert PersonYear.objects.filter(person=person).count() == 1
    assert year_of(person).sequence == 2
    check_serial(person)


def test_a_claim_reversed_meanwhile_has_given_its_quota_back() -> None:
    person = begun()
    before = settled(person, 50_000 * YUAN)
    admission = stay(person, 12_000 * YUAN)
    with meanwhile(lambda: reverse(before.claim)):
        answer = settle(admission)
    twin = begun()
    assert six(answer) == settled(twin, 12_000 * YUAN).amounts
    assert check_everything().faults == []


def test_the_same_request_sent_twice_has_one_effect_and_one_answer() -> None:
    admission, key = stay(begun(), 1_000 * YUAN), new_key()

    def ask() -> dict[str, Any]:
        return services.settle(key=key, admission=admission, day=DAY, who=WHO)

    with meanwhile(ask) as other:
        assert ask() == other[0]
    assert Claim.objects.filter(admission__public_id=admission).count() == 1
    assert check_everything().faults == []


def test_a_stay_settled_meanwhile_under_another_key_is_refused() -> None:
    admission = stay(begun(), 1_000 * YUAN)
    with meanwhile(lambda: settle(admission)), pytest.raises(Refused, match="settled already"):
        settle(admission)
    assert Claim.objects.filter(admission__public_id=admission).count() == 1
    assert check_everything().faults == []


def test_of_a_group_with_a_year_that_was_changed_meanwhile_everybody_is_settled() -> None:
    person, others = begun(), [someone() for _ in range(3)]
    disturbing = stay(person, 9_000 * YUAN)
    stays = [stay(one, 8_000 * YUAN) for one in (*others, person, person)]
    requests = [Request(new_key(), admission, DAY, WHO) for admission in stays]
    with meanwhile(lambda: settle(disturbing)):
        outcomes = services.settle_many(requests)
    assert [type(outcome).__name__ for outcome in outcomes] == ["dict"] * len(stays)
    assert len(in_force(person)) == 4
    check_serial(person)


def test_a_month_closed_meanwhile_takes_nothing_more() -> None:
    person = begun()
    admission = stay(person, 1_000 * YUAN)

    def close() -> Any:
        return close_month(key=new_key(), period="201805", actor="主管", reason="月结")

    with meanwhile(close):
        answer = settle(admission)
    assert ClosedMonth.objects.count() == 1
    posting = Posting.objects.get(memo=answer["claim"])
    assert posting.period == "201806"
    assert check_everything().faults == []


def test_who_is_not_the_first_of_a_group_to_need_a_new_year_shares_it() -> None:
    begun()
    person = someone(insured=())
    enrol(person, 2018)
    stays = [stay(person, (1_000 + number) * YUAN) for number in range(3)]
    outcomes = services.settle_many([Request(new_key(), one, DAY, WHO) for one in stays])
    assert [type(outcome).__name__ for outcome in outcomes] == ["dict"] * 3
    assert year_of(person).sequence == 3
    check_serial(person)


# ---- The registry changes meanwhile ------------------------------------------------------------


def register(person: Person) -> Any:
    """Somebody registers a person, backdated, and has what is settled already follow."""

    def act() -> Any:
        with transaction.atomic():
            add_registration(
                person_id=person.pk,
                valid_from=date(2016, 1, 1),
                cause="01",
                document="旗扶贫办〔2018〕1号",
                actor="maker",
                reason="补登",
            )
            return follow_registry(person, WHO)

    return act


def check_registered(person: Person, claims: int) -> None:
    found = Claim.objects.filter(year__person=person)
    in_force = [claim for claim in found if not claim.entries.filter(sort="reverse").exists()]
    assert [claim.facts["registered"] for claim in in_force] == [True] * claims
    assert check_everything().faults == []


def test_who_is_registered_while_a_first_stay_is_settled_is_settled_as_registered() -> None:
    begun()
    person = someone(registered=False)
    admission = stay(person, 12_000 * YUAN)
    with meanwhile(register(person)):
        settle(admission)
    check_registered(person, 1)


def test_who_is_registered_while_a_later_stay_is_settled_is_settled_as_registered() -> None:
    begun()
    person = someone(registered=False)
    settled(person, 9_000 * YUAN)
    first, second = stay(person, 12_000 * YUAN), stay(person, 1_000 * YUAN)
    with meanwhile(register(person)):
        outcomes = services.settle_many(
            [Request(new_key(), one, DAY, WHO) for one in (first, second)]
        )
    assert [type(outcome) for outcome in outcomes] == [dict, dict]
    check_registered(person, 3)


def test_who_is_registered_while_a_reversed_stay_is_settled_again_is_settled_as_registered() -> (
    None
):
    begun()
    person = someone(registered=False)
    before = settled(person, 9_000 * YUAN)
    reverse(before.claim)
    with meanwhile(register(person)):
        settle(before.admission)
    check_registered(person, 1)


def test_whose_enrolment_is_withdrawn_meanwhile_is_not_settled() -> None:
    begun()
    person = someone()
    admission = stay(person, 1_000 * YUAN)
    enrolment = Enrolment.objects.get(person=person, year=DAY.year)

    def withdraw() -> None:
        withdraw_enrolment(enrolment_id=enrolment.pk, actor="maker", reason="参保登记有误")

    with meanwhile(withdraw), pytest.raises(NotEnrolled):
        settle(admission)
    assert not Claim.objects.filter(admission__public_id=admission).exists()


def test_whose_listing_is_withdrawn_meanwhile_is_settled_without_it() -> None:
    begun()
    person = someone(serious=True)
    admission = stay(person, 50_000 * YUAN)
    listing = person.listings.get()

    def withdraw() -> None:
        withdraw_listing(listing_id=listing.pk, actor="maker", reason="误诊")

    with meanwhile(withdraw):
        settle(admission)
    claim = Claim.objects.get(admission__public_id=admission)
    assert claim.facts["serious"] is False
    assert claim.evidence["listings"] == []


@pytest.mark.parametrize("beginning", ["first", "later"])
def test_a_settlement_waits_for_a_change_of_the_registry_that_is_under_way(beginning: str) -> None:
    """The change has looked at what is settled already and is not committed yet."""
    begun()
    person = someone(registered=False)
    if beginning == "later":
        settled(person, 9_000 * YUAN)
    admission = stay(person, 12_000 * YUAN)
    held, let_go = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            register(person)()
            held.set()
            let_go.wait(60)

    def window() -> dict[str, Any]:
        held.wait(60)
        threading.Timer(0.3, let_go.set).start()
        return services.settle(key=new_key(), admission=admission, day=DAY, who=WHO)

    changed, answer = at_once(change, window)
    assert changed is None
    assert isinstance(answer, dict), answer
    check_registered(person, 1 if beginning == "first" else 2)
