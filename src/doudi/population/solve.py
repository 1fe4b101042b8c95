"""The value of one number that keeps what the payers pay within a budget.

The cost is computed exactly at every value that is looked at, over all claims. Where it only rises
or only falls, the answer is the last value within the budget: one step further is over it. Where
it goes up and down, the costliest value within the budget is looked for on ever finer scans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from doudi.population.arrow import Flags
from doudi.population.columns import Claims
from doudi.population.dataset import Dataset, only, open_dataset, total
from doudi.population.groundwork import Ground, grounds
from doudi.population.lever import Lever, find_lever
from doudi.population.order import starts_of_years
from doudi.population.packs import Packs
from doudi.population.run import settle_in_parts
from doudi.rules.batch import number_of
from doudi.rules.errors import BadInput
from doudi.rules.policy import KIND, Policy

OWN = "own_pay"

_SAMPLES = 10
_HALVINGS = 8
_SCAN = 8
_ROUNDS = 4
_NEAR = (-10, -1, 1, 10)
_HALVED = 3
"""Every so many guesses the stretch is halved, so that the search ends soon on any curve."""


class Outcome(Enum):
    """How the search ended."""

    FOUND = "found"
    ALL_FIT = "every value fits"
    NONE_FITS = "no value fits"
    NOT_MONOTONE = "found by scan"


@dataclass(frozen=True)
class Point:
    """What the payers pay, in fen, with the number at ``position``."""

    position: int
    cost: int


@dataclass(frozen=True)
class Solution:
    """The answer, with every point that was computed on the way, lowest position first.

    ``answer`` is None where no value fits. ``step`` is how finely the answer is known: 1 is the
    fen or the basis point. ``claims`` counts all claims, ``moved`` those whose cost can change.
    """

    lever: Lever
    payers: tuple[str, ...]
    budget: int
    outcome: Outcome
    answer: Point | None
    today: Point
    curve: tuple[Point, ...]
    step: int
    source: str
    synthetic: bool
    claims: int
    moved: int
    grounds: tuple[Ground, ...]

    @property
    def monotone(self) -> bool:
        """Whether the cost only rises or only falls over all points that were computed."""
        return _direction(self.curve) is not None

    def to_dict(self) -> dict[str, Any]:
        """As plain data for JSON; costs in fen, positions in the lever's unit."""
        answer = self.answer
        return {
            "schema": "doudi-solution-1",
            "policy": {"name": self.lever.policy.name, "version": self.lever.policy.version},
            "parameter": self.lever.name,
            "unit": self.lever.unit,
            "payers": list(self.payers),
            "budget_fen": self.budget,
            "outcome": self.outcome.value,
            "value": None if answer is None else answer.position,
            "cost_fen": None if answer is None else answer.cost,
            "step": self.step,
            "monotone": self.monotone,
            "today": {"value": self.today.position, "cost_fen": self.today.cost},
            "curve": [{"value": item.position, "cost_fen": item.cost} for item in self.curve],
            "source": self.source,
            "synthetic": self.synthetic,
            "claims": self.claims,
            "claims_moved": self.moved,
            "rests_on": [
                {"name": item.name, "zh": item.zh, "en": item.en, "status": item.status}
                for item in self.grounds
            ],
        }


def solve(
    source: Any,
    policy: Policy,
    parameter: str,
    budget: int,
    *,
    payers: Sequence[str] = (),
    low: int | None = None,
    high: int | None = None,
) -> Solution:
    """The most generous value of a parameter whose cost is within ``budget`` fen.

    ``parameter`` is a lever's name; ``payers`` names some of the policy's outputs (with or without
    ``_pay``), by default all but the person. ``low`` and ``high`` bound the search, by default all
    that can matter. Errors: BadInput, BadTable, TypeError.
    """
    lever = find_lever(policy, parameter)
    named = read_payers(policy, payers)
    dataset = open_dataset(source, Packs.of(policy))
    costs = Costs(dataset, lever, named)
    least, most = _bounds(lever, dataset, low, high)
    for position in _samples(lever, least, most):
        costs.at(position)
    today = costs.at(lever.today)
    inside = costs.between(least, most)
    outcome, answer, step = _answer(costs, inside, budget)
    return Solution(
        lever,
        named,
        budget,
        outcome,
        answer,
        today,
        costs.between(least, most),
        step,
        dataset.name,
        dataset.synthetic,
        len(dataset.claims),
        len(costs.moving),
        grounds(policy, dataset.claims),
    )


