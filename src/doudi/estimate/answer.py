"""The answer to one bill: guaranteed, estimated, from the least to the most, and on what it rests.

Everything that semantics.md §6 asks of an answer is computed here; rendering is elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from doudi.estimate.corners import Narrowing, narrows_most, unknown_that_matter
from doudi.estimate.settler import Case, Settler
from doudi.estimate.spread import spread
from doudi.estimate.unknowns import Question, ask, unsure_parameters
from doudi.rules.explain import Explanation, explain, plain
from doudi.rules.facts import Fact
from doudi.rules.graph import TO_DATE
from doudi.rules.policy import Policy

SCHEMA = "doudi-estimate-1"

INTERPRETATION = "interpretation"


@dataclass(frozen=True)
class Rest:
    """Something unconfirmed that moved this answer: ``status`` is a Status or interpretation."""

    name: str
    status: str
    zh: str
    en: str


@dataclass(frozen=True)
class Answer:
    """What a person can count on for one claim; amounts in fen.

    ``guaranteed`` is None for a policy that guarantees nothing.
    """

    question: Question
    explanation: Explanation
    guaranteed: int | None
    ranges: Mapping[str, tuple[int, int]]
    unknown: tuple[str, ...]
    rests_on: tuple[Rest, ...]
    narrows_most: Narrowing | None

    @property
    def policy(self) -> Policy:
        """The policy that gave the answer."""
        return self.question.policy

    @property
    def outputs(self) -> dict[str, int]:
        """The estimated amounts by output name, in fen."""
        return self.explanation.outputs

    @property
    def assumed(self) -> dict[str, Fact]:
        """The facts that the estimate took because nobody gave them."""
        given = self.question.given
        return {name: fact for name, fact in self.question.facts.items() if name not in given}

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data for JSON; ``schema`` names its shape, money is in fen."""
        outputs = self.outputs
        return {
            "schema": SCHEMA,
            "policy": {"name": self.policy.name, "version": self.policy.version},
            "date": self.question.day.isoformat(),
            "kind": self.question.kind,
            "given": dict(self.question.given),
            "assumed": self.assumed,
            "opening": dict(self.question.opening),
            "bill_fen": self.question.facts["bill"],
            "payers": {
                name.removesuffix("_pay"): amount
                for name, amount in outputs.items()
                if name != "own_pay"
            },
            "own_fen": outputs["own_pay"],
            "guaranteed_own_fen": self.guaranteed,
            "range": {
                f"{name.removesuffix('_pay')}_fen": list(bounds)
                for name, bounds in self.ranges.items()
            },
            "unknown": list(self.unknown),
            "narrows_most": self._narrowing(),
            "rests_on": [
                {"name": rest.name, "status": rest.status, "zh": rest.zh, "en": rest.en}
                for rest in self.rests_on
            ],
            "lines": [line.to_dict() for line in payer_lines(self.explanation)],
            "steps": self.explanation.to_dict()["steps"],
            "readings": {name: self.policy.reading(name) for name in self.policy.interpretations},
        }

    def _narrowing(self) -> dict[str, Any] | None:
        most = self.narrows_most
        if most is None:
            return None
        return {
            "name": most.name,
            "is": "input" if most.of_input else "parameter",
            "zh": most.zh,
            "en": most.en,
            "own_width_fen": most.width,
            "own_width_left_fen": most.left,
        }


