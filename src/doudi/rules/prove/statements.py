"""What is to be proved of a pack: each promise, over a claim or over a year, and each guarantee."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import product

from doudi.rules.explain import is_claimed
from doudi.rules.graph import TO_DATE, Rule
from doudi.rules.policy import Era, Policy, to_date_names

OWN = "own_pay"
"""What a guarantee bounds, by convention of an estimate."""


class Sort(Enum):
    """In which way a statement speaks of claims.

    ``CLAIM``: of each claim, after any history. ``YEAR``: of all claims of a year together, from
    nothing. ``COMPARISON``: of two ways in which the same claim could have gone. ``GUARANTEE``:
    of the most that a person can owe.
    """

    CLAIM = "claim"
    YEAR = "year"
    COMPARISON = "comparison"
    GUARANTEE = "guarantee"


@dataclass(frozen=True)
class Statement:
    """One statement to be decided; ``rule`` is the promise or guarantee that makes it."""

    sort: Sort
    rule: Rule

    @property
    def name(self) -> str:
        """The name of the promise or guarantee."""
        return self.rule.name

    @property
    def claimed(self) -> bool:
        """Whether the source makes it; otherwise it is there to be decided."""
        return self.rule.card.claimed

    @property
    def totals(self) -> tuple[str, ...]:
        """The rules whose running totals it reads."""
        return to_date_names(self.rule.signature.arguments)

    def kinds(self, policy: Policy, era: Era) -> tuple[str, ...]:
        """The kinds of claim of which it speaks; for a year, those that add to its totals."""
        kinds = [str(kind) for kind in policy.kinds]
        if self.sort is not Sort.YEAR:
            return tuple(kind for kind in kinds if self.rule.runs_for(kind))
        summed = [era.graph.by_name[name] for name in self.totals]
        return tuple(kind for kind in kinds if any(rule.runs_for(kind) for rule in summed))


def statements_of(policy: Policy) -> list[Statement]:
    """Everything that is to be proved of the pack, promises first.

    A promise of which all arguments are running totals, what is added to them, parameters and
    readings says something of a whole year too: of the year as if it were one claim.
    """
    found = []
    for promise in policy.promises:
        compares = bool(promise.card.variants)
        found.append(Statement(Sort.COMPARISON if compares else Sort.CLAIM, promise))
        if not compares and _speaks_of_a_year(policy, promise):
            found.append(Statement(Sort.YEAR, promise))
    if OWN in policy.outputs:
        found += [Statement(Sort.GUARANTEE, guarantee) for guarantee in policy.guarantees]
    return found


def _speaks_of_a_year(policy: Policy, promise: Rule) -> bool:
    arguments = promise.signature.arguments
    totals = set(to_date_names(arguments)) & set(policy.summed)
    return bool(totals) and all(
        argument in policy.parameters
        or argument in policy.interpretations
        or argument.removesuffix(TO_DATE) in totals
        for argument in arguments
    )


def readings_for(policy: Policy, era: Era, kind: str, statement: Statement) -> Iterator[Policy]:
    """The policy under every reading that can matter and for which the statement is made.

    A reading that was chosen for ``policy`` stays; of the others every combination is tried, the
    usual one first.
    """
    rules = (*era.graph.for_kind(kind), statement.rule)
    asked = {argument for rule in rules for argument in rule.signature.arguments}
    asked |= set(statement.rule.card.under)
    names = [name for name in policy.interpretations if name in asked]
    options = [_readings(policy, name) for name in names]
    for picked in product(*options):
        chosen = policy.with_readings(dict(zip(names, picked, strict=True)))
        if is_claimed(chosen, statement.rule):
            yield chosen


def _readings(policy: Policy, name: str) -> tuple[str, ...]:
    if name in policy.readings:
        return (policy.readings[name],)
    item = policy.interpretations[name]
    others = (reading for reading in item.readings if reading != item.default)
    return (item.default, *others)
