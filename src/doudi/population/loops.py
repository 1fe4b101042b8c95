"""The fused loops of one or several packs, with the values that they run on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from doudi.population.arrow import Flags, Ints
from doudi.population.packs import day_number
from doudi.rules.errors import BadInput
from doudi.rules.fuse import Fused, era_row, fuse, graph_numbers
from doudi.rules.kernel import Batch, run_compiled, warm_up
from doudi.rules.policy import KIND, Policy

Amounts = dict[str, Ints]


TOO_LARGE = ("bill", "", "年度累计超出可计算的范围", "the year's totals are too large")
"""What is said of a claim at which a person's year leaves the numbers that can be computed with:
field, value, and why in Chinese and English."""


class TooLarge(Exception):
    """A year whose totals leave the numbers that can be computed with, at a claim's place."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


@dataclass(frozen=True)
class Loop:
    """One compiled loop for all packs whose rules make the same text.

    ``packs`` are their numbers. The rows of values of each pack's eras follow those of the pack
    before; ``names`` are the amounts to give out, of which the loop computes those it knows.
    """

    fused: Fused
    names: tuple[str, ...]
    packs: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    starts: tuple[Ints, ...]
    graphs: Ints

    def warm_up(self) -> None:
        """Compile now, or load what was compiled."""
        warm_up(self.fused)

    def run(
        self,
        day: Ints,
        pack: Ints | None,
        first: Flags,
        columns: Mapping[str, Ints],
        opening: Mapping[str, Ints],
    ) -> Amounts:
        """The amounts of claims in settlement order; 0 for what these packs do not compute."""
        row = self._row(day, pack)
        mine: dict[str, Any] = {name: columns[name] for name in (KIND, *self.fused.inputs)}
        batch = Batch(self.rows, row, self.graphs[row], first, mine, opening)
        try:
            found = run_compiled(self.fused, batch, workers=1)
        except BadInput as error:
            raise TooLarge(error.value if isinstance(error.value, int) else 0) from error
        missing = [name for name in self.names if name not in found]
        return found | {name: np.zeros(len(day), np.int64) for name in missing}

    def _row(self, day: Ints, pack: Ints | None) -> Ints:
        """For each claim the row of the values in force."""
        row = np.zeros(len(day), np.int64)
        if len(self.rows) == 1:
            return row
        base = 0
        for number, starts in zip(self.packs, self.starts, strict=True):
            era = base + np.searchsorted(starts, day, side="right") - 1
            row = era if pack is None else np.where(pack == number, era, row)
            base += len(starts)
        return row


def loops_of(
    policies: Sequence[Policy], wanted: Sequence[str]
) -> tuple[tuple[Loop, ...], tuple[str, ...]]:
    """The loops that settle these packs, and the totals to carry from one loop to another."""
    groups = _alike(policies, wanted)
    if len(groups) == 1:
        return (_loop(policies, *groups[0], wanted),), ()
    carried = tuple(sorted({name for pack in policies for name in pack.summed}))
    names = tuple(dict.fromkeys((*wanted, *carried)))
    return tuple(_loop(policies, *group, names) for group in _alike(policies, names)), carried


def _alike(policies: Sequence[Policy], names: Sequence[str]) -> list[tuple[Fused, tuple[int, ...]]]:
    """The packs by the text of their loops."""
    groups: dict[str, tuple[Fused, tuple[int, ...]]] = {}
    for number, policy in enumerate(policies):
        rules = {rule.name for rule in policy.all_rules}
        fused = fuse(policy, [name for name in names if name in rules])
        before = groups.get(fused.text, (fused, ()))
        groups[fused.text] = (before[0], (*before[1], number))
    return list(groups.values())


def _loop(
    policies: Sequence[Policy], fused: Fused, packs: tuple[int, ...], names: Sequence[str]
) -> Loop:
    mine = [policies[number] for number in packs]
    rows = [tuple(era_row(pack, fused.layout, era)) for pack in mine for era in pack.eras]
    starts = [
        np.array([day_number(era.valid_from) for era in pack.eras], np.int32) for pack in mine
    ]
    graphs = [number for pack in mine for number in graph_numbers(pack)]
    return Loop(fused, tuple(names), packs, tuple(rows), tuple(starts), np.array(graphs, np.int8))
