"""The search as one text with the fused rules: run as it is, or compiled once a server has started.

A command answers once and runs the text as plain Python, which needs neither numpy nor a compiler.
A server answers all day: `warm_up` compiles the search when it starts (or loads it from the cache
on disk), and from then on every answer of that process is found by machine code. The amounts are
the same to the fen, since it is the same text (docs/adr/0003).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from doudi.estimate import search_loop
from doudi.rules.amounts import MOST_BANDS, WHOLE
from doudi.rules.fuse import Fused
from doudi.rules.kernel import compiled_functions, plain_functions

_BEGIN = "INPUT = 0"
_ONE = "settle_one(table, numbers, flags, out, fixed)"


@dataclass(frozen=True)
class Loops:
    """The two steps of a search, and how the arrays are made that they take."""

    settle_all: Callable[..., int]
    follow: Callable[..., int]
    compiled: bool

    def numbers(self, values: Any) -> Any:
        """Whole numbers, in one row or several."""
        return self._array(values, "int64")

    def flags(self, values: Any) -> Any:
        """Yes and no."""
        return self._array(values, "bool")

    def codes(self, values: Any) -> Any:
        """Small numbers: a kind of care, a set of rules."""
        return self._array(values, "int8")

    def plain(self, rows: Any) -> list[list[int]]:
        """Rows as lists of Python's own numbers."""
        return [row.tolist() if self.compiled else row for row in rows]

    def _array(self, values: Any, kind: str) -> Any:
        if not self.compiled:
            return values
        import numpy as np  # noqa: PLC0415

        return np.array(values, dtype=kind)


_compiled: dict[str, Loops] = {}


def loops_of(fused: Fused) -> Loops:
    """The compiled loops where `warm_up` has made them, else the plain ones."""
    return _compiled.get(fused.digest) or _plain(fused)


def warm_up(fused: Fused) -> None:
    """From now on search with machine code in this process; compiled at the first search."""
    found = compiled_functions(fused, _behind(fused))
    _compiled[fused.digest] = Loops(found.settle_all, found.follow, compiled=True)


@lru_cache(maxsize=8)
def _plain(fused: Fused) -> Loops:
    found: Mapping[str, Any] = plain_functions(fused.text + _behind(fused))
    return Loops(found["settle_all"], found["follow"], compiled=False)


def _behind(fused: Fused) -> str:
    """The search, with the rules' loop called where it settles one claim."""
    source = inspect.getsource(search_loop)
    search = source[source.index(_BEGIN) :].replace(_ONE, _settle_one(fused))
    return f"\n\nMOST_BANDS = {MOST_BANDS}\nWHOLE = {WHOLE}\n{search}"


def _settle_one(fused: Fused) -> str:
    numbers, flags = number_columns(fused), flag_columns(fused)
    columns = [
        f"flags[{flags.index(name)}]" if name in flags else f"numbers[{numbers.index(name)}]"
        for name in fused.inputs
    ]
    given = ["table", "fixed[0]", "fixed[1]", "fixed[2]", "fixed[3]", *columns, "0"]
    given += [f"fixed[4][{place}]" for place in range(len(fused.summed))]
    given += [f"out[{place}]" for place in range(len(fused.wanted))]
    # The loop gives the number of the first claim that it cannot settle, or -1.
    return f"settle({', '.join(given)}) >= 0"


def number_columns(fused: Fused) -> list[str]:
    """The inputs that are numbers, in the order of their rows."""
    return [name for name in fused.inputs if name not in fused.flags]


def flag_columns(fused: Fused) -> list[str]:
    """The inputs that are yes or no, in the order of their rows."""
    return [name for name in fused.inputs if name in fused.flags]
