"""Deciding one statement for one kind of claim, one set of readings and one scope of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import z3

from doudi.rules.policy import KIND, Era, Policy
from doudi.rules.prove.question import ask_of, of_year
from doudi.rules.prove.refute import refute, refute_quickly
from doudi.rules.prove.replay import Example, breaks
from doudi.rules.prove.scope import Scope, by_laws, exact
from doudi.rules.prove.solve import is_impossible
from doudi.rules.prove.statements import Statement
from doudi.rules.prove.terms import as_flag
from doudi.rules.prove.values import negate


class Status(Enum):
    """What became of a statement."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


class Means(Enum):
    """By which arithmetic it was decided.

    ``LAWS``: every share by what holds at every rate. ``BOUNDED``: the same, but known rates
    exact and unsure ones between their bounds. ``EXACT``: all arithmetic exact.
    """

    LAWS = "laws"
    BOUNDED = "bounded"
    EXACT = "exact"


@dataclass(frozen=True)
class Decision:
    """The outcome, by which means, the counterexample, and why nothing could be decided."""

    status: Status
    means: Means | None = None
    example: Example | None = None
    reason: str = ""


NOTHING_FOUND = "neither a proof nor a real claim that breaks it was found in the work allowed"
NOT_CARRIED = (
    "it does not hold of a year in which nothing has happened yet, or from one era to the next"
)


def decide(
    statement: Statement,
    policy: Policy,
    era: Era,
    kind: str,
    known: Iterable[Example] = (),
) -> dict[Scope, Decision]:
    """Prove the statement for all claims and histories in each scope, or find what breaks it.

    What is proved in a wider scope holds in the narrower ones; what is refuted in a narrower one
    is refuted in the wider. ``known`` are counterexamples found under other readings or for other
    kinds, which are tried before a search.
    """
    examples = list(known)
    found: dict[Scope, Decision] = {}
    example = _known(statement, policy, kind, examples, Scope.TODAY)
    if example is None and _known(statement, policy, kind, examples, Scope.ANY) is None:
        widest = _prove(statement, policy, era, kind, Scope.ANY)
        if widest is not None:
            return dict.fromkeys(Scope, Decision(Status.PROVED, widest))
    if example is None:
        means = _prove(statement, policy, era, kind, Scope.RANGE)
        if means is not None:
            found = dict.fromkeys((Scope.TODAY, Scope.RANGE), Decision(Status.PROVED, means))
        else:
            example = refute_quickly(statement, policy, era, kind)
    for scope in Scope:
        if scope in found:
            continue
        if example is None and scope is Scope.TODAY:
            means = _prove(statement, policy, era, kind, scope)
            if means is not None:
                found[scope] = Decision(Status.PROVED, means)
                continue
        example = (
            example
            or _known(statement, policy, kind, examples, scope)
            or refute(statement, policy, era, kind, scope)
        )
        found[scope] = (
            Decision(Status.REFUTED, Means.EXACT, example)
            if example
            else Decision(Status.UNDECIDED, reason=NOTHING_FOUND)
        )
    return {scope: found[scope] for scope in Scope}


def _known(
    statement: Statement, policy: Policy, kind: str, known: Iterable[Example], scope: Scope
) -> Example | None:
    """A counterexample of before that breaks the statement under these readings too."""
    for example in known:
        if example.facts[KIND] != kind or (scope is Scope.TODAY and example.values):
            continue
        if scope is Scope.RANGE and not example.is_within_ranges(policy):
            continue
        here = example.under(policy)
        if breaks(here, policy, statement):
            return here
    return None


def _prove(statement: Statement, policy: Policy, era: Era, kind: str, scope: Scope) -> Means | None:
    """By which means the statement could be proved; None when it could not."""
    for means in _MEANS[scope]:
        if means is Means.EXACT:
            setting = exact(policy, era)
        else:
            setting = by_laws(policy, era, scope, keep_known=means is Means.BOUNDED)
        question = ask_of(statement, setting, kind)
        if is_impossible(question.conditions, thorough=scope is Scope.TODAY):
            return means
    return None


_MEANS = {
    Scope.ANY: (Means.LAWS, Means.BOUNDED),
    Scope.RANGE: (Means.BOUNDED,),
    Scope.TODAY: (Means.BOUNDED, Means.EXACT),
}


def holds_at_the_start(statement: Statement, policy: Policy, era: Era, scope: Scope) -> bool:
    """Whether a statement about a year holds of a year in which nothing has happened yet.

    Where values change within a year, what was proved of the days before has to carry over.
    """
    setting = by_laws(policy, era, scope, keep_known=True)
    nothing = dict.fromkeys(policy.summed, 0)
    start = of_year(statement, setting, nothing)
    if not is_impossible([*setting.conditions, as_flag(negate(start))]):
        return False
    before = era.number - 1
    if before < 0 or policy.eras[before].valid_to.year != era.valid_from.year:
        return True
    earlier = by_laws(policy, policy.eras[before], scope, keep_known=True)
    totals = {name: z3.Int(f"{name}_before") for name in policy.summed}
    carried = [
        *(total >= 0 for total in totals.values()),
        *earlier.conditions,
        *setting.conditions,
        as_flag(of_year(statement, earlier, totals)),
        as_flag(negate(of_year(statement, setting, totals))),
    ]
    return is_impossible(carried)
