"""A policy pack: its rules, values, readings and clauses, and what is in force on a day."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from doudi.rules.clauses import ClauseBook
from doudi.rules.duties import Duty
from doudi.rules.entitlements import Entitlement
from doudi.rules.errors import BadInput, NoVersionInForce, OverlappingRules
from doudi.rules.facts import Fact, Input
from doudi.rules.graph import TO_DATE, Graph, Names, Rule, build_graph
from doudi.rules.parameters import Parameter, Value
from doudi.rules.targets import Target
from doudi.rules.units import Unit

if TYPE_CHECKING:
    from doudi.rules.explain import Explanation
    from doudi.rules.prove import Report

KIND = "kind"

Table = TypeVar("Table")

LANGUAGE = 1
"""Goes up when the meaning of a word of the rule language changes."""


@dataclass(frozen=True)
class Interpretation:
    """A doubt in the source and the readings of it that can be chosen."""

    name: str
    zh: str
    en: str
    clauses: tuple[str, ...]
    default: str
    readings: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Family:
    """Parameters of one base name that an input chooses between: ``basic_deductible[3]``."""

    name: str
    index: str
    members: Mapping[Fact, str]


@dataclass(frozen=True)
class Era:
    """A span of days in which neither rules nor values change."""

    number: int
    valid_from: date
    valid_to: date
    graph: Graph
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Policy:
    """A loaded pack. Immutable: other values or readings make another policy."""

    name: str
    zh: str
    en: str
    folder: Path
    clauses: ClauseBook
    valid_from: date
    valid_to: date
    inputs: Mapping[str, Input]
    outputs: tuple[str, ...]
    interpretations: Mapping[str, Interpretation]
    parameters: Mapping[str, Parameter]
    families: Mapping[str, Family]
    all_rules: tuple[Rule, ...]
    promises: tuple[Rule, ...]
    guarantees: tuple[Rule, ...]
    findings: tuple[Rule, ...]
    source_hash: str
    readings: Mapping[str, str] = field(default_factory=dict)
    adoption: str = ""
    own_so_far: str | None = None
    targets: tuple[Target, ...] = ()
    duties: tuple[Duty, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()

    @property
    def version(self) -> str:
        """Twelve characters that change with any rule, value, reading or adoption."""
        chosen = sorted((name, self.reading(name)) for name in self.interpretations)
        text = repr((LANGUAGE, self.source_hash, self.adoption, chosen))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def reading(self, name: str) -> str:
        """The reading of interpretation ``name`` that this policy uses."""
        return self.readings.get(name, self.interpretations[name].default)

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What others worked out from the policy once and keep with it, by names of theirs."""
        return {}

    @cached_property
    def kinds(self) -> Mapping[Fact, tuple[str, str]]:
        """The kinds of case, with their Chinese and English names."""
        return self.inputs[KIND].options

    @cached_property
    def claim_inputs(self) -> tuple[Input, ...]:
        """The inputs that describe a claim, apart from its kind."""
        return tuple(
            item for item in self.inputs.values() if item.of == "claim" and item.name != KIND
        )

    @cached_property
    def names(self) -> Names:
        """Every name a rule can ask for that is not a rule."""
        units: dict[str, Unit] = {name: item.unit for name, item in self.inputs.items()}
        units |= {
            name: Unit(parameter.unit)
            for name, parameter in self.parameters.items()
            if parameter.unit in _USABLE
        }
        units |= {
            family: Unit(self.parameters[next(iter(item.members.values()))].unit)
            for family, item in self.families.items()
        }
        units |= dict.fromkeys(self.interpretations, Unit.CHOICE)
        options = {
            name: tuple(str(option) for option in item.options)
            for name, item in self.inputs.items()
            if item.options
        }
        options |= {name: tuple(item.readings) for name, item in self.interpretations.items()}
        return Names(units, options)

    @cached_property
    def eras(self) -> tuple[Era, ...]:
        """The spans of the pack's validity in which nothing changes, oldest first."""
        read = self.read_parameters
        cuts = {self.valid_from, self.valid_to + timedelta(days=1)}
        for name in read:
            for value in self.parameters[name].values:
                cuts |= {value.valid_from, value.valid_to + timedelta(days=1)}
        for rule in self.all_rules:
            if rule.card.valid_from:
                cuts.add(rule.card.valid_from)
            if rule.card.valid_to:
                cuts.add(rule.card.valid_to + timedelta(days=1))
        last = self.valid_to + timedelta(days=1)
        days = sorted(day for day in cuts if self.valid_from <= day <= last)
        graphs: dict[tuple[int, ...], Graph] = {}
        eras: list[Era] = []
        for start, following in pairwise(days):
            rules = self._rules_on(start)
            key = tuple(id(rule) for rule in rules)
            if key not in graphs:
                graphs[key] = build_graph(self.names, rules)
            values = {
                name: value
                for name in read
                for value in self.parameters[name].values
                if value.in_force(start)
            }
            end = following - timedelta(days=1)
            eras.append(Era(len(eras), start, end, graphs[key], values))
        return tuple(eras)

    @cached_property
    def summed(self) -> tuple[str, ...]:
        """The rules with a running total of the year, under any of the pack's versions.

        A promise or guarantee that asks for a total has it kept, like a rule.
        """
        rules = {rule.name for rule in self.all_rules}
        stated = {
            name
            for statement in (*self.promises, *self.guarantees)
            for name in to_date_names(statement.signature.arguments)
            if name in rules and name + TO_DATE not in self.names.units
        }
        return tuple(sorted(stated.union(*(era.graph.summed for era in self.eras))))

    @cached_property
    def read_parameters(self) -> tuple[str, ...]:
        """The parameters that some rule, promise or guarantee asks for."""
        asked = {
            argument
            for rule in (*self.all_rules, *self.promises, *self.guarantees)
            for argument in rule.signature.arguments
        }
        members = {
            member
            for family in self.families.values()
            if family.name in asked
            for member in family.members.values()
        }
        return tuple(sorted(members | (asked & set(self.parameters))))

    def _rules_on(self, day: date) -> tuple[Rule, ...]:
        found: dict[str, Rule] = {}
        for rule in self.all_rules:
            card = rule.card
            if (card.valid_from and day < card.valid_from) or (
                card.valid_to and day > card.valid_to
            ):
                continue
            if card.name in found:
                raise OverlappingRules(f"{self.name}: two rules {card.name!r} in force on {day}")
            found[card.name] = rule
        return tuple(found.values())

    def era_on(self, day: date) -> Era:
        """What is in force on ``day``; NoVersionInForce outside the pack's validity."""
        for era in self.eras:
            if era.valid_from <= day <= era.valid_to:
                return era
        raise NoVersionInForce(
            f"{self.name}: no version in force on {day} "
            f"(in force from {self.valid_from} to {self.valid_to})"
        )

    def value_on(self, name: str, day: date) -> Value:
        """The value of any parameter on ``day``, also outside the pack's own validity."""
        return self.parameters[name].on(day)

    def with_readings(self, readings: Mapping[str, str]) -> Policy:
        """The same pack under other readings; BadInput for one that does not exist."""
        for name, chosen in readings.items():
            if name not in self.interpretations:
                zh, en = "、".join(self.interpretations), ", ".join(self.interpretations)
                raise BadInput(name, chosen, f"没有这项解释；可选：{zh}", f"known: {en}")
            options = self.interpretations[name].readings
            if chosen not in options:
                allowed = ", ".join(options)
                raise BadInput(name, chosen, f"只能是 {allowed}", f"must be one of {allowed}")
        changed = replace(self, readings={**self.readings, **readings})
        # A reading enters a rule as an argument: which rules and values are in force stays.
        changed.__dict__["eras"] = self.eras
        return changed

    def with_parameters(self, parameters: Mapping[str, Parameter], label: str) -> Policy:
        """The same pack with some parameters replaced; ``label`` enters the version."""
        return replace(
            self,
            parameters={**self.parameters, **parameters},
            adoption=f"{self.adoption}{label}",
        )

    def explain(
        self, claim: Mapping[str, Any], opening: Mapping[str, int] | None = None
    ) -> Explanation:
        """One claim with every step. ``claim`` has ``date`` and the inputs (money in fen)."""
        from doudi.rules.explain import explain  # noqa: PLC0415 - explain imports this module

        facts = dict(claim)
        day = facts.pop("date")
        facts.pop("person", None)
        return explain(self, facts, day, opening)

    def settle(
        self, claim: Mapping[str, Any], opening: Mapping[str, int] | None = None
    ) -> dict[str, int]:
        """The amounts of one claim in fen, by output name; see `explain` for ``claim``."""
        return self.explain(claim, opening).outputs

    def simulate(self, table: Table) -> Table:
        """A table of claims with their amounts in fen; see `doudi.population.tables.simulate`."""
        # By name: rules know nothing of what is built upon them, they only hand over.
        settled: Table = importlib.import_module("doudi.population").simulate(table, self)
        return settled

    def prove(self, *names: str) -> Report:
        """Decide all promises and guarantees, or those called ``names`` (see `rules.prove`).

        Readings that were chosen stay; of the others all are tried. Errors: BadInput for an
        unknown name, UnreadableRule.
        """
        from doudi.rules.prove import prove  # noqa: PLC0415 - the solver is loaded when needed

        return prove(self, names)

    def members(self, argument: str) -> tuple[str, ...]:
        """The parameters behind an argument: one, or all of a family; () for anything else."""
        if argument in self.families:
            return tuple(self.families[argument].members.values())
        return (argument,) if argument in self.parameters else ()

    def member_for(self, argument: str, facts: Mapping[str, Fact]) -> str | None:
        """The parameter that ``argument`` means for these facts, or None if it is none."""
        family = self.families.get(argument)
        if family is not None:
            return family.members[facts[family.index]]
        return argument if argument in self.parameters else None


_USABLE = {Unit.FEN.value, Unit.RATE.value, Unit.COUNT.value, Unit.SCHEDULE.value}


def to_date_names(arguments: Iterable[str]) -> tuple[str, ...]:
    """The rules whose running totals are among ``arguments``."""
    return tuple(
        argument.removesuffix(TO_DATE) for argument in arguments if argument.endswith(TO_DATE)
    )
