"""The fused loop says what the explanation says, to the fen: in plain Python and compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.policies.naive_fold import EDGES_IN_YUAN, claims
from tests.rules.small_pack import (
    DAY,
    FACTS,
    OWN_PAY,
    RULES,
    Amounts,
    Claim,
    Packs,
    as_batch,
    by_claim,
    claim_values,
    dated,
    every_reading,
    explained,
    in_force,
    in_turn,
    looped,
    parameter,
    with_values,
)

from doudi.policies import policy
from doudi.rules import Policy, explain
from doudi.rules.amounts import LARGEST_YEAR
from doudi.rules.errors import BadInput, BadValue, UnreadableRule
from doudi.rules.fuse import era_row, fuse
from doudi.rules.kernel import (
    CACHE_VARIABLE,
    Batch,
    compiled_loop,
    run_compiled,
    run_plain,
    warm_up,
)

ROOT = Path(__file__).resolve().parents[2]

HINGGAN = policy("hinggan-2018")
TWO_YEARS = [
    in_force(pack, date(2018, 1, 1), date(2019, 12, 31)) for pack in every_reading(HINGGAN)
]


def compiled(policies: list[Policy], history: list[Claim]) -> Amounts:
    fused = fuse(policies[0])
    return by_claim(fused, run_compiled(fused, as_batch(policies, fused, history), workers=1))


# ---- Random histories ------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[Claim]:
    """Claims of a few people over two years, each person under a reading of their own."""
    found = []
    for facts in draw(st.lists(claims(), max_size=15)):
        person = draw(st.integers(1, 4))
        # Days at New Year more often than others.
        day = date(2018, 1, 1) + timedelta(
            days=draw(st.one_of(st.integers(0, 729), st.sampled_from((0, 364, 365, 729))))
        )
        found.append((person, day, facts))
    readings = draw(st.tuples(*[st.integers(0, len(TWO_YEARS) - 1)] * 4))
    return in_turn(
        [Claim(person, day, facts, readings[person - 1]) for person, day, facts in found]
    )


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_explained_looped_and_compiled_agree_to_the_fen(history: list[Claim]) -> None:
    amounts = explained(TWO_YEARS, history)
    assert looped(TWO_YEARS, history) == amounts
    assert compiled(TWO_YEARS, history) == amounts


def test_other_values_and_readings_need_no_other_loop() -> None:
    changed = with_values(HINGGAN, {"basic_cap": 5, "critical_schedule": [(7, 3), (None, 9)]})
    assert fuse(changed).text == fuse(HINGGAN).text
    assert {fuse(pack).digest for pack in TWO_YEARS} == {fuse(HINGGAN).digest}


def test_only_what_is_wanted_is_given_out() -> None:
    fused = fuse(HINGGAN, ["own_pay", "inpatient_basic"])
    history = [Claim(1, DAY, {**FULL_STAY, "bill": bill}) for bill in (1_200_000, 1_300_000)]
    found = run_plain(fused, as_batch([HINGGAN], fused, history))
    assert found == {"own_pay": [15_525, 115_525], "inpatient_basic": [855_000, 855_000]}


FULL_STAY: Mapping[str, Any] = {
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "bill": 1_200_000,
    "catalogue": 1_200_000,
    "registered": True,
    "serious": False,
}


# ---- Made-up packs ---------------------------------------------------------------------------

LAWS = '''
@rule("G-01", zh="分段")
def bands_due(bands: Schedule, step: Rate, rise: Choice, member: Flag) -> Schedule:
    """The rates: raised in points, or relative and then in points."""
    if not member:
        return bands
    if rise == "relative":
        return raised(raised_relative(bands, step), step)
    return raised(bands, step)

@rule("G-01", zh="支付", name="fund_pay", valid_to=date(2018, 6, 30))
def fund_pay_before(bill: Fen, fee: Fen, bands_due: Schedule, own_pay_to_date: Fen) -> Fen:
    """On what exceeds the fee of the zone, and whole once the person has paid enough."""
    given = between(fee, bill, bands_due)
    return bill if own_pay_to_date > fee else given

@rule("G-03", zh="支付", name="fund_pay", valid_from=date(2018, 7, 1))
def fund_pay_since(
    bill: Fen, fund_rate: Rate, step: Rate, fund_cap: Fen, fund_pay_to_date: Fen, kind_of: Choice
) -> Fen:
    """At a rate, up to the cap of the year."""
    rate = raise_rate_relative(fund_rate, step) if kind_of == "far" else fund_rate
    return min(share(bill, rate), max(0, fund_cap - fund_pay_to_date))
'''


def lawful(packs: Packs) -> Policy:
    bands = [{"to": "10 yuan", "rate": "33%"}, {"to": "50 yuan", "rate": "66%"}, {"rate": "97%"}]
    choice = {"near": {"zh": "近", "en": "Near"}, "far": {"zh": "远", "en": "Far"}}
    return packs(
        rules=LAWS + OWN_PAY,
        parameters={
            "bands": parameter("schedule", bands),
            "step": dated(
                "rate",
                (date(2018, 1, 1), date(2018, 3, 31), "3.33%"),
                (date(2018, 4, 1), date(2018, 12, 31), "12.5%"),
            ),
            "fee[1]": parameter("fen", "0.5 yuan"),
            "fee[2]": parameter("fen", "12 yuan"),
        },
        families={"fee": "zone"},
        inputs={
            "kind_of": {"unit": "choice", "zh": "远近", "en": "How far", "of": "claim"}
            | {"options": choice}
        },
        interpretations={
            "rise": {
                **{"zh": "怎样提高", "en": "How to raise", "clauses": ["G-03"]},
                "default": "points",
                "readings": {
                    "points": {"zh": "点", "en": "points"},
                    "relative": {"zh": "比", "en": "relative"},
                },
            }
        },
    )


def test_a_change_of_law_dated_values_and_readings_agree_in_one_compiled_loop(
    packs: Packs,
) -> None:
    readings = every_reading(lawful(packs))
    random = np.random.default_rng(5)
    history = in_turn(
        [
            Claim(
                person,
                date(2018, 1, 1) + timedelta(days=int(random.integers(365))),
                {
                    "kind": str(random.choice(["ride", "rental"])),
                    "zone": int(random.integers(1, 3)),
                    "bill": int(random.choice([0, 1, 50, 999, 1_000, 1_200, 5_000, 5_001, 23_456])),
                    "member": bool(random.integers(2)),
                    "kind_of": str(random.choice(["near", "far"])),
                },
                person % 2,
            )
            for person in range(60)
            for _ in range(12)
        ]
    )
    amounts = explained(readings, history)
    assert len({amount for amount, _ in amounts}) > 50
    assert looped(readings, history) == amounts
    assert compiled(readings, history) == amounts


BANDS = [{"to": f"{upper} yuan", "rate": f"{upper}%"} for upper in range(1, 9)]
BY_BANDS = (
    '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, bands: Schedule) -> Fen:\n'
    "    return up_to(bill, bands)\n"
)


@pytest.mark.parametrize("count", [7, 8])
def test_a_schedule_of_many_bands_agrees_or_is_refused_at_once(packs: Packs, count: int) -> None:
    bands = parameter("schedule", [*BANDS[:count], {"rate": "90%"}])
    try:
        pack = packs(rules=BY_BANDS + OWN_PAY, parameters={"bands": bands})
    except BadValue as error:
        assert "bands" in str(error)
        assert count == 8
        return
    history = [Claim(1, DAY, {**FACTS, "bill": bill}) for bill in range(0, 1_000, 37)]
    assert looped([pack], history) == explained([pack], history)


@pytest.mark.parametrize(
    ("options", "unit"), [((1, 2, 3), "level"), ((1, 3), "level"), (("near", "far"), "choice")]
)
def test_a_family_of_any_index_agrees_or_is_refused_at_once(
    packs: Packs, options: tuple[Any, ...], unit: str
) -> None:
    rules = (
        '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, fee: Fen) -> Fen:\n'
        "    return min(bill, fee)\n"
    )
    index = {
        **{"unit": unit, "zh": "档", "en": "Grade", "of": "claim"},
        "options": {option: {"zh": "某档", "en": "A grade"} for option in options},
    }
    fees = {
        f"fee[{option}]": parameter("fen", f"{number} yuan")
        for number, option in enumerate(options, 3)
    }
    try:
        pack = packs(
            rules=rules + OWN_PAY,
            inputs={"grade": index},
            parameters=fees,
            families={"fee": "grade"},
        )
    except (BadValue, UnreadableRule) as error:
        assert "fee" in str(error)
        assert options != (1, 2, 3)
        return
    history = [Claim(1, DAY, {**FACTS, "grade": option}) for option in options]
    assert looped([pack], history) == explained([pack], history)


LARGE = {
    "a share of the largest value": (
        "def fund_pay(bill: Fen, huge: Fen, fund_rate: Rate) -> Fen:\n"
        "    return min(bill, share(huge, fund_rate))\n"
    ),
    "a fee for each of very many": (
        "def fund_pay(bill: Fen, fee: Fen, trips: Count) -> Fen:\n"
        "    return min(bill, fee * trips)\n"
    ),
}


@pytest.mark.parametrize("rule", LARGE.values(), ids=LARGE)
def test_amounts_beyond_64_bits_are_never_settled_wrongly(packs: Packs, rule: str) -> None:
    values = {
        "huge": parameter("fen", "10000000000000 yuan"),
        "fee": parameter("fen", "2000000 yuan"),
    }
    trips = {"unit": "count", "zh": "次数", "en": "Trips", "of": "claim"}
    try:
        pack = packs(
            rules=f'@rule("G-01", zh="支付")\n{rule}' + OWN_PAY,
            parameters={**values, "fund_rate": parameter("rate", "100%")},
            inputs={"trips": trips},
        )
    except BadValue as error:
        assert "huge" in str(error)
        return
    history = [Claim(1, DAY, {**FACTS, "trips": 10**12})]
    try:
        amounts = explained([pack], history)
    except BadInput:
        return
    assert compiled([pack], history) == amounts


# ---- Bounds ----------------------------------------------------------------------------------


def one_year(count: int, **columns: Any) -> Batch:
    """Stays of one registered person's year, as columns."""
    fused = fuse(HINGGAN)
    facts: dict[str, Any] = {**FULL_STAY, "kind": 0}
    return Batch(
        [era_row(HINGGAN, fused.layout, HINGGAN.eras[0])],
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.arange(count) == 0,
        {name: columns.get(name, np.full(count, fact)) for name, fact in facts.items()},
        {},
    )