def read_payers(policy: Policy, payers: Sequence[str]) -> tuple[str, ...]:
    """The outputs meant by ``backstop`` or ``backstop_pay``; all payers for none; BadInput."""
    known = [name for name in policy.outputs if name != OWN]
    if not payers:
        return tuple(known)
    short = {name.removesuffix("_pay"): name for name in known} | {name: name for name in known}
    for name in payers:
        if name not in short:
            shown = [item.removesuffix("_pay") for item in known]
            zh, en = "、".join(shown), ", ".join(shown)
            raise BadInput("payers", name, f"没有这个支付方；可选：{zh}", f"unknown; known: {en}")
    return tuple(dict.fromkeys(short[name] for name in payers))


@dataclass
class Costs:
    """What the payers pay at each position, computed once; only over the claims that can change."""

    dataset: Dataset
    lever: Lever
    payers: tuple[str, ...]
    known: dict[int, int] = field(default_factory=dict)

    def at(self, position: int) -> Point:
        """The exact cost with the lever at ``position``."""
        if position not in self.known:
            policy = self.lever.at(position)
            self.known[position] = self.fixed + self._cost(self.moving, policy)
        return Point(position, self.known[position])

    def between(self, low: int, high: int) -> tuple[Point, ...]:
        """The points computed so far, in order."""
        places = sorted(place for place in self.known if low <= place <= high)
        return tuple(Point(place, self.known[place]) for place in places)

    @cached_property
    def moving(self) -> Claims:
        """The claims of the person's years in which some claim reads the number."""
        return only(self.dataset.claims, self._kept)

    @cached_property
    def fixed(self) -> int:
        """What the payers pay for all other claims, whatever the number is."""
        return self._cost(only(self.dataset.claims, ~self._kept), self.lever.policy)

    @cached_property
    def _kept(self) -> Flags:
        claims = self.dataset.claims
        reads = _reading(self.lever, claims)
        first = np.flatnonzero(starts_of_years(claims.person, claims.day))
        if not len(first):
            return reads
        years = np.logical_or.reduceat(reads, first)
        kept: Flags = np.repeat(years, np.diff(first, append=len(claims)))
        return kept

    def _cost(self, claims: Claims, policy: Policy) -> int:
        packs = Packs({self.lever.policy.name: policy}, self.lever.policy.name)
        # All outputs are asked for, so that the loop is the one that settles and compares.
        return sum(
            total(part.amounts[name])
            for part in settle_in_parts(claims, packs)
            for name in self.payers
        )


def _reading(lever: Lever, claims: Claims) -> Flags:
    """The claims whose own amounts or totals read the number."""
    policy = lever.policy
    codes = [code for code, kind in enumerate(policy.kinds) if str(kind) in lever.kinds]
    reads: Flags = np.isin(claims.columns[KIND], codes)
    for family in policy.families.values():
        for option, member in family.members.items():
            if member == lever.parameter.name:
                place = number_of(policy.inputs[family.index], option)
                reads &= claims.columns[family.index] == place
    return reads


def _bounds(lever: Lever, dataset: Dataset, low: int | None, high: int | None) -> tuple[int, int]:
    """Where to look: of an amount up to where no person's year can reach it."""
    least, most = lever.bounds
    if lever.unit == "fen":
        expected = lever.expected or (0, 0)
        most = min(most, max(dataset.largest_year, lever.today, *expected) + 1)
    elif lever.unit == "count":
        most = min(most, 10 * max(lever.today, 1))
    chosen = least if low is None else low, most if high is None else high
    if chosen[0] > chosen[1]:
        shown = f"{lever.show(chosen[0])} – {lever.show(chosen[1])}"
        zh, en = "范围的下限不能大于上限", "the least value must not exceed the highest"
        raise BadInput("from", shown, zh, en)
    return chosen


