"""One claim settled on terms: what explaining does with numbers, done with unknowns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import z3

from doudi.rules.amounts import LARGEST_AMOUNT, LARGEST_YEAR
from doudi.rules.facts import Input
from doudi.rules.graph import TO_DATE, Rule
from doudi.rules.policy import KIND, Era, Policy, to_date_names
from doudi.rules.prove.arithmetic import Exact
from doudi.rules.prove.terms import term_of
from doudi.rules.prove.values import Chosen, Value, both, choose, is_known
from doudi.rules.units import Unit


@dataclass(frozen=True)
class World:
    """What all claims of a proof share: the rules in force, the values, and the words."""

    policy: Policy
    era: Era
    values: Mapping[str, Value]
    words: Exact

    def value(self, name: str, facts: Mapping[str, Value]) -> Value:
        """The parameter that ``name`` means for ``facts``; of a family by its input."""
        family = self.policy.families.get(name)
        if family is None:
            return self.values[name]
        index = facts[family.index]
        if is_known(index):
            return self.values[family.members[index]]
        members = list(family.members.items())
        found = self.values[members[-1][1]]
        for option, member in members[-2::-1]:
            found = choose(is_option(index, option), self.values[member], found)
        return found


@dataclass(frozen=True)
class Settled:
    """One claim: its facts, the totals before it, and the result of every rule that was asked."""

    kind: str
    facts: Mapping[str, Value]
    opening: Mapping[str, Value]
    results: Mapping[str, Value]

    @property
    def closing(self) -> dict[str, Value]:
        """The running totals after the claim."""
        return {name: total + self.results[name] for name, total in self.opening.items()}


def is_option(index: Value, option: Any) -> Any:
    """Whether an unknown level or choice is ``option``."""
    if isinstance(index, Chosen):
        return index.place == index.options.index(option)
    return index == option


def rules_for(era: Era, kind: str, wanted: Iterable[str], summed: Iterable[str]) -> list[Rule]:
    """The rules of a claim on which ``wanted`` or a running total of ``summed`` rests."""
    return list(era.graph.needed_for(kind, (*wanted, *summed)))


def inputs_of(policy: Policy, rules: Iterable[Rule]) -> list[Input]:
    """The inputs that the rules read, in the order of the pack."""
    asked = {argument for rule in rules for argument in rule.signature.arguments}
    asked |= {family.index for name, family in policy.families.items() if name in asked}
    for name in list(asked):
        item = policy.inputs.get(name)
        if item is not None and item.at_most is not None:
            asked.add(item.at_most)
    return [item for name, item in policy.inputs.items() if name in asked and name != KIND]


def unknown_facts(inputs: Iterable[Input], mark: str = "") -> dict[str, Value]:
    """An unknown for each input; ``mark`` tells the claims of one proof apart."""
    found: dict[str, Value] = {}
    for item in inputs:
        name = f"{item.name}{mark}"
        if item.unit is Unit.FLAG:
            found[item.name] = z3.Bool(name)
        elif item.unit is Unit.CHOICE:
            found[item.name] = Chosen(z3.Int(name), tuple(str(one) for one in item.options))
        else:
            found[item.name] = z3.Int(name)
    return found


def right_facts(inputs: Iterable[Input], facts: Mapping[str, Value]) -> list[Any]:
    """What must hold of facts for them to be accepted: their bounds, and ``at_most``."""
    found: list[Any] = []
    for item in inputs:
        value = facts[item.name]
        if item.unit is Unit.FLAG:
            continue
        if isinstance(value, Chosen):
            found += [value.place >= 0, value.place < len(value.options)]
        elif item.options:
            found.append(z3.Or([value == option for option in item.options]))
        else:
            found += [value >= 0, value <= LARGEST_AMOUNT]
        if item.at_most is not None:
            found.append(value <= facts[item.at_most])
    return [fact for fact in found if fact is not True]


def unknown_totals(names: Iterable[str]) -> tuple[dict[str, Value], list[Any]]:
    """Any running totals that a year can have, and what is true of all of them."""
    totals: dict[str, Value] = {name: z3.Int(f"{name}{TO_DATE}") for name in names}
    bounds: list[Any] = []
    for total in totals.values():
        bounds += [total >= 0, total <= LARGEST_YEAR]
    return totals, bounds


def settle(
    world: World,
    rules: Iterable[Rule],
    kind: str,
    facts: Mapping[str, Value],
    opening: Mapping[str, Value],
) -> Settled:
    """Settle one claim by ``rules``, which stand each after what it needs."""
    results: dict[str, Value] = {}
    known: dict[str, Value] = {**facts, KIND: kind}
    for rule in rules:
        given = {
            name: look_up(world, known, results, opening, name) for name in rule.signature.arguments
        }
        results[rule.name] = term_of(rule, given, world.words)
    for name in opening:
        results.setdefault(name, 0)
    return Settled(kind, known, opening, results)


def look_up(
    world: World,
    facts: Mapping[str, Value],
    results: Mapping[str, Value],
    opening: Mapping[str, Value],
    name: str,
) -> Value:
    """What a rule or a statement gets for its argument ``name``."""
    policy = world.policy
    if name in facts:
        return facts[name]
    if name in results:
        return results[name]
    if name in world.era.graph.by_name:
        return 0
    if name in policy.interpretations:
        return policy.reading(name)
    if name in policy.families or name in world.values:
        return world.value(name, facts)
    return opening[name.removesuffix(TO_DATE)]


def totals_read(rules: Iterable[Rule], arguments: Iterable[str], policy: Policy) -> list[str]:
    """The running totals that rules and a statement ask for."""
    asked = {name for rule in rules for name in to_date_names(rule.signature.arguments)}
    asked |= set(to_date_names(arguments))
    return [name for name in policy.summed if name in asked]


def all_hold(flags: Iterable[Value]) -> Any:
    """All of ``flags`` as one term."""
    joined = both(list(flags))
    return z3.BoolVal(joined) if isinstance(joined, bool) else joined
