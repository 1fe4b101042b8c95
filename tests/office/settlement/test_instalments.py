"""A plan of instalments follows what is owed, by new rows, with its history."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.office.builders import (
    DAY,
    WHO,
    YUAN,
    Settled,
    correct,
    line,
    new_key,
    owes,
    pay,
    reverse,
    settle,
    settled,
    someone,
)

from doudi.office.settlement import services
from doudi.office.settlement.instalments import open_parts, parts_for
from doudi.office.settlement.models import Entry, InstalmentPlan
from doudi.office.settlement.refusals import Refused

JUNE, JULY, AUGUST = date(2018, 6, 1), date(2018, 7, 1), date(2018, 8, 1)


@pytest.fixture
def done() -> Settled:
    """A stay of 12,000 yuan outside the catalogue: 1,200 are the person's, 400 a month."""
    stay = settled(someone(), 12_000 * YUAN, 0)
    plan(stay, (JUNE, 40_000), (JULY, 40_000), (AUGUST, 40_000))
    return stay


def plan(done: Settled, *parts: tuple[date, int]) -> None:
    services.plan_instalments(key=new_key(), admission=done.admission, parts=parts, who=WHO)


def history(done: Settled) -> list[list[tuple[date, int]]]:
    plans = InstalmentPlan.objects.filter(admission__public_id=done.admission).order_by("number")
    return [
        list(found.parts.order_by("number").values_list("due_on", "amount_fen")) for found in plans
    ]


@pytest.mark.django_db
def test_payments_go_to_the_parts_that_are_due_first(done: Settled) -> None:
    pay(done.admission, 50_000)
    assert open_parts(done.admission) == [(JULY, 30_000), (AUGUST, 40_000)]
    pay(done.admission, 70_000)
    assert open_parts(done.admission) == []
    assert len(history(done)) == 1


@pytest.mark.django_db
def test_who_owes_less_pays_the_last_parts_less(done: Settled) -> None:
    """9,500 yuan instead of 12,000: 950 are the person's, of which 400 are paid."""
    pay(done.admission, 40_000)
    correct(done.claim, bill=9_500 * YUAN)
    assert open_parts(done.admission) == [(JULY, 40_000), (AUGUST, 15_000)]
    assert history(done) == [
        [(JUNE, 40_000), (JULY, 40_000), (AUGUST, 40_000)],
        [(JULY, 40_000), (AUGUST, 15_000)],
    ]
    first, second = InstalmentPlan.objects.order_by("number")
    assert first.cause is None
    assert second.cause == Entry.objects.order_by("-number")[0]


@pytest.mark.django_db
def test_who_owes_more_pays_it_with_the_last_part(done: Settled) -> None:
    correct(done.claim, bill=13_000 * YUAN)
    assert open_parts(done.admission) == [(JUNE, 40_000), (JULY, 40_000), (AUGUST, 50_000)]


@pytest.mark.django_db
def test_who_has_paid_too_much_has_nothing_open_and_gets_the_rest_back(done: Settled) -> None:
    pay(done.admission, 80_000)
    answer = correct(done.claim, bill=5_000 * YUAN)
    assert open_parts(done.admission) == []
    assert history(done)[-1] == []
    assert answer["refunds_due"] == [{"admission": done.admission, "amount_fen": 30_000}]
    services.refund_own(key=new_key(), admission=done.admission, day=DAY, who=WHO)
    assert (owes(done.admission), open_parts(done.admission)) == (0, [])


@pytest.mark.django_db
def test_a_reversed_stay_has_nothing_open_until_it_is_settled_again(done: Settled) -> None:
    reverse(done.claim)
    assert open_parts(done.admission) == []
    services.enter_fees(
        key=new_key(), admission=done.admission, lines=[line(1_000 * YUAN, 0)], who=WHO
    )
    settle(done.admission, date(2018, 5, 20))
    assert open_parts(done.admission) == [(date(2018, 5, 20), 130_000)]
    assert owes(done.admission) == 130_000


@pytest.mark.django_db
def test_the_plan_of_a_later_stay_follows_a_correction_of_an_earlier_one() -> None:
    """The ceiling of 5,000: what the first stay takes more, the second takes less."""
    person = someone()
    first = settled(person, 20_000 * YUAN, 0)
    second = settled(person, 70_000 * YUAN, 0)
    plan(second, (JUNE, 200_000), (JULY, 100_000))
    correct(first.claim, bill=35_000 * YUAN)
    assert open_parts(second.admission) == [(JUNE, 150_000)]
    assert history(first) == []


@pytest.mark.django_db
def test_a_change_that_leaves_the_own_part_alone_leaves_the_plan_alone(done: Settled) -> None:
    correct(done.claim, hospital_level=2)
    assert len(history(done)) == 1


@pytest.mark.django_db
def test_a_plan_with_open_parts_is_not_agreed_anew_and_one_without_is(done: Settled) -> None:
    with pytest.raises(Refused, match="plan already"):
        plan(done, (JUNE, 120_000))
    reverse(done.claim)
    settle(done.admission)
    pay(done.admission, 120_000)
    correct_to = correct(str(Entry.objects.order_by("-number")[0].claim_id), bill=13_000 * YUAN)
    assert correct_to["own_fen"] == 130_000
    assert open_parts(done.admission) == [(DAY, 10_000)]


parts = st.lists(st.tuples(st.dates(), st.integers(1, 1_000)), max_size=6)


@given(before=parts, owed=st.integers(-2_000, 9_000), day=st.dates())
def test_open_parts_come_to_what_is_owed_and_keep_what_they_can(
    before: list[tuple[date, int]], owed: int, day: date
) -> None:
    after = parts_for(before, owed, day)
    assert sum(amount for _due, amount in after) == max(0, owed)
    assert all(amount > 0 for _due, amount in after)
    kept = after[: len(before) - 1] if len(after) >= len(before) else after[:-1]
    assert kept == before[: len(kept)]