def _samples(lever: Lever, low: int, high: int) -> list[int]:
    """Where the curve is looked at first: evenly for a rate, ever closer to 0 for an amount."""
    places = {low + (high - low) * number // _SAMPLES for number in range(_SAMPLES + 1)}
    if lever.unit == "fen" and low == 0:
        places = {high >> halved for halved in range(_HALVINGS + 1)} | {high * 3 // 4}
    places |= {lever.today // 2, lever.today * 3 // 2, 2 * lever.today}
    places |= {lever.today, *(lever.expected or ())}
    return sorted({low, high} | {place for place in places if low < place < high})


def _direction(points: Sequence[Point]) -> int | None:
    """1 where the cost never falls, -1 where it never rises, 0 where it is always the same."""
    steps = [after.cost - before.cost for before, after in pairwise(points)]
    if all(step == 0 for step in steps):
        return 0
    if all(step >= 0 for step in steps):
        return 1
    return -1 if all(step <= 0 for step in steps) else None


def _answer(
    costs: Costs, points: Sequence[Point], budget: int
) -> tuple[Outcome, Point | None, int]:
    direction = _direction(points)
    if direction is None:
        return _scanned(costs, points, budget)
    fitting = [point for point in points if point.cost <= budget]
    if not fitting:
        return Outcome.NONE_FITS, None, 1
    if len(fitting) == len(points):
        return Outcome.ALL_FIT, max(fitting, key=lambda point: point.cost), 1
    edge = _edge(costs, points, budget)
    near = [edge.position + step for step in _NEAR]
    low, high = points[0].position, points[-1].position
    for position in near:
        if low <= position <= high:
            costs.at(position)
    around = costs.between(low, high)
    if _direction(around) is None:
        return _scanned(costs, around, budget)
    return Outcome.FOUND, edge, 1


def _edge(costs: Costs, points: Sequence[Point], budget: int) -> Point:
    """The last point within the budget before the cost passes it, by ever narrower guesses."""
    good, bad = next(
        (first, second) if first.cost <= budget else (second, first)
        for first, second in pairwise(points)
        if (first.cost <= budget) != (second.cost <= budget)
    )
    turn = 1
    while abs(bad.position - good.position) > 1:
        guess = costs.at(_guess(good, bad, budget, halve=turn % _HALVED == 0))
        turn += 1
        if guess.cost <= budget:
            good = guess
        else:
            bad = guess
    return good


def _guess(good: Point, bad: Point, budget: int, halve: bool) -> int:
    """Between the two, on the straight line through their costs; in the middle where told so."""
    width = bad.position - good.position
    if halve or bad.cost == good.cost:
        return good.position + width // 2
    step = width * (budget - good.cost) // (bad.cost - good.cost)
    low, high = sorted((good.position, bad.position))
    return min(high - 1, max(low + 1, good.position + step))


def _scanned(
    costs: Costs, points: Sequence[Point], budget: int
) -> tuple[Outcome, Point | None, int]:
    """The costliest point within the budget, scanned ever finer around the best one."""
    low, high = points[0].position, points[-1].position
    step = max(after.position - before.position for before, after in pairwise(points))
    for _round in range(_ROUNDS):
        best = _best(costs.between(low, high), budget)
        if best is None or step <= 1:
            break
        nearest = [point.position for point in costs.between(low, high)]
        at = nearest.index(best.position)
        first, last = nearest[max(0, at - 1)], nearest[min(len(nearest) - 1, at + 1)]
        step = max(1, (last - first) // _SCAN)
        for position in range(first, last + 1, step):
            costs.at(position)
    best = _best(costs.between(low, high), budget)
    outcome = Outcome.NONE_FITS if best is None else Outcome.NOT_MONOTONE
    return outcome, best, step


def _best(points: Sequence[Point], budget: int) -> Point | None:
    fitting = [point for point in points if point.cost <= budget]
    return max(fitting, key=lambda point: point.cost) if fitting else None
