"""Settling claims: checked columns and policies in, the amounts of every claim out.

    packs = Packs.of(doudi.policy("hinggan-2018"))
    claims = read_claims(table, packs)           # once: checked, sorted when first settled
    amounts = settle(claims)                     # {"basic_pay": fen, …, "own_pay": fen}
    other = settle(claims, packs_with_a_reform)  # again, under other values, readings or rules

A reform is a policy (`Policy.with_parameters`, `Policy.with_readings`, or another pack). Values
and readings alone are numbers in the loop's table: the same compiled loop takes them. What needs
only sums goes through `settle_in_parts`, which never holds the amounts of all claims at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np

from doudi.population.arrow import Ints
from doudi.population.columns import Claims
from doudi.population.faults import BadTable
from doudi.population.loops import TOO_LARGE, Amounts, Loop, TooLarge, loops_of
from doudi.population.order import starts_of_years
from doudi.population.packs import Packs
from doudi.tables import RowFault

PART = 262_144
"""Claims settled at a time by one thread: enough to be quick, few enough to stay small."""


@dataclass(frozen=True)
class Part:
    """Some claims with their amounts: ``at`` says where they stand in the table."""

    at: slice | Ints
    amounts: Amounts


def settle(
    claims: Claims,
    packs: Packs | None = None,
    wanted: Sequence[str] | None = None,
    workers: int | None = None,
) -> Amounts:
    """The amounts of every claim in fen, by name, in the order of the table.

    ``packs`` settle instead of those that the claims were read by (same names and inputs,
    else ValueError). ``wanted`` names rules, by default the packs' outputs; an amount that a
    claim's pack or kind does not have is 0. Errors: BadTable for a year too large to compute.
    """
    return _settler(claims, packs, wanted).settle(claims, workers)


def settle_in_parts(
    claims: Claims,
    packs: Packs | None = None,
    wanted: Sequence[str] | None = None,
    workers: int | None = None,
) -> Iterator[Part]:
    """As `settle`, but a part at a time, in the order of settlement; no person's year is cut."""
    return _settler(claims, packs, wanted).parts(claims, workers)


def _settler(claims: Claims, packs: Packs | None, wanted: Sequence[str] | None) -> Settler:
    if packs is not None and not packs.codes_alike(claims.packs):
        raise ValueError("these packs have other names or inputs: read the claims again")
    return Settler(packs or claims.packs, wanted)


