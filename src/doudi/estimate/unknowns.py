"""What an estimate does not know, as axes along which the answer can move.

Two things are unsure: inputs that nobody gave, and parameters that no source confirms. Both become
axes; every combination along them is one more claim through the fused loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.rules.amounts import Schedule, share
from doudi.rules.errors import BadInput
from doudi.rules.facts import Fact, Input, read_facts
from doudi.rules.fuse import Fused
from doudi.rules.parameters import Amount, Value
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit


@dataclass(frozen=True)
class Axis:
    """One thing that is unsure, from ``low`` to ``high`` around ``usual``.

    For an amount or rate the three are that number; for a schedule they are a shift of its rates
    in basis points; for an input with options ``options`` lists them instead.
    """

    name: str
    of_input: bool
    low: int = 0
    high: int = 0
    usual: int = 0
    options: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Question:
    """One claim to be estimated: what is given, what is taken for the rest, and what is unsure."""

    policy: Policy
    day: date
    given: Mapping[str, Fact]
    facts: Mapping[str, Fact]
    opening: Mapping[str, int]
    unknown: tuple[Axis, ...]

    @property
    def kind(self) -> str:
        """The kind of claim."""
        return str(self.facts[KIND])


def ask(policy: Policy, raw: Mapping[str, Any], day: date, opening: Mapping[str, int]) -> Question:
    """A question from the given facts (money in fen); unknown ones become axes.

    Errors: BadInput for a fact that is wrong, or missing and not to be guessed;
    NoVersionInForce for a day on which the policy is not in force.
    """
    given = read_facts(policy.inputs, raw)
    if KIND not in given:
        raise BadInput(KIND, None, "缺少就医类别", "is missing")
    facts = dict(given)
    unknown = []
    for name in needed_inputs(policy, str(given[KIND]), day):
        if name in given:
            continue
        axis = _unknown_input(policy, policy.inputs[name], facts, day)
        facts[name] = _usual(policy.inputs[name], axis)
        unknown.append(axis)
    return Question(policy, day, given, facts, dict(opening), tuple(unknown))


def needed_inputs(policy: Policy, kind: str, day: date) -> tuple[str, ...]:
    """The inputs on which a result of this kind of claim can depend, in the pack's order."""
    graph = policy.era_on(day).graph
    asked = {argument for rule in graph.for_kind(kind) for argument in rule.signature.arguments}
    asked |= {family.index for name, family in policy.families.items() if name in asked}
    return tuple(name for name in policy.inputs if name in asked and name != KIND)


def _unknown_input(policy: Policy, item: Input, facts: Mapping[str, Fact], day: date) -> Axis:
    guess = item.if_unknown
    if guess is None:
        raise BadInput(item.name, None, f"缺少{item.zh}", "is missing")
    if guess.share is not None and guess.of is not None:
        whole = facts[guess.of]
        value = policy.value_on(guess.share, day)
        low, usual, high = (
            share(int(whole), int(rate))
            for rate in (value.low, value.value, value.high)
            if isinstance(rate, int)
        )
        return Axis(item.name, True, low, high, usual)
    if item.unit is Unit.FLAG:
        return Axis(item.name, True, options=(False, True))
    return Axis(item.name, True, options=tuple(item.options))


def _usual(item: Input, axis: Axis) -> Fact:
    if not axis.options:
        return axis.usual
    if item.if_unknown is None or item.if_unknown.value is None:
        raise BadInput(item.name, None, f"缺少{item.zh}", "is missing")
    return item.if_unknown.value


def unsure_parameters(question: Question, fused: Fused, facts: Mapping[str, Fact]) -> list[Axis]:
    """The unconfirmed parameters that these facts can bring into play, with their ranges."""
    policy = question.policy
    era = policy.era_on(question.day)
    rules = era.graph.needed_for(str(facts[KIND]), (*fused.wanted, *fused.summed))
    asked = {argument for rule in rules for argument in rule.signature.arguments}
    found = []
    for argument in sorted(asked):
        member = policy.member_for(argument, facts)
        if member is None or member not in era.values:
            continue
        axis = _parameter_axis(member, era.values[member])
        if axis is not None:
            found.append(axis)
    return found


def _parameter_axis(name: str, value: Value) -> Axis | None:
    if value.status.sure:
        return None
    if value.shift is not None:
        return Axis(name, False, value.shift[0], value.shift[1], 0)
    if isinstance(value.low, int) and isinstance(value.high, int) and isinstance(value.value, int):
        return Axis(name, False, value.low, value.high, value.value)
    return None


def moved(value: Value, position: int) -> Amount:
    """The value of a parameter at a position along its axis."""
    if isinstance(value.value, Schedule):
        return value.value.shifted(position)
    return position
