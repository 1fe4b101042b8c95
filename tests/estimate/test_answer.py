"""The answer to one bill: what is certain, how far the rest can move, and on what it rests.

What the pack gives under other values is worked out here by the naive fold of the tests, not by
the rules that the answer itself is made of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.policies.naive_fold import (
    AMOUNTS,
    KINDS,
    OUTPUTS,
    Fold,
    Year,
    anything_for,
    claims,
)
from tests.rules.small_pack import (
    FACTS,
    OWN_PAY,
    claim_values,
    every_reading,
    readings_of,
    units_of,
    write_pack,
)

from doudi.estimate import Answer, answer
from doudi.estimate.answer import guaranteed_own, payer_lines
from doudi.estimate.unknowns import Question, ask
from doudi.policies import policy
from doudi.rules import Policy, explain, load_policy
from doudi.rules.errors import BadInput, NoVersionInForce

HINGGAN = policy("hinggan-2018")
READINGS = every_reading(HINGGAN)
DAY = date(2018, 4, 28)
VALUES = claim_values(HINGGAN)
UNSURE = {name: HINGGAN.parameters[name].on(DAY) for name in units_of(HINGGAN, unsure=True)}

MANY = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
# An answer takes a fifth of a second, and stands for some six thousand claims.
FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])

PACKS = st.sampled_from(READINGS)
OPTIONAL = ("hospital_level", "outside_league", "catalogue", "registered", "serious")
LEFT_OUT = st.sets(st.sampled_from(OPTIONAL))

TOTALS = {
    "inpatient_basic": "basic",
    "left_after_basic": "left_after_basic",
    "inpatient_critical": "critical",
    "inpatient_assistance": "assistance",
    "family_bed_pay": "family_bed",
    "registered_own": "own_while_registered",
}
"""The running totals of the pack and what the naive fold calls them."""

HISTORIES = st.one_of(st.just({}), st.fixed_dictionaries(dict.fromkeys(TOTALS, AMOUNTS)))


def bill_of(yuan: int, kind: str = "inpatient", **known: Any) -> dict[str, Any]:
    return {"kind": kind, "bill": yuan * 100, **known}


def asked(
    facts: dict[str, Any], history: Mapping[str, int] | None = None, pack: Policy = HINGGAN
) -> Answer:
    return answer(pack, facts, DAY, history)


def naive(
    facts: Mapping[str, Any],
    history: Mapping[str, int],
    values: Mapping[str, Any],
    readings: Mapping[str, str],
) -> tuple[int, ...]:
    year = Year(**{TOTALS[name]: total for name, total in history.items()})
    filled = {"hospital_level": 3, "outside_league": False, "serious": False, **facts}
    return Fold(values, readings, year).settle(filled)


# ---- What is certain -------------------------------------------------------------------------


@MANY
@given(PACKS, claims(), LEFT_OUT, HISTORIES, anything_for(units_of(HINGGAN, unsure=True)))
def test_nobody_ever_owes_more_than_is_guaranteed_whatever_is_unsure_or_unknown(
    pack: Policy,
    facts: dict[str, Any],
    left_out: set[str],
    history: dict[str, int],
    values: dict[str, Any],
) -> None:
    told = {name: fact for name, fact in facts.items() if name not in left_out}
    most = guaranteed_own(ask(pack, told, DAY, history))
    own = naive(facts, history, {**VALUES, **values}, readings_of(pack))[-1]
    assert most is not None
    assert own <= most


@pytest.mark.clause("H-11")
@pytest.mark.clause("H-12")
@MANY
@given(claims(["inpatient"]), HISTORIES)
def test_a_registered_stay_is_guaranteed_a_tenth_of_the_bill_or_what_is_left_of_five_thousand(
    facts: dict[str, Any], history: dict[str, int]
) -> None:
    told = {**facts, "registered": True}
    left = max(0, 500_000 - history.get("registered_own", 0))
    assert guaranteed_own(ask(HINGGAN, told, DAY, history)) == min(facts["bill"] // 10, left)


WORST = {
    name: 10**12 if "deductible" in name else [(None, 0)] if unit == "schedule" else 0
    for name, unit in units_of(HINGGAN, unsure=True).items()
}


@MANY
@given(PACKS, claims(KINDS[1:]), HISTORIES)
def test_without_a_stay_the_guarantee_is_what_the_worst_values_leave(
    pack: Policy, facts: dict[str, Any], history: dict[str, int]
) -> None:
    most = guaranteed_own(ask(pack, facts, DAY, history))
    own = naive(facts, history, {**VALUES, **WORST}, readings_of(pack))[-1]
    # For the registered it is exact: nothing that is certain is held back from them.
    assert most == (own if facts["registered"] else facts["bill"])


@MANY
@given(PACKS, claims(), HISTORIES, st.integers(0, 10**12))
def test_a_guarantee_never_grows_with_the_catalogue_part(
    pack: Policy, facts: dict[str, Any], history: dict[str, int], other: int
) -> None:
    parts = sorted((facts["catalogue"], min(other, facts["bill"])))
    less, more = (
        guaranteed_own(ask(pack, {**facts, "catalogue": part}, DAY, history)) for part in parts
    )
    assert less is not None
    assert more is not None
    assert less >= more


@MANY
@given(PACKS, claims(), HISTORIES, LEFT_OUT)
def test_knowing_more_never_raises_the_guarantee(
    pack: Policy, facts: dict[str, Any], history: dict[str, int], left_out: set[str]
) -> None:
    told = {name: fact for name, fact in facts.items() if name not in left_out}
    vague, exact = (guaranteed_own(ask(pack, known, DAY, history)) for known in (told, facts))
    assert vague is not None
    assert exact is not None
    assert exact <= vague


def test_a_pack_without_guarantees_guarantees_nothing(tmp_path: Path) -> None:
    assert asked(dict(FACTS), pack=load_policy(write_pack(tmp_path))).guaranteed is None


# ---- How far it can move ---------------------------------------------------------------------


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, int]]:
    facts = draw(claims())
    kept = {name: fact for name, fact in facts.items() if name not in draw(LEFT_OUT)}
    return kept, draw(HISTORIES)


def anywhere_inside(question: Question, random: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts and values within what the question leaves open, ends a little more often."""
    values = dict(VALUES)
    for name, value in UNSURE.items():
        if value.shift is not None:
            moved = random.choice([*value.shift, random.randint(*value.shift)])
            values[name] = shifted(VALUES[name], moved)
        else:
            assert isinstance(value.low, int)
            assert isinstance(value.high, int)
            inside = random.randint(value.low, value.high)
            values[name] = random.choice([value.low, value.high, inside])
    facts = dict(question.facts)
    for axis in question.unknown:
        inside = random.randint(axis.low, axis.high)
        facts[axis.name] = random.choice(axis.options or (axis.low, axis.high, inside))
    return facts, values


