"""Deciding all statements of a pack, on as many processes as may be used."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from doudi.rules.errors import BadInput
from doudi.rules.policy import Era, Policy
from doudi.rules.prove.cliffs import LARGEST_BILL, Cliff, cliffs_of
from doudi.rules.prove.decide import (
    NOT_CARRIED,
    Decision,
    Status,
    decide,
    holds_at_the_start,
)
from doudi.rules.prove.replay import Example
from doudi.rules.prove.report import Part, Report, joined
from doudi.rules.prove.scope import Scope
from doudi.rules.prove.statements import Sort, Statement, readings_for, statements_of


@dataclass(frozen=True)
class _Task:
    """One statement for one kind in one era, or (without a kind) its cliffs."""

    statement: Statement
    era: Era | None
    kind: str


def prove(
    policy: Policy,
    names: Collection[str] = (),
    *,
    workers: int | None = None,
    bill: int = LARGEST_BILL,
) -> Report:
    """Decide the promises and guarantees of ``policy``, or those called ``names``.

    ``workers`` processes share the work, by default as many as there are processors. ``bill`` is
    the largest bill in fen up to which cliffs are looked for. Errors: BadInput for an unknown
    name, UnreadableRule for a rule that cannot be read.
    """
    statements = _chosen(policy, names)
    tasks = _tasks(policy, statements)
    decided: list[tuple[Statement, Part]] = []
    cliffs: list[Cliff] = []
    count = min(workers or os.cpu_count() or 1, len(tasks))
    for task, result in zip(tasks, _all_done(policy, tasks, bill, count), strict=True):
        if task.era is None:
            cliffs += result.cliffs
        else:
            decided += [(task.statement, part) for part in result.parts]
    return Report(policy, joined(statements, decided), cliffs)


def _chosen(policy: Policy, names: Collection[str]) -> list[Statement]:
    every = statements_of(policy)
    known = dict.fromkeys(statement.name for statement in every)
    for name in names:
        if name not in known:
            listed = ", ".join(known)
            raise BadInput(
                "promise", name, f"没有这项承诺；可选：{listed}", f"unknown; known: {listed}"
            )
    return [statement for statement in every if not names or statement.name in names]


def _tasks(policy: Policy, statements: Sequence[Statement]) -> list[_Task]:
    """What takes longest first, so that no process ends up alone with it."""
    tasks = [_Task(one, None, "") for one in statements if one.sort is Sort.COMPARISON]
    tasks += [
        _Task(statement, era, kind)
        for statement in statements
        for era in policy.eras
        for kind in statement.kinds(policy, era)
    ]
    return sorted(tasks, key=lambda task: task.statement.sort is not Sort.COMPARISON)


@dataclass(frozen=True)
class _Result:
    parts: Sequence[Part] = ()
    cliffs: Sequence[Cliff] = ()


_policy_at_work: Policy
_tasks_at_work: Sequence[_Task]
_bill_at_work: int
"""What a forked process inherits: rules are functions, and cannot be sent."""


def _all_done(policy: Policy, tasks: Sequence[_Task], bill: int, workers: int) -> Iterator[_Result]:
    global _policy_at_work, _tasks_at_work, _bill_at_work
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():  # noqa: PLR2004
        yield from (_done(policy, task, bill) for task in tasks)
        return
    _policy_at_work, _tasks_at_work, _bill_at_work = policy, tasks, bill
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        yield from pool.imap(_done_apart, range(len(tasks)))


def _done_apart(number: int) -> _Result:
    """One task in a process of its own; the result is plain data, so that it can be sent back."""
    return _done(_policy_at_work, _tasks_at_work[number], _bill_at_work)


def _done(policy: Policy, task: _Task, bill: int) -> _Result:
    statement, era = task.statement, task.era
    if era is None:
        return _Result(cliffs=tuple(cliffs_of(policy, statement, bill)))
    parts: list[Part] = []
    known: list[Example] = []
    for chosen in readings_for(policy, era, task.kind, statement):
        decisions = decide(statement, chosen, era, task.kind, known)
        if statement.sort is Sort.YEAR:
            decisions = _from_the_start(statement, chosen, era, decisions)
        parts.append(Part(task.kind, era.number, _readings(chosen), decisions))
        for decision in decisions.values():
            if decision.example is not None and decision.example not in known:
                known.append(decision.example)
    return _Result(parts=tuple(parts))


def _from_the_start(
    statement: Statement, policy: Policy, era: Era, decisions: Mapping[Scope, Decision]
) -> dict[Scope, Decision]:
    """An induction needs its beginning: what was proved of each claim, from nothing on."""
    return {
        scope: decision
        if decision.status is not Status.PROVED or holds_at_the_start(statement, policy, era, scope)
        else Decision(Status.UNDECIDED, reason=NOT_CARRIED)
        for scope, decision in decisions.items()
    }


def _readings(policy: Policy) -> dict[str, str]:
    return {name: policy.reading(name) for name in policy.interpretations}
