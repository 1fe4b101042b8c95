"""Callers of one process that settle together: each is answered for itself, after the commit."""

from __future__ import annotations

import threading
import unittest.mock
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from tests.office.builders import (
    DAY,
    OUTPUTS,
    WHO,
    YUAN,
    admitted,
    facts_in_order,
    in_force,
    new_key,
    plain_fold,
    settled,
    six,
    someone,
    stay,
    year_of,
)
from tests.office.databases import at_once

from doudi.office.audit.models import Call
from doudi.office.audit.services import KeyReused
from doudi.office.settlement import turns
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.group import Outcome, Request
from doudi.office.settlement.models import Claim, Entry, PersonYear
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.services import settle_many
from doudi.office.settlement.turns import Turns

CALLERS = 16


def asking(admission: str, key: str | None = None) -> Callable[[], dict[str, Any]]:
    known = key or new_key()
    return lambda: turns.settle(key=known, admission=admission, day=DAY, who=WHO)


def request(admission: str, key: str | None = None) -> Request:
    return Request(key or new_key(), admission, DAY, WHO)


# ---- Many at once -----------------------------------------------------------------------------


@pytest.mark.real_commits
def test_sixteen_callers_for_three_people_get_what_one_after_the_other_would() -> None:
    people = [someone() for _ in range(3)]
    stays = [stay(people[number % 3], (5_000 + 500 * number) * YUAN) for number in range(CALLERS)]
    answers = at_once(*map(asking, stays))
    assert [answer["admission"] for answer in answers] == stays
    for person in people:
        entries = Entry.objects.filter(year__person=person).order_by("number")
        fold = plain_fold()
        serial = [fold.settle(facts) for facts in facts_in_order(person)]
        assert [tuple(entry.outputs[name] for name in OUTPUTS) for entry in entries] == serial
    kept = dict(Call.objects.filter(service="settle").values_list("subject", "answer"))
    assert dict(zip(stays, answers, strict=True)) == kept
    assert check_everything().faults == []


@pytest.mark.real_commits
def test_one_key_from_sixteen_callers_has_one_effect_and_one_answer() -> None:
    admission, key = stay(someone(), 1_000), new_key()
    answers = at_once(*[asking(admission, key)] * CALLERS)
    assert answers == [answers[0]] * CALLERS
    assert isinstance(answers[0], dict)
    assert Claim.objects.count() == Call.objects.filter(service="settle").count() == 1


@pytest.mark.real_commits
def test_who_is_refused_does_not_spoil_it_for_the_others() -> None:
    person = someone()
    stays = [stay(person, (1_000 + number) * YUAN) for number in range(8)]
    without_a_bill = admitted(someone())
    calls = [asking("no such stay"), asking(without_a_bill), asking(stays[0]), asking(stays[0])]
    answers = at_once(*calls, *map(asking, stays[1:]))
    assert all(isinstance(answer, dict) for answer in answers[4:])
    assert [type(answer) for answer in answers[:2]] == [Refused, Refused]
    assert sorted(type(answer).__name__ for answer in answers[2:4]) == ["Refused", "dict"]
    assert PersonYear.objects.count() == 1
    assert year_of(person).sequence == 8
    assert check_everything().faults == []


# ---- A group ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_of_a_group_each_is_settled_or_refused_for_itself() -> None:
    person, other = someone(), someone(registered=False)
    uninsured = stay(someone(insured=()), 1_000)
    before = settled(person, 70_000 * YUAN, 0)
    stays = [stay(person, 20_000 * YUAN, 0), stay(other, 5_000 * YUAN), stay(person, 1_000)]
    key = new_key()
    done = request(before.admission, key)
    asked = [
        request(stays[0], key),
        request("nobody"),
        request(stays[1]),
        request(uninsured),
        done,
        Request("", stays[2], DAY, WHO),
        request(stays[2]),
        request(stays[2]),
    ]
    outcomes = settle_many(asked)
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds == [
        *("dict", "Refused", "dict", "NotEnrolled", "KeyReused", "BadCall", "dict", "Refused")
    ]
    fold = plain_fold()
    serial = [fold.settle(facts) for facts in facts_in_order(person)]
    answers = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    assert [before.amounts, six(answers[0]), six(answers[2])] == serial
    assert sorted(in_force(person).values()) == sorted(serial)
    assert settle_many([asked[0], asked[2]]) == [outcomes[0], outcomes[2]]
    assert Entry.objects.count() == 4
    assert check_everything().faults == []


@pytest.mark.django_db
def test_a_bill_that_cannot_be_worked_out_leaves_no_year_and_the_others_settled() -> None:
    """It is found out only once the year is locked."""
    person, other = someone(), someone()
    bad = stay(person, 1_000)
    good = stay(other, 1_000)
    settled(person, 1_000)
    PersonYear.objects.filter(person=person).update(totals={"registered_own": 10**17})
    outcomes = settle_many([request(bad), request(good)])
    assert [type(outcome).__name__ for outcome in outcomes] == ["BadInput", "dict"]
    assert Claim.objects.filter(admission__public_id__in=(bad, good)).count() == 1


