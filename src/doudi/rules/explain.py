"""One case through the rules in plain Python, keeping every step: the reference for all uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from doudi.rules.amounts import LARGEST_AMOUNT, LARGEST_YEAR, Schedule
from doudi.rules.declare import Variant
from doudi.rules.errors import BadInput, NoVersionInForce
from doudi.rules.facts import Fact, Input, read_facts
from doudi.rules.graph import TO_DATE, Rule
from doudi.rules.policy import KIND, Era, Policy
from doudi.rules.units import AMOUNTS

SCHEMA = "doudi-explanation-1"


class Step(NamedTuple):
    """One rule as it was applied: ``given`` are the values of its arguments, in their order.

    ``rests_on`` names the parameters and interpretations read.
    """

    rule: Rule
    given: tuple[Any, ...]
    result: Any
    rests_on: tuple[str, ...]

    @property
    def inputs(self) -> dict[str, Any]:
        """The values that the rule was given, by the names it asks for."""
        return dict(zip(self.rule.signature.arguments, self.given, strict=True))


@dataclass(frozen=True)
class Explanation:
    """The whole working of one case.

    ``results`` has every rule's result, ``closing`` the running totals after this case.
    """

    policy: Policy
    day: date
    facts: Mapping[str, Fact]
    opening: Mapping[str, int]
    steps: tuple[Step, ...]
    results: Mapping[str, Any]
    closing: Mapping[str, int]

    @property
    def outputs(self) -> dict[str, int]:
        """The results that the pack gives out, by name, in fen."""
        return {name: self.results[name] for name in self.policy.outputs}

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain data for JSON; ``schema`` names its shape."""
        return {
            "schema": SCHEMA,
            "policy": {"name": self.policy.name, "version": self.policy.version},
            "date": self.day.isoformat(),
            "facts": dict(self.facts),
            "opening": dict(self.opening),
            "steps": [self._step(step) for step in self.steps],
            "closing": dict(self.closing),
        }

    def _step(self, step: Step) -> dict[str, Any]:
        return {
            "rule": step.rule.name,
            "zh": step.rule.card.zh,
            "en": step.rule.card.en,
            "unit": step.rule.signature.returns.value,
            "inputs": {name: plain(value) for name, value in step.inputs.items()},
            "result": plain(step.result),
            "clauses": list(step.rule.card.clauses),
            "rests_on": [{"name": name, "status": self.status(name)} for name in step.rests_on],
        }

    def status(self, name: str) -> str:
        """The status of a parameter on that day; ``interpretation`` for a reading."""
        if name in self.policy.interpretations:
            return "interpretation"
        return self.policy.value_on(name, self.day).status.value


def plain(value: Any) -> Any:
    """A value of a rule as JSON data; a schedule becomes its list of bands."""
    if isinstance(value, Schedule):
        return [{"upper_fen": band.upper, "rate_bp": band.rate} for band in value.bands]
    return value


def explain(
    policy: Policy,
    facts: Mapping[str, Any],
    day: date,
    opening: Mapping[str, int] | None = None,
) -> Explanation:
    """Settle one case and keep every step.

    ``facts`` are the declared inputs (money in fen), ``opening`` the running totals of the
    person's year before this case (fen, 0 where absent). Errors: BadInput, NoVersionInForce.
    """
    era = policy.era_on(day)
    checked = read_facts(policy.inputs, facts)
    course = _course(policy, era, checked)
    totals = _totals(policy, {} if opening is None else opening)
    known = {**checked, **course.constants, **course.zeros}
    for name, total in totals.items():
        known[name + TO_DATE] = total
    steps = []
    for rule, name, function, read, rests_on in course.steps:
        try:
            given = read(known)
        except KeyError:
            asked = rule.signature.arguments
            given = tuple(_look_up(policy, era, known, one) for one in asked)
        known[name] = result = function(*given)
        steps.append(Step(rule, given, result, rests_on))
    results = {name: known[name] for name in era.graph.by_name}
    closing = {name: totals[name] + known.get(name, 0) for name in policy.summed}
    _check_year(closing)
    return Explanation(policy, day, checked, totals, tuple(steps), results, closing)