@pytest.mark.parametrize("run", [run_plain, run_compiled])
def test_a_year_beyond_what_can_be_computed_is_refused(run: Any) -> None:
    batch = one_year(1, bill=np.array([10**12]), catalogue=np.array([10**12]))
    fused = fuse(HINGGAN)
    fits = replace(batch, opening={"left_after_basic": [LARGEST_YEAR - 10**12]})
    assert int(run(fused, fits)["own_pay"][0]) == 500_000
    with pytest.raises(BadInput):
        run(fused, replace(batch, opening={"left_after_basic": [LARGEST_YEAR - 10**11]}))


def test_an_explanation_refuses_such_a_year_too() -> None:
    facts = {**FULL_STAY, "bill": 10**12, "catalogue": 10**12}
    explain(HINGGAN, facts, DAY, {"left_after_basic": LARGEST_YEAR - 10**12})
    with pytest.raises(BadInput) as caught:
        explain(HINGGAN, facts, DAY, {"left_after_basic": LARGEST_YEAR - 10**11})
    assert caught.value.field == "left_after_basic"


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_refusal_names_the_row_of_the_claim(workers: int) -> None:
    count, wrong = 160_000, 130_000
    batch = one_year(count)
    opening = np.zeros(count, dtype=np.int64)
    opening[wrong] = LARGEST_YEAR
    batch = replace(
        batch,
        first=np.ones(count, dtype=bool),
        opening=dict.fromkeys(fuse(HINGGAN).summed, opening),
    )
    with pytest.raises(BadInput) as caught:
        run_compiled(fuse(HINGGAN), batch, workers)
    assert caught.value.value == wrong


