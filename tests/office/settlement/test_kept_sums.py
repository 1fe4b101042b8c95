"""Kept sums are what the claims come to, whenever they were kept and whatever happened since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from django.utils import timezone
from tests.office.builders import YUAN, correct, hospital, reverse, settled
from tests.office.web.people_and_places import HERE, THERE, Place, household_member

from doudi.office.accounts.scope import codes_within
from doudi.office.ledger.models import PAYERS, Transfer
from doudi.office.registry.models import Division, Person
from doudi.office.settlement import kept_sums
from doudi.office.settlement.amounts import listed
from doudi.office.settlement.bands import OWN_BANDS, SHARE_BANDS, own_band, share_band
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.claim_sums import Sort
from doudi.office.settlement.keep_sums import LONGEST, keep, keep_anew
from doudi.office.settlement.kept_sums import YearSums, owed_to
from doudi.office.settlement.models import Claim, Entry, KeptOwed, KeptSum, KeptYear, PersonYear

pytestmark = pytest.mark.django_db


def summed(place: kept_sums.Place) -> dict[tuple[int, int, str, int, int], tuple[int, ...]]:
    """The year 2018 of a place claim by claim, without anything kept."""
    found: dict[tuple[int, int, str, int, int], tuple[int, ...]] = {}
    for claim in listed(place.claims):
        if claim.state != "settled" or claim.day.year != 2018:
            continue
        code = Claim.objects.get(pk=claim.claim).institution_id
        bill = sum(claim.payers.values()) + claim.own_fen
        own = next(
            (at for at, most in enumerate(OWN_BANDS) if claim.own_fen <= most), len(OWN_BANDS)
        )
        share = len(
            [least for least in SHARE_BANDS if 100 * (bill - claim.own_fen) >= bill * least]
        )
        sort = (2018, claim.day.month, code, own, share)
        amounts = (1, *(claim.payers[payer] for payer in PAYERS), claim.own_fen)
        before = found.get(sort, (0,) * len(amounts))
        found[sort] = tuple(one + more for one, more in zip(before, amounts, strict=True))
    return found


def kept(place: kept_sums.Place) -> dict[tuple[int, int, str, int, int], tuple[int, ...]]:
    return {
        (sort[0], sort[1], sort[2], sort[3], sort[4]): (one.claims, *one.payers, one.own_fen)
        for sort, one in YearSums(place, 2018).by(*Sort._fields).items()
    }


def places() -> list[kept_sums.Place]:
    """The division of every level around HERE, that of another banner, and a hospital."""
    inside = Claim.objects.all()
    here = Person.objects.exclude(household=None).order_by("pk")[0].household
    assert here is not None
    village = here.division_id
    found = [
        kept_sums.Place(
            division.code,
            inside.filter(
                admission__person__household__division__code__range=codes_within(division)
            ),
            codes_within(division),
        )
        for division in Division.objects.filter(
            code__in=[village[:digits].ljust(12, "0") for digits in (4, 6, 9, 12)]
        )
    ]
    assert len(found) == 4
    return [
        *found,
        kept_sums.Place(hospital(), inside.filter(institution=hospital()), None, hospital()),
    ]


def member(place: Place, number: int) -> Person:
    return household_member(place, name=f"合成{number}")


def history(seed: int, keeping: Callable[[Random], None]) -> None:
    """Forty settlements, reversals and corrections of six people here and there."""
    draw = Random(seed)
    people = [member(draw.choice((HERE, HERE, THERE)), number) for number in range(6)]
    people.append(member(HERE, 7))
    in_force: list[str] = []
    for _step in range(40):
        keeping(draw)
        what = draw.random()
        if in_force and what < 0.15:
            reverse(in_force.pop(draw.randrange(len(in_force))))
        elif in_force and what < 0.3:
            at = draw.randrange(len(in_force))
            answer = correct(in_force[at], bill=draw.randrange(1, 60_000) * YUAN)
            in_force[at] = answer["claim"]
        else:
            day = date(2018, draw.randrange(1, 13), draw.randrange(1, 29))
            bill = draw.randrange(1, 60_000) * YUAN
            done = settled(draw.choice(people), bill, draw.randrange(0, bill + 1), day=day)
            in_force.append(done.claim)


def now_and_then(draw: Random) -> None:
    if draw.random() < 0.2:
        keep(timezone.now())


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_and_what_came_since_is_what_the_claims_come_to(seed: int) -> None:
    history(seed, now_and_then)
    for place in places():
        assert kept(place) == summed(place)
    people = Person.objects.all()
    totals = {
        year.person.public_id: year.totals["registered_own"]
        for year in PersonYear.objects.filter(year=2018)
        if year.totals.get("registered_own", 0) >= 200_000
    }
    for place in (places()[0], places()[-1]):
        one_by_one = kept_sums.PaidMost(place, people, "registered_own", 2018, 200_000)
        assert len(one_by_one) == len(totals)
        pages = [one_by_one[start : start + 1] for start in range(len(totals))]
        assert [one for page in pages for one in page] == one_by_one[:]
    found = one_by_one[:]
    assert {one.person: one.own_fen for one in found} == totals
    assert [one.own_fen for one in found] == sorted(totals.values(), reverse=True)
    assert check_everything().faults == []
    before = [kept(place) for place in places()]
    keep_anew(timezone.now())
    assert [kept(place) for place in places()] == before
    assert check_everything().faults == []


def test_what_payers_owe_is_what_the_ledger_moved() -> None:
    history(7, now_and_then)
    moved: dict[tuple[str, str], int] = {}
    for transfer in Transfer.objects.select_related("debit", "credit"):
        for account, sign in ((transfer.debit, 1), (transfer.credit, -1)):
            if account.kind == "pending":
                month = account.institution, transfer.period
                moved[month] = moved.get(month, 0) + sign * transfer.amount_fen
    owed = owed_to([hospital()])
    assert {month: amount for month, amount in owed.items() if amount} == {
        month: amount for month, amount in moved.items() if amount
    }


def test_keeping_twice_is_keeping_once_and_never_goes_back() -> None:
    settled(member(HERE, 1), 12_000 * YUAN)
    now = timezone.now()
    assert keep(now) == now
    rows = list(KeptSum.objects.order_by("pk").values())
    assert keep(now) == now
    assert keep(now - timedelta(days=1)) == now
    assert list(KeptSum.objects.order_by("pk").values()) == rows


def test_what_was_just_recorded_is_read_and_not_kept_yet() -> None:
    settled(member(HERE, 1), 12_000 * YUAN)
    assert keep() <= timezone.now() - LONGEST
    assert KeptSum.objects.count() == KeptOwed.objects.count() == KeptYear.objects.count() == 0
    for place in places():
        assert kept(place) == summed(place) != {}


def test_a_kept_sum_that_was_tampered_with_is_named() -> None:
    settled(member(HERE, 1), 12_000 * YUAN)
    keep(timezone.now())
    assert check_everything().faults == []
    KeptSum.objects.filter(place=hospital()).update(own_fen=1)
    KeptOwed.objects.update(amount_fen=1)
    faults = check_everything().faults
    assert len(faults) == 2
    assert hospital() in faults[0]
    KeptSum.objects.all().delete()
    assert any("missing" in fault for fault in check_everything().faults)


def test_a_kept_year_that_is_wrong_or_missing_or_of_nobody_is_named() -> None:
    settled(member(HERE, 1), 12_000 * YUAN)
    settled(member(HERE, 2), 12_000 * YUAN)
    keep(timezone.now())
    first, second = KeptYear.objects.order_by("pk")
    KeptYear.objects.filter(pk=first.pk).update(own_fen=1)
    KeptYear.objects.filter(pk=second.pk).update(division="152200000000")
    faults = check_everything().faults
    assert [f"year {one.pk}:" in fault for one, fault in zip((first, second), faults, strict=True)]
    KeptYear.objects.all().delete()
    assert len(check_everything().faults) == 2
    # Of whom something was recorded since, the year is read and what is kept does not count.
    settled(Person.objects.get(pk=first.person_year.person_id), 1_000 * YUAN)
    assert len(check_everything().faults) == 1


def test_the_bands_meet_without_a_gap() -> None:
    assert [own_band(amount) for amount in (0, 1, 50_000, 50_001, 500_000, 500_001)] == [
        *(0, 1, 1, 2, 5, 6)
    ]
    assert [share_band(100, own) for own in (100, 51, 50, 40, 11, 10, 0)] == [0, 0, 1, 2, 4, 5, 5]
    assert Entry.objects.count() == 0
