"""Sixteen windows at once for one person's last yuan: exactly what some order of them gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.office.builders import (
    DAY,
    OUTPUTS,
    WHO,
    YUAN,
    correct,
    facts_in_order,
    hospital,
    in_force,
    line,
    new_key,
    owes,
    pay,
    payers_owe,
    plain_fold,
    reverse,
    settled,
    someone,
    stay,
    year_of,
)
from tests.office.databases import at_once

from doudi.office.registry.models import Person
from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, Entry
from doudi.office.settlement.refusals import Refused

pytestmark = pytest.mark.real_commits

WINDOWS = 16
ASSISTANCE_CAP = 50_000 * YUAN
OWN_CEILING = 5_000 * YUAN


def settling(admission: str) -> Callable[[], dict[str, Any]]:
    key = new_key()
    return lambda: services.settle(key=key, admission=admission, day=DAY, who=WHO)


def assert_some_serial_order(person: Person) -> list[tuple[int, ...]]:
    """The entries in the order of their numbers are the plain fold of their claims."""
    entries = list(Entry.objects.filter(year__person=person).order_by("number"))
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    fold = plain_fold()
    serial = [fold.settle(facts) for facts in facts_in_order(person)]
    assert [tuple(entry.outputs[name] for name in OUTPUTS) for entry in entries] == serial
    assert sorted(in_force(person).values()) == sorted(serial)
    assert check_everything().faults == []
    return serial


@pytest.mark.clause("H-10")
def test_at_the_edge_of_the_assistance_cap_sixteen_windows_pay_it_out_once() -> None:
    """Each stay alone would get 12.15% of its bill, 6,075 yuan or more, all of them 155,520."""
    person = someone()
    # Basic insurance is used up first, so that assistance is asked for at all.
    settled(person, 250_000 * YUAN)
    bills = [(50_000 + 4_000 * number) * YUAN for number in range(WINDOWS)]
    stays = [stay(person, bill) for bill in bills]
    answers = at_once(*map(settling, stays))
    assert all(isinstance(answer, dict) for answer in answers)
    serial = assert_some_serial_order(person)
    assert len(serial) == WINDOWS + 1
    assert sum(amounts[3] for amounts in serial) == ASSISTANCE_CAP
    in_part = {amounts[3] for amounts in serial[1:]} - {
        0,
        *(bill * 1215 // 10_000 for bill in bills),
    }
    assert len(in_part) == 1, "one of them gets what is left"
    assert payers_owe(hospital())["assistance"] == ASSISTANCE_CAP


@pytest.mark.clause("H-12")
def test_at_the_edge_of_the_yearly_ceiling_sixteen_windows_take_it_once() -> None:
    """Each stay alone would leave 500 to 1,250 yuan to the person, all of them 14,000."""
    person = someone()
    stays = [
        stay(person, (5_000 + 500 * number) * YUAN, (5_000 + 500 * number) * 50)
        for number in range(WINDOWS)
    ]
    answers = at_once(*map(settling, stays))
    assert all(isinstance(answer, dict) for answer in answers)
    serial = assert_some_serial_order(person)
    assert sum(amounts[5] for amounts in serial) == OWN_CEILING
    assert sum(map(owes, stays)) == OWN_CEILING


def test_the_first_sixteen_stays_of_a_year_make_one_year() -> None:
    person = someone()
    stays = [stay(person, 1_000 + number) for number in range(WINDOWS)]
    at_once(*map(settling, stays))
    assert year_of(person).sequence == WINDOWS
    positions = Claim.objects.filter(year__person=person).values_list("position", flat=True)
    assert len(set(positions)) == WINDOWS
    assert_some_serial_order(person)


def test_visits_and_stays_of_two_people_at_once_do_not_touch_each_other() -> None:
    people = [someone(), someone()]
    place = hospital()
    calls = []
    for number in range(WINDOWS):
        person = people[number % 2]

        def visit(person: str = person.public_id, key: str = new_key(), bill: int = number) -> Any:
            return services.settle_visit(
                key=key,
                person=person,
                institution=place,
                kind="family_bed",
                day=DAY,
                lines=[line((400 + bill) * YUAN)],
                who=WHO,
            )

        calls.append(visit)
    answers = at_once(*calls)
    assert all(isinstance(answer, dict) for answer in answers)
    for person in people:
        assert_some_serial_order(person)


def test_of_sixteen_that_reverse_one_claim_one_does() -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN)
    later = settled(person, 100_000 * YUAN, 0)
    answers = at_once(*[lambda: reverse(done.claim)] * WINDOWS)
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == WINDOWS - 1
    assert owes(done.admission) == 0
    assert in_force(person)[later.claim][5] == OWN_CEILING
    assert check_everything().faults == []


def test_of_a_reversal_and_a_correction_of_one_claim_at_once_one_is_done() -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN)
    calls = [lambda: reverse(done.claim), lambda: correct(done.claim, catalogue=0)] * 4
    answers = at_once(*calls)
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert check_everything().faults == []


def test_reversing_an_earlier_claim_while_others_are_settled_loses_neither() -> None:
    person = someone()
    first = settled(person, 100_000 * YUAN, 0)
    stays = [stay(person, (2_000 + number) * YUAN, 0) for number in range(8)]
    answers = at_once(
        *map(settling, stays[:4]), lambda: reverse(first.claim), *map(settling, stays[4:])
    )
    assert all(isinstance(answer, dict) for answer in answers)
    # 16,028 yuan without the first claim: a tenth of each, the ceiling is not reached.
    fold = plain_fold()
    claims = Claim.objects.filter(year__person=person).order_by("position")[1:]
    expected = {str(claim.pk): fold.settle(claim.facts) for claim in claims}
    assert in_force(person) == expected | {first.claim: (0,) * 6}
    assert check_everything().faults == []


def test_two_clerks_who_take_the_last_yuan_at_once_take_it_once() -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    pay(done.admission, done.own - 1 * YUAN)
    answers = at_once(*[lambda: pay(done.admission, 1 * YUAN)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "dict"]
    assert owes(done.admission) == 0


def test_refunds_at_once_give_the_money_back_once() -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    pay(done.admission, done.own)
    reverse(done.claim)

    def refund() -> dict[str, Any]:
        return services.refund_own(key=new_key(), admission=done.admission, day=DAY, who=WHO)

    answers = at_once(*[refund] * 4)
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert owes(done.admission) == 0
