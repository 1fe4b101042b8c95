"""From the least to the most: every combination of what is unsure, settled by the fused loop.

All corners of the box of unsure values are settled first. Between corners an amount is made of
straight pieces that can bend inside the box (a cap or deductible reached), so the least and the
most found are then followed along each axis, ever finer, until no step improves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from doudi.estimate.unknowns import Axis, Question, moved, unsure_parameters
from doudi.rules.facts import Fact
from doudi.rules.fuse import Fused, fuse, row_of
from doudi.rules.kernel import Batch, run_plain
from doudi.rules.parameters import Amount
from doudi.rules.policy import KIND

_MOST_COMBINATIONS = 20_000
_PIECES = 16
_ROUNDS = 3


@dataclass(frozen=True)
class Case:
    """One combination: the facts, and where each unsure axis stands."""

    facts: Mapping[str, Fact]
    positions: Mapping[str, int]


@dataclass(frozen=True)
class Spread:
    """The combinations tried first, their results, and the least and most of every output."""

    cases: Sequence[Case]
    results: Mapping[str, Sequence[int]]
    ranges: Mapping[str, tuple[int, int]]


class Settler:
    """Settles combinations of one question in batches."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.policy = question.policy
        self.fused: Fused = fuse(self.policy)
        self.era = self.policy.era_on(question.day)
        self._values = {name: value.value for name, value in self.era.values.items()}
        self._codes = {kind: code for code, kind in enumerate(self.policy.kinds)}

    def settle(self, cases: Sequence[Case]) -> Mapping[str, Sequence[int]]:
        """The outputs of each case, in fen."""
        rows: list[list[int]] = []
        numbers: dict[tuple[tuple[str, int], ...], int] = {}
        row = []
        for case in cases:
            key = tuple(
                (name, position)
                for name, position in case.positions.items()
                if name in self.fused.layout.slots
            )
            if key not in numbers:
                numbers[key] = len(rows)
                rows.append(self._row(key))
            row.append(numbers[key])
        count = len(cases)
        columns: dict[str, Sequence[Any]] = {
            name: [self._fact(case, name) for case in cases] for name in self.fused.inputs
        }
        columns[KIND] = [self._codes[case.facts[KIND]] for case in cases]
        graph = self.fused.graphs.index(self.era.graph)
        opening = {name: [self.question.opening.get(name, 0)] for name in self.fused.summed}
        batch = Batch(rows, row, [graph] * count, [True] * count, columns, opening)
        return run_plain(self.fused, batch)

    def _fact(self, case: Case, name: str) -> Fact:
        """An input that cannot matter to this kind still fills its column."""
        if name in case.positions:
            return case.positions[name]
        item = self.policy.inputs[name]
        if name in case.facts:
            return case.facts[name]
        return next(iter(item.options)) if item.options else 0

    def _row(self, positions: Iterable[tuple[str, int]]) -> list[int]:
        values: dict[str, Amount | None] = dict(self._values)
        for name, position in positions:
            values[name] = moved(self.era.values[name], position)
        return row_of(self.policy, self.fused.layout, values)


def spread(question: Question, settler: Settler) -> Spread:
    """The range of every output over all unknown inputs and unsure parameters."""
    chosen = [axis for axis in question.unknown if axis.options]
    amounts = [axis for axis in question.unknown if not axis.options]
    combinations = [
        {**question.facts, **dict(zip((axis.name for axis in chosen), options, strict=True))}
        for options in product(*(axis.options for axis in chosen))
    ]
    boxes = [
        (facts, [*amounts, *unsure_parameters(question, settler.fused, facts)])
        for facts in combinations
    ]
    grid = 3 if sum(3 ** len(box) for _, box in boxes) <= _MOST_COMBINATIONS else 2
    cases = [
        Case(facts, dict(zip((axis.name for axis in box), positions, strict=True)))
        for facts, box in boxes
        for positions in product(*(_points(axis, grid) for axis in box))
    ]
    cases.append(_usual_case(question, settler, amounts))
    results = settler.settle(cases)
    axes = {axis.name: axis for _, box in boxes for axis in box}
    ranges = {
        name: (
            _follow(settler, cases, results, axes, name, -1),
            _follow(settler, cases, results, axes, name, 1),
        )
        for name in results
    }
    return Spread(cases, results, ranges)


def _usual_case(question: Question, settler: Settler, amounts: Sequence[Axis]) -> Case:
    """The combination of the estimate itself, which is always within the range."""
    axes = [*amounts, *unsure_parameters(question, settler.fused, question.facts)]
    return Case(question.facts, {axis.name: axis.usual for axis in axes})


def _points(axis: Axis, grid: int) -> list[int]:
    points = (axis.low, axis.high) if grid == 2 else (axis.low, axis.usual, axis.high)  # noqa: PLR2004
    return sorted(set(points))


def _follow(
    settler: Settler,
    cases: Sequence[Case],
    results: Mapping[str, Sequence[int]],
    axes: Mapping[str, Axis],
    name: str,
    sign: int,
) -> int:
    """The least (``sign`` -1) or most (1) of an output, followed from the best corner."""
    amounts = results[name]
    if min(amounts) == max(amounts) and len(cases) == 1:
        return amounts[0]
    start = max(range(len(cases)), key=lambda number: sign * amounts[number])
    best, reached = cases[start], amounts[start]
    for _ in range(_ROUNDS):
        before = reached
        for axis_name in best.positions:
            axis = axes[axis_name]
            low, high = axis.low, axis.high
            while high > low:
                points = _between(low, high)
                tried = [Case(best.facts, {**best.positions, axis_name: at}) for at in points]
                found = settler.settle(tried)[name]
                top = max(range(len(tried)), key=lambda number: sign * found[number])
                if sign * found[top] > sign * reached:
                    best, reached = tried[top], found[top]
                if high - low <= _PIECES:
                    break
                low, high = points[max(0, top - 1)], points[min(len(points) - 1, top + 1)]
        if reached == before:
            break
    return reached


def _between(low: int, high: int) -> list[int]:
    pieces = min(_PIECES, high - low)
    return [low + (high - low) * number // pieces for number in range(pieces + 1)]