def kind_of(facts: Mapping[str, Fact]) -> str:
    """The kind of a case; BadInput when it is missing."""
    if KIND not in facts:
        raise BadInput(KIND, None, "缺少类别", "is missing")
    return str(facts[KIND])


def _totals(policy: Policy, opening: Mapping[str, Any]) -> dict[str, int]:
    for name, total in opening.items():
        if name not in policy.summed:
            raise BadInput(name, total, "没有这项年度累计", "has no running total")
        if isinstance(total, bool) or not isinstance(total, int) or total < 0:
            raise BadInput(name, total, "年度累计应为不小于 0 的整数（分）", "must be fen >= 0")
    totals = {name: opening.get(name, 0) for name in policy.summed}
    _check_year(totals)
    return totals


def _check_year(totals: Mapping[str, int]) -> None:
    for name, total in totals.items():
        if total > LARGEST_YEAR:
            raise BadInput(
                name, total, "年度累计超出可计算的范围", f"a year holds at most {LARGEST_YEAR}"
            )


@dataclass(frozen=True, slots=True)
class _Course:
    """What is the same for all cases of one era, kind and choice of families.

    ``constants`` are the values and readings by name, ``zeros`` the rules that do not run, and
    ``steps`` those that do, each with its name, its function, what reads its arguments and what
    it rests on.
    """

    constants: Mapping[str, Any]
    zeros: Mapping[str, int]
    steps: tuple[tuple[Rule, str, Any, Reader, tuple[str, ...]], ...]


Reader = Callable[[Mapping[str, Any]], tuple[Any, ...]]
"""Values by their names in, those of some names out."""


def _reader(names: tuple[str, ...]) -> Reader:
    if len(names) > 1:
        return itemgetter(*names)
    # Of a single name itemgetter gives the value alone.
    return lambda known: tuple(known[name] for name in names)


def _course(policy: Policy, era: Era, facts: Mapping[str, Fact]) -> _Course:
    kind = kind_of(facts)
    chosen = tuple(facts.get(family.index) for family in policy.families.values())
    key = ("course", era.number, kind, chosen)
    found: _Course | None = policy.memo.get(key)
    if found is None:
        found = _Course(
            _constants(policy, era, facts),
            {rule.name: 0 for rule in era.graph.rules if not rule.runs_for(kind)},
            tuple(
                (
                    rule,
                    rule.name,
                    rule.function,
                    _reader(tuple(rule.signature.arguments)),
                    _rests_on(policy, rule, facts),
                )
                for rule in era.graph.for_kind(kind)
            ),
        )
        policy.memo[key] = found
    return found


def _constants(policy: Policy, era: Era, facts: Mapping[str, Fact]) -> dict[str, Any]:
    known: dict[str, Any] = {
        name: value.value for name, value in era.values.items() if value.value is not None
    }
    for family in policy.families.values():
        if family.index in facts:
            member = family.members[facts[family.index]]
            if member in known:
                known[family.name] = known[member]
    for name in policy.interpretations:
        known[name] = policy.reading(name)
    return known


def _look_up(policy: Policy, era: Era, known: Mapping[str, Any], name: str) -> Any:
    if name in known:
        return known[name]
    if name in policy.parameters:
        raise NoVersionInForce(
            f"parameter {name}: no value between {era.valid_from} and {era.valid_to}"
        )
    needed = policy.families[name].index if name in policy.families else name
    item = policy.inputs[needed]
    raise BadInput(needed, None, f"缺少{item.zh}", "is missing")


