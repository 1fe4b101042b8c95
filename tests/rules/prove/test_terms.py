"""The terms that are proved mean what the rules mean: compared with explaining, to the fen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.policies.naive_fold import AMOUNTS, anything_for, claims
from tests.rules.small_pack import DAY, every_reading, units_of, with_values

from doudi.policies import policy
from doudi.rules import Policy, explain
from doudi.rules.amounts import LARGEST_YEAR, Band, Schedule, between, share, share_down
from doudi.rules.errors import UnreadableRule
from doudi.rules.graph import Rule
from doudi.rules.language import Signature
from doudi.rules.policy import KIND
from doudi.rules.prove.arithmetic import Exact, Laws
from doudi.rules.prove.scope import exact
from doudi.rules.prove.step import Settled, inputs_of, settle, unknown_facts, unknown_totals
from doudi.rules.prove.terms import term_of
from doudi.rules.prove.values import AnySchedule

HINGGAN = policy("hinggan-2018")
READINGS = every_reading(HINGGAN)
HISTORIES = st.fixed_dictionaries(dict.fromkeys(HINGGAN.summed, AMOUNTS))
MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def on_terms(pack: Policy, kind: str) -> Settled:
    """One claim of the kind, of which nothing is known but the values of the pack."""
    era = pack.eras[0]
    rules = era.graph.for_kind(kind)
    totals, _ = unknown_totals(pack.summed)
    facts = unknown_facts(inputs_of(pack, rules))
    return settle(exact(pack, era).world, rules, kind, facts, totals)


@lru_cache(maxsize=200)
def of_reading(number: int, kind: str) -> Settled:
    return on_terms(READINGS[number], kind)


def worked_out(settled: Settled, facts: Mapping[str, Any], totals: Mapping[str, int]) -> list[int]:
    """The outputs that the terms give for plain numbers."""
    known = [
        (term, _plain(facts[name])) for name, term in settled.facts.items() if name != KIND
    ] + [(term, z3.IntVal(totals[name])) for name, term in settled.opening.items()]
    return [
        z3.simplify(z3.substitute(z3.IntVal(0) + settled.results[name], *known)).as_long()
        for name in HINGGAN.outputs
    ]


def _plain(fact: Any) -> Any:
    return z3.BoolVal(fact) if isinstance(fact, bool) else z3.IntVal(fact)


@MANY
@given(
    st.integers(0, len(READINGS) - 1),
    st.lists(st.tuples(claims(), HISTORIES), min_size=10, max_size=10),
)
def test_terms_give_what_explaining_gives(
    number: int, cases: list[tuple[dict[str, Any], dict[str, int]]]
) -> None:
    for facts, totals in cases:
        expected = explain(READINGS[number], facts, DAY, totals).outputs
        found = worked_out(of_reading(number, facts["kind"]), facts, totals)
        assert found == list(expected.values())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(READINGS), anything_for(units_of(HINGGAN)), claims(), HISTORIES)
def test_they_do_so_for_any_values(
    pack: Policy, values: dict[str, Any], facts: dict[str, Any], totals: dict[str, int]
) -> None:
    other = with_values(pack, values)
    expected = explain(other, facts, DAY, totals).outputs
    assert worked_out(on_terms(other, facts["kind"]), facts, totals) == list(expected.values())


# ---- The laws that stand for shares at unknown rates -----------------------------------------

RATES = st.integers(0, 10_000)
SOME = st.lists(AMOUNTS, min_size=3, max_size=3)


@settings(max_examples=200)
@given(SOME, st.lists(RATES, min_size=2, max_size=2), st.booleans())
def test_every_law_of_shares_is_true_of_shares(
    amounts: list[int], rates: list[int], bounded: bool
) -> None:
    words = Laws(keep_known=bounded)
    unknown = [z3.Int(f"amount{number}") for number in range(3)]
    at = [z3.Int(f"rate{number}") for number in range(2)]
    real = [(term, z3.IntVal(value)) for term, value in zip(unknown, amounts, strict=True)]
    real += [(term, z3.IntVal(value)) for term, value in zip(at, rates, strict=True)]
    if bounded:
        words.bound_rate(at[0], max(0, rates[0] - 7), min(10_000, rates[0] + 9))
    for term, amount in zip(unknown, amounts, strict=True):
        for name, rate in zip(at, rates, strict=True):
            real.append((words.share(term, name), z3.IntVal(share(amount, rate))))
            real.append((words.share_down(term, name), z3.IntVal(share_down(amount, rate))))
    assert len(words.facts) > 20
    assert all(z3.is_true(z3.simplify(z3.substitute(law, *real))) for law in words.facts)


def schedules(draw_bands: list[tuple[int, int]]) -> Schedule:
    uppers = sorted({upper for upper, _ in draw_bands if upper > 0})
    rates = [rate for _, rate in draw_bands]
    bands = [Band(upper, rates[number]) for number, upper in enumerate(uppers)]
    return Schedule((*bands, Band(None, rates[-1])))


SCHEDULES = st.lists(st.tuples(st.integers(0, 5_000_000), RATES), min_size=1, max_size=3).map(
    schedules
)


@settings(max_examples=200)
@given(SCHEDULES, st.lists(AMOUNTS, min_size=4, max_size=4), RATES, st.booleans())
def test_every_law_of_schedules_is_true_of_schedules(
    schedule: Schedule, amounts: list[int], rise: int, relative: bool
) -> None:
    words = Laws()
    any_schedule = AnySchedule("some", (), schedule.shifted(-300), schedule.shifted(500))
    raised = words.raised(any_schedule, rise, relative=relative)
    really_raised = Exact().raised(schedule, rise, relative=relative)
    unknown = [z3.Int(f"amount{number}") for number in range(4)]
    real = [(term, z3.IntVal(value)) for term, value in zip(unknown, amounts, strict=True)]
    for low, high in ((None, 0), (None, 1), (2, 3), (0, 3)):
        for what, truth in ((any_schedule, schedule), (raised, really_raised)):
            start, end = (0 if at is None else unknown[at] for at in (low, high))
            begins, ends = (0 if at is None else amounts[at] for at in (low, high))
            given_then = words.between(start, end, what)
            real.append((given_then, z3.IntVal(between(begins, ends, truth))))
    assert len(words.facts) > 50
    assert all(z3.is_true(z3.simplify(z3.substitute(law, *real))) for law in words.facts)


# ---- What cannot be read ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("return abs(bill)", "abs(bill)"),
        ("return bill // 2", "bill // 2"),
        ("for n in (1, 2):\n        bill = n\n    return bill", "for n in (1, 2):"),
        ("bill += 1\n    return bill", "bill += 1"),
    ],
)
def test_a_construct_that_cannot_be_read_is_named_with_file_and_line(text: str, named: str) -> None:
    """The loader refuses these too; the prover does not rely on it."""
    import ast  # noqa: PLC0415

    rule = HINGGAN.all_rules[0]
    tree = ast.parse(f"def made_up(bill):\n    {text}\n").body[0]
    assert isinstance(tree, ast.FunctionDef)
    odd = Rule(rule.card, rule.function, Signature({}, rule.signature.returns, tree, "odd.py:1"))
    with pytest.raises(UnreadableRule) as caught:
        term_of(odd, {"bill": z3.Int("bill")}, Exact())
    assert str(caught.value).startswith(f"odd.py:2: {rule.name}: the prover cannot read `{named}")


def test_totals_are_unknown_within_what_a_year_can_hold() -> None:
    totals, bounds = unknown_totals(["own"])
    assert [str(bound) for bound in bounds] == [
        "own_to_date >= 0",
        f"own_to_date <= {LARGEST_YEAR}",
    ]
    assert list(totals) == ["own"]