def shifted(bands: list[tuple[int | None, int]], points: int) -> list[tuple[int | None, int]]:
    return [(upper, min(10_000, max(0, rate + points))) for upper, rate in bands]


@FEW
@given(questions(), st.integers(0, 2**32))
def test_values_inside_leave_the_range_by_no_more_than_the_rounding_of_one_fen(
    question: tuple[dict[str, Any], dict[str, int]], seed: int
) -> None:
    facts, history = question
    found = asked(facts, history)
    random = Random(seed)
    for _ in range(300):
        true_facts, values = anywhere_inside(found.question, random)
        amounts = naive(true_facts, history, values, readings_of(HINGGAN))
        for name, amount in zip(OUTPUTS, amounts, strict=True):
            low, high = found.ranges[name]
            assert low - 1 <= amount <= high + 1, (name, true_facts, values)


def test_a_range_holds_to_the_fen_where_two_roundings_meet_inside_it() -> None:
    # 90% of 15.45 less 65% of 15.45 is one fen more than of 15.46, the end of the range.
    facts = bill_of(0, "drug_purchase", registered=True) | {"bill": 1_546}
    values = {**VALUES, "chronic_rate": 5_000}
    amounts = naive({**facts, "catalogue": 1_545}, {}, values, readings_of(HINGGAN))
    assert amounts[OUTPUTS.index("assistance_pay")] == 387
    low, high = asked(facts).ranges["assistance_pay"]
    assert low <= 387 <= high


