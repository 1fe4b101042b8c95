"""The n-th claims of all people at once: how an engine of whole columns settles a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def turns(columns: dict[str, Any]) -> tuple[int, Iterator[tuple[Any, Any]]]:
    """How many people there are, and for each turn the rows and the people of its claims.

    Claims count by date within a person, and then as they stand in the file.
    """
    order = np.lexsort((columns["date"], columns["person"]))
    person = columns["person"][order]
    starts = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    counts = np.diff(np.append(starts, len(person)))
    return len(starts), _each_turn(order, starts, counts)


def _each_turn(order: Any, starts: Any, counts: Any) -> Iterator[tuple[Any, Any]]:
    for turn in range(int(counts.max())):
        people = np.flatnonzero(counts > turn)
        yield order[starts[people] + turn], people
