"""What pages show: a person's year, an institution's day, its sheet, and what is not paid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.builders import (
    DAY,
    WHO,
    YUAN,
    hospital,
    new_key,
    reverse,
    settled,
    six,
    someone,
    visited,
)

from doudi.office.audit.services import seal_day
from doudi.office.settlement import services
from doudi.office.settlement.day_sheet import day_of, day_sheet
from doudi.office.settlement.persons_year import persons_year
from doudi.rules.errors import NoVersionInForce

pytestmark = pytest.mark.django_db


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


# ---- A person's year ------------------------------------------------------------------------


def test_a_year_shows_its_claims_its_sums_and_what_each_cap_leaves() -> None:
    """Outside the catalogue 3,000 yuan are a person's own: 2,000 of 5,000 are left."""
    person = someone()
    first = visited(person, "outpatient", 3_000 * YUAN, 0)
    bed = visited(person, "family_bed", 1_000 * YUAN)
    shown = persons_year(person=person.public_id, day=DAY)
    assert [claim.claim for claim in shown.claims] == [first["claim"], bed["claim"]]
    assert [claim.own_fen for claim in shown.claims] == [300_000, 0]
    assert (shown.totals.claims, shown.totals.bill_fen) == (2, 400_000)
    assert (shown.totals.own_fen, shown.totals.payers["basic"]) == (300_000, 100_000)
    left = {room.parameter: room.left_fen for room in shown.rooms}
    assert left["own_year_ceiling"] == 2_000 * YUAN
    assert left["family_bed_year_limit"] == 3_200 * YUAN
    assert left["assistance_cap"] == 50_000 * YUAN


def test_a_reversed_claim_is_shown_and_not_counted() -> None:
    person = someone()
    first = visited(person, "outpatient", 3_000 * YUAN, 0)
    second = visited(person, "outpatient", 3_000 * YUAN, 0)
    reverse(first["claim"])
    shown = persons_year(person=person.public_id, day=DAY)
    assert [claim.state for claim in shown.claims] == ["reversed", "settled"]
    assert [claim.own_fen for claim in shown.claims] == [0, 300_000]
    assert second["own_fen"] == 200_000, "the ceiling had cut it before"
    assert shown.totals.own_fen == 300_000


def test_a_person_without_claims_has_all_of_every_cap() -> None:
    shown = persons_year(person=someone().public_id, day=DAY)
    assert (shown.claims, shown.totals.claims) == ([], 0)
    assert shown.rooms
    assert all(room.left_fen == room.cap_fen for room in shown.rooms)


def test_a_year_without_a_policy_is_refused() -> None:
    with pytest.raises(NoVersionInForce):
        persons_year(person=someone().public_id, day=date(2031, 1, 1))


def test_a_year_takes_three_statements_however_full_it_is() -> None:
    person = someone()

    def look() -> Any:
        return persons_year(person=person.public_id, day=DAY)

    visited(person, "chronic", 1_000)
    assert statements(look) == 3
    for _visit in range(5):
        visited(person, "chronic", 1_000)
    assert statements(look) == 3


# ---- An institution's day -------------------------------------------------------------------


def test_a_day_lists_what_the_institution_settled_on_it_with_the_sums() -> None:
    here = [settled(someone(), 12_000 * YUAN, 10_800 * YUAN) for _stay in range(2)]
    settled(someone(), 12_000 * YUAN, at=hospital(2))
    settled(someone(), 12_000 * YUAN, day=date(2018, 5, 8))
    shown = day_of(institution=hospital(), day=DAY)
    assert {claim.claim for claim in shown.claims} == {done.claim for done in here}
    # The hand-worked stay of test_settle, twice.
    assert list(shown.totals.payers.values()) == [1_530_000, 0, 346_500, 255_150, 28_350]
    assert (shown.totals.own_fen, shown.totals.bill_fen) == (240_000, 2_400_000)
    assert shown.totals.claims == 2


def test_what_was_reversed_or_corrected_is_on_the_list_and_not_in_the_sums() -> None:
    gone, old = (settled(someone(), 1_000 * YUAN) for _stay in range(2))
    reverse(gone.claim)
    new = services.correct(key=new_key(), claim=old.claim, facts={"hospital_level": 1}, who=WHO)
    shown = day_of(institution=hospital(), day=DAY)
    states = {claim.claim: claim.state for claim in shown.claims}
    assert states == {gone.claim: "reversed", old.claim: "corrected", new["claim"]: "settled"}
    assert (*shown.totals.payers.values(), shown.totals.own_fen) == six(new)


def test_a_day_takes_two_statements_however_many_there_were() -> None:
    place = hospital()

    def look() -> Any:
        return day_of(institution=place, day=DAY)

    settled(someone(), 1_000)
    assert statements(look) == 2
    for _stay in range(4):
        settled(someone(), 1_000)
    assert statements(look) == 2
    assert len(look().claims) == 5


def test_the_day_sheet_bears_the_head_of_the_days_seal() -> None:
    settled(someone(), 1_000)
    before = day_sheet(institution=hospital(), day=DAY)
    assert (before.seal_number, before.seal_head) == (None, None)
    seal = seal_day(day=DAY, actor="窗口甲", reason="日终")
    sheet = day_sheet(institution=hospital(), day=DAY)
    assert (sheet.seal_number, sheet.seal_head) == (seal.number, seal.head)
    assert sheet.shown == before.shown
    place = hospital()
    assert statements(lambda: day_sheet(institution=place, day=DAY)) == 3
