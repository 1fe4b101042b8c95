"""The own part: due on discharge only, paid at once, later or in instalments."""

from __future__ import annotations

from datetime import date

import pytest
from tests.office.builders import (
    DAY,
    WHO,
    YUAN,
    Settled,
    hospital,
    new_key,
    owes,
    pay,
    rows_of,
    settled,
    someone,
    stay,
)

from doudi.office.ledger.models import Transfer
from doudi.office.ledger.selectors import advanced, balance
from doudi.office.ledger.services import cash
from doudi.office.settlement import services
from doudi.office.settlement.models import Instalment
from doudi.office.settlement.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def done() -> Settled:
    return settled(someone(), 12_000 * YUAN, 10_800 * YUAN)


@pytest.mark.clause("H-53")
def test_before_discharge_nothing_is_due() -> None:
    admission = stay(someone(), 12_000 * YUAN)
    assert owes(admission) == 0
    with pytest.raises(Refused, match=r"^0 yuan are owed"):
        pay(admission, 1)


@pytest.mark.clause("H-53")
def test_the_own_part_is_paid_at_once(done: Settled) -> None:
    answer = pay(done.admission, 1_200 * YUAN)
    assert (answer["paid_fen"], answer["still_owed_fen"]) == (120_000, 0)
    assert owes(done.admission) == 0
    assert balance(cash(hospital())) == 120_000


@pytest.mark.clause("H-59")
def test_what_is_not_paid_the_hospital_has_advanced(done: Settled) -> None:
    assert advanced(hospital()) == 12_000 * YUAN
    pay(done.admission, 500 * YUAN)
    assert advanced(hospital()) == 11_500 * YUAN


def test_parts_are_paid_until_nothing_is_owed(done: Settled) -> None:
    left = [pay(done.admission, part * YUAN)["still_owed_fen"] for part in (700, 499, 1)]
    assert left == [50_000, 100, 0]


@pytest.mark.parametrize("amount", [0, -1, 120_001])
def test_never_more_than_is_owed_is_taken_nor_nothing(done: Settled, amount: int) -> None:
    kept = rows_of(Transfer)
    with pytest.raises(Refused, match="1,200 yuan are owed"):
        pay(done.admission, amount)
    assert rows_of(Transfer) == kept


def test_nothing_is_given_back_that_was_not_paid_too_much(done: Settled) -> None:
    for _time in range(2):
        with pytest.raises(Refused, match="too much"):
            services.refund_own(key=new_key(), admission=done.admission, day=DAY, who=WHO)
        pay(done.admission, 100)


def plan(done: Settled, *parts: tuple[str, int]) -> None:
    services.plan_instalments(
        key=new_key(),
        admission=done.admission,
        parts=[(date.fromisoformat(day), amount) for day, amount in parts],
        who=WHO,
    )


def test_instalments_are_agreed_and_then_paid(done: Settled) -> None:
    plan(done, ("2018-06-01", 60_000), ("2018-07-01", 60_000))
    assert list(Instalment.objects.order_by("number").values_list("due_on", "amount_fen")) == [
        (date(2018, 6, 1), 60_000),
        (date(2018, 7, 1), 60_000),
    ]
    assert owes(done.admission) == 120_000
    for month in (6, 7):
        pay(done.admission, 60_000, date(2018, month, 1))
    assert owes(done.admission) == 0


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [("2018-06-01", 119_999)],
        [("2018-06-01", 120_001)],
        [("2018-06-01", 120_001), ("2018-07-01", -1)],
        [("2018-06-01", 120_000), ("2018-07-01", 0)],
    ],
)
def test_instalments_are_money_and_add_up_to_what_is_owed(
    done: Settled, parts: list[tuple[str, int]]
) -> None:
    with pytest.raises(Refused):
        plan(done, *parts)
    assert not Instalment.objects.exists()


def test_there_is_one_plan_for_a_stay(done: Settled) -> None:
    plan(done, ("2018-06-01", 120_000))
    with pytest.raises(Refused, match="plan already"):
        plan(done, ("2018-06-01", 120_000))


def test_where_nothing_is_owed_there_is_nothing_to_plan() -> None:
    done = settled(someone(), 1_000 * YUAN)
    pay(done.admission, done.own)
    with pytest.raises(Refused):
        plan(done)


def test_a_payment_for_an_unknown_stay_is_refused() -> None:
    with pytest.raises(Refused, match="nowhere"):
        pay("nowhere", 1)
