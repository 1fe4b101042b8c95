"""From the least to the most: every combination of what is unsure, settled by the fused rules.

Between the corners of the box of unsure values an amount is made of straight pieces that bend
where a cap or a deductible is reached, so its least and most can lie inside the box. The search
therefore settles all corners, then a spread of points inside, and follows the best of them along
each axis, ever finer and at last fen by fen, until no step improves them (docs/adr/0005).
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from doudi.estimate.combinations import SEED, Box, boxes_of, ends_of
from doudi.estimate.search_loop import INPUT, PARAMETER, SCHEDULE
from doudi.estimate.searching import Loops, flag_columns, loops_of, number_columns
from doudi.estimate.settler import fused_of
from doudi.estimate.unknowns import Axis, Question
from doudi.rules.amounts import Schedule
from doudi.rules.batch import number_of
from doudi.rules.errors import BadInput
from doudi.rules.facts import Fact
from doudi.rules.fuse import Fused, era_row
from doudi.rules.policy import KIND

_PIECES = 16
_NEAR = 24
_SCATTERED = 24
_ROUNDS = 4
_REACHES = (8, 64, 512)
_STARTS = {"own_pay": 5}
"""How many of the best points are followed: more for what the person pays than for a payer."""
_WORDS = 2**18
"""More than any search draws; after them the same come again."""
_NOTHING = -1
"""The sort of an axis that moves nothing, and the place of an axis that a box does not have."""


@dataclass(frozen=True)
class Spread:
    """What was tried, and what came out.

    ``results`` are the amounts at the corners of ``boxes``, one box after the other; ``ranges``
    the least and the most of every output.
    """

    boxes: Sequence[Box]
    results: Mapping[str, Sequence[int]]
    ranges: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class _Start:
    """A point to follow: the least (``sign`` -1) or most (1) of an output, and where it begins."""

    name: str
    sign: int
    case: int


def spread(question: Question, outputs: Collection[str] = ()) -> Spread:
    """The range of every output (or of ``outputs`` only) over all that is unknown or unsure."""
    fused = fused_of(question.policy)
    boxes = boxes_of(question, fused)
    loops = loops_of(fused)
    problem = _Problem(question, fused, boxes, loops)
    cases = list(problem.corners())
    corners = len(cases)
    cases += problem.inside()
    amounts = problem.settle(cases)
    wanted = [name for name in fused.wanted if not outputs or name in outputs]
    starts = [
        _Start(name, sign, case)
        for name in wanted
        for sign in (-1, 1)
        for case in _starts(name, sign, amounts[name])
    ]
    reached = dict.fromkeys(starts, 0)
    # No amount is negative, so nothing is less than nothing.
    going = [one for one in starts if one.sign > 0 or amounts[one.name][one.case] > 0]
    reached |= zip(going, problem.follow(going, cases, amounts), strict=True)
    ranges = {
        name: (
            min(fen for one, fen in reached.items() if (one.name, one.sign) == (name, -1)),
            max(fen for one, fen in reached.items() if (one.name, one.sign) == (name, 1)),
        )
        for name in wanted
    }
    return Spread(boxes, {name: found[:corners] for name, found in amounts.items()}, ranges)


def amounts_at_ends(
    question: Question, choices: Sequence[Mapping[str, Fact]]
) -> list[list[tuple[int, ...]]]:
    """For each choice of the facts, the outputs (fen) at every end of the unsure parameters."""
    fused = fused_of(question.policy)
    boxes = [ends_of(question, fused, facts) for facts in choices]
    problem = _Problem(question, fused, boxes, loops_of(fused))
    cases = list(problem.corners())
    found: list[list[tuple[int, ...]]] = [[] for _ in boxes]
    outputs = zip(*problem.settle(cases).values(), strict=True)
    for (box, _positions), amounts in zip(cases, outputs, strict=True):
        found[box].append(amounts)
    return found


def _starts(name: str, sign: int, amounts: Sequence[int]) -> list[int]:
    """The best points; of many equally good ones the first few and the last."""
    left = [sign * amount for amount in amounts]
    best = max(left)
    last = len(left) - 1 - left[::-1].index(best)
    worse = min(left) - 1
    picked = []
    for _ in range(min(_STARTS.get(name, 1), len(left))):
        picked.append(left.index(max(left)))
        left[picked[-1]] = worse
    return list(dict.fromkeys([*picked, last]))


_Case = tuple[int, list[int]]
"""The number of its box, and its position on every axis there is."""


class _Problem:
    """A question as the numbers that the loops take."""

    def __init__(
        self, question: Question, fused: Fused, boxes: Sequence[Box], loops: Loops
    ) -> None:
        self.question, self.fused, self.boxes, self.loops = question, fused, boxes, loops
        era = question.policy.era_on(question.day)
        named = {axis.name: axis for box in boxes for axis in box.axes}
        places = {name: number for number, name in enumerate(named)}
        self.own = [[places[axis.name] for axis in box.axes] for box in boxes]
        self.count = max(1, len(named))
        usual = era_row(question.policy, fused.layout, era)
        self.axes = loops.numbers(
            [self._axis(axis, era.values) for axis in named.values()] or [[_NOTHING, 0, 0, 0]]
        )
        width = max(1, *map(len, self.own))
        self.members = loops.numbers([[*own, *[_NOTHING] * (width - len(own))] for own in self.own])
        numbers, flags = number_columns(fused), flag_columns(fused)
        columns = (
            loops.numbers([self._columns(box, numbers) for box in boxes]),
            loops.flags([self._columns(box, flags) for box in boxes]),
        )
        state = (
            loops.numbers(list(usual)),
            loops.numbers(_cells(numbers)),
            loops.flags(_cells(flags)),
            loops.numbers(_cells(fused.wanted)),
        )
        kind = list(question.policy.kinds).index(question.kind)
        fixed = (
            loops.numbers([0]),
            loops.codes([fused.graphs.index(era.graph)]),
            loops.flags([True]),
            loops.codes([kind]),
            loops.numbers([[question.opening.get(name, 0)] for name in fused.summed] or [[0]]),
        )
        self.arrays = (self.axes, self.members, columns, loops.numbers(usual), state, fixed)

    def _axis(self, axis: Axis, values: Mapping[str, Any]) -> list[int]:
        slot = self.fused.layout.slots.get(axis.name)
        numbers = number_columns(self.fused)
        if slot is not None:
            graded = isinstance(values[axis.name].value, Schedule)
            return [SCHEDULE if graded else PARAMETER, slot, axis.low, axis.high]
        if axis.name in numbers:
            return [INPUT, numbers.index(axis.name), axis.low, axis.high]
        return [_NOTHING, 0, axis.low, axis.high]

    def _columns(self, box: Box, names: Sequence[str]) -> list[int]:
        inputs = self.question.policy.inputs
        return [number_of(inputs[name], box.facts.get(name)) for name in names] or [0]

    def corners(self) -> Iterator[_Case]:
        """Every corner, one box after the other."""
        for number, box in enumerate(self.boxes):
            for positions in box.corners():
                yield self._case(number, positions)

    def inside(self) -> Iterator[_Case]:
        """The estimate's own combination, then the points inside the boxes."""
        for number, box in enumerate(self.boxes):
            if box.facts == self.question.facts:
                yield self._case(number, [axis.usual for axis in box.axes])
        for number, box in enumerate(self.boxes):
            for positions in box.inside(len(self.boxes)):
                yield self._case(number, positions)

    def _case(self, box: int, positions: Sequence[int]) -> _Case:
        if len(positions) == self.count:
            return box, list(positions)
        everywhere = [0] * self.count
        for axis, position in zip(self.own[box], positions, strict=True):
            everywhere[axis] = position
        return box, everywhere

    def settle(self, cases: Sequence[_Case]) -> dict[str, list[int]]:
        """The outputs of each case, in fen."""
        found = self.loops.numbers([[0] * len(cases) for _ in self.fused.wanted])
        failed = self.loops.settle_all(
            len(cases),
            self.loops.numbers([box for box, _positions in cases]),
            self.loops.numbers([positions for _box, positions in cases]),
            self.arrays,
            found,
        )
        _check(failed)
        return dict(zip(self.fused.wanted, self.loops.plain(found), strict=True))

    def follow(
        self,
        starts: Sequence[_Start],
        cases: Sequence[_Case],
        amounts: Mapping[str, Sequence[int]],
    ) -> list[int]:
        """What each start reaches, all of them improved together."""
        if not starts:
            return []
        numbers = self.loops.numbers
        wanted = list(self.fused.wanted)
        begun = [(wanted.index(one.name), one.sign, cases[one.case][0]) for one in starts]
        best = [[*cases[one.case][1], amounts[one.name][one.case]] for one in starts]
        followed = numbers([list(row) for row in best])
        most = max(_PIECES + 1, 2 * _NEAR + 1, _SCATTERED)
        trial = (
            numbers([0] * most),
            numbers([[0] * self.count for _ in range(most)]),
            numbers([[0] * most for _ in wanted]),
            numbers([0]),
        )
        failed = self.loops.follow(
            numbers(begun),
            followed,
            numbers([list(row) for row in best]),
            self.arrays,
            trial,
            _words(self.loops),
            numbers([_PIECES, _NEAR, _SCATTERED, _ROUNDS]),
            numbers(list(_REACHES)),
        )
        _check(failed)
        return [int(row[self.count]) for row in followed]


def _cells(names: Sequence[str]) -> list[list[int]]:
    """One cell for each name, and at least one."""
    return [[0] for _ in names] or [[0]]


def _check(failed: int) -> None:
    if failed:
        raise BadInput(KIND, None, "年度累计超出可计算的范围", "the year's totals are too large")


@lru_cache(maxsize=2)
def _words(loops: Loops) -> Any:
    """What `random.Random` draws from, the same at every run: words of 32 bits."""
    words = array("I", Random(SEED).randbytes(4 * _WORDS))
    if sys.byteorder == "big":
        words.byteswap()
    return loops.numbers(words)
