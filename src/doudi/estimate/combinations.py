"""Every combination of what is unsure: the corners of its ranges, and points inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from doudi.estimate.settler import Case
from doudi.estimate.unknowns import Axis, Question, unsure_parameters
from doudi.rules.facts import Fact
from doudi.rules.fuse import Fused

SEED = 2018
_MOST_COMBINATIONS = 20_000
_MOST_INSIDE = 2_000
_INSIDE = 200


@dataclass(frozen=True)
class Box:
    """One choice of the unknown options: the facts, and the axes along which the rest can move.

    ``grid`` has the places on each axis that make the corners.
    """

    facts: dict[str, Fact]
    axes: tuple[Axis, ...]
    grid: tuple[tuple[int, ...], ...]

    def corners(self) -> Iterator[tuple[int, ...]]:
        """The corners, one position for each axis; the last axis moves fastest."""
        return product(*self.grid)

    def inside(self, boxes: int) -> Iterator[tuple[int, ...]]:
        """Points spread over the inside, the same at every run; ``boxes`` there are in all."""
        if len(self.axes) < 2:  # noqa: PLR2004 - along one axis the search itself looks everywhere
            return
        random = Random(SEED)
        for _ in range(min(_INSIDE, _MOST_INSIDE // boxes)):
            yield tuple([random.randint(axis.low, axis.high) for axis in self.axes])

    def case(self, positions: Sequence[int]) -> Case:
        """The combination at these positions."""
        return Case(
            self.facts, dict(zip([axis.name for axis in self.axes], positions, strict=True))
        )


def boxes_of(question: Question, fused: Fused) -> tuple[Box, ...]:
    """A box for each choice of the unknown options."""
    chosen = [axis for axis in question.unknown if axis.options]
    amounts = [axis for axis in question.unknown if not axis.options]
    found: list[tuple[dict[str, Fact], tuple[Axis, ...]]] = []
    for options in product(*(axis.options for axis in chosen)):
        picked = dict(zip((axis.name for axis in chosen), options, strict=True))
        facts = {**question.facts, **picked}
        found.append((facts, (*amounts, *unsure_parameters(question, fused, facts))))
    points = _grid([axes for _facts, axes in found])
    return tuple(Box(facts, axes, tuple(map(points, axes))) for facts, axes in found)


def ends_of(question: Question, fused: Fused, facts: Mapping[str, Fact]) -> Box:
    """The box of the unsure parameters alone, with the facts as they are; its ends are corners."""
    axes = tuple(unsure_parameters(question, fused, facts))
    return Box(dict(facts), axes, tuple((axis.low, axis.high) for axis in axes))


def _grid(boxes: Sequence[Sequence[Axis]]) -> Callable[[Axis], tuple[int, ...]]:
    """Ends and middle of every axis where that is not too much, else its ends."""
    if sum(3 ** len(axes) for axes in boxes) <= _MOST_COMBINATIONS:
        return lambda axis: tuple(sorted({axis.low, axis.usual, axis.high}))
    return lambda axis: tuple(sorted({axis.low, axis.high}))


def usual_case(question: Question, fused: Fused) -> Case:
    """The combination of the estimate itself, which is always within the range."""
    amounts = [axis for axis in question.unknown if not axis.options]
    axes = [*amounts, *unsure_parameters(question, fused, question.facts)]
    return Case(question.facts, {axis.name: axis.usual for axis in axes})


def combinations(question: Question, fused: Fused) -> list[Case]:
    """The estimate's own combination first, then the corners of what is unsure, and points inside.

    Enough to tell whether some combination fits; `spread` looks further for the least and most.
    """
    boxes = boxes_of(question, fused)
    corners = [box.case(positions) for box in boxes for positions in box.corners()]
    inside = [box.case(positions) for box in boxes for positions in box.inside(len(boxes))]
    return [usual_case(question, fused), *corners, *inside]
