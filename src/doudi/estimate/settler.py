"""Settling many combinations of one question at once, by the fused loop in plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from doudi.estimate.unknowns import Question, moved
from doudi.rules.amounts import Schedule
from doudi.rules.batch import number_of
from doudi.rules.facts import Fact
from doudi.rules.fuse import Fused, era_row, fuse, schedule_slots
from doudi.rules.kernel import Batch, run_plain
from doudi.rules.policy import KIND, Policy


class Case(NamedTuple):
    """One combination: the facts, and where each unsure axis stands."""

    facts: Mapping[str, Fact]
    positions: Mapping[str, int]


_Key = tuple[int, tuple[tuple[str, int], ...]]


class SamePolicy:
    """A policy as a key: the same object is the same policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return id(self.policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SamePolicy) and other.policy is self.policy


def fused_of(policy: Policy) -> Fused:
    """The loop of a policy's outputs, written once: a person asks for it on page after page."""
    return _fused_of(SamePolicy(policy))


@lru_cache(maxsize=16)
def _fused_of(same: SamePolicy) -> Fused:
    return fuse(same.policy)


class Settler:
    """Settles combinations of one question in batches, each combination once.

    Whether a fact can still change the answer is tried over and over on the same ones.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.policy = question.policy
        self.fused: Fused = fused_of(self.policy)
        self.era = self.policy.era_on(question.day)
        self._usual_row = era_row(self.policy, self.fused.layout, self.era)
        self._codes = {kind: code for code, kind in enumerate(self.policy.kinds)}
        self._settled: dict[_Key, tuple[int, ...]] = {}
        self._parts: dict[tuple[str, int], list[int]] = {}
        # Facts by their id, with the numbers they stand for; kept, so that no id is used twice.
        self._numbers: dict[int, tuple[Mapping[str, Fact], dict[str, int]]] = {}

    def settle(self, cases: Sequence[Case]) -> Mapping[str, Sequence[int]]:
        """The outputs of each case, in fen."""
        keys: list[_Key] = [(id(facts), tuple(places.items())) for facts, places in cases]
        new = {key: case for key, case in zip(keys, cases, strict=True) if key not in self._settled}
        if new:
            # Before anything else: a case whose facts are thrown away would free their id.
            for case in new.values():
                self._know(case.facts)
            found = self._settle(list(new.values()))
            self._settled.update(zip(new, zip(*found.values(), strict=True), strict=True))
        amounts = [self._settled[key] for key in keys]
        return {
            name: [row[place] for row in amounts] for place, name in enumerate(self.fused.wanted)
        }

    def _settle(self, cases: Sequence[Case]) -> Mapping[str, Sequence[int]]:
        rows: list[list[int]] = []
        numbers: dict[tuple[tuple[str, int], ...], int] = {}
        row = []
        slots = self.fused.layout.slots
        for case in cases:
            key = tuple([place for place in case.positions.items() if place[0] in slots])
            if key not in numbers:
                numbers[key] = len(rows)
                rows.append(self._row(key))
            row.append(numbers[key])
        count = len(cases)
        known = [(self._numbers[id(case.facts)][1], case.positions) for case in cases]
        columns: dict[str, Sequence[Any]] = {
            name: [
                positions[name] if name in positions else facts[name] for facts, positions in known
            ]
            for name in self.fused.inputs
        }
        columns[KIND] = [facts[KIND] for facts, _positions in known]
        graph = self.fused.graphs.index(self.era.graph)
        opening = {name: [self.question.opening.get(name, 0)] for name in self.fused.summed}
        batch = Batch(rows, row, [graph] * count, [True] * count, columns, opening)
        return run_plain(self.fused, batch)

    def _know(self, facts: Mapping[str, Fact]) -> None:
        """Note what stands in the column of each input for these facts."""
        if id(facts) in self._numbers:
            return
        inputs = self.policy.inputs
        numbers = {name: number_of(inputs[name], facts.get(name)) for name in self.fused.inputs}
        numbers[KIND] = self._codes[facts[KIND]]
        self._numbers[id(facts)] = (facts, numbers)

    def _row(self, positions: Sequence[tuple[str, int]]) -> list[int]:
        row = list(self._usual_row)
        for place in positions:
            start = self.fused.layout.slots[place[0]]
            part = self._parts.get(place)
            if part is None:
                part = self._parts[place] = self._part(*place)
            row[start : start + len(part)] = part
        return row

    def _part(self, name: str, position: int) -> list[int]:
        """What stands in a row for a parameter at a position of its axis."""
        value = moved(self.era.values[name], position)
        if isinstance(value, Schedule):
            return schedule_slots(name, value)
        return [int(value)]
