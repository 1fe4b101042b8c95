"""A statement turned round: are there a claim, a history and values that break it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doudi.rules.errors import UnreadableRule
from doudi.rules.facts import Input
from doudi.rules.graph import TO_DATE, Rule
from doudi.rules.policy import KIND
from doudi.rules.prove.scope import Setting
from doudi.rules.prove.statements import OWN, Sort, Statement
from doudi.rules.prove.step import (
    Settled,
    inputs_of,
    look_up,
    right_facts,
    settle,
    unknown_facts,
    unknown_totals,
)
from doudi.rules.prove.terms import as_flag, term_of
from doudi.rules.prove.values import Value, negate
from doudi.rules.prove.variants import build, unknown_parts
from doudi.rules.units import AMOUNTS


@dataclass(frozen=True)
class Question:
    """The unknowns of a claim after a history, and the conditions under which they break it.

    ``earlier`` are the claims before it, from the start of the year; without any the opening
    totals are 0 (`from_start`) or anything that a year can hold.
    """

    statement: Statement
    setting: Setting
    kind: str
    facts: Mapping[str, Value]
    parts: Mapping[str, Value]
    earlier: Sequence[Mapping[str, Value]]
    opening: Mapping[str, Value]
    right: tuple[Any, ...]
    given: Mapping[str, Value]
    broken: Any
    size: Any

    @property
    def conditions(self) -> list[Any]:
        """Everything that a counterexample fulfils."""
        facts_of_words = self.setting.world.words.facts
        return [*self.setting.conditions, *facts_of_words, *self.right, self.broken]


@dataclass(frozen=True)
class _Claims:
    """The claims of one kind in one setting."""

    setting: Setting
    kind: str
    rules: Sequence[Rule]
    inputs: Sequence[Input]

    def settle(self, facts: Mapping[str, Value], opening: Mapping[str, Value]) -> Settled:
        return settle(self.setting.world, self.rules, self.kind, facts, opening)

    def right(self, facts: Mapping[str, Value]) -> list[Any]:
        return right_facts(self.inputs, facts)


def ask_of(
    statement: Statement,
    setting: Setting,
    kind: str,
    earlier: int | None = None,
    fixed: Mapping[str, Value] | None = None,
) -> Question:
    """The question whether ``statement`` can be broken by a claim of ``kind``.

    ``earlier`` claims of the same kind go before it from the start of the year; None stands for
    any totals whatever. ``fixed`` facts of the claim are known.
    """
    claims = _claims_of(statement, setting, kind)
    variants = statement.rule.card.variants
    facts = unknown_facts(claims.inputs) | dict(fixed or {})
    for variant in variants:
        facts |= variant.when
    right = claims.right(facts)
    before: list[Mapping[str, Value]] = []
    if earlier is None:
        opening, bounds = unknown_totals(setting.world.policy.summed)
        right += bounds
    else:
        opening = dict.fromkeys(setting.world.policy.summed, 0)
        for number in range(earlier):
            past = unknown_facts(claims.inputs, f"@{number}")
            right += claims.right(past)
            opening = claims.settle(past, opening).closing
            before.append(past)
    parts, bounds = unknown_parts(variants, facts)
    right += bounds
    settled = claims.settle(facts, opening)
    compared, more = _compared(statement, claims, settled, parts)
    right += more
    given, holds = _holds(statement, setting, settled, compared)
    if statement.sort is Sort.YEAR and earlier is None:
        right.append(as_flag(of_year(statement, setting, opening)))
    return Question(
        statement,
        setting,
        kind,
        facts,
        parts,
        before,
        opening,
        tuple(right),
        given,
        as_flag(negate(holds)),
        _size(claims.inputs, facts),
    )


def _claims_of(statement: Statement, setting: Setting, kind: str) -> _Claims:
    """All rules of the kind, so that a counterexample can be replayed with all their inputs."""
    world = setting.world
    rules = world.era.graph.for_kind(kind)
    inputs = list(inputs_of(world.policy, (*rules, statement.rule)))
    known = {item.name for item in inputs}
    for variant in statement.rule.card.variants:
        for name in (*variant.when, *variant.free.values()):
            if name not in known:
                inputs.append(world.policy.inputs[name])
                known.add(name)
    return _Claims(setting, kind, rules, inputs)


def _compared(
    statement: Statement, claims: _Claims, settled: Settled, parts: Mapping[str, Value]
) -> tuple[dict[str, Value], list[Any]]:
    """What the other ways give, by argument, and what must be right for them to be possible."""
    given: dict[str, Value] = {}
    right: list[Any] = []
    place = statement.rule.signature.place
    for variant in statement.rule.card.variants:
        opening = settled.opening
        sums: dict[str, Value] = {}
        for case in build(variant, settled.facts, parts, place):
            if case[KIND] != claims.kind:
                raise UnreadableRule(
                    f"{place}: variant {variant.name}: the prover compares claims of one kind only"
                )
            right += claims.right(case)
            other = claims.settle(case, opening)
            opening = other.closing
            for rule in claims.rules:
                if rule.signature.returns in AMOUNTS:
                    sums[rule.name] = sums.get(rule.name, 0) + other.results[rule.name]
        suffix = f"_if_{variant.name}"
        for name in statement.rule.signature.arguments:
            if name.endswith(suffix):
                given[name] = sums.get(name.removesuffix(suffix), 0)
    return given, right


def _holds(
    statement: Statement, setting: Setting, settled: Settled, compared: Mapping[str, Value]
) -> tuple[dict[str, Value], Value]:
    """The arguments of the statement, and whether it holds of the claim."""
    if statement.sort is Sort.YEAR:
        return {}, of_year(statement, setting, settled.closing)
    world = setting.world
    given = {
        name: compared[name]
        if name in compared
        else look_up(world, settled.facts, settled.results, settled.opening, name)
        for name in statement.rule.signature.arguments
    }
    found = term_of(statement.rule, given, world.words)
    if statement.sort is Sort.GUARANTEE:
        return given, settled.results[OWN] <= found
    return given, found


def difference(question: Question, name: str) -> Any:
    """By how much result ``name`` is larger in the other case of a comparison."""
    variant = question.statement.rule.card.variants[0].name
    return question.given[f"{name}_if_{variant}"] - question.given[name]


def of_year(statement: Statement, setting: Setting, totals: Mapping[str, Value]) -> Value:
    """Whether a promise holds of a year with these totals, read as one claim after nothing."""
    world = setting.world
    given: dict[str, Value] = {}
    for name in statement.rule.signature.arguments:
        if name.endswith(TO_DATE) and name.removesuffix(TO_DATE) in totals:
            given[name] = 0
        elif name in statement.totals:
            given[name] = totals[name]
        else:
            given[name] = look_up(world, {}, {}, {}, name)
    return term_of(statement.rule, given, world.words)


def _size(inputs: Sequence[Input], facts: Mapping[str, Value]) -> Any:
    """The sum of the amounts that no other amount bounds: the bill."""
    total: Value = 0
    for item in inputs:
        if item.unit in AMOUNTS and item.at_most is None:
            total = total + facts[item.name]
    return total