@dataclass(frozen=True)
class PayerLine:
    """How one payer's amount came about, in the words of a settlement slip; amounts in fen."""

    payer: str
    rule: str
    zh: str
    en: str
    base: int | None
    deductible: int | None
    rate: Any
    cap_before: int | None
    cap_after: int | None
    pays: int
    clauses: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The line as plain data; rates in basis points or as a list of bands."""
        return {
            "payer": self.payer,
            "rule": self.rule,
            "zh": self.zh,
            "en": self.en,
            "base_fen": self.base,
            "deductible_fen": self.deductible,
            "rate": plain(self.rate),
            "cap_left_before_fen": self.cap_before,
            "cap_left_after_fen": self.cap_after,
            "pays_fen": self.pays,
            "clauses": list(self.clauses),
        }


def answer(
    policy: Policy,
    facts: Mapping[str, Any],
    day: date,
    opening: Mapping[str, int] | None = None,
) -> Answer:
    """Estimate one claim.

    ``facts`` are the pack's inputs as far as they are known (money in fen, ``kind`` required),
    ``opening`` the running totals of the person's year. Errors: BadInput, NoVersionInForce.
    """
    question = ask(policy, facts, day, opening or {})
    explanation = explain(policy, question.facts, day, question.opening)
    settler = Settler(question)
    tried = spread(question)
    return Answer(
        question,
        explanation,
        guaranteed_own(question),
        tried.ranges,
        unknown_that_matter(question, tried),
        _rests_on(question, settler, explanation),
        narrows_most(question, tried),
    )


def payer_lines(explanation: Explanation) -> list[PayerLine]:
    """The payments of a claim in order, each with what makes it readable."""
    known: dict[str, Any] = {}
    for step in explanation.steps:
        known |= step.inputs
        known[step.rule.name] = step.result
    lines = []
    for step in explanation.steps:
        shows = step.rule.card.shows
        if shows is None:
            continue
        before = known.get(shows.cap_left) if shows.cap_left else None
        lines.append(
            PayerLine(
                shows.payer,
                step.rule.name,
                step.rule.card.zh,
                step.rule.card.en,
                known.get(shows.base) if shows.base else None,
                known.get(shows.deductible) if shows.deductible else None,
                known.get(shows.rate) if shows.rate else None,
                before,
                None if before is None else max(0, before - step.result),
                step.result,
                step.rule.card.clauses,
            )
        )
    return lines


def guaranteed_own(question: Question) -> int | None:
    """The most the person can owe, for every value of the unsure parameters and unknown inputs.

    The guarantees of a pack read confirmed values only (the loader sees to it), so no unsure
    value can move them. An unknown input with options is tried with each; an unknown amount at
    both ends of what is possible at all, not only of its usual range, since a guarantee is
    monotone in every amount (a test holds every pack to that).
    """
    policy = question.policy
    guarantees = [item for item in policy.guarantees if item.runs_for(question.kind)]
    if not guarantees:
        return None
    most = 0
    for facts in _extreme_facts(question):
        known = known_values(explain(policy, facts, question.day, question.opening))
        limits = [
            item.function(**{name: known[name] for name in item.signature.arguments})
            for item in guarantees
        ]
        most = max(most, min(limits))
    return most


def _extreme_facts(question: Question) -> list[dict[str, Fact]]:
    choices = [
        axis.options or (0, question.facts[question.policy.inputs[axis.name].at_most or axis.name])
        for axis in question.unknown
    ]
    names = [axis.name for axis in question.unknown]
    return [
        {**question.facts, **dict(zip(names, picked, strict=True))} for picked in product(*choices)
    ]


def known_values(explanation: Explanation) -> dict[str, Any]:
    """Every name a rule could have asked for in this case, with its value."""
    policy = explanation.policy
    era = policy.era_on(explanation.day)
    known: dict[str, Any] = {name: value.value for name, value in era.values.items()}
    known |= dict(explanation.facts)
    known |= {name: policy.reading(name) for name in policy.interpretations}
    known |= {name + TO_DATE: total for name, total in explanation.opening.items()}
    known |= dict(explanation.results)
    return known


def _rests_on(question: Question, settler: Settler, explanation: Explanation) -> tuple[Rest, ...]:
    """What is unconfirmed and moves an amount when it alone moves within its range."""
    usual = tuple(explanation.outputs.values())
    return (
        *_parameters_that_move(question, settler, usual),
        *_guessed_inputs(question, settler, usual),
        *_readings_that_move(question, usual),
    )


def _parameters_that_move(
    question: Question, settler: Settler, usual: tuple[int, ...]
) -> list[Rest]:
    found = []
    for axis in unsure_parameters(question, settler.fused, question.facts):
        ends = [Case(question.facts, {axis.name: end}) for end in (axis.low, axis.high)]
        moved = zip(*settler.settle(ends).values(), strict=True)
        if any(amounts != usual for amounts in moved):
            found.append(_rest(question, axis.name))
    return found


def _guessed_inputs(question: Question, settler: Settler, usual: tuple[int, ...]) -> list[Rest]:
    """The shares by which an amount was guessed that nobody gave, where it makes a difference."""
    found = []
    for axis in question.unknown:
        guess = question.policy.inputs[axis.name].if_unknown
        if guess is None or guess.share is None:
            continue
        ends = [Case(question.facts, {axis.name: end}) for end in (axis.low, axis.high)]
        moved = zip(*settler.settle(ends).values(), strict=True)
        if any(amounts != usual for amounts in moved):
            found.append(_rest(question, guess.share))
    return found


def _rest(question: Question, name: str) -> Rest:
    parameter = question.policy.parameters[name]
    value = parameter.on(question.day)
    return Rest(name, value.status.value, parameter.zh, parameter.en)


def _readings_that_move(question: Question, usual: tuple[int, ...]) -> list[Rest]:
    policy = question.policy
    return [
        Rest(name, INTERPRETATION, item.zh, item.en)
        for name, item in policy.interpretations.items()
        if any(
            _under(question, name, reading) != usual
            for reading in item.readings
            if reading != policy.reading(name)
        )
    ]


def _under(question: Question, name: str, reading: str) -> tuple[int, ...]:
    policy = question.policy.with_readings({name: reading})
    settled = explain(policy, question.facts, question.day, question.opening)
    return tuple(settled.outputs.values())