# ---- Many claims -----------------------------------------------------------------------------


def many_claims(count: int, first: Any) -> Batch:
    """Claims of all kinds with amounts at ties, caps and edges."""
    random = np.random.default_rng(11)
    edges = np.array(EDGES_IN_YUAN) * 50
    bill = random.integers(0, 3_000_000, count)
    at_edge = random.random(count) < 0.4
    bill[at_edge] = (random.choice(edges, count) + random.integers(-2, 3, count))[at_edge]
    rows = [era_row(pack, fuse(HINGGAN).layout, pack.eras[0]) for pack in every_reading(HINGGAN)]
    return Batch(
        rows,
        random.integers(0, len(rows), count),
        np.zeros(count, dtype=np.int64),
        first,
        {
            "kind": random.integers(0, 7, count),
            "hospital_level": random.integers(1, 4, count),
            "outside_league": random.random(count) < 0.2,
            "bill": bill,
            "catalogue": bill - (bill // 9) * (random.random(count) < 0.5),
            "registered": random.random(count) < 0.7,
            "serious": random.random(count) < 0.3,
        },
        {},
    )


def same(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return list(left) == list(right) and all(
        np.array_equal(np.asarray(left[name]), np.asarray(right[name])) for name in left
    )


LONG = 220_000


def year_starts(length: str) -> Any:
    random = np.random.default_rng(3)
    first = random.random(LONG) < 0.15
    if length == "one year":
        first[:] = False
    elif length == "a year across the middle":
        first[70_000:150_000] = False
    elif length == "a year that only ends with the last claim":
        first[40_000:] = False
    elif length == "years of one claim":
        first[:] = True
    first[0] = True
    return first


LENGTHS = [
    "years of a week or so",
    "one year",
    "a year across the middle",
    "a year that only ends with the last claim",
    "years of one claim",
]


@pytest.mark.parametrize("length", LENGTHS)
def test_splitting_the_work_never_cuts_a_persons_year(length: str) -> None:
    fused = fuse(HINGGAN)
    batch = many_claims(LONG, year_starts(length))
    alone = run_compiled(fused, batch, workers=1)
    for workers in (2, 3, 4):
        assert same(run_compiled(fused, batch, workers), alone)


def test_twenty_thousand_claims_agree_in_plain_python_and_compiled() -> None:
    fused = fuse(HINGGAN)
    batch = many_claims(20_000, year_starts("years of a week or so")[:20_000])
    assert same(run_compiled(fused, batch), run_plain(fused, batch))


def test_opening_totals_of_each_claim_stay_with_it_when_the_work_is_split() -> None:
    fused = fuse(HINGGAN)
    random = np.random.default_rng(8)
    opening = {name: random.integers(0, 20_000_000, LONG) for name in fused.summed}
    batch = replace(many_claims(LONG, year_starts(LENGTHS[0])), opening=opening)
    alone = run_compiled(fused, batch, workers=1)
    assert same(run_compiled(fused, batch, workers=3), alone)
    assert not same(alone, run_compiled(fused, replace(batch, opening={}), workers=1))


def test_opening_totals_count_as_they_do_in_an_explanation() -> None:
    fused = fuse(HINGGAN)
    opening = {"registered_own": 499_000, "inpatient_assistance": 4_990_000}
    amounts = tuple(explain(HINGGAN, FULL_STAY, DAY, opening).outputs.values())
    batch = one_year(1)
    for given_totals in (
        {name: [total] for name, total in opening.items()},
        {name: [opening.get(name, 0)] for name in fused.summed},
    ):
        with_opening = replace(batch, opening=given_totals)
        assert by_claim(fused, run_plain(fused, with_opening)) == [amounts]
        assert by_claim(fused, run_compiled(fused, with_opening)) == [amounts]


def test_opening_totals_are_one_for_all_claims_or_one_for_each() -> None:
    batch = one_year(3)
    for wrong in ({"registered_own": [1, 2]}, {"registered_own": [1, 2, 3]}):
        with pytest.raises(ValueError, match="opening"):
            run_plain(fuse(HINGGAN), replace(batch, opening=wrong))


def test_no_claims_make_no_amounts() -> None:
    fused = fuse(HINGGAN)
    batch = one_year(0)
    assert all(len(column) == 0 for column in run_plain(fused, batch).values())
    assert all(len(column) == 0 for column in run_compiled(fused, batch).values())


# ---- The compiled loop is kept ---------------------------------------------------------------

SECOND = """
import json, os, sys, time
from doudi.policies import policy
from doudi.rules.fuse import fuse
from doudi.rules.kernel import compiled_loop, warm_up
fused = fuse(policy("hinggan-2018"))
begun = time.perf_counter()
warm_up(fused)
took = time.perf_counter() - begun
stats = compiled_loop(fused).stats
print(json.dumps([sum(stats.cache_hits.values()), sum(stats.cache_misses.values()), took]))
"""


def in_a_process(folder: Path, seed: int) -> tuple[int, int, float]:
    """Cache hits, cache misses and seconds of warming up in a process of its own."""
    environment = {
        **os.environ,
        CACHE_VARIABLE: str(folder),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONHASHSEED": str(seed),
    }
    done = subprocess.run(
        [sys.executable, "-c", SECOND], env=environment, capture_output=True, text=True, check=True
    )
    hits, misses, took = done.stdout.strip().strip("[]").split(",")
    return int(hits), int(misses), float(took)


def kept_files(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_a_second_process_loads_the_compiled_loop_and_compiles_nothing(tmp_path: Path) -> None:
    hits, misses, compiling = in_a_process(tmp_path, 1)
    assert (hits, misses) == (0, 1)
    kept = kept_files(tmp_path)
    assert kept
    hits, misses, loading = in_a_process(tmp_path, 2)
    assert (hits, misses) == (1, 0)
    assert kept_files(tmp_path) == kept
    assert loading < compiling


def test_after_warming_up_no_batch_compiles_again() -> None:
    fused = fuse(HINGGAN)
    warm_up(fused)
    loop: Any = compiled_loop(fused)
    signatures = list(loop.signatures)
    run_compiled(fused, one_year(3))
    narrow = one_year(3, hospital_level=np.full(3, 3, dtype=np.int8))
    run_compiled(fused, replace(narrow, row=[0, 0, 0], graph=[0, 0, 0], first=[1, 0, 0]))
    assert loop.signatures == signatures
    assert len(signatures) == 1


def test_a_changed_rule_makes_a_new_loop(packs: Packs) -> None:
    one, two = packs(), packs(rules=RULES.replace("share(", "share_down(") + OWN_PAY)
    assert fuse(one).digest != fuse(two).digest
    history = [Claim(1, DAY, {**FACTS, "bill": 5})]
    assert [compiled([pack], history) for pack in (one, two)] == [[(2, 3)], [(1, 4)]]


def test_a_cache_that_cannot_be_written_stops_nobody(
    packs: Packs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "a file" / "below"))
    rules = RULES.replace("max(0, fund_cap", "max(0, fund_cap + fund_cap")
    assert compiled([packs(rules=rules + OWN_PAY)], [Claim(1, DAY, FACTS)]) == [(3_000, 7_000)]


def test_values_are_laid_out_once_for_every_policy_of_a_loop() -> None:
    fused = fuse(HINGGAN)
    assert set(claim_values(HINGGAN)) < set(fused.layout.slots)
    assert len(era_row(HINGGAN, fused.layout, HINGGAN.eras[0])) == fused.layout.width
