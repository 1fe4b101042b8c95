"""Everything that was decided of a pack, with what was covered and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doudi.rules.policy import Policy
from doudi.rules.prove.cliffs import Cliff
from doudi.rules.prove.decide import Decision, Means, Status
from doudi.rules.prove.scope import Scope
from doudi.rules.prove.statements import Statement

SCHEMA = "doudi-proof-1"

_WORST = (Status.REFUTED, Status.UNDECIDED, Status.PROVED)


@dataclass(frozen=True)
class Part:
    """One statement decided for one kind of claim, in one era, under one set of readings."""

    kind: str
    era: int
    readings: Mapping[str, str]
    decisions: Mapping[Scope, Decision]


@dataclass(frozen=True)
class Outcome:
    """One statement with all the parts into which it was split; it holds if each part does."""

    statement: Statement
    parts: Sequence[Part]

    def status(self, scope: Scope) -> Status | None:
        """The worst of all parts; None where the statement is not made under these readings."""
        found = {part.decisions[scope].status for part in self.parts}
        return next((status for status in _WORST if status in found), None)

    def decision(self, scope: Scope) -> Decision | None:
        """The decision that gives the status: the first part that has it."""
        status = self.status(scope)
        for part in self.parts:
            if part.decisions[scope].status is status:
                return part.decisions[scope]
        return None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of claim that were covered."""
        return tuple(dict.fromkeys(part.kind for part in self.parts))

    def means(self, scope: Scope) -> tuple[Means, ...]:
        """By which arithmetic the parts were decided."""
        found = {part.decisions[scope].means for part in self.parts}
        return tuple(means for means in Means if means in found)

    @property
    def is_kept(self) -> bool:
        """Whether the statement is decided and, if the source makes it, proved for any values."""
        if self.statement.claimed:
            return self.status(Scope.ANY) in (Status.PROVED, None)
        return all(self.status(scope) is not Status.UNDECIDED for scope in Scope)

    def to_dict(self, pack: Policy) -> dict[str, Any]:
        """The outcome as plain data."""
        rule = self.statement.rule
        return {
            "name": self.statement.name,
            "sort": self.statement.sort.value,
            "zh": rule.card.zh,
            "en": rule.card.en,
            "clauses": list(rule.card.clauses),
            "claimed": self.statement.claimed,
            "kept": self.is_kept,
            "status": {scope.value: _value(self.status(scope)) for scope in Scope},
            "means": {scope.value: [one.value for one in self.means(scope)] for scope in Scope},
            "kinds": list(self.kinds),
            "parts": [self._part(part, pack) for part in self.parts],
        }

    def _part(self, part: Part, pack: Policy) -> dict[str, Any]:
        return {
            "kind": part.kind,
            "era": part.era,
            "readings": dict(part.readings),
            **{
                scope.value: {
                    "status": decision.status.value,
                    "means": _value(decision.means),
                    "reason": decision.reason,
                    "counterexample": decision.example.to_dict(pack, self.statement)
                    if decision.example
                    else None,
                }
                for scope, decision in part.decisions.items()
            },
        }


@dataclass(frozen=True)
class Report:
    """What was decided of a pack."""

    policy: Policy
    outcomes: Sequence[Outcome]
    cliffs: Sequence[Cliff]

    @property
    def is_kept(self) -> bool:
        """Whether all that the source promises is proved, and all else decided."""
        return all(outcome.is_kept for outcome in self.outcomes)

    def outcome(self, name: str, sort: str | None = None) -> Outcome:
        """The outcome of the promise or guarantee ``name``; KeyError when there is none."""
        for outcome in self.outcomes:
            statement = outcome.statement
            if statement.name == name and sort in (None, statement.sort.value):
                return outcome
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data for JSON; ``schema`` names its shape, money is in fen."""
        return {
            "schema": SCHEMA,
            "policy": {"name": self.policy.name, "version": self.policy.version},
            "kept": self.is_kept,
            "eras": [
                {"from": era.valid_from.isoformat(), "to": era.valid_to.isoformat()}
                for era in self.policy.eras
            ],
            "outcomes": [outcome.to_dict(self.policy) for outcome in self.outcomes],
            "cliffs": [
                cliff.to_dict(self.policy, self.outcome(cliff.comparison).statement)
                for cliff in self.cliffs
            ],
        }


def joined(
    statements: Iterable[Statement], decided: Sequence[tuple[Statement, Part]]
) -> list[Outcome]:
    """The parts of each statement together, in the order of ``statements``."""
    return [
        Outcome(statement, [part for owner, part in decided if owner is statement])
        for statement in statements
    ]


def _value(one: Status | Means | None) -> str | None:
    return None if one is None else one.value