def test_a_range_holds_to_the_fen_where_the_deductible_was_passed_before() -> None:
    facts = bill_of(0, hospital_level=1, outside_league=False, registered=False, serious=False) | {
        "bill": 7,
        "catalogue": 7,
    }
    history = {"left_after_basic": 1_000_001}
    values = {**VALUES, "critical_deductible": 1_000_001, "critical_schedule": [(None, 6_429)]}
    amounts = naive(facts, history, values, readings_of(HINGGAN))
    assert amounts[OUTPUTS.index("critical_pay")] == 5
    low, high = asked(facts, history).ranges["critical_pay"]
    assert low <= 5 <= high


@FEW
@given(questions())
def test_the_estimate_lies_within_its_range_and_within_what_is_guaranteed(
    question: tuple[dict[str, Any], dict[str, int]],
) -> None:
    found = asked(*question)
    assert set(found.ranges) == set(OUTPUTS)
    for name, amount in found.outputs.items():
        low, high = found.ranges[name]
        assert low <= amount <= high
    assert found.guaranteed is not None
    assert found.ranges["own_pay"][1] <= found.guaranteed
    assert min(low for low, _ in found.ranges.values()) >= 0


RANGES: list[tuple[dict[str, Any], dict[str, tuple[int, int]]]] = [
    # 50% to 75%.
    (
        bill_of(1_000, "chronic", catalogue=100_000, registered=False),
        {"basic_pay": (50_000, 75_000), "own_pay": (25_000, 50_000)},
    ),
    # 40% to 60%, and 15 points.
    (
        bill_of(1_000, "outpatient", catalogue=100_000, registered=True),
        {"basic_pay": (55_000, 75_000), "own_pay": (25_000, 45_000)},
    ),
    # 80% to 100% of the bill lie in the catalogue; of that 90%.
    (
        bill_of(1_000, "package", registered=True),
        {"basic_pay": (72_000, 90_000), "own_pay": (10_000, 28_000)},
    ),
    # Nothing about it is unsure.
    (
        bill_of(5_000, "family_bed", catalogue=500_000, registered=True),
        {"basic_pay": (420_000, 420_000), "own_pay": (80_000, 80_000)},
    ),
    # From 70% of 11,400 to 90% of 11,750; then 55% and 90% of what is left.
    (
        bill_of(
            12_000,
            hospital_level=3,
            outside_league=False,
            catalogue=1_200_000,
            registered=True,
            serious=False,
        ),
        {
            "basic_pay": (798_000, 1_057_500),
            "critical_pay": (0, 0),
            "commercial_pay": (78_375, 221_100),
            "assistance_pay": (57_713, 162_810),
            "backstop_pay": (0, 0),
            "own_pay": (6_412, 18_090),
        },
    ),
]


@pytest.mark.parametrize(("facts", "ranges"), RANGES)
def test_a_range_is_as_wide_as_the_hand_works_out_and_no_wider(
    facts: dict[str, Any], ranges: dict[str, tuple[int, int]]
) -> None:
    found = asked(facts).ranges
    assert {name: found[name] for name in ranges} == ranges


def test_the_ends_of_a_range_are_found_where_they_lie_inside_and_at_no_corner() -> None:
    # A person with a serious disease pays most where the catalogue's rest comes to just the
    # deductible of critical illness, above which both other payers would step in.
    facts = bill_of(
        60_000,
        hospital_level=3,
        outside_league=False,
        catalogue=6_000_000,
        registered=True,
        serious=True,
    )
    readings = readings_of(HINGGAN)

    def own(points: int, deductible: int, low: int) -> int:
        values = {
            **VALUES,
            "basic_schedule[3]": shifted(VALUES["basic_schedule[3]"], points),
            "basic_deductible[3]": low,
            "critical_deductible": deductible,
        }
        return naive(facts, {}, values, readings)[-1]

    corners = [
        own(x, y, z) for x in (-500, 1_500) for y in (10**6, 2 * 10**6) for z in (50_000, 120_000)
    ]
    inside = [
        own(points, deductible, low)
        for points in range(-500, 1_501, 50)
        for deductible in range(1_000_000, 2_000_001, 20_000)
        for low in (50_000, 120_000)
    ]
    assert max(inside) > max(corners) + 5_000
    low, high = asked(facts).ranges["own_pay"]
    assert low <= min(inside)
    assert max(inside) <= high


