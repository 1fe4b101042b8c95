"""The value that keeps the cost within a budget: exact to a step, honest where there is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.histories import Row, as_table, histories, settled_one_by_one
from tests.population.reform_rows import stay, three

import doudi
from doudi.population import solve
from doudi.population.lever import find_lever
from doudi.population.solve import Outcome
from doudi.rules import Policy
from doudi.rules.errors import BadInput

YEAR = (date(2018, 1, 1), date(2018, 12, 31))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return doudi.policy("hinggan-2018")


def test_the_share_that_the_backstop_can_carry(policy: Policy) -> None:
    # One stay of 20,000 with half outside the catalogue: 10,132.75 is left for the backstop and
    # the person (see THREE). A budget of 9,000 leaves 1,132.75 to the person, that is 5.66375%.
    found = solve(three(), policy, "own_share_ceiling", 900_000, payers=["backstop"])
    assert found.outcome is Outcome.FOUND
    assert found.answer is not None
    # At 5.67% the person pays 1,134 and the backstop 8,998.75; at 5.66% it would be 9,000.75.
    assert (found.answer.position, found.answer.cost) == (567, 899_875)
    assert (found.today.position, found.today.cost) == (1_000, 813_275)
    assert found.step == 1
    assert found.monotone
    # Person 2 has a visit only, and no visit reads the share: it cannot move.
    assert (found.claims, found.moved) == (3, 2)


def test_all_payers_count_where_none_is_named(policy: Policy) -> None:
    # They pay 21,800 less 2,750 today = 19,050; at 19,450 the share is 8% (1,600 of 2,000).
    found = solve(three(), policy, "own_share_ceiling", 1_945_000)
    assert found.answer is not None
    assert (found.answer.position, found.answer.cost) == (800, 1_945_000)
    assert found.today.cost == 1_905_000


def test_an_amount_is_found_to_the_fen(policy: Policy) -> None:
    # Not registered, level three: (11,200 - D) x 65% within 6,000.00 yuan. 6,000 / 65% is
    # 9,230.769..., and a basis of 9,230.77 gives 6,000.0005, rounded to 6,000.00: D = 1,969.23.
    rows = [stay(1, 11_200, registered=False)]
    found = solve(as_table(rows), policy, "basic_deductible[3]", 600_000, payers=["basic_pay"])
    assert found.answer is not None
    assert (found.answer.position, found.answer.cost) == (196_923, 600_000)


def test_a_rate_of_one_band_and_a_whole_schedule_can_be_found(policy: Policy) -> None:
    rows = [stay(1, 11_200, registered=False)]
    # 10,000 x r within 6,700.
    band = solve(as_table(rows), policy, "basic_schedule[3].band1", 670_000, payers=["basic"])
    assert band.answer is not None
    assert (band.answer.position, band.answer.cost) == (6_700, 670_000)
    shift = solve(as_table(rows), policy, "basic_schedule[3]", 670_000, payers=["basic"])
    assert shift.answer is not None
    assert (shift.answer.position, shift.answer.cost) == (200, 670_000)
    second = solve(as_table(rows), policy, "basic_schedule[3].band2", 670_000, payers=["basic"])
    # The second band begins at 30,000 yuan: no value of it changes anything.
    assert second.outcome is Outcome.ALL_FIT
    assert {point.cost for point in second.curve} == {650_000}


def test_a_budget_that_no_value_keeps_says_so(policy: Policy) -> None:
    found = solve(three(), policy, "own_share_ceiling", 100, payers=["backstop"])
    assert (found.outcome, found.answer) == (Outcome.NONE_FITS, None)
    # Even where the floor leaves all to the person, the year's ceiling of 5,000 still holds:
    # 10,132.75 - 5,000 of the stay, and then all of the visit's 350.
    assert min(point.cost for point in found.curve) == 513_275 + 35_000


def test_a_budget_that_every_value_keeps_says_so(policy: Policy) -> None:
    found = solve(three(), policy, "own_share_ceiling", 10_000_000, payers=["backstop"])
    assert found.outcome is Outcome.ALL_FIT
    assert found.answer is not None
    # At 0% the backstop pays all that is left of the stay.
    assert (found.answer.position, found.answer.cost) == (0, 1_013_275)


def test_a_cost_that_goes_up_and_down_is_scanned_and_said_to_be(policy: Policy) -> None:
    # A serious stay of 40,000. Basic: 29,400 x 75% + 10,000 x 80% = 30,050; 9,950 is left. The
    # higher the critical deductible, the less critical-illness insurance pays and the more the
    # supplementary insurance; but the backstop for serious diseases pays on what is above that
    # deductible, and near 9,950 nothing is left for it. (The registered have half the deductible.)
    #   19,000: critical 315; supplementary 5,299.25; of the 433.57 left the backstop 390.21
    #   20,000: critical 0; supplementary 5,472.50; the backstop nothing
    rows = as_table([stay(1, 40_000, serious=True)])
    asked = ["commercial", "backstop"]
    found = solve(
        rows, policy, "critical_deductible", 550_000, payers=asked, low=1_400_000, high=2_400_000
    )
    costs = {point.position: point.cost for point in found.curve}
    assert (costs[1_900_000], costs[2_000_000]) == (529_925 + 39_021, 547_250)
    assert found.outcome is Outcome.NOT_MONOTONE
    assert not found.monotone
    assert found.answer is not None
    assert 549_000 < found.answer.cost <= 550_000
    assert 1 < found.step < 1_000


def test_the_range_can_be_narrowed(policy: Policy) -> None:
    found = solve(
        three(), policy, "own_share_ceiling", 900_000, payers=["backstop"], low=600, high=1_200
    )
    assert found.outcome is Outcome.ALL_FIT
    assert found.answer is not None and found.answer.position == 600
    with pytest.raises(BadInput, match="the least value must not exceed the highest"):
        solve(three(), policy, "own_share_ceiling", 1, low=2, high=1)


def test_what_cannot_be_asked_is_refused(policy: Policy) -> None:
    with pytest.raises(BadInput, match="backstop"):
        solve(three(), policy, "own_share_ceiling", 1, payers=["nobody"])
    with pytest.raises(BadInput, match="unknown"):
        solve(three(), policy, "nothing", 1)


LEVERS = (
    ("own_share_ceiling", "backstop_pay"),
    ("own_year_ceiling", "backstop_pay"),
    ("assistance_cap", "assistance_pay"),
    ("basic_deductible[3]", "basic_pay"),
    ("outpatient_rate", "basic_pay"),
    ("basic_schedule[3].band1", "basic_pay"),
)


@settings(max_examples=30)
@given(
    histories(["hinggan-2018"], *YEAR).filter(bool),
    st.sampled_from(LEVERS),
    st.integers(1, 99),
)
def test_the_answer_keeps_the_budget_and_one_step_further_does_not(
    rows: list[Row], asked: tuple[str, str], percent: int
) -> None:
    policy = doudi.policy("hinggan-2018")
    name, payer = asked
    lever = find_lever(policy, name)

    def cost(position: int) -> int:
        packs = {policy.name: lever.at(position)}
        return sum(item[payer] for item in settled_one_by_one(rows, packs, policy.name))

    low, high = cost(lever.bounds[0]), cost(lever.bounds[1])
    budget = min(low, high) + abs(high - low) * percent // 100
    found = solve(as_table(rows), policy, name, budget, payers=[payer])
    for point in found.curve:
        assert point.cost == cost(point.position)
    if found.answer is None:
        assert all(point.cost > budget for point in found.curve)
        return
    assert found.answer.cost <= budget
    if found.outcome is Outcome.FOUND:
        step = 1 if high > low else -1
        assert cost(found.answer.position + step) > budget
