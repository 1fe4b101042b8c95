"""What a year still leaves of each cap is said by the rules that settle."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from doudi.policies import policy
from doudi.rules.explain import explain
from doudi.rules.room import rooms_left

HINGGAN = policy("hinggan-2018")
DAY = date(2018, 5, 9)
YUAN = 100
CAPS = {
    "basic_cap": 160_000 * YUAN,
    "critical_cap": 500_000 * YUAN,
    "assistance_cap": 50_000 * YUAN,
    "own_year_ceiling": 5_000 * YUAN,
    "family_bed_year_limit": 4_200 * YUAN,
}


def test_a_new_year_has_all_of_every_cap() -> None:
    rooms = rooms_left(HINGGAN, DAY, {})
    assert {room.parameter: room.cap_fen for room in rooms} == CAPS
    assert all(room.left_fen == room.cap_fen and room.used_fen == 0 for room in rooms)
    [ceiling] = [room for room in rooms if room.parameter == "own_year_ceiling"]
    assert (ceiling.zh, ceiling.clauses, ceiling.status) == ("年度自付余额", ("H-12",), "cited")


@given(used=st.integers(0, 300_000 * YUAN))
def test_what_is_used_is_gone_and_never_more_than_there_was(used: int) -> None:
    totals = dict.fromkeys(HINGGAN.summed, used)
    for room in rooms_left(HINGGAN, DAY, totals):
        assert room.used_fen == used
        assert room.left_fen == max(0, CAPS[room.parameter] - used)


def test_the_room_is_what_the_next_settlement_reckons_with() -> None:
    facts = {
        "kind": "inpatient",
        "hospital_level": 3,
        "outside_league": False,
        "bill": 50_000 * YUAN,
        "catalogue": 40_000 * YUAN,
        "registered": True,
        "serious": False,
    }
    opening = explain(HINGGAN, facts, DAY).closing
    results = explain(HINGGAN, facts, DAY, opening).results
    for room in rooms_left(HINGGAN, DAY, opening):
        if room.parameter != "family_bed_year_limit":
            assert room.left_fen == results[room.rule]


def test_where_the_cap_is_of_a_claim_nothing_is_used_up() -> None:
    of_a_claim = HINGGAN.with_readings({"assistance_cap_period": "claim"})
    used = {"inpatient_assistance": 49_000 * YUAN}
    rooms = {room.parameter: room for room in rooms_left(of_a_claim, DAY, used)}
    assert rooms["assistance_cap"].left_fen == 50_000 * YUAN
