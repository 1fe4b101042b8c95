"""Peer: the loop written by hand for exactly this policy (`hand_written.py`), on two threads.

The values stand in its code; nothing can be explained, changed or proved with it. It is the
measure of what the same arithmetic costs when a person writes it for speed alone.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from measured import OUTPUTS, Amounts, Columns, run

sys.path.insert(0, str(Path(__file__).parents[1]))
import hand_written

THREADS = 2


def settle(values: dict[str, Any], columns: Columns, yearly: bool) -> Amounts:
    """The six amounts of claims that stand by person and date."""
    del values  # they are constants of the loop
    person = columns["person"]
    first = np.concatenate([[True], person[1:] != person[:-1]])
    starts = np.flatnonzero(first)
    inputs = [first, columns["kind"], *(columns[name] for name in hand_written.INPUTS)]
    cuts = [0, int(starts[len(starts) // 2]), len(person)]
    if yearly:
        return _sums(inputs, starts, cuts)
    out = np.empty((len(OUTPUTS), len(person)), np.int64)
    with ThreadPoolExecutor(THREADS) as pool:
        spans = [slice(low, high) for low, high in pairwise(cuts)]
        work = [(*(column[at] for column in inputs), out[:, at]) for at in spans]
        list(pool.map(lambda arguments: hand_written.settle(*arguments), work))
    return dict(zip(OUTPUTS, out, strict=True))


def _sums(inputs: list[Any], starts: Any, cuts: list[int]) -> Amounts:
    """The sums by person, a piece at a time so that the amounts of claims are not all kept."""
    sums = np.empty((len(OUTPUTS), len(starts)), np.int64)

    def piece(low: int, high: int) -> None:
        at = slice(int(starts[low]), int(starts[high]) if high < len(starts) else cuts[-1])
        out = np.empty((len(OUTPUTS), at.stop - at.start), np.int64)
        hand_written.settle(*(column[at] for column in inputs), out)
        sums[:, low:high] = np.add.reduceat(out, starts[low:high] - at.start, axis=1)

    people = 20_000
    with ThreadPoolExecutor(THREADS) as pool:
        pieces = range(0, len(starts), people)
        list(pool.map(lambda low: piece(low, min(low + people, len(starts))), pieces))
    return dict(zip(OUTPUTS, sums, strict=True))


if __name__ == "__main__":
    run(settle, "numba")
