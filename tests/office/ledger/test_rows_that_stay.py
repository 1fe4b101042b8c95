"""What the database itself refuses, whatever the program does: on both databases."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from tests.office.builders import (
    DAY,
    SAID,
    YUAN,
    hospital,
    month_of_business,
    new_key,
    rows_of,
    settled,
    someone,
)

from doudi.office.audit.chain import SEALED
from doudi.office.audit.services import seal_day
from doudi.office.ledger.models import Posting, Transfer
from doudi.office.ledger.services import Leg, billed, cash, close_month, patient, post
from doudi.office.rows import Rows, insert_together, values_of

APPEND_ONLY = (*SEALED, "ledger.Account", "audit.Seal", "audit.SealedRow")
each_table = pytest.mark.parametrize("label", APPEND_ONLY)


def refused(sql: str, *given: Any) -> str:
    """What the database says when it refuses."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, given)
    return str(error.value)


@pytest.fixture
def busy() -> None:
    month_of_business()
    seal_day(day=DAY, **SAID)
    connection.check_constraints()


@pytest.mark.django_db
@pytest.mark.usefixtures("busy")
@each_table
def test_rows_are_not_changed_deleted_or_replaced(label: str) -> None:
    model = apps.get_model(label)
    table = model._meta.db_table
    kept = rows_of(model)
    assert kept[label] > 0
    for name in (field.column for field in model._meta.concrete_fields):
        assert "only ever added" in refused(f'UPDATE {table} SET "{name}" = "{name}"')
    assert "only ever added" in refused(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        assert "only ever added" in refused(f"TRUNCATE {table} CASCADE")
    else:
        assert refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    assert rows_of(model) == kept


# ---- A posting is one unit --------------------------------------------------------------------


def transfer(
    posting: uuid.UUID, amount: int, period: str = "201805", *, number: int = 1, **ends: str
) -> Transfer:
    return Transfer(
        posting_id=posting,
        number=number,
        debit_id=ends.get("debit", cash(hospital())),
        credit_id=ends.get("credit", billed(hospital())),
        amount_fen=amount,
        period=period,
    )


def posting(number: uuid.UUID, *, legs: int, total: int, period: str = "201805") -> Posting:
    return Posting(
        id=number, code="test", business_date=DAY, period=period, legs=legs, total_fen=total
    )


def write(posting: Posting, *transfers: Transfer) -> None:
    """A posting and transfers in one go, the only way in which the database takes them."""
    insert_together(
        Rows(Transfer, [values_of(one) for one in transfers]), Rows(Posting, [values_of(posting)])
    )


@pytest.mark.django_db
def test_a_transfer_cannot_be_added_to_a_posting_that_stands() -> None:
    settled(someone(), 1_000 * YUAN)
    standing = Posting.objects.get()
    with pytest.raises(DatabaseError, match="posting that stands"), transaction.atomic():
        transfer(standing.pk, 1, number=7).save(force_insert=True)
    other, late = uuid.uuid4(), transfer(standing.pk, 1, number=7)
    with pytest.raises(DatabaseError, match="posting that stands"), transaction.atomic():
        write(posting(other, legs=1, total=1), transfer(other, 1), late)


@pytest.mark.django_db
def test_the_transfers_of_a_posting_cannot_come_once_more() -> None:
    """Neither in their own places nor in others: the posting states how many there are."""
    settled(someone(), 1_000 * YUAN)
    standing = Posting.objects.get()
    for further in (0, standing.legs):
        again = [
            transfer(standing.pk, found.amount_fen, number=found.number + further)
            for found in standing.transfers.order_by("number")
        ]
        with pytest.raises(DatabaseError), transaction.atomic():
            Transfer.objects.bulk_create(again)
    assert standing.transfers.count() == standing.legs


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", [(1, 1), (1, 3), (2, 3), (0, 1)])
def test_the_transfers_of_a_posting_are_counted_from_one(numbers: tuple[int, int]) -> None:
    one = uuid.uuid4()
    hospital()
    moved = [transfer(one, 100, number=number) for number in numbers]
    if connection.vendor == "sqlite" and numbers in ((1, 3), (2, 3)):
        return  # places may be left out there; what counts is that no transfer does
    with pytest.raises(DatabaseError), transaction.atomic():
        write(posting(one, legs=2, total=200), *moved)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("legs", "total", "period"),
    [
        (1, 300, "201805"),
        (3, 300, "201805"),
        (2, 299, "201805"),
        (2, 301, "201805"),
        (2, 300, "201806"),
        (0, 0, "201805"),
    ],
)
def test_a_posting_must_have_the_legs_and_the_sum_that_it_states(
    legs: int, total: int, period: str
) -> None:
    number = uuid.uuid4()
    hospital()
    with pytest.raises(DatabaseError, match="not whole"), transaction.atomic():
        stated = posting(number, legs=legs, total=total, period=period)
        write(stated, transfer(number, 100), transfer(number, 200, number=2))
    assert rows_of(Transfer, Posting) == {"ledger.Transfer": 0, "ledger.Posting": 0}


