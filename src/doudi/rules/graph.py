"""Rules joined by their argument names: what needs what, in which order, and what is summed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from doudi.rules.declare import Card
from doudi.rules.errors import Cycle, NotAnAmount, UnitMismatch, UnknownArgument
from doudi.rules.language import Signature, compared_names
from doudi.rules.units import AMOUNTS, Unit

TO_DATE = "_to_date"


@dataclass(frozen=True)
class Rule:
    """A declared function with its card and its checked signature."""

    card: Card
    function: Callable[..., Any]
    signature: Signature

    @property
    def name(self) -> str:
        """The name under which other rules ask for its result."""
        return self.card.name

    def runs_for(self, kind: str) -> bool:
        """Whether it computes anything for ``kind``; otherwise its amount is 0."""
        return self.card.applies_to is None or kind in self.card.applies_to


@dataclass(frozen=True)
class Names:
    """The names that are not rules, with their units and, for choices, their options."""

    units: Mapping[str, Unit]
    options: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Graph:
    """The rules in force at one time, each after what it needs."""

    names: Names
    rules: tuple[Rule, ...]

    @cached_property
    def by_name(self) -> dict[str, Rule]:
        """Rules by name."""
        return {rule.name: rule for rule in self.rules}

    @cached_property
    def summed(self) -> tuple[str, ...]:
        """The rules whose running total of the year some rule asks for, in order of name."""
        found = {
            argument.removesuffix(TO_DATE)
            for rule in self.rules
            for argument in rule.signature.arguments
            if argument.endswith(TO_DATE) and argument not in self.names.units
        }
        return tuple(sorted(found))

    def for_kind(self, kind: str) -> tuple[Rule, ...]:
        """The rules that run for ``kind``, each after what it needs."""
        return tuple(rule for rule in self.rules if rule.runs_for(kind))

    def needed_for(self, kind: str, wanted: Iterable[str]) -> tuple[Rule, ...]:
        """The rules that run for ``kind`` and on which any of ``wanted`` rests."""
        missing = list(wanted)
        found: set[str] = set()
        while missing:
            name = missing.pop()
            rule = self.by_name.get(name)
            if rule is None or name in found or not rule.runs_for(kind):
                continue
            found.add(name)
            missing.extend(rule.signature.arguments)
        return tuple(rule for rule in self.rules if rule.name in found)


def build_graph(names: Names, rules: Iterable[Rule]) -> Graph:
    """Join ``rules`` of distinct names.

    Errors: UnknownArgument, Cycle, NotAnAmount, UnitMismatch, each naming the rule and argument.
    """
    by_name = {rule.name: rule for rule in rules}
    for rule in by_name.values():
        check_arguments(rule, names, by_name)
    order = TopologicalSorter(
        {
            name: [needed for needed in rule.signature.arguments if needed in by_name]
            for name, rule in by_name.items()
        }
    )
    try:
        ordered = tuple(order.static_order())
    except CycleError as error:
        raise Cycle("rules need each other: " + " -> ".join(error.args[1])) from None
    return Graph(names, tuple(by_name[name] for name in ordered))


def check_arguments(
    rule: Rule, names: Names, by_name: Mapping[str, Rule], variants: Iterable[str] = ()
) -> None:
    """Every argument of ``rule`` is known and of the unit it says."""
    where = f"{rule.signature.place}: {rule.name}"
    for argument, unit in rule.signature.arguments.items():
        given = _unit_of(argument, names, by_name, variants, where)
        if given is not unit:
            raise UnitMismatch(f"{where}: {argument} is {given.value}, not {unit.value}")
        source = by_name.get(argument)
        if source is not None and unit not in AMOUNTS:
            _check_runs_wherever_needed(rule, source, where)
    for argument, option, line in compared_names(rule.signature.tree):
        options = names.options.get(argument, ())
        if option not in options:
            raise UnknownArgument(
                f"{rule.signature.at(line)}: {rule.name}: {argument} has no option {option!r}; "
                f"it is one of {', '.join(options)}"
            )


def _unit_of(
    argument: str,
    names: Names,
    by_name: Mapping[str, Rule],
    variants: Iterable[str],
    where: str,
) -> Unit:
    if argument in names.units:
        return names.units[argument]
    if argument in by_name:
        return by_name[argument].signature.returns
    if argument.endswith(TO_DATE):
        summed = by_name.get(argument.removesuffix(TO_DATE))
        if summed is None:
            raise UnknownArgument(f"{where}: no rule {argument.removesuffix(TO_DATE)!r} to sum")
        if summed.signature.returns not in AMOUNTS:
            raise NotAnAmount(
                f"{where}: {summed.name} is {summed.signature.returns.value}, which has no total"
            )
        return summed.signature.returns
    for variant in variants:
        base = argument.removesuffix(f"_if_{variant}")
        if base != argument and base in by_name:
            return by_name[base].signature.returns
    raise UnknownArgument(
        f"{where}: no input, parameter, interpretation or rule is called {argument!r}"
    )


def _check_runs_wherever_needed(rule: Rule, source: Rule, where: str) -> None:
    """Only an amount is 0 where its rule does not run; a rate or a flag would be invented."""
    if source.card.applies_to is None:
        return
    kinds = rule.card.applies_to
    if kinds is None or not set(kinds) <= set(source.card.applies_to):
        raise UnknownArgument(f"{where}: {source.name} does not run for every kind that needs it")
