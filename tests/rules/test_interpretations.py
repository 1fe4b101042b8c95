"""Readings of a doubtful source: chosen by name, visible in the version, the same in every use."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rules.small_pack import (
    DAY,
    FACTS,
    OWN_PAY,
    Claim,
    Packs,
    every_reading,
    explained,
    looped,
    parameter,
)

from doudi.rules import Policy, explain
from doudi.rules.errors import BadInput, BadValue
from doudi.rules.fuse import fuse


def doubt(*readings: str, default: str | None = None) -> dict[str, Any]:
    return {
        **{"zh": "怎样理解", "en": "How to read it", "clauses": ["G-03"]},
        "default": default or readings[0],
        "readings": {name: {"zh": "一说", "en": f"Reading {name}"} for name in readings},
    }


DOUBTS = {
    "rise": doubt("points", "relative"),
    "base": doubt("bill", "above_fee", "nothing"),
    "unused": doubt("one", "other"),
}

RULES = '''
@rule("G-01", zh="分段")
def bands_due(bands: Schedule, step: Rate, rise: Choice) -> Schedule:
    """The rates, raised."""
    if rise == "relative":
        return raised_relative(bands, step)
    return raised(bands, step)

@rule("G-01", zh="基数")
def base_due(bill: Fen, fee: Fen, base: Choice) -> Fen:
    """What the rates are applied to."""
    if base == "nothing":
        return 0
    return bill if base != "above_fee" else max(0, bill - fee)

@rule("G-01", zh="支付")
def fund_pay(base_due: Fen, bands_due: Schedule) -> Fen:
    """The fund pays its rates on the base."""
    return up_to(base_due, bands_due)
'''
PARAMETERS = {
    "bands": parameter("schedule", [{"to": "50 yuan", "rate": "40%"}, {"rate": "95%"}]),
    "step": parameter("rate", "10%"),
    "fee": parameter("fen", "20 yuan"),
}


@pytest.fixture
def pack(packs: Packs) -> Policy:
    return packs(rules=RULES + OWN_PAY, parameters=PARAMETERS, interpretations=DOUBTS)


# 50% of 50 yuan and 100% of the rest, or 44% and 100%; on 100 or on 80 yuan.
AMOUNTS = [
    ({}, 7_500),
    ({"rise": "points"}, 7_500),
    ({"rise": "relative"}, 7_200),
    ({"base": "above_fee"}, 5_500),
    ({"rise": "relative", "base": "above_fee"}, 5_200),
    ({"base": "nothing"}, 0),
]


@pytest.mark.parametrize(("readings", "amount"), AMOUNTS)
def test_a_reading_that_is_chosen_decides_the_amount(
    pack: Policy, readings: dict[str, str], amount: int
) -> None:
    chosen = pack.with_readings(readings)
    assert explain(chosen, FACTS, DAY).outputs["fund_pay"] == amount
    assert looped([chosen], [Claim(1, DAY, FACTS)])[0][0] == amount


def test_choosing_leaves_the_policy_as_it_was(pack: Policy) -> None:
    pack.with_readings({"rise": "relative"})
    assert pack.reading("rise") == "points"
    assert explain(pack, FACTS, DAY).outputs["fund_pay"] == 7_500


def test_a_later_choice_keeps_the_earlier_ones(pack: Policy) -> None:
    both = pack.with_readings({"rise": "relative"}).with_readings({"base": "above_fee"})
    assert (both.reading("rise"), both.reading("base")) == ("relative", "above_fee")
    assert both.with_readings({"rise": "points"}).reading("rise") == "points"


def test_every_reading_has_a_version_of_its_own(pack: Policy) -> None:
    versions = {one.version for one in every_reading(pack)}
    assert len(versions) == 2 * 3 * 2


def test_naming_the_usual_reading_changes_no_version(pack: Policy) -> None:
    assert pack.with_readings({"rise": "points"}).version == pack.version


def test_all_readings_share_one_loop_and_may_stand_in_one_batch(pack: Policy) -> None:
    packs = every_reading(pack)
    assert {fuse(one).text for one in packs} == {fuse(pack).text}
    history = [
        Claim(number, DAY, {**FACTS, "bill": bill}, number)
        for number in range(len(packs))
        for bill in (0, 1, 1_999, 2_000, 5_000, 7_001, 123_457)
    ]
    assert looped(packs, history) == explained(packs, history)


@pytest.mark.parametrize(
    ("readings", "field"),
    [({"rise": "tenfold"}, "rise"), ({"nobody": "points"}, "nobody"), ({"rise": ""}, "rise")],
)
def test_a_reading_that_does_not_exist_is_refused_by_name(
    pack: Policy, readings: dict[str, str], field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        pack.with_readings(readings)
    assert caught.value.field == field


def test_a_usual_reading_that_is_not_among_the_readings_is_refused(packs: Packs) -> None:
    with pytest.raises(BadValue, match="rise"):
        packs(interpretations={"rise": doubt("points", default="relative")})


def test_a_step_rests_on_the_interpretations_that_its_rule_reads(pack: Policy) -> None:
    told = explain(pack, FACTS, DAY).to_dict()["steps"]
    rests = {step["rule"]: step["rests_on"] for step in told}
    assert {"name": "rise", "status": "interpretation"} in rests["bands_due"]
    assert {"name": "base", "status": "interpretation"} in rests["base_due"]
    assert "unused" not in str(rests)
