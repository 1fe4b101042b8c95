"""A counterexample as plain numbers, put through the ordinary rules: only then is it one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from doudi.rules.amounts import Schedule
from doudi.rules.errors import BadInput
from doudi.rules.explain import Explanation, cases_of, explain, holds, known_in, plain
from doudi.rules.graph import TO_DATE
from doudi.rules.parameters import Status
from doudi.rules.parameters import Value as Stated
from doudi.rules.policy import KIND, Policy
from doudi.rules.prove.question import Question
from doudi.rules.prove.solve import value_in
from doudi.rules.prove.statements import OWN, Sort, Statement
from doudi.rules.prove.values import Chosen, Value


@dataclass(frozen=True)
class Example:
    """One claim after its history, in plain numbers; money in fen.

    ``values`` are the parameters that differ from the pack's; ``earlier`` are the claims of the
    year that go before; ``parts`` are the free amounts of a comparison. ``size`` is the bill, and
    ``smallest`` says that the solver showed no smaller one to do, with these values, readings and
    earlier claims.
    """

    day: date
    readings: Mapping[str, str]
    values: Mapping[str, Any]
    earlier: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any]
    parts: Mapping[str, int]
    size: int
    smallest: bool = False

    def policy(self, pack: Policy) -> Policy:
        """The pack under the readings and with the values of the example."""
        return _with_values(pack.with_readings(self.readings), self.values)

    def working(self, pack: Policy) -> Explanation:
        """The claim as the ordinary rules settle it after its history; BadInput if they do not."""
        policy = self.policy(pack)
        return _in_turn(policy, self.day, [*self.earlier, self.facts], {})[-1]

    def others(self, pack: Policy, statement: Statement) -> dict[str, list[Explanation]]:
        """By variant of a comparison, the working of the claims that are compared."""
        last = self.working(pack)
        found = {}
        for variant in statement.rule.card.variants:
            cases = cases_of(variant, pack.inputs, last.facts, self.parts) or []
            found[variant.name] = _in_turn(last.policy, self.day, cases, last.opening)
        return found

    def under(self, policy: Policy) -> Example:
        """The same example under the readings of ``policy``."""
        return replace(self, readings=_readings(policy), smallest=False)

    def is_within_ranges(self, pack: Policy) -> bool:
        """Whether every changed value lies in the range that the pack gives for it."""
        return all(
            _is_within(pack.value_on(name, self.day), value) for name, value in self.values.items()
        )

    def to_dict(self, pack: Policy, statement: Statement) -> dict[str, Any]:
        """The example as plain data; money is in fen."""
        last = self.working(pack)
        return {
            "readings": dict(self.readings),
            "values": {name: plain(value) for name, value in self.values.items()},
            "earlier": [dict(facts) for facts in self.earlier],
            "opening_fen": dict(last.opening),
            "date": self.day.isoformat(),
            "claim": dict(self.facts),
            "parts_fen": dict(self.parts),
            "gives_fen": last.outputs,
            "others": {
                name: [{"claim": dict(one.facts), "gives_fen": one.outputs} for one in listed]
                for name, listed in self.others(pack, statement).items()
            },
            "bill_fen": self.size,
            "smallest": self.smallest,
        }


def example_of(question: Question, model: Any, size: int, *, smallest: bool) -> Example:
    """The example that a model stands for; whether it is one, only `breaks` can tell."""
    world = question.setting.world
    kind = {KIND: question.kind}
    return Example(
        world.era.valid_from,
        _readings(world.policy),
        {name: value_in(model, value) for name, value in question.setting.unknown.items()},
        [kind | _plain_facts(model, facts) for facts in question.earlier],
        kind | _plain_facts(model, question.facts),
        {name: value_in(model, part) for name, part in question.parts.items()},
        size,
        smallest,
    )


def breaks(example: Example, pack: Policy, statement: Statement) -> bool:
    """Whether the claim, as the ordinary rules settle it, breaks the statement."""
    try:
        last = example.working(pack)
        return _is_broken(statement, last, example.parts)
    except BadInput:
        return False


def _is_broken(statement: Statement, last: Explanation, parts: Mapping[str, int]) -> bool:
    rule = statement.rule
    known = known_in(last)
    if statement.sort is Sort.YEAR:
        known |= {name + TO_DATE: 0 for name in statement.totals}
        known |= {name: last.closing[name] for name in statement.totals}
    if statement.sort is Sort.GUARANTEE:
        given = {name: known[name] for name in rule.signature.arguments}
        return bool(last.results[OWN] > rule.function(**given))
    return not holds(rule, known, last, parts)


def _in_turn(
    policy: Policy, day: date, cases: Sequence[Mapping[str, Any]], opening: Mapping[str, int]
) -> list[Explanation]:
    """The cases explained one after the other."""
    found = []
    for facts in cases:
        found.append(explain(policy, facts, day, opening))
        opening = found[-1].closing
    return found


def _readings(policy: Policy) -> dict[str, str]:
    return {name: policy.reading(name) for name in policy.interpretations}


def _plain_facts(model: Any, facts: Mapping[str, Value]) -> dict[str, Any]:
    found = {}
    for name, value in facts.items():
        if isinstance(value, Chosen):
            found[name] = value.options[value_in(model, value.place)]
        else:
            found[name] = value_in(model, value)
    return found


def _with_values(policy: Policy, values: Mapping[str, Any]) -> Policy:
    if not values:
        return policy
    changed = {}
    for name, value in values.items():
        parameter = policy.parameters[name]
        dated = tuple(_changed(old, value) for old in parameter.values)
        changed[name] = replace(parameter, values=dated)
    return policy.with_parameters(changed, repr(sorted(values.items(), key=str)))


def _changed(old: Stated, value: Any) -> Stated:
    status = Status.ASSUMPTION if old.value is None else old.status
    return replace(old, value=value, status=status)


def _is_within(stated: Stated, value: Any) -> bool:
    if isinstance(value, Schedule):
        return value in (stated.low, stated.high)
    low, high = stated.low, stated.high
    return isinstance(low, int) and isinstance(high, int) and bool(low <= value <= high)
