"""The pack of 2018 against a second, naive working of semantics.md: the same fen, every time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from tests.policies.naive_fold import (
    EDGES_IN_YUAN,
    KINDS,
    LARGEST,
    OUTPUTS,
    Fold,
    anything_for,
    claims,
    settle_all,
)
from tests.rules.small_pack import (
    Claim,
    claim_values,
    every_reading,
    explained,
    in_force,
    in_turn,
    looped,
    readings_of,
    units_of,
    with_values,
)

from doudi.policies import policy
from doudi.rules import Policy, explain

HINGGAN = policy("hinggan-2018")
READINGS = every_reading(HINGGAN)
TWO_YEARS = in_force(HINGGAN, date(2018, 1, 1), date(2019, 12, 31))
UNITS = units_of(HINGGAN)

# Examples are cheap here; what is tested is that nothing differs anywhere.
MANY = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
# A fault shows in many of these at once: one of them makes its example small, the others need not.
AS_FOUND = settings(
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@st.composite
def histories(draw: st.DrawFn, days: int = 365) -> list[Claim]:
    """Claims of up to three people in their turn."""
    found = []
    for facts in draw(st.lists(claims(), min_size=1, max_size=12)):
        day = date(2018, 1, 1) + timedelta(days=draw(st.integers(0, days - 1)))
        found.append(Claim(draw(st.integers(1, 3)), day, facts))
    return in_turn(found)


def folded(pack: Policy, history: list[Claim]) -> list[tuple[int, ...]]:
    return settle_all(
        [(claim.person, claim.day.year, claim.facts) for claim in history],
        claim_values(pack),
        readings_of(pack),
    )


def test_there_are_sixteen_combinations_of_readings_and_the_first_is_the_usual_one() -> None:
    assert len(READINGS) == 16
    assert readings_of(READINGS[0]) == readings_of(HINGGAN)
    assert len({pack.version for pack in READINGS}) == 16


def test_the_outputs_are_the_six_amounts_of_the_semantics() -> None:
    assert HINGGAN.outputs == OUTPUTS


@pytest.mark.clause("H-14")
@MANY
@given(st.sampled_from(READINGS), histories())
def test_every_history_comes_to_the_naive_amounts_under_every_reading(
    pack: Policy, history: list[Claim]
) -> None:
    event(f"claims: {len(history)}")
    assert explained([pack], history) == folded(pack, history)


@pytest.mark.parametrize("pack", READINGS, ids=lambda pack: "-".join(readings_of(pack).values()))
@settings(AS_FOUND, max_examples=25)
@given(history=histories())
def test_each_reading_comes_to_the_naive_amounts(pack: Policy, history: list[Claim]) -> None:
    assert explained([pack], history) == folded(pack, history)


@settings(AS_FOUND, max_examples=200)
@given(st.sampled_from(READINGS), anything_for(UNITS), histories())
def test_any_values_at_all_come_to_the_naive_amounts(
    pack: Policy, values: dict[str, Any], history: list[Claim]
) -> None:
    other = with_values(pack, values)
    amounts = folded(other, history)
    assert explained([other], history) == amounts
    assert looped([other], history) == amounts


@pytest.mark.clause("H-12")
@settings(AS_FOUND, max_examples=100)
@given(histories(days=730))
def test_running_totals_start_again_at_new_year(history: list[Claim]) -> None:
    amounts = folded(TWO_YEARS, history)
    assert explained([TWO_YEARS], history) == amounts
    assert looped([TWO_YEARS], history) == amounts


@MANY
@given(st.lists(claims(), min_size=1, max_size=10))
def test_the_running_totals_of_a_year_are_those_of_the_naive_fold(
    year: list[dict[str, Any]],
) -> None:
    fold = Fold(claim_values(HINGGAN), readings_of(HINGGAN))
    totals: dict[str, int] = {}
    for facts in year:
        fold.settle(facts)
        totals = dict(explain(HINGGAN, facts, date(2018, 4, 28), totals).closing)
    assert totals == {
        "inpatient_basic": fold.year.basic,
        "left_after_basic": fold.year.left_after_basic,
        "inpatient_critical": fold.year.critical,
        "inpatient_assistance": fold.year.assistance,
        "family_bed_pay": fold.year.family_bed,
        "registered_own": fold.year.own_while_registered,
    }


@pytest.mark.parametrize("pack", READINGS, ids=lambda pack: "-".join(readings_of(pack).values()))
def test_every_edge_and_its_neighbours_come_to_the_naive_amounts(pack: Policy) -> None:
    values, readings = claim_values(pack), readings_of(pack)
    edges = {
        yuan * size + off for yuan in EDGES_IN_YUAN for size in (50, 100) for off in (-1, 0, 1)
    }
    for number, edge in enumerate(sorted({0, 1, 2, 3, LARGEST - 1, LARGEST, *edges})):
        fold = Fold(values, readings)
        totals: dict[str, int] = {}
        # Four claims of one year each, of all kinds, levels and flags in turn.
        for step in range(4):
            at = number + step
            facts = {
                "kind": "inpatient" if step % 2 else KINDS[at % len(KINDS)],
                "hospital_level": 1 + at % 3,
                "outside_league": at % 5 == 0,
                "bill": edge,
                "catalogue": edge - (at % 2) * (edge // 9),
                "registered": at % 4 != 3,
                "serious": at % 3 == 0,
            }
            explanation = explain(pack, facts, date(2018, 4, 28), totals)
            totals = dict(explanation.closing)
            assert tuple(explanation.outputs.values()) == fold.settle(facts), facts


@pytest.mark.clause("H-12")
def test_what_was_paid_before_registration_neither_counts_nor_is_paid_back() -> None:
    stay = {
        "kind": "inpatient",
        "hospital_level": 3,
        "outside_league": False,
        "bill": 10_000_000,
        "catalogue": 0,
        "serious": False,
    }
    before = explain(HINGGAN, {**stay, "registered": False}, date(2018, 4, 28))
    assert before.outputs["own_pay"] == 10_000_000
    after = explain(HINGGAN, {**stay, "registered": True}, date(2018, 4, 28), before.closing)
    assert after.outputs["own_pay"] == 500_000
    assert after.closing["registered_own"] == 500_000


def test_a_claim_after_deregistration_is_no_longer_stopped_at_the_ceiling() -> None:
    facts = {"kind": "outpatient", "bill": 900_000, "catalogue": 0}
    stopped = explain(HINGGAN, {**facts, "registered": True}, date(2018, 4, 28))
    assert stopped.outputs["own_pay"] == 500_000
    free = explain(HINGGAN, {**facts, "registered": False}, date(2018, 4, 28), stopped.closing)
    assert free.outputs["own_pay"] == 900_000
    assert free.closing["registered_own"] == 500_000
