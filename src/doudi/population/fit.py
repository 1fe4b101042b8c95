"""What a published case says about a number that nobody published.

A case tells its facts and one amount ("own payment under 1,000 yuan"). A value of the number fits
when the rules, with that value, give an amount of which the statement is true. Two answers:

- *usual*: everything else stands as the pack has it;
- *possible*: some combination of the other unsure values, and of the facts that the case leaves
  open, makes the statement true. Combinations are the corners and middles of their ranges and
  points between; each case may take its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from doudi.estimate.cases import Case, case_facts
from doudi.estimate.combinations import combinations
from doudi.estimate.settler import Settler
from doudi.estimate.unknowns import Question, ask
from doudi.population.lever import Lever, find_lever
from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.errors import BadInput
from doudi.rules.notation import read_fen
from doudi.rules.policy import Policy

OWN = "own_pay"

_SAMPLES = 40
"""Stretches in which the range is looked at; within one the answer changes once at most."""

Interval = tuple[int, int]
Amounts = Mapping[str, int]


@dataclass(frozen=True)
class Statement:
    """What a case says of an amount: ``true_of`` tells of a claim's outputs whether it holds."""

    case: Case
    facts: Mapping[str, Any]
    true_of: Callable[[Amounts], bool]


@dataclass(frozen=True)
class Fit:
    """The values of one number under which the published cases come true.

    ``tried`` is the range that was looked at; ``usual`` and ``possible`` are the stretches of it
    that fit, ends included, in the lever's unit (basis points or fen). Empty: nothing fits.
    """

    lever: Lever
    cases: tuple[Case, ...]
    tried: Interval
    usual: tuple[Interval, ...]
    possible: tuple[Interval, ...]
    today_fits: bool

    def to_dict(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {
            "parameter": self.lever.name,
            "zh": self.lever.zh,
            "en": self.lever.en,
            "unit": self.lever.unit,
            "today": self.lever.today,
            "expected": self.lever.expected,
            "tried": self.tried,
            "cases": [case.id for case in self.cases],
            "today_fits": self.today_fits,
            "usual": self.usual,
            "possible": self.possible,
            "policy": {"name": self.lever.policy.name, "version": self.lever.policy.version},
        }


def fit(
    policy: Policy,
    parameter: str,
    cases: Sequence[Case],
    *,
    facts: Mapping[str, Any] | None = None,
    tried: Interval | None = None,
) -> Fit:
    """The values of ``parameter`` (a lever's name) under which all ``cases`` come true.

    ``facts`` are added to those of every case (money in fen). ``tried`` bounds the search, by
    default all that the number can be. Errors: BadInput, for a case without an amount too.
    """
    lever = find_lever(policy, parameter)
    if not cases:
        raise BadInput("case", None, "至少要一个案例", "give at least one case")
    statements = [read_statement(policy, case, facts or {}) for case in cases]
    low, high = tried or _whole_range(lever, statements)

    @cache
    def usual(position: int) -> bool:
        return all(_true_as_usual(lever, position, item) for item in statements)

    @cache
    def possible(position: int) -> bool:
        return all(_true_somehow(lever, position, item) for item in statements)

    places = sample(low, high, _SAMPLES, lever.today)
    return Fit(
        lever,
        tuple(cases),
        (low, high),
        stretches(usual, places),
        stretches(possible, places),
        usual(lever.today),
    )


def read_statement(policy: Policy, case: Case, more: Mapping[str, Any]) -> Statement:
    """What the case says of an amount of one claim; BadInput for a case that says nothing of it."""
    if case.form != "claim" or not {"own_below", "payers_at_most"} & set(case.says):
        zh, en = "这个案例没有给出一次就医的金额", "this case states no amount of a claim"
        raise BadInput("case", case.id, zh, en)
    given = case_facts(policy, case.given["facts"]) | dict(more)
    if "own_below" in case.says:
        bound = read_fen(case.says["own_below"], case.id)
        return Statement(case, given, lambda amounts: amounts[OWN] < bound)
    paid = read_fen(case.says["payers_at_most"], case.id)
    times = int(case.given.get("times", 1))
    return Statement(
        case,
        given,
        lambda amounts: times * sum(amounts[name] for name in amounts if name != OWN) == paid,
    )


def sample(low: int, high: int, parts: int, *also: int) -> list[int]:
    """Places from ``low`` to ``high``, evenly spread, with those of ``also`` that lie between."""
    spread = {low + (high - low) * number // parts for number in range(parts + 1)}
    return sorted(spread | {place for place in also if low <= place <= high})


def stretches(holds: Callable[[int], bool], places: Sequence[int]) -> tuple[Interval, ...]:
    """The stretches between the first and last place on which ``holds`` is true, to the unit."""
    found: list[Interval] = []
    start = places[0] if holds(places[0]) else None
    for low, high in pairwise(places):
        if holds(low) == holds(high):
            continue
        edge = _edge(holds, low, high)
        if holds(low) and start is not None:
            found.append((start, edge))
            start = None
        else:
            start = edge + 1
    if start is not None:
        found.append((start, places[-1]))
    return tuple(found)


def _edge(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The last place from ``low`` on that is as ``low`` is, where ``high`` is otherwise."""
    as_low = holds(low)
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle) == as_low:
            low = middle
        else:
            high = middle
    return low


def _whole_range(lever: Lever, statements: Iterable[Statement]) -> Interval:
    """All that the number can be; of an amount up to where it can no longer matter."""
    low, high = lever.bounds
    if high < LARGEST_AMOUNT:
        return low, high
    bills = [int(item.facts.get("bill", 0)) for item in statements]
    return low, min(high, 2 * max(*bills, lever.today, *(lever.expected or ())))


def _question(lever: Lever, position: int, item: Statement) -> tuple[Question, Settler]:
    question = ask(lever.at(position), item.facts, item.case.given["date"], {})
    return question, Settler(question)


def _true_as_usual(lever: Lever, position: int, item: Statement) -> bool:
    question, settler = _question(lever, position, item)
    return _any_true(settler.settle(combinations(question, settler.fused)[:1]), item)


def _true_somehow(lever: Lever, position: int, item: Statement) -> bool:
    question, settler = _question(lever, position, item)
    return _any_true(settler.settle(combinations(question, settler.fused)), item)


def _any_true(results: Mapping[str, Sequence[int]], item: Statement) -> bool:
    return any(
        item.true_of(dict(zip(results, amounts, strict=True)))
        for amounts in zip(*results.values(), strict=True)
    )
