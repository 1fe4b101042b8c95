"""Settling many combinations of one question at once, by the fused loop in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doudi.estimate.unknowns import Question, moved
from doudi.rules.amounts import Schedule
from doudi.rules.batch import number_of
from doudi.rules.facts import Fact
from doudi.rules.fuse import Fused, era_row, fuse, schedule_slots
from doudi.rules.kernel import Batch, run_plain
from doudi.rules.policy import KIND


@dataclass(frozen=True)
class Case:
    """One combination: the facts, and where each unsure axis stands."""

    facts: Mapping[str, Fact]
    positions: Mapping[str, int]


class Settler:
    """Settles combinations of one question in batches."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.policy = question.policy
        self.fused: Fused = fuse(self.policy)
        self.era = self.policy.era_on(question.day)
        self._usual_row = era_row(self.policy, self.fused.layout, self.era)
        self._codes = {kind: code for code, kind in enumerate(self.policy.kinds)}

    def settle(self, cases: Sequence[Case]) -> Mapping[str, Sequence[int]]:
        """The outputs of each case, in fen."""
        rows: list[list[int]] = []
        numbers: dict[tuple[tuple[str, int], ...], int] = {}
        row = []
        for case in cases:
            key = tuple(
                (name, position)
                for name, position in case.positions.items()
                if name in self.fused.layout.slots
            )
            if key not in numbers:
                numbers[key] = len(rows)
                rows.append(self._row(key))
            row.append(numbers[key])
        count = len(cases)
        columns: dict[str, Sequence[Any]] = {
            name: [self._fact(case, name) for case in cases] for name in self.fused.inputs
        }
        columns[KIND] = [self._codes[case.facts[KIND]] for case in cases]
        graph = self.fused.graphs.index(self.era.graph)
        opening = {name: [self.question.opening.get(name, 0)] for name in self.fused.summed}
        batch = Batch(rows, row, [graph] * count, [True] * count, columns, opening)
        return run_plain(self.fused, batch)

    def _fact(self, case: Case, name: str) -> int:
        """What stands in the column of an input."""
        if name in case.positions:
            return case.positions[name]
        return number_of(self.policy.inputs[name], case.facts.get(name))

    def _row(self, positions: Iterable[tuple[str, int]]) -> list[int]:
        row = list(self._usual_row)
        for name, position in positions:
            start = self.fused.layout.slots[name]
            part = self._part(name, position)
            row[start : start + len(part)] = part
        return row

    def _part(self, name: str, position: int) -> list[int]:
        """What stands in a row for a parameter at a position of its axis."""
        value = moved(self.era.values[name], position)
        if isinstance(value, Schedule):
            return schedule_slots(name, value)
        return [int(value)]
