"""What an entitlement is worth: an amount, a rate, a range, a bound, or nothing that is stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from math import prod

from doudi.estimate.granted import Form, RestsOn, Worth
from doudi.rules.entitlements import AmountForm, AmountSource, Entitlement, Words
from doudi.rules.errors import NoVersionInForce
from doudi.rules.explain import explain
from doudi.rules.facts import Fact, Input
from doudi.rules.graph import Rule
from doudi.rules.parameters import Parameter, Status, Value
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit

MOST_CASES = 4096
"""Above so many combinations of unknowns an amount is called open rather than tried."""

_BOUND_FORMS = {AmountForm.AT_LEAST: Form.AT_LEAST, AmountForm.AT_MOST: Form.AT_MOST}


def worth_of(
    policy: Policy, entitlement: Entitlement, facts: Mapping[str, Fact], day: date
) -> Worth:
    """What the entitlement is worth when its conditions hold."""
    source = entitlement.amount
    if source.form is AmountForm.RIGHT:
        return Worth(Form.RIGHT)
    if source.form is AmountForm.NOT_STATED:
        return Worth(Form.NOT_STATED)
    if source.form is AmountForm.RULE:
        return _worth_by_rule(policy, entitlement, facts, day)
    return _worth_of_parameter(policy.parameters[source.name], source, day)


def _worth_of_parameter(parameter: Parameter, source: AmountSource, day: date) -> Worth:
    try:
        value = parameter.on(day)
    except NoVersionInForce:
        return Worth(Form.NOT_STATED, parameter.unit)
    rests_on = _rests_on(parameter, value)
    if not isinstance(value.value, int):
        return Worth(Form.NOT_STATED, parameter.unit, rests_on=rests_on)
    low = value.low if isinstance(value.low, int) else value.value
    high = value.high if isinstance(value.high, int) else value.value
    form = _BOUND_FORMS.get(source.form)
    if form is Form.AT_LEAST:
        return Worth(form, parameter.unit, low=low, rests_on=rests_on)
    if form is Form.AT_MOST:
        return Worth(form, parameter.unit, high=high, rests_on=rests_on)
    return _between(low, high, parameter.unit, rests_on)


def _between(low: int, high: int, unit: str, rests_on: tuple[RestsOn, ...]) -> Worth:
    form = Form.EXACT if low == high else Form.RANGE
    return Worth(form, unit, low, high, rests_on=rests_on)


def _rests_on(parameter: Parameter, value: Value) -> tuple[RestsOn, ...]:
    """The value, where a reader of the page would look for it in vain."""
    if value.status is Status.NOT_STATED or (value.status.sure and value.clauses):
        return ()
    words = Words(parameter.zh, parameter.en)
    return (
        RestsOn(
            parameter.name,
            value.status,
            words,
            Words(value.basis or value.document, value.basis_en or value.document),
        ),
    )


def _worth_by_rule(
    policy: Policy, entitlement: Entitlement, facts: Mapping[str, Fact], day: date
) -> Worth:
    """The least and most that the rule gives over all that is open.

    A fact that fails a condition counts as open too: the question is what the entitlement is
    worth where it is granted. An open amount or number has no end, so it is what its pack says an
    estimate takes for it, or nothing is said.
    """
    source = entitlement.amount
    rules = policy.era_on(day).graph.needed_for(source.kind, [source.name])
    if not rules:
        # A rule with dates of its own: on that day the pack computes nothing.
        return Worth(Form.NOT_STATED)
    choices, assumed, needs = _choices(policy, entitlement, rules, facts)
    ranged = _ranged(policy, rules, day)
    unit = next(rule.signature.returns.value for rule in rules if rule.name == source.name)
    if needs or prod(map(len, choices.values())) * 2 ** len(ranged) > MOST_CASES:
        return Worth(Form.OPEN, unit, needs=needs or tuple(choices))
    others = _others(policy, source.kind, rules, day)
    amounts: list[int] = []
    rests_on: dict[str, RestsOn] = {}
    for variant in _variants(policy, ranged, day):
        for picked in product(*choices.values()):
            case = {**others, KIND: source.kind, **dict(zip(choices, picked, strict=True))}
            explained = explain(variant, case, day)
            amounts.append(int(explained.results[source.name]))
            for step in explained.steps:
                if step.rule in rules:
                    for name in step.rests_on:
                        _note(policy, name, day, rests_on)
    worth = _between(min(amounts), max(amounts), unit, tuple(rests_on.values()))
    return replace(worth, assumed=assumed)


def _note(policy: Policy, name: str, day: date, found: dict[str, RestsOn]) -> None:
    if name in policy.parameters and name not in found:
        for one in _rests_on(policy.parameters[name], policy.value_on(name, day)):
            found[name] = one


def _asked(policy: Policy, rules: Iterable[Rule]) -> list[str]:
    """The inputs that the rules read, themselves or to choose within a family of parameters."""
    names = []
    for rule in rules:
        for argument in rule.signature.arguments:
            family = policy.families.get(argument)
            name = family.index if family is not None else argument
            if name in policy.inputs and name != KIND:
                names.append(name)
    return list(dict.fromkeys(names))


_Choices = dict[str, tuple[Fact, ...]]


def _choices(
    policy: Policy, entitlement: Entitlement, rules: Sequence[Rule], facts: Mapping[str, Fact]
) -> tuple[_Choices, tuple[tuple[str, Fact], ...], tuple[str, ...]]:
    """The values to try for each input of the rules; those assumed; those without an end."""
    choices: _Choices = {}
    assumed: list[tuple[str, Fact]] = []
    needs = []
    for name in _asked(policy, rules):
        conditions = [item for item in entitlement.conditions if item.fact == name]
        if name in facts and all(item.holds(facts[name]) for item in conditions):
            choices[name] = (facts[name],)
            continue
        declared = policy.inputs[name]
        guess = declared.if_unknown.value if declared.if_unknown is not None else None
        options = _options(declared)
        if not options and name not in facts and guess is not None:
            options = (guess,)
            assumed.append((name, guess))
        fitting = tuple(one for one in options if all(item.holds(one) for item in conditions))
        if fitting:
            choices[name] = fitting
        else:
            needs.append(name)
    return choices, tuple(assumed), tuple(needs)


def _options(declared: Input) -> tuple[Fact, ...]:
    if declared.unit is Unit.FLAG:
        return (False, True)
    return tuple(declared.options)


def _others(policy: Policy, kind: str, rules: Sequence[Rule], day: date) -> dict[str, Fact]:
    """Any value for the inputs that only other rules of the kind read: the amount ignores them."""
    graph = policy.era_on(day).graph
    wanted = _asked(policy, graph.for_kind(kind))
    needed = set(_asked(policy, rules))
    return {
        name: next(iter(_options(policy.inputs[name])), 0) for name in wanted if name not in needed
    }


def _ranged(policy: Policy, rules: Sequence[Rule], day: date) -> list[str]:
    """The parameters behind the rules whose value is only known within a range."""
    names = {
        member
        for rule in rules
        for argument in rule.signature.arguments
        for member in policy.members(argument)
    }
    values = policy.era_on(day).values
    return sorted(name for name in names if name in values and values[name].low is not None)


def _variants(policy: Policy, ranged: Sequence[str], day: date) -> Iterator[Policy]:
    """The pack as it is, and with every combination of the ends of its unsure values."""
    yield policy
    if not ranged:
        return
    for ends in product((False, True), repeat=len(ranged)):
        moved = {
            name: _moved(policy.parameters[name], day, high=high)
            for name, high in zip(ranged, ends, strict=True)
        }
        yield policy.with_parameters(moved, "range")


def _moved(parameter: Parameter, day: date, *, high: bool) -> Parameter:
    value = parameter.on(day)
    end = value.high if high else value.low
    only = Value(value.valid_from, value.valid_to, end, value.status, value.clauses)
    return Parameter(
        parameter.name, parameter.zh, parameter.en, parameter.unit, (only,), parameter.clauses
    )
