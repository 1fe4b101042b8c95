"""What people have not paid, whenever it was kept and whatever happened since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from tests.office.builders import (
    SAID,
    YUAN,
    correct,
    hospital,
    new_key,
    pay,
    reverse,
    settled,
    someone,
    stay,
)
from tests.office.settlement.test_lists import statements

from doudi.office.ledger import services as ledger
from doudi.office.ledger.models import Transfer
from doudi.office.ledger.selectors import balance
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.keep_sums import keep, keep_anew
from doudi.office.settlement.kept_unpaid import Unpaid, UnpaidMonth
from doudi.office.settlement.models import Admission, KeptSums, KeptUnpaid, KeptUnpaidMonth

pytestmark = pytest.mark.django_db
JUNE = date(2018, 6, 5)


def test_unpaid_own_parts_and_what_was_paid_too_much_are_listed_by_institution(
    keeping: Callable[[], None],
) -> None:
    owing, paid, too_much = (settled(someone(), 12_000 * YUAN, 10_800 * YUAN) for _stay in range(3))
    settled(someone(), 1_000 * YUAN, at=hospital(2))
    pay(owing.admission, 200 * YUAN)
    pay(paid.admission, 1_200 * YUAN)
    pay(too_much.admission, 1_200 * YUAN)
    reverse(too_much.claim)
    keeping()
    both = Unpaid([hospital()]).stays(refunds=True)
    found = {one.admission: one for one in both[:]}
    assert {name: one.owed_fen for name, one in found.items()} == {
        owing.admission: 100_000,
        too_much.admission: -120_000,
    }
    assert len(both) == 2
    assert found[too_much.admission].refund_due_fen == 120_000
    assert found[owing.admission].refund_due_fen == 0
    owed = Unpaid([hospital()])
    assert [one.admission for one in owed.stays()[:]] == [owing.admission]
    [month] = owed.months()
    assert (month.stays, month.amount_fen) == (1, 100_000)
    assert Unpaid(["nowhere"]).stays(refunds=True)[:] == []


def test_a_stay_that_is_not_settled_owes_nothing_yet() -> None:
    stay(someone(), 12_000 * YUAN)
    assert Unpaid([hospital()]).stays(refunds=True)[:] == []


def test_what_is_unpaid_counts_in_the_month_of_its_settlement_also_after_a_correction(
    keeping: Callable[[], None],
) -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN, day=date(2018, 5, 9))
    keeping()
    for period in ("201805", "201806"):
        ledger.close_month(key=new_key(), period=period, **SAID)
    correct(done.claim, bill=20_000 * YUAN, catalogue=10_800 * YUAN)
    [month] = Unpaid([hospital()]).months()
    owed = balance(ledger.patient(done.admission))
    assert month == UnpaidMonth(hospital(), "201805", 1, owed)
    assert owed == 200_000


def test_what_is_unpaid_takes_the_same_statements_however_many_there_are(
    keeping: Callable[[], None],
) -> None:
    place = hospital()

    def look() -> Any:
        return Unpaid([place]).stays(refunds=True)[:50]

    settled(someone(), 1_000 * YUAN)
    keeping()
    asked = statements(look)
    assert asked <= 8
    for _stay in range(4):
        settled(someone(), 1_000 * YUAN)
    keeping()
    assert statements(look) == asked
    assert len(look()) == 5
    assert statements(lambda: Unpaid([place]).months()) <= 8


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_and_what_moved_since_is_what_the_ledger_says(seed: int) -> None:
    draw = Random(seed)
    people = [someone() for _ in range(4)]
    places = [hospital(), hospital(2)]
    in_force: list[tuple[str, str]] = []
    for _step in range(30):
        what = draw.random()
        if what < 0.15:
            keep(timezone.now())
        elif in_force and what < 0.3:
            reverse(in_force.pop(draw.randrange(len(in_force)))[0])
        elif in_force and what < 0.6:
            owed = balance(ledger.patient(in_force[-1][1]))
            if owed > 1:
                pay(in_force[-1][1], draw.randrange(1, owed + 1))
        else:
            day = date(2018, draw.randrange(1, 13), draw.randrange(1, 29))
            bill = draw.randrange(1, 20_000) * YUAN
            done = settled(draw.choice(people), bill, 0, day=day, at=draw.choice(places))
            in_force.append((done.claim, done.admission))
    owed_fen: dict[tuple[str, str], int] = defaultdict(int)
    count: dict[tuple[str, str], int] = defaultdict(int)
    for one in Admission.objects.prefetch_related("claims"):
        owed = balance(ledger.patient(one.public_id))
        first = min(claim.date for claim in one.claims.all())
        if owed > 0:
            owed_fen[f"{first:%Y%m}", one.institution_id] += owed
            count[f"{first:%Y%m}", one.institution_id] += 1
    months = [
        UnpaidMonth(code, period, count[period, code], owed_fen[period, code])
        for period, code in sorted(owed_fen)
    ]
    assert Unpaid(places).months() == months
    listed = Unpaid(places).stays()
    one_by_one = [listed[at : at + 1][0] for at in range(len(listed))]
    assert one_by_one == listed[:]
    assert sum(one.owed_fen for one in listed[:]) == sum(owed_fen.values())
    assert [one.period for one in listed[:]] == sorted(one.period for one in listed[:])
    for period in {period for period, _code in owed_fen}:
        some = Unpaid(places).stays((period, period))
        assert sum(one.owed_fen for one in some[:]) == sum(
            fen for (month, _code), fen in owed_fen.items() if month == period
        )
    assert check_everything().faults == []
    keep_anew(timezone.now())
    assert Unpaid(places).months() == months
    assert check_everything().faults == []


def test_what_is_recorded_after_the_moment_is_not_counted_as_kept() -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    keep(timezone.now())
    pay(done.admission, 200 * YUAN)
    keep_anew()
    first = Transfer.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert KeptSums.objects.get().transfer < first
    assert Unpaid([hospital()]).stays()[:][0].owed_fen == 100_000


def test_an_unpaid_part_that_was_tampered_with_is_named() -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    keep(timezone.now())
    assert check_everything().faults == []
    KeptUnpaid.objects.update(owed_fen=1)
    faults = check_everything().faults
    assert any(done.admission in fault for fault in faults)
    assert any("what people owe" in fault for fault in faults)
    KeptUnpaid.objects.all().delete()
    KeptUnpaidMonth.objects.all().delete()
    assert [done.admission in fault for fault in check_everything().faults] == [True]
