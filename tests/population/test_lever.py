"""A lever turns one number of a policy and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

import doudi
from doudi.population.lever import SHIFT, find_lever, lever_names, show
from doudi.rules import Policy
from doudi.rules.errors import BadInput
from doudi.rules.fuse import fuse

STAY = {
    "date": date(2018, 4, 28),
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "registered": False,
    "serious": False,
    "bill": 1_120_000,
    "catalogue": 1_120_000,
}


@pytest.fixture
def policy() -> Policy:
    return doudi.policy("hinggan-2018")


def test_a_rate_an_amount_and_a_member_of_a_family_stand_where_the_pack_says(
    policy: Policy,
) -> None:
    assert find_lever(policy, "own_share_ceiling").today == 1_000
    assert find_lever(policy, "assistance_cap").today == 5_000_000
    assert find_lever(policy, "basic_deductible[3]").today == 120_000


def test_a_band_is_its_rate_and_a_whole_schedule_a_shift(policy: Policy) -> None:
    second = find_lever(policy, "basic_schedule[3].band2")
    assert (second.today, second.unit, second.bounds) == (7_000, "rate", (0, 10_000))
    assert second.expected == (6_500, 8_500)
    whole = find_lever(policy, "basic_schedule[3]")
    assert (whole.today, whole.unit, whole.expected) == (0, SHIFT, (-500, 1_500))
    # From every rate at 0% (the highest is 80%) to every rate at 100% (the lowest is 65%).
    assert whole.bounds == (-8_000, 3_500)


def test_turning_a_lever_changes_what_rests_on_it(policy: Policy) -> None:
    # Not registered, 11,200 yuan: (11,200 - 1,200) x 65% = 6,500 from basic insurance.
    assert policy.settle(STAY)["basic_pay"] == 650_000
    # A deductible of 200: 11,000 x 65% = 7,150. A first band of 70%: 10,000 x 70% = 7,000.
    lower = find_lever(policy, "basic_deductible[3]").at(20_000)
    assert lower.settle(STAY)["basic_pay"] == 715_000
    higher = find_lever(policy, "basic_schedule[3].band1").at(7_000)
    assert higher.settle(STAY)["basic_pay"] == 700_000
    # All rates five points lower: 10,000 x 60% = 6,000.
    moved = find_lever(policy, "basic_schedule[3]").at(-500)
    assert moved.settle(STAY)["basic_pay"] == 600_000
    # The second band begins at 30,000 yuan and does not touch this stay.
    other = find_lever(policy, "basic_schedule[3].band2").at(0)
    assert other.settle(STAY) == policy.settle(STAY)


def test_a_turned_policy_is_another_version_and_runs_the_same_loop(policy: Policy) -> None:
    turned = find_lever(policy, "own_share_ceiling").at(800)
    assert turned.version != policy.version
    assert turned.version != find_lever(policy, "own_share_ceiling").at(801).version
    assert fuse(turned).text == fuse(policy).text


def test_a_lever_knows_the_kinds_that_read_it(policy: Policy) -> None:
    assert find_lever(policy, "basic_deductible[3]").kinds == {"inpatient"}
    assert find_lever(policy, "chronic_floor").kinds == {"chronic", "drug_purchase"}
    assert len(find_lever(policy, "own_year_ceiling").kinds) == 7


@pytest.mark.parametrize(
    ("name", "text", "position"),
    [
        ("own_share_ceiling", "8%", 800),
        ("own_share_ceiling", "8.25%", 825),
        ("own_year_ceiling", "5000", 500_000),
        ("own_year_ceiling", "5,000.5元", 500_050),
        ("own_year_ceiling", "800 yuan", 80_000),
        ("basic_schedule[3]", "+2.5%", 250),
        ("basic_schedule[3]", "-5%", -500),
    ],
)
def test_a_position_is_read_as_people_write_it(
    policy: Policy, name: str, text: str, position: int
) -> None:
    assert find_lever(policy, name).read(text) == position


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("own_share_ceiling", "8", "8%"),
        ("own_share_ceiling", "0.1234%", "8%"),
        ("own_share_ceiling", "120%", "8%"),
        ("own_year_ceiling", "-5", "1200"),
        ("basic_schedule[3]", "+40%", "100"),
    ],
)
def test_a_position_that_cannot_be_is_refused_with_the_right_form(
    policy: Policy, name: str, text: str, words: str
) -> None:
    with pytest.raises(BadInput) as refused:
        find_lever(policy, name).read(text)
    assert refused.value.field == name
    if words != "100":
        assert words in refused.value.zh


def test_a_name_that_is_no_lever_says_what_may_be_meant(policy: Policy) -> None:
    with pytest.raises(BadInput, match="own_share_ceiling"):
        find_lever(policy, "own_share_celing")
    with pytest.raises(BadInput, match=r"basic_deductible\[1\]"):
        find_lever(policy, "basic_deductible")
    with pytest.raises(BadInput, match="no amount rests on it"):
        find_lever(policy, "checkup_fee")
    with pytest.raises(BadInput, match="has 4 bands"):
        find_lever(policy, "basic_schedule[3].band5")
    with pytest.raises(BadInput, match="has no bands"):
        find_lever(policy, "basic_cap.band1")


def test_every_named_lever_can_be_found_and_stands_within_its_bounds(policy: Policy) -> None:
    for name in lever_names(policy):
        lever = find_lever(policy, name)
        assert lever.bounds[0] <= lever.today <= lever.bounds[1]
        assert lever.at(lever.today).settle(STAY) == policy.settle(STAY)


def test_numbers_are_shown_with_their_units() -> None:
    assert show("fen", 120_050) == "1,200.50 元"
    assert show("rate", 825) == "8.25%"
    assert show(SHIFT, -250) == "-2.5 个百分点"
    assert show(SHIFT, 0) == "±0 个百分点"