class Settler:
    """Packs made ready to settle: their loops and rows of values. Safe to use from any thread."""

    def __init__(self, packs: Packs, wanted: Sequence[str] | None = None) -> None:
        self.packs = packs
        self.wanted = tuple(wanted if wanted is not None else packs.outputs)
        self.loops, self.carried = loops_of(packs.policies, self.wanted)

    def warm_up(self) -> None:
        """Compile now, or load what was compiled, so that the first claims do not wait."""
        for loop in self.loops:
            loop.warm_up()

    def settle(self, claims: Claims, workers: int | None = None) -> Amounts:
        """The wanted amounts of every claim in fen, in the order of the table."""
        amounts = {name: np.empty(len(claims), np.int64) for name in self.wanted}
        for part in self.parts(claims, workers):
            for name, column in part.amounts.items():
                amounts[name][part.at] = column
        return amounts

    def parts(self, claims: Claims, workers: int | None = None) -> Iterator[Part]:
        """Settle the claims with up to ``workers`` threads, by default one a processor."""
        workers = workers or os.cpu_count() or 1
        spans = pairwise(_cuts(claims))
        if workers == 1 or len(claims) <= PART:
            for low, high in spans:
                yield self._settle_span(claims, low, high)
            return
        self.warm_up()  # once, and not in every thread
        with ThreadPoolExecutor(workers) as pool:
            # Never more parts in hand than threads are busy with, and as many again.
            running: list[Future[Part]] = [
                pool.submit(self._settle_span, claims, low, high)
                for low, high in islice(spans, 2 * workers)
            ]
            while running:
                part = running.pop(0).result()
                running += [
                    pool.submit(self._settle_span, claims, low, high)
                    for low, high in islice(spans, 1)
                ]
                yield part

    def _settle_span(self, claims: Claims, low: int, high: int) -> Part:
        at = slice(low, high) if claims.order is None else claims.order[low:high]
        person, day = claims.person[at], claims.day[at]
        columns = {name: column[at] for name, column in claims.columns.items()}
        pack = None if claims.pack is None else claims.pack[at]
        first = starts_of_years(person, day)
        try:
            if len(self.loops) == 1:
                amounts = self.loops[0].run(day, pack, first, columns, {})
            else:
                amounts = self._by_turns(day, pack, first, columns)
        except TooLarge as error:
            place = low + error.place if isinstance(at, slice) else int(at[error.place])
            raise BadTable([RowFault(claims.first_row + place, *TOO_LARGE)]) from error
        return Part(at, {name: amounts[name] for name in self.wanted})

    def _by_turns(
        self, day: Ints, pack: Ints | None, first: Ints, columns: Mapping[str, Ints]
    ) -> Amounts:
        """Years in which one set of rules settles after another: totals go over by their names.

        A turn is a stretch of one year's claims that one loop settles. The first turns of all
        years are settled together, then the second ones with what the first ones left, and so on.
        """
        count = len(day)
        packs = np.zeros(count, np.int8) if pack is None else pack
        loop_of = np.empty(len(self.packs.policies), np.int8)
        for number, loop in enumerate(self.loops):
            loop_of[list(loop.packs)] = number
        loops = loop_of[packs]
        opens = first.copy()
        opens[1:] |= loops[1:] != loops[:-1]
        year = np.cumsum(first) - 1
        turns = np.cumsum(opens)
        turn = turns - turns[first][year]
        totals = {name: np.zeros(int(first.sum()), np.int64) for name in self.carried}
        amounts = {name: np.zeros(count, np.int64) for name in self.wanted}
        for number in range(int(turn.max()) + 1 if count else 0):
            for of, loop in enumerate(self.loops):
                at = np.flatnonzero((turn == number) & (loops == of))
                if len(at):
                    found = self._turn(loop, at, (day, packs, opens), columns, totals, year)
                    for name in self.wanted:
                        amounts[name][at] = found[name]
        return amounts

    def _turn(
        self,
        loop: Loop,
        at: Ints,
        places: tuple[Ints, Ints, Ints],
        columns: Mapping[str, Ints],
        totals: Amounts,
        year: Ints,
    ) -> Amounts:
        """Settle one turn of many years, and add what it pays to their totals."""
        day, packs, opens = places
        opening = {name: totals[name][year[at]] for name in loop.fused.summed}
        mine = {name: column[at] for name, column in columns.items()}
        try:
            found = loop.run(day[at], packs[at], opens[at], mine, opening)
        except TooLarge as error:
            error.place = int(at[error.place])
            raise
        for name in self.carried:
            np.add.at(totals[name], year[at], found[name])
        return found


def _cuts(claims: Claims) -> list[int]:
    """Where a part ends: at least `PART` claims after the last cut, where a year begins."""
    count = len(claims)
    cuts = [0]
    while cuts[-1] + PART < count:
        cut = _next_year(claims, cuts[-1] + PART)
        if cut == count:
            break
        cuts.append(cut)
    return [*cuts, count] if count else [0, 0]


def _next_year(claims: Claims, place: int) -> int:
    """The first place from ``place`` on at which another person's year begins."""
    step = 4_096
    while place < len(claims):
        at: Any = slice(place - 1, place + step)
        if claims.order is not None:
            at = claims.order[at]
        found = np.flatnonzero(starts_of_years(claims.person[at], claims.day[at])[1:])
        if len(found):
            return place + int(found[0])
        place += step
    return len(claims)