def _rests_on(policy: Policy, rule: Rule, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    found = []
    for argument in rule.signature.arguments:
        if argument in policy.interpretations:
            found.append(argument)
            continue
        family = policy.families.get(argument)
        if family is not None and family.index not in facts:
            continue  # without that fact the step is never taken: looking the value up says so
        member = policy.member_for(argument, facts)
        if member is not None:
            found.append(member)
    return tuple(found)


def broken_promises(explanation: Explanation) -> list[str]:
    """The names of the claimed promises that this case breaks; empty when all hold."""
    known = known_in(explanation)
    return [
        promise.name
        for promise in explanation.policy.promises
        if promise.card.claimed
        and promise.runs_for(str(explanation.facts[KIND]))
        and is_claimed(explanation.policy, promise)
        and not holds(promise, known, explanation)
    ]


def known_in(explanation: Explanation) -> dict[str, Any]:
    """Every name that a statement about this case can ask for, with its value."""
    policy = explanation.policy
    era = policy.era_on(explanation.day)
    return {
        **explanation.facts,
        **_course(policy, era, explanation.facts).constants,
        **{name + TO_DATE: total for name, total in explanation.opening.items()},
        **explanation.results,
    }


def is_claimed(policy: Policy, promise: Rule) -> bool:
    """Whether the promise is made under the readings that the policy uses."""
    return all(policy.reading(name) in readings for name, readings in promise.card.under.items())


def holds(
    promise: Rule,
    known: Mapping[str, Any],
    explanation: Explanation,
    parts: Mapping[str, int] | None = None,
) -> bool:
    """Whether a promise holds for one explained case, comparing it with its variants if any.

    ``parts`` are the free amounts of the variants, in fen; without it they are the half.
    """
    given = {name: known[name] for name in promise.signature.arguments if name in known}
    for variant in promise.card.variants:
        cases = cases_of(variant, explanation.policy.inputs, explanation.facts, parts)
        if cases is None:
            return True
        sums = _settle_in_turn(explanation, cases)
        suffix = f"_if_{variant.name}"
        for name in promise.signature.arguments:
            if name.endswith(suffix):
                given[name] = sums[name.removesuffix(suffix)]
    return bool(promise.function(**given))


def cases_of(
    variant: Variant,
    inputs: Mapping[str, Input],
    facts: Mapping[str, Any],
    parts: Mapping[str, int] | None = None,
) -> list[Mapping[str, Any]] | None:
    """The facts of the cases that ``variant`` makes of one case; None where it does not apply."""
    if any(facts[name] != value for name, value in variant.when.items()):
        return None
    given = {name: facts[whole] // 2 for name, whole in variant.free.items()} | dict(parts or {})
    built = variant.build({**facts, **given})
    if built is None:
        return None
    cases: list[Mapping[str, Any]] = [
        {name: value for name, value in case.items() if name not in variant.free} for case in built
    ]
    return cases if all(_would_be_accepted(inputs, case) for case in cases) else None


def _would_be_accepted(inputs: Mapping[str, Input], facts: Mapping[str, Any]) -> bool:
    """Whether the amounts lie within their bounds; other faults are the author's, and raised."""
    return all(
        0 <= value <= LARGEST_AMOUNT and (item.at_most is None or value <= facts[item.at_most])
        for name, value in facts.items()
        if (item := inputs.get(name)) is not None and item.unit in AMOUNTS
    )


def _settle_in_turn(explanation: Explanation, cases: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    totals: Mapping[str, int] = explanation.opening
    sums: dict[str, int] = {}
    for facts in cases:
        settled = explain(explanation.policy, facts, explanation.day, totals)
        totals = settled.closing
        for name, result in settled.results.items():
            if isinstance(result, int):
                sums[name] = sums.get(name, 0) + result
    return sums


__all__ = [
    "SCHEMA",
    "Explanation",
    "Step",
    "broken_promises",
    "explain",
    "holds",
    "is_claimed",
    "kind_of",
    "plain",
]
