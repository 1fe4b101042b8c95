"""What the corners of an estimate tell: which unknown matters, and which one narrows it most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeVar

from doudi.estimate.combinations import Box
from doudi.estimate.spread import Spread
from doudi.estimate.unknowns import Axis, Question
from doudi.rules.facts import Fact

T = TypeVar("T")


@dataclass(frozen=True)
class Narrowing:
    """The one unknown whose knowledge narrows the range of the own payment most.

    ``width`` is the range now, ``left`` what remains of it on average once it is known (fen).
    """

    name: str
    of_input: bool
    zh: str
    en: str
    width: int
    left: int


def unknown_that_matter(question: Question, tried: Spread) -> tuple[str, ...]:
    """The unknown inputs whose value makes a difference to some amount."""
    amounts = list(zip(*tried.results.values(), strict=True))
    return tuple(axis.name for axis in question.unknown if _matters(axis, tried, amounts))


def _matters(axis: Axis, tried: Spread, amounts: Sequence[tuple[int, ...]]) -> bool:
    """Whether, other facts equal, two values of the input lead to different sets of amounts."""
    if not axis.options:
        return any(
            any(set(place) != set(places[0]) for place in places[1:])
            for box, own in _of_boxes(tried, amounts)
            if (places := _by_place(box, axis.name, own))
        )
    alike: dict[tuple[tuple[str, Fact], ...], set[tuple[int, ...]]] = {}
    for box, own in _of_boxes(tried, amounts):
        others = tuple((name, fact) for name, fact in box.facts.items() if name != axis.name)
        reached = set(own)
        if alike.setdefault(others, reached) != reached:
            return True
    return False


def narrows_most(question: Question, tried: Spread) -> Narrowing | None:
    """Which unknown, once known, leaves the narrowest range of own pay on average."""
    own = tried.results["own_pay"]
    width = max(own) - min(own)
    if width == 0:
        return None
    names = [axis.name for axis in question.unknown]
    names += sorted({axis.name for box in tried.boxes for axis in box.axes} - set(names))
    best: tuple[int, str] | None = None
    for name in names:
        left = _left(name, tried, own)
        if best is None or left < best[0]:
            best = (left, name)
    if best is None or best[0] >= width:
        return None
    left, name = best
    inputs, parameters = question.policy.inputs, question.policy.parameters
    item = inputs.get(name) or parameters[name]
    return Narrowing(name, name in inputs, item.zh, item.en, width, left)


def _left(name: str, tried: Spread, amounts: Sequence[int]) -> int:
    """The width that is left on average once the value of ``name`` is known."""
    ends: dict[Any, tuple[int, int]] = {}
    for box, own in _of_boxes(tried, amounts):
        grid = next(
            (grid for axis, grid in zip(box.axes, box.grid, strict=True) if axis.name == name), None
        )
        groups = _by_place(box, name, own) or [own]
        for place, group in zip(grid or [box.facts.get(name)], groups, strict=True):
            low, high = ends.get(place, (group[0], group[0]))
            ends[place] = (min(low, *group), max(high, *group))
    return sum(high - low for low, high in ends.values()) // len(ends)


def _of_boxes(tried: Spread, amounts: Sequence[T]) -> Iterator[tuple[Box, Sequence[T]]]:
    """Each box with the amounts at its corners."""
    start = 0
    for box in tried.boxes:
        count = prod(map(len, box.grid))
        yield box, amounts[start : start + count]
        start += count


def _by_place(box: Box, name: str, amounts: Sequence[T]) -> list[Sequence[T]]:
    """The amounts at each place on one axis of a box; nothing where it has no such axis."""
    for number, axis in enumerate(box.axes):
        if axis.name == name:
            places = len(box.grid[number])
            step = prod(map(len, box.grid[number + 1 :]))
            return [
                [
                    amount
                    for start in range(place * step, len(amounts), places * step)
                    for amount in amounts[start : start + step]
                ]
                for place in range(places)
            ]
    return []