# ---- What is unknown -------------------------------------------------------------------------

UNKNOWN: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    # What the catalogue leaves of 12,000 stays below the least deductible of serious diseases.
    ("a stay", bill_of(12_000), ("hospital_level", "outside_league", "catalogue", "registered")),
    (
        "a stay of somebody not registered, whom no serious disease helps",
        bill_of(12_000, registered=False),
        ("hospital_level", "outside_league", "catalogue"),
    ),
    (
        "a dear stay of somebody not registered",
        bill_of(400_000, registered=False),
        ("hospital_level", "outside_league", "catalogue"),
    ),
    (
        "a dear stay of somebody registered",
        bill_of(100_000, registered=True),
        ("hospital_level", "outside_league", "catalogue", "serious"),
    ),
    (
        "all but the disease of a small stay",
        bill_of(
            12_000, hospital_level=3, outside_league=False, catalogue=1_200_000, registered=True
        ),
        (),
    ),
    ("a stay with nothing in the catalogue", bill_of(1_000, catalogue=0), ("registered",)),
    ("no bill", bill_of(0), ()),
    ("chronic care", bill_of(1_000, "chronic"), ("catalogue", "registered")),
    ("drugs bought", bill_of(1_000, "drug_purchase"), ("catalogue", "registered")),
    ("a visit", bill_of(1_000, "outpatient"), ("catalogue", "registered")),
    ("a family bed", bill_of(1_000, "family_bed"), ("catalogue", "registered")),
    ("a family bed above its limit", bill_of(12_000, "family_bed"), ("registered",)),
    (
        "a family bed above its limit, registered",
        bill_of(12_000, "family_bed", registered=True),
        (),
    ),
    ("a package of somebody not registered", bill_of(30, "package", registered=False), ()),
    ("a package", bill_of(30, "package", registered=True), ("catalogue",)),
]


@pytest.mark.parametrize(
    ("facts", "unknown"), [row[1:] for row in UNKNOWN], ids=[row[0] for row in UNKNOWN]
)
def test_an_unknown_input_is_listed_exactly_when_it_matters(
    facts: dict[str, Any], unknown: tuple[str, ...]
) -> None:
    assert asked(facts).unknown == unknown


@FEW
@given(questions(), st.integers(0, 2**32))
def test_an_unknown_input_that_changes_an_amount_is_always_listed(
    question: tuple[dict[str, Any], dict[str, int]], seed: int
) -> None:
    facts, history = question
    found = asked(facts, history)
    random = Random(seed)
    for _ in range(100):
        here, values = anywhere_inside(found.question, random)
        other, _same = anywhere_inside(found.question, random)
        for axis in found.question.unknown:
            changed = {**here, axis.name: other[axis.name]}
            amounts = [naive(one, history, values, readings_of(HINGGAN)) for one in (here, changed)]
            if amounts[0] != amounts[1]:
                assert axis.name in found.unknown


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_the_bill_needs_to_be_known(kind: str) -> None:
    told = asked(bill_of(1_000, kind)).to_dict()
    assert told["guaranteed_own_fen"] == 100_000
    assert sum(told["payers"].values()) + told["own_fen"] == told["bill_fen"] == 100_000
    assert told["assumed"]["registered"] is False
    assert told["assumed"]["catalogue"] == 90_000


