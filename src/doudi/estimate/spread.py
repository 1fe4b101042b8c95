"""From the least to the most: every combination of what is unsure, settled by the fused loop.

Between the corners of the box of unsure values an amount is made of straight pieces that bend
where a cap or a deductible is reached, so its least and most can lie inside the box. The search
therefore settles all corners, then a spread of points inside, and follows the best of them along
each axis, ever finer and at last fen by fen, until no step improves them (docs/adr/0005).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from doudi.estimate.settler import Case, Settler
from doudi.estimate.unknowns import Axis, Question, unsure_parameters
from doudi.rules.facts import Fact

_MOST_COMBINATIONS = 20_000
_MOST_INSIDE = 2_000
_INSIDE = 200
_SEED = 2018
_PIECES = 16
_ROUNDS = 4
_NEAR = 24
_REACHES = (8, 64, 512)
_SCATTERED = 24
_STARTS = {"own_pay": 5}
"""How many of the best points are followed: more for what the person pays than for a payer."""


@dataclass(frozen=True)
class Spread:
    """What was tried, and what came out.

    ``cases`` and ``results`` are the corners; ``ranges`` the least and the most of every output.
    """

    cases: Sequence[Case]
    results: Mapping[str, Sequence[int]]
    ranges: Mapping[str, tuple[int, int]]


@dataclass
class _Search:
    """One point that is being improved: the least (``sign`` -1) or most (1) of an output."""

    name: str
    sign: int
    best: Case
    reached: int

    def take(self, cases: Sequence[Case], amounts: Sequence[int]) -> int:
        """Keep the best of the tried cases if it is better; its place among them."""
        top = max(range(len(cases)), key=lambda number: self.sign * amounts[number])
        if self.sign * amounts[top] > self.sign * self.reached:
            self.best, self.reached = cases[top], amounts[top]
        return top


Box = tuple[Mapping[str, Fact], Sequence[Axis]]


def spread(question: Question, settler: Settler, outputs: Collection[str] = ()) -> Spread:
    """The range of every output (or of ``outputs`` only) over all that is unknown or unsure."""
    boxes = _boxes(question, settler)
    corners = [case for box in boxes for case in _corners(box, _grid(boxes))]
    results = settler.settle(corners)
    usual = _usual_case(question, settler)
    inside = [usual, *(case for box in boxes for case in _inside(box, len(boxes)))]
    found = settler.settle(inside)
    everything = [*corners, *inside]
    wanted = [name for name in results if not outputs or name in outputs]
    amounts = {name: [*results[name], *found[name]] for name in wanted}
    axes = {axis.name: axis for _facts, box in boxes for axis in box}
    searches = [
        search
        for name in amounts
        for sign in (-1, 1)
        for search in _starts(name, sign, everything, amounts[name])
    ]
    # No amount is negative, so nothing is less than nothing.
    _follow(settler, [one for one in searches if one.sign > 0 or one.reached > 0], axes)
    ranges = {
        name: (
            min(search.reached for search in searches if (search.name, search.sign) == (name, -1)),
            max(search.reached for search in searches if (search.name, search.sign) == (name, 1)),
        )
        for name in amounts
    }
    return Spread(corners, results, ranges)


def combinations(question: Question, settler: Settler) -> list[Case]:
    """The estimate's own combination first, then the corners of what is unsure, and points inside.

    Enough to tell whether some combination fits; `spread` looks further for the least and most.
    """
    boxes = _boxes(question, settler)
    corners = [case for box in boxes for case in _corners(box, _grid(boxes))]
    inside = [case for box in boxes for case in _inside(box, len(boxes))]
    return [_usual_case(question, settler), *corners, *inside]


def _boxes(question: Question, settler: Settler) -> list[Box]:
    """For each choice of the unknown options, the axes along which the rest can move."""
    chosen = [axis for axis in question.unknown if axis.options]
    amounts = [axis for axis in question.unknown if not axis.options]
    boxes: list[Box] = []
    for options in product(*(axis.options for axis in chosen)):
        picked = dict(zip((axis.name for axis in chosen), options, strict=True))
        facts = {**question.facts, **picked}
        boxes.append((facts, [*amounts, *unsure_parameters(question, settler.fused, facts)]))
    return boxes


def _grid(boxes: Sequence[Box]) -> Callable[[Axis], list[int]]:
    """Ends and middle of every axis where that is not too much, else its ends."""
    if sum(3 ** len(axes) for _facts, axes in boxes) <= _MOST_COMBINATIONS:
        return lambda axis: sorted({axis.low, axis.usual, axis.high})
    return lambda axis: sorted({axis.low, axis.high})


def _corners(box: Box, points: Callable[[Axis], list[int]]) -> list[Case]:
    facts, axes = box
    names = [axis.name for axis in axes]
    return [
        Case(facts, dict(zip(names, positions, strict=True)))
        for positions in product(*(points(axis) for axis in axes))
    ]


def _inside(box: Box, boxes: int) -> list[Case]:
    """Points spread over the inside of a box, the same at every run."""
    facts, axes = box
    if len(axes) < 2:  # noqa: PLR2004 - along one axis the search itself looks everywhere
        return []
    random = Random(_SEED)
    return [
        Case(facts, {axis.name: random.randint(axis.low, axis.high) for axis in axes})
        for _ in range(min(_INSIDE, _MOST_INSIDE // boxes))
    ]


def _usual_case(question: Question, settler: Settler) -> Case:
    """The combination of the estimate itself, which is always within the range."""
    amounts = [axis for axis in question.unknown if not axis.options]
    axes = [*amounts, *unsure_parameters(question, settler.fused, question.facts)]
    return Case(question.facts, {axis.name: axis.usual for axis in axes})


def _starts(name: str, sign: int, cases: Sequence[Case], amounts: Sequence[int]) -> list[_Search]:
    """The best points; of many equally good ones the first few and the last."""
    order = sorted(range(len(cases)), key=lambda number: -sign * amounts[number])
    ties = [number for number in order if amounts[number] == amounts[order[0]]]
    picked = dict.fromkeys([*order[: _STARTS.get(name, 1)], ties[-1]])
    return [_Search(name, sign, cases[number], amounts[number]) for number in picked]


def _follow(settler: Settler, searches: Sequence[_Search], axes: Mapping[str, Axis]) -> None:
    """Improve all searches together, so that each step is one batch of claims."""
    random = Random(_SEED)
    for _ in range(_ROUNDS):
        before = [(search.best, search.reached) for search in searches]
        for axis in axes.values():
            moving = [search for search in searches if axis.name in search.best.positions]
            _along(settler, moving, axis)
            _try(settler, moving, axis, [_near(search, axis) for search in moving])
        for reach in _REACHES:
            _take(settler, searches, [_around(search, axes, reach, random) for search in searches])
        ahead = [
            _ahead(search, old, axes) for search, (old, _) in zip(searches, before, strict=True)
        ]
        _take(settler, searches, ahead)
        if [reached for _, reached in before] == [search.reached for search in searches]:
            return


def _around(search: _Search, axes: Mapping[str, Axis], reach: int, random: Random) -> list[Case]:
    """Points around the best one on all axes at once, within a part of each axis.

    A most or least can lie on a ridge, where only moving along two axes together leads on.
    """
    positions = search.best.positions
    return [
        Case(
            search.best.facts,
            {
                name: _inside_axis(
                    axes[name],
                    at + random.randint(-1, 1) * random.randint(0, _step(axes[name], reach)),
                )
                for name, at in positions.items()
            },
        )
        for _ in range(_SCATTERED)
    ]


def _step(axis: Axis, reach: int) -> int:
    return max(1, (axis.high - axis.low) // reach)


def _ahead(search: _Search, old: Case, axes: Mapping[str, Axis]) -> list[Case]:
    """Further on in the direction that the last round went."""
    if old.facts != search.best.facts or old == search.best:
        return [search.best]
    here = search.best.positions
    return [
        Case(
            search.best.facts,
            {
                name: _inside_axis(axes[name], at + times * (at - old.positions[name]))
                for name, at in here.items()
            },
        )
        for times in (1, 2, 4, 8)
    ]


def _inside_axis(axis: Axis, at: int) -> int:
    return min(axis.high, max(axis.low, at))


def _along(settler: Settler, searches: Sequence[_Search], axis: Axis) -> None:
    """Look along one axis, each time more closely around the best place found."""
    spans = [(search, axis.low, axis.high) for search in searches if axis.high > axis.low]
    while spans:
        points = [_pieces(low, high) for _search, low, high in spans]
        tops = _try(settler, [search for search, _low, _high in spans], axis, points)
        spans = [
            (search, places[max(0, top - 1)], places[min(len(places) - 1, top + 1)])
            for (search, low, high), places, top in zip(spans, points, tops, strict=True)
            if high - low > _PIECES
        ]


def _try(
    settler: Settler, searches: Sequence[_Search], axis: Axis, points: Sequence[Sequence[int]]
) -> list[int]:
    """Move each search to its points on one axis; the place of the best among them."""
    tried = [
        [Case(search.best.facts, {**search.best.positions, axis.name: at}) for at in places]
        for search, places in zip(searches, points, strict=True)
    ]
    return _take(settler, searches, tried)


def _take(
    settler: Settler, searches: Sequence[_Search], tried: Sequence[Sequence[Case]]
) -> list[int]:
    """Settle what each search tries, in one batch; the place of the best among them."""
    found = settler.settle([case for cases in tried for case in cases])
    tops, start = [], 0
    for search, cases in zip(searches, tried, strict=True):
        tops.append(search.take(cases, found[search.name][start : start + len(cases)]))
        start += len(cases)
    return tops


def _near(search: _Search, axis: Axis) -> list[int]:
    """Every place close by, where rounding can still give or take a fen."""
    here = search.best.positions[axis.name]
    return list(range(max(axis.low, here - _NEAR), min(axis.high, here + _NEAR) + 1))


def _pieces(low: int, high: int) -> list[int]:
    pieces = min(_PIECES, high - low)
    return [low + (high - low) * number // pieces for number in range(pieces + 1)]
