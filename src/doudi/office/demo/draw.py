"""Random draws that come out the same on every Python version and machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Draws from a seed; made of whole numbers and products only, never of logarithms."""

    def __init__(self, *seed: object) -> None:
        self._random = random.Random("-".join(str(part) for part in seed))

    def below(self, end: int) -> int:
        """A whole number from 0 to ``end`` - 1."""
        return int(self._random.random() * end)

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def low_between(self, low: int, high: int) -> int:
        """As `between`, but mostly near ``low``: as bills are."""
        share = self._random.random()
        return low + int(share * share * share * (high - low + 1))

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred draws."""
        return self.below(100) < percent

    def one_of(self, items: Sequence[T]) -> T:
        """One item, each as likely as the others."""
        return items[self.below(len(items))]

    def weighted(self, weights: Sequence[tuple[T, int]]) -> T:
        """One item, as likely as its weight."""
        place = self.below(sum(weight for _item, weight in weights))
        for item, weight in weights:
            place -= weight
            if place < 0:
                return item
        raise ValueError("no weights")

    def some_of(self, items: Sequence[T], count: int) -> list[T]:
        """So many different items, or all where there are fewer."""
        pool = list(items)
        taken = min(count, len(pool))
        for place in range(taken):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:taken]