@pytest.mark.parametrize(
    ("name", "missing"), [("bill", {"kind": "inpatient"}), ("kind", {"bill": 5})]
)
def test_without_a_kind_or_a_bill_there_is_no_answer(name: str, missing: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        asked(missing)
    assert caught.value.field == name


def test_a_day_without_a_version_in_force_has_no_answer() -> None:
    with pytest.raises(NoVersionInForce):
        answer(HINGGAN, bill_of(1_000), date(2019, 1, 1))


def test_what_was_paid_so_far_lowers_what_can_still_be_owed() -> None:
    facts = bill_of(12_000, registered=True)
    assert HINGGAN.own_so_far == "registered_own"
    assert asked(facts, {"registered_own": 499_000}).guaranteed == 1_000
    assert asked(facts, {"registered_own": 500_000}).ranges["own_pay"] == (0, 0)


WARDS = {
    "ward": {
        "unit": "choice",
        "zh": "区",
        "en": "Ward",
        "of": "claim",
        "options": {"north": {"zh": "北", "en": "N"}, "south": {"zh": "南", "en": "S"}},
        "if_unknown": "north",
    }
}
BY_WARD = '''
@rule("G-01", zh="基金支付")
def fund_pay(bill: Fen, ward: Choice) -> Fen:
    """The fund pays in the north."""
    return bill if ward == "north" else 0
'''


@pytest.mark.parametrize(
    ("known", "fund_range"),
    [
        ({"ward": "north"}, (10_000, 10_000)),
        ({"ward": "south"}, (0, 0)),
        ({}, (0, 10_000)),
    ],
)
def test_an_input_of_named_options_means_the_same_in_the_range_and_in_the_estimate(
    tmp_path: Path, known: dict[str, Any], fund_range: tuple[int, int]
) -> None:
    pack = load_policy(write_pack(tmp_path, rules=BY_WARD + OWN_PAY, inputs=WARDS))
    found = asked({**FACTS, **known}, pack=pack)
    assert found.outputs["fund_pay"] == (0 if known.get("ward") == "south" else 10_000)
    assert found.ranges["fund_pay"] == fund_range


# ---- What it rests on ------------------------------------------------------------------------


def moving_values(facts: Mapping[str, Any], history: Mapping[str, int]) -> set[str]:
    """The unsure values that alone, somewhere in their range, change an amount."""
    readings = readings_of(HINGGAN)
    usual = naive(facts, history, VALUES, readings)
    found = set()
    for name, value in UNSURE.items():
        tried: list[Any]
        if value.shift is not None:
            low, high = value.shift
            tried = [shifted(VALUES[name], low + (high - low) * at // 20) for at in range(21)]
        else:
            assert isinstance(value.low, int)
            assert isinstance(value.high, int)
            tried = [value.low + (value.high - value.low) * at // 20 for at in range(21)]
        if any(naive(facts, history, {**VALUES, name: one}, readings) != usual for one in tried):
            found.add(name)
    return found


def moving_readings(facts: Mapping[str, Any], history: Mapping[str, int]) -> set[str]:
    """The interpretations of which another reading alone changes an amount."""
    usual = readings_of(HINGGAN)
    amounts = naive(facts, history, VALUES, usual)
    return {
        name
        for name, item in HINGGAN.interpretations.items()
        for reading in item.readings
        if naive(facts, history, VALUES, {**usual, name: reading}) != amounts
    }


@FEW
@given(claims(), HISTORIES)
def test_an_answer_with_all_facts_rests_exactly_on_what_moves_it(
    facts: dict[str, Any], history: dict[str, int]
) -> None:
    named = {rest.name: rest.status for rest in asked(facts, history).rests_on}
    expected = {name: UNSURE[name].status.value for name in moving_values(facts, history)}
    expected |= dict.fromkeys(moving_readings(facts, history), "interpretation")
    assert named == expected


RESTS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("chronic care", bill_of(1_000, "chronic"), {"chronic_rate", "catalogue_share"}),
    (
        "chronic care of the registered, by the rise too",
        bill_of(1_000, "chronic", registered=True),
        {"chronic_rate", "catalogue_share", "rise"},
    ),
    (
        "observation",
        bill_of(1_000, "observation", catalogue=100_000),
        {"observation_rate"},
    ),
    # Its limit is reached wherever the catalogue part lies.
    ("a family bed above its limit", bill_of(12_000, "family_bed", registered=True), set()),
    # Nothing is paid to them, whatever lies in the catalogue.
    ("a package of somebody not registered", bill_of(30, "package", registered=False), set()),
    ("no bill", bill_of(0), set()),
]


@pytest.mark.parametrize(("facts", "names"), [row[1:] for row in RESTS], ids=[r[0] for r in RESTS])
def test_an_answer_rests_on_nothing_that_cannot_move_it(
    facts: dict[str, Any], names: set[str]
) -> None:
    assert {rest.name for rest in asked(facts).rests_on} == names


def test_the_narrowing_unknown_is_one_that_is_left_open() -> None:
    found = asked(bill_of(12_000))
    most = found.narrows_most
    assert most is not None
    low, high = found.ranges["own_pay"]
    assert most.width == high - low
    assert 0 <= most.left < most.width
    # Whether the person is registered decides between 10% of the bill and most of it.
    assert (most.name, most.of_input) == ("registered", True)


def test_nothing_narrows_an_answer_that_is_exact() -> None:
    assert asked(bill_of(12_000, "family_bed", registered=True)).narrows_most is None


# ---- Its shape -------------------------------------------------------------------------------

SHAPES = [
    bill_of(12_000),
    bill_of(100_000, registered=True, serious=True, catalogue=9_000_000),
    *(bill_of(1_000, kind) for kind in KINDS[1:]),
]


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            assert isinstance(key, str), path
            yield from leaves(value, f"{path}.{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from leaves(value, f"{path}[{number}]")
    else:
        yield path, data


@pytest.mark.parametrize("facts", SHAPES)
def test_no_number_in_the_data_of_an_answer_is_a_float(facts: dict[str, Any]) -> None:
    told = asked(facts).to_dict()
    for path, value in leaves(told):
        assert value is None or type(value) in (int, bool, str), (path, value)
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize("facts", SHAPES)
def test_the_data_of_an_answer_has_what_the_interface_names(facts: dict[str, Any]) -> None:
    found = asked(facts)
    told = found.to_dict()
    assert told["bill_fen"] == facts["bill"]
    assert list(told["payers"]) == ["basic", "critical", "commercial", "assistance", "backstop"]
    assert told["own_fen"] == found.outputs["own_pay"]
    assert told["guaranteed_own_fen"] == found.guaranteed
    assert set(told["range"]) == {f"{name.removesuffix('_pay')}_fen" for name in OUTPUTS}
    assert all(low <= high for low, high in told["range"].values())
    assert told["unknown"] == list(found.unknown)
    assert all({"name", "status"} <= set(rest) for rest in told["rests_on"])
    assert told["policy"] == {"name": "hinggan-2018", "version": HINGGAN.version}
    assert told["schema"] == "doudi-estimate-1"
    assert told["steps"]
    for step in told["steps"]:
        assert {"rule", "zh", "inputs", "result", "clauses"} <= set(step)
        assert step["clauses"]


@MANY
@given(PACKS, claims(), HISTORIES)
def test_the_lines_of_the_payers_add_up_to_what_each_pays(
    pack: Policy, facts: dict[str, Any], history: dict[str, int]
) -> None:
    explanation = explain(pack, facts, DAY, history)
    paid = dict.fromkeys(OUTPUTS[:-1], 0)
    for line in payer_lines(explanation):
        paid[line.payer] += line.pays
        assert line.clauses
        if line.cap_before is not None and line.payer != "backstop_pay":
            assert line.cap_after == line.cap_before - line.pays
    assert paid == {name: explanation.outputs[name] for name in paid}


def test_the_line_of_a_payer_tells_base_deductible_rate_and_cap() -> None:
    facts = bill_of(
        12_000,
        hospital_level=3,
        outside_league=False,
        catalogue=1_200_000,
        registered=True,
        serious=False,
    )
    lines = {line.rule: asdict(line) for line in payer_lines(explain(HINGGAN, facts, DAY))}
    basic, assistance = lines["inpatient_basic"], lines["inpatient_assistance"]
    assert (basic["base"], basic["deductible"], basic["pays"]) == (1_200_000, 60_000, 855_000)
    assert (basic["cap_before"], basic["cap_after"]) == (16_000_000, 15_145_000)
    assert [band["rate"] for band in basic["rate"]["bands"]] == [7_500, 8_000, 8_500, 9_000]
    assert (assistance["base"], assistance["rate"]) == (155_250, 9_000)
    assert (assistance["cap_before"], assistance["cap_after"]) == (5_000_000, 4_860_275)