@pytest.mark.django_db
def test_the_same_key_twice_in_a_group_is_one_request_or_refused() -> None:
    first, second, key = stay(someone(), 1_000), stay(someone(), 1_000), new_key()
    outcomes = settle_many([request(first, key), request(first, key), request(second, key)])
    assert outcomes[0] == outcomes[1]
    assert isinstance(outcomes[2], KeyReused)
    assert settle_many([]) == []


@pytest.mark.django_db
def test_inside_a_transaction_turns_settle_in_it() -> None:
    admission = stay(someone(), 1_000)
    with transaction.atomic():
        turns.settle(key=new_key(), admission=admission, day=DAY, who=WHO)
        assert Claim.objects.count() == 1
        transaction.set_rollback(True)
    assert Claim.objects.count() == 0
    assert connection.in_atomic_block


# ---- Turns ------------------------------------------------------------------------------------


def answer(request: Request) -> dict[str, Any]:
    return {"admission": request.admission}


def in_threads(*calls: Callable[[], Any]) -> list[Any]:
    """What callers get who never touch a database; none of them may be left waiting."""
    answers: list[Any] = [None] * len(calls)

    def make(place: int, call: Callable[[], Any]) -> None:
        try:
            answers[place] = call()
        except BaseException as error:  # the test judges it
            answers[place] = error

    threads = [threading.Thread(target=make, args=pair, daemon=True) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return answers


def asked_of(one: Turns, number: int) -> Callable[[], dict[str, Any]]:
    return lambda: one.settle(request(str(number)))


def test_who_comes_while_two_turns_are_under_way_is_settled_together_with_the_others() -> None:
    groups: list[list[str]] = []
    go, begun = threading.Event(), threading.Semaphore(0)

    def slowly(requests: Sequence[Request]) -> list[Outcome]:
        groups.append([one.admission for one in requests])
        begun.release()
        go.wait(60)
        return [answer(one) for one in requests]

    one = Turns(slowly)

    def let_go() -> None:
        for _turn in range(turns.AT_ONCE):
            begun.acquire()
        while len(one._waiting) < CALLERS - turns.AT_ONCE:
            pass
        go.set()

    *answers, _gone = in_threads(*[asked_of(one, number) for number in range(CALLERS)], let_go)
    assert answers == [{"admission": str(number)} for number in range(CALLERS)]
    assert [len(group) for group in groups[: turns.AT_ONCE]] == [1] * turns.AT_ONCE
    assert sum(len(group) for group in groups) == CALLERS
    # Those who waited are shared out evenly between the turns under way.
    assert max(len(group) for group in groups) >= (CALLERS - turns.AT_ONCE) // turns.AT_ONCE
    assert one._turns == 0


class Ended(BaseException):
    """As a thread is ended from outside."""


@pytest.mark.parametrize("error", [OperationalError("gone"), ValueError("wrong"), Ended()])
def test_after_an_error_of_a_turn_everybody_is_answered_and_the_next_turn_works(
    error: BaseException,
) -> None:
    works = threading.Event()

    def fails(requests: Sequence[Request]) -> list[Outcome]:
        if not works.is_set():
            raise error
        return [answer(one) for one in requests]

    one = Turns(fails)
    answers = in_threads(*[asked_of(one, number) for number in range(CALLERS)])
    expected = OperationalError if isinstance(error, Ended) else type(error)
    assert all(isinstance(found, expected | Ended) for found in answers)
    works.set()
    answers = in_threads(*[asked_of(one, number) for number in range(CALLERS)])
    assert answers == [{"admission": str(number)} for number in range(CALLERS)]


def test_a_turn_waits_for_as_many_as_came_to_the_last_ones_but_not_for_ever() -> None:
    sizes: list[int] = []

    def count(requests: Sequence[Request]) -> list[Outcome]:
        sizes.append(len(requests))
        return [answer(one) for one in requests]

    one = Turns(count)
    one._last_turns.extend([CALLERS] * turns.AT_ONCE)
    in_threads(asked_of(one, 0))
    assert sizes == [1]
    one._last_turns.extend([2] * turns.AT_ONCE)
    with unittest.mock.patch.object(turns, "PATIENCE_SECONDS", 60):
        in_threads(asked_of(one, 0), asked_of(one, 1))
    assert sizes == [1, 2]


def test_a_turn_takes_a_bounded_number() -> None:
    sizes: list[int] = []

    def count(requests: Sequence[Request]) -> list[Outcome]:
        sizes.append(len(requests))
        return [answer(one) for one in requests]

    one = Turns(count)
    with one._mutex:
        one._turns = turns.AT_ONCE
    calls = [asked_of(one, number) for number in range(3 * turns.MOST)]

    def begin() -> None:
        while len(one._waiting) < len(calls):
            pass
        for _turn in range(turns.AT_ONCE):
            one._pass_on()

    *answers, _begun = in_threads(*calls, begin)
    assert answers == [{"admission": str(number)} for number in range(len(calls))]
    assert max(sizes) == turns.MOST
    assert one._turns == 0
