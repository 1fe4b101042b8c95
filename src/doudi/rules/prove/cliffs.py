"""Cliffs: the most that a small change of a case can cost the person.

For each comparison of a pack - a fen more of bill, registration lost - the largest difference is
looked for. First a bound of a few fen is tried, for any claim, history and values. Where there is
none, the largest difference is found for a claim that is the first of the year, with the values of
today and a bill of at most so much: it grows with the bill, so that only a bounded one says
something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from doudi.rules.policy import Era, Policy
from doudi.rules.prove.question import Question, ask_of, difference
from doudi.rules.prove.replay import Example, example_of
from doudi.rules.prove.scope import Scope, by_laws, exact
from doudi.rules.prove.solve import Extreme, find_largest, is_impossible, value_in
from doudi.rules.prove.statements import Sort, Statement, readings_for

LARGEST_BILL = 1_000_000
"""Up to which bill a cliff is looked for unless another is given: 10,000 yuan, in fen."""

_FEW = (0, 1, 2, 3)


@dataclass(frozen=True)
class Cliff:
    """By how much result ``name`` can be larger in the other case, in fen.

    ``everywhere``: so much at most for any claim, history and values of the unsure parameters,
    under every reading. Otherwise ``bill`` is the largest bill that was looked at, ``example`` a
    claim where the difference is reached, and ``certain`` whether no larger one exists there.
    """

    comparison: str
    variant: str
    name: str
    most: int
    everywhere: bool
    certain: bool
    bill: int
    example: Example | None

    def to_dict(self, pack: Policy, statement: Statement) -> dict[str, Any]:
        """The cliff as plain data; money is in fen."""
        example = self.example
        return {
            "comparison": self.comparison,
            "variant": self.variant,
            "result": self.name,
            "most_fen": self.most,
            "everywhere": self.everywhere,
            "certain": self.certain,
            "largest_bill_fen": None if self.everywhere else self.bill,
            "example": None if example is None else example.to_dict(pack, statement),
        }


def cliffs_of(policy: Policy, statement: Statement, bill: int = LARGEST_BILL) -> Iterator[Cliff]:
    """The cliffs of one comparison; those into several claims have none."""
    if statement.sort is not Sort.COMPARISON or statement.rule.card.variants[0].free:
        return
    variant = statement.rule.card.variants[0].name
    arguments = statement.rule.signature.arguments
    for name in arguments:
        if f"{name}_if_{variant}" in arguments:
            yield _cliff(policy, statement, variant, name, bill)


def _cliff(policy: Policy, statement: Statement, variant: str, name: str, bill: int) -> Cliff:
    largest = _largest(policy, statement, name, bill)
    reached = 0 if largest is None else largest[0].size
    example = None if largest is None else largest[1]
    for most in (few for few in _FEW if few >= reached):
        if all(_is_bounded(way, statement, name, most) for way in _ways(policy, statement)):
            return Cliff(statement.name, variant, name, most, True, most == reached, bill, example)
    certain = largest is not None and largest[0].certain
    return Cliff(statement.name, variant, name, reached, False, certain, bill, example)


def _ways(policy: Policy, statement: Statement) -> Iterator[tuple[Policy, Era, str]]:
    for era in policy.eras:
        for kind in statement.kinds(policy, era):
            for chosen in readings_for(policy, era, kind, statement):
                yield chosen, era, kind


def _is_bounded(way: tuple[Policy, Era, str], statement: Statement, name: str, most: int) -> bool:
    policy, era, kind = way
    setting = by_laws(policy, era, Scope.ANY, keep_known=False)
    question = ask_of(statement, setting, kind)
    return is_impossible([*_possible(question), difference(question, name) > most], thorough=False)


def _largest(
    policy: Policy, statement: Statement, name: str, bill: int
) -> tuple[Extreme, Example] | None:
    """The largest difference of all kinds, on the last day on which the pack is in force."""
    era = policy.eras[-1]
    best: tuple[Extreme, Example] | None = None
    for kind in statement.kinds(policy, era):
        question = ask_of(statement, exact(policy, era), kind, 0)
        gap = difference(question, name)
        more = 0 if best is None else best[0].size + 1
        limits = [question.size <= bill, gap >= more]
        found = find_largest([*_possible(question), *limits], gap, bill)
        if found is not None:
            example = example_of(question, found.model, found.size, smallest=False)
            if _reaches(example, policy, statement, name, found.size):
                best = (found, replace(example, size=value_in(found.model, question.size)))
    return best


def _reaches(example: Example, policy: Policy, statement: Statement, name: str, size: int) -> bool:
    """Whether the ordinary rules find the same difference."""
    other = next(iter(example.others(policy, statement).values()))
    changed = sum(one.results[name] for one in other)
    return bool(changed - example.working(policy).results[name] == size)


def _possible(question: Question) -> list[Any]:
    """The conditions of a question, without that the statement is broken."""
    facts_of_words = question.setting.world.words.facts
    return [*question.setting.conditions, *facts_of_words, *question.right]
