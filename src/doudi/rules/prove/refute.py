"""Looking for a counterexample that is real: exact arithmetic, plain values, from the year's start.

First the values of today, then (where the scope allows it) one unsure value moved far. First a
claim that is the person's first of the year, then one after an earlier claim: a history that is
only a set of totals might be one that no claims lead to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from doudi.rules.policy import Era, Policy
from doudi.rules.prove.question import Question, ask_of
from doudi.rules.prove.replay import Example, breaks, example_of
from doudi.rules.prove.scope import Scope, Setting, by_laws, exact, trials
from doudi.rules.prove.solve import find_any, find_smallest, is_impossible, value_in
from doudi.rules.prove.statements import Statement
from doudi.rules.prove.values import Chosen, is_known


def refute_quickly(statement: Statement, policy: Policy, era: Era, kind: str) -> Example | None:
    """A small first claim of the year that breaks the statement with the values of today."""
    return _smallest(ask_of(statement, exact(policy, era), kind, 0), further=False)


def refute(
    statement: Statement, policy: Policy, era: Era, kind: str, scope: Scope
) -> Example | None:
    """A counterexample of the statement within ``scope``, as small as could be found."""
    settings: Iterable[Setting] = [exact(policy, era)]
    if scope is not Scope.TODAY:
        settings = trials(policy, era, scope, _suspects(statement, policy, era, kind, scope))
    for setting in settings:
        found = _smallest(ask_of(statement, setting, kind, 0), further=True) or _after_another(
            ask_of(statement, setting, kind, 1)
        )
        if found is not None:
            return found
    return None


def _smallest(question: Question, *, further: bool, also: Sequence[Any] = ()) -> Example | None:
    conditions = [*question.conditions, *also]
    found = find_smallest(conditions, question.size, further=further)
    if found is None:
        return None
    example = example_of(question, found.model, found.size, smallest=found.certain)
    pack = question.setting.world.policy
    return example if breaks(example, pack, question.statement) else None


def _after_another(question: Question) -> Example | None:
    """A counterexample after an earlier claim; that one stays as it was found first."""
    found = find_any(question.conditions)
    if found is None:
        return None
    stays = [
        term == value_in(found, term)
        for facts in question.earlier
        for value in facts.values()
        if not is_known(term := value.place if isinstance(value, Chosen) else value)
    ]
    return _smallest(question, further=True, also=stays)


def _suspects(
    statement: Statement, policy: Policy, era: Era, kind: str, scope: Scope
) -> Iterator[str]:
    """The unsure parameters that break the proof when each of them alone is let loose."""
    for name in parameters_of(policy, era, kind):
        if era.values[name].status.sure:
            continue
        setting = by_laws(policy, era, scope, keep_known=True, only=name)
        if not is_impossible(ask_of(statement, setting, kind).conditions, thorough=False):
            yield name


def parameters_of(policy: Policy, era: Era, kind: str) -> list[str]:
    """The parameters with a value that the rules of the kind read, in the order of the rules."""
    asked = [name for rule in era.graph.for_kind(kind) for name in rule.signature.arguments]
    members = [member for name in dict.fromkeys(asked) for member in policy.members(name)]
    return [name for name in members if name in era.values]