@pytest.mark.django_db
def test_a_posting_with_all_its_legs_is_taken() -> None:
    number = uuid.uuid4()
    hospital()
    write(
        posting(number, legs=2, total=300), transfer(number, 100), transfer(number, 200, number=2)
    )
    connection.check_constraints()


@pytest.mark.real_commits
def test_a_transfer_without_its_posting_does_not_get_past_the_commit() -> None:
    hospital()
    with pytest.raises(DatabaseError), transaction.atomic():
        transfer(uuid.uuid4(), 100).save(force_insert=True)
    assert rows_of(Transfer)["ledger.Transfer"] == 0


@pytest.mark.real_commits
@pytest.mark.parametrize("ends", [{"debit": "cash:nowhere"}, {"credit": patient("nobody")}])
def test_money_does_not_come_from_or_go_to_an_account_that_is_not_there(
    ends: dict[str, str],
) -> None:
    number = uuid.uuid4()
    hospital()
    with pytest.raises(DatabaseError), transaction.atomic():
        write(posting(number, legs=1, total=100), transfer(number, 100, number=1, **ends))
    assert rows_of(Transfer)["ledger.Transfer"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [0, -1])
def test_a_transfer_moves_more_than_nothing(amount: int) -> None:
    hospital()
    with pytest.raises(DatabaseError), transaction.atomic():
        number = uuid.uuid4()
        write(posting(number, legs=1, total=max(amount, 0)), transfer(number, amount))


@pytest.mark.django_db
def test_a_transfer_has_two_ends() -> None:
    hospital()
    with pytest.raises(DatabaseError), transaction.atomic():
        transfer(uuid.uuid4(), 1, credit=cash(hospital())).save(force_insert=True)


# ---- A closed month ---------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("period", ["201805", "201804", "201712"])
def test_a_closed_month_and_those_before_it_take_no_transfer(period: str) -> None:
    hospital()
    close_month(key=new_key(), period="201805", **SAID)
    with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        transfer(uuid.uuid4(), 1, period).save(force_insert=True)


@pytest.mark.django_db
def test_posting_into_a_closed_month_goes_into_the_first_open_one() -> None:
    hospital()
    close_month(key=new_key(), period="201811", **SAID)
    close_month(key=new_key(), period="201812", **SAID)
    made = post(
        code="test",
        business_date=date(2018, 3, 1),
        legs=[Leg(cash(hospital()), billed(hospital()), 100)],
        closed="201812",
    )
    assert made is not None
    assert (made.period, made.business_date) == ("201901", date(2018, 3, 1))


@pytest.mark.django_db
def test_a_leg_below_nothing_goes_the_other_way_and_one_of_nothing_nowhere() -> None:
    place = hospital()
    nothing = Leg(cash(place), billed(place), 0)
    assert post(code="test", business_date=DAY, legs=[nothing], closed=None) is None
    back = Leg(cash(place), billed(place), -100)
    made = post(code="test", business_date=DAY, legs=[nothing, back], closed=None)
    assert made is not None
    [moved] = made.transfers.all()
    assert (moved.debit_id, moved.credit_id, moved.amount_fen) == (billed(place), cash(place), 100)
