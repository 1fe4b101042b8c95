"""What the published cases say about numbers that nobody published (clauses C-2, C-7)."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import doudi
from doudi.estimate.cases import Case, read_case, read_cases
from doudi.population.fit import fit, sample, stretches
from doudi.population.lever import find_lever
from doudi.rules import Policy
from doudi.rules.errors import BadInput

ALL_IN_CATALOGUE = {"catalogue": 1_200_000}
FIRST_BAND = "basic_schedule[3].band1"


@pytest.fixture
def policy() -> Policy:
    return doudi.policy("hinggan-2018")


@pytest.fixture
def cases(policy: Policy) -> dict[str, Case]:
    return {case.id: case for case in read_cases(policy)}


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def turned(policy: Policy, **positions: int) -> Policy:
    for name, position in positions.items():
        policy = find_lever(policy, name.replace("_level3", "[3]")).at(position)
    return policy


@pytest.mark.clause("H-07")
@pytest.mark.parametrize(
    ("deductible_yuan", "published"),
    [(0, "81.5"), (200, "82.9"), (300, "83.6"), (400, "84.3"), (600, "85.8"), (1_200, "90.5")],
)
def test_the_basic_rate_that_the_case_of_12000_yuan_implies(
    policy: Policy, cases: dict[str, Case], deductible_yuan: int, published: str
) -> None:
    # Supplementary insurance pays 55% of what basic insurance leaves, and nobody pays after it: so
    # 45% of 12,000 - (12,000 - D) x r stays under 1,000 yuan where (12,000 - D) x r > 9,777.78.
    changed = turned(
        policy,
        assistance_rate=0,
        basic_rate_rise=0,
        basic_deductible_cut=0,
        basic_deductible_level3=deductible_yuan * 100,
    )
    found = fit(changed, FIRST_BAND, [cases["C-2"]], facts=ALL_IN_CATALOGUE)
    above = (12_000 - deductible_yuan) * 100
    paid = (half_up(Fraction(above * rate, 10_000)) for rate in range(10_001))
    own = [(1_200_000 - basic) - half_up((1_200_000 - basic) * Fraction(55, 100)) for basic in paid]
    least = min(rate for rate in range(10_001) if own[rate] < 100_000)
    assert found.usual == ((least, 10_000),)
    # The clause states the exact bound to a tenth of a percent, without rounding money to the fen.
    bound = (1_200_000 - Fraction(100_000 * 100, 45)) / above * 1_000
    assert half_up(bound) == int(published.replace(".", ""))
    assert least - 2 < bound * 10 < least
    assert not found.today_fits


@pytest.mark.clause("H-10")
def test_with_assistance_the_rate_of_the_pack_is_enough(
    policy: Policy, cases: dict[str, Case]
) -> None:
    # 45% of what basic insurance leaves, and a tenth of that, is left to the person: of 12,000
    # yuan at most 540, whatever basic insurance pays.
    found = fit(policy, FIRST_BAND, [cases["C-2"]], facts=ALL_IN_CATALOGUE)
    assert found.usual == ((0, 10_000),)
    assert found.today_fits


@pytest.mark.clause("H-11")
def test_no_rate_explains_the_case_when_a_tenth_lies_outside_the_catalogue(
    policy: Policy, cases: dict[str, Case]
) -> None:
    # The pack takes 90% of the bill for the catalogue part: 1,200 yuan outside are the person's.
    found = fit(policy, FIRST_BAND, [cases["C-2"]])
    assert found.usual == ()
    assert found.possible == ((0, 10_000),)


@pytest.mark.clause("H-18")
def test_forty_seven_full_beds_say_that_the_limit_is_at_least_4200(
    policy: Policy, cases: dict[str, Case]
) -> None:
    found = fit(policy, "family_bed_year_limit", [cases["C-7"]])
    assert found.tried == (0, 840_000)
    assert found.usual == ((420_000, 840_000),)


def test_several_cases_have_to_come_true_together(
    policy: Policy, cases: dict[str, Case], tmp_path: Path
) -> None:
    harder = turned(policy, assistance_rate=0, basic_rate_rise=0, basic_deductible_level3=0)
    path = tmp_path / "case.yaml"
    path.write_text(
        "id: T-1\nclauses: [H-07]\nlines: []\nzh: 试\nen: a trial\n"
        "claim:\n  date: 2018-04-28\n"
        "  facts: {kind: inpatient, hospital_level: 3, outside_league: false, registered: true,"
        " serious: false, bill: 10000 yuan, catalogue: 10000 yuan}\n"
        "says: {zh: 不到900元, en: under 900 yuan, own_below: 900 yuan}\n"
        "expect: within the range\n",
        encoding="utf-8",
    )
    mine = read_case(path)
    # 45% of 10,000 x (1 - r) under 900: r > 80%, which the case of 12,000 yuan outbids.
    alone = fit(harder, FIRST_BAND, [mine])
    assert alone.usual == ((8_001, 10_000),)
    # With only 10,000 of the 12,000 in the catalogue, 2,000 yuan are the person's own: too much.
    both = fit(harder, FIRST_BAND, [mine, cases["C-2"]], facts={"catalogue": 1_000_000})
    assert both.usual == ()


def test_a_case_that_states_no_amount_of_a_claim_is_refused(
    policy: Policy, cases: dict[str, Case]
) -> None:
    for name in ("C-3", "C-6", "C-1a"):
        with pytest.raises(BadInput, match="states no amount"):
            fit(policy, FIRST_BAND, [cases[name]])
    with pytest.raises(BadInput, match="at least one case"):
        fit(policy, FIRST_BAND, [])


@given(
    st.lists(st.integers(0, 1_000), min_size=0, max_size=4, unique=True).map(sorted),
    st.booleans(),
)
def test_stretches_are_found_to_the_unit_wherever_they_change_between_two_samples(
    edges: list[int], first: bool
) -> None:
    def holds(place: int) -> bool:
        return first ^ (sum(edge < place for edge in edges) % 2 == 1)

    # Every place next to a change is a sample, so no stretch can hide between two of them.
    places = sample(0, 1_000, 10, *edges, *(edge + 1 for edge in edges))
    found = stretches(holds, places)
    inside = {place for low, high in found for place in range(low, high + 1)}
    assert inside == {place for place in range(1_001) if holds(place)}
    assert all(high + 1 < low for (_, high), (low, _) in pairwise(found))


@given(st.integers(1, 999), st.booleans())
def test_a_single_change_is_found_to_the_unit_without_a_sample_near_it(
    edge: int, first: bool
) -> None:
    found = stretches(lambda place: (place <= edge) == first, [0, 1_000])
    assert found == (((0, edge),) if first else ((edge + 1, 1_000),))
