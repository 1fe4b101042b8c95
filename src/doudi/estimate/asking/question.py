"""One question as it is put to a person, and what counts as an answer to it.

A reply is a fact (money in fen) or None, which means 不清楚: whoever answers does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.entitlements import Words
from doudi.rules.facts import Fact, Input
from doudi.rules.units import Unit

MOST_COUNTED = 100_000
"""The largest number that a question for a number takes."""

Reply = Fact | None
Replies = Mapping[str, Reply]
"""What was answered so far, by slot. A slot that is not there was not answered."""


class Sort(Enum):
    """What an answer to a question looks like."""

    FLAG = "flag"
    CHOICE = "choice"
    YUAN = "yuan"
    COUNT = "count"


@dataclass(frozen=True)
class Option:
    """One answer to choose; ``hint`` says in a few words what it means."""

    value: Fact
    words: Words
    hint: Words | None = None


@dataclass(frozen=True)
class Wording:
    """The words of a question: ``title`` is the question, ``label`` its name in a list."""

    title: Words
    label: Words
    hint: Words | None = None
    unknown: Words | None = None


@dataclass(frozen=True)
class Question:
    """One thing to ask. ``slot`` tells it from all others of one enquiry.

    ``person`` counts the members of a household from 1; 0 for what is not about one of them.
    """

    slot: str
    name: str
    sort: Sort
    words: Wording
    options: tuple[Option, ...] = ()
    at_most: int | None = None
    person: int = 0

    def accepts(self, reply: Reply) -> bool:
        """Whether ``reply`` is an answer to this question."""
        if reply is None:
            return True
        if self.sort is Sort.FLAG:
            return isinstance(reply, bool)
        if self.sort is Sort.CHOICE:
            # In Python true equals 1, but nobody chose it.
            return any(
                reply == option.value and type(reply) is type(option.value)
                for option in self.options
            )
        return type(reply) is int and 0 <= reply <= self.most

    @property
    def most(self) -> int:
        """The largest amount (fen) or number that may be given."""
        if self.at_most is not None:
            return self.at_most
        return LARGEST_AMOUNT if self.sort is Sort.YUAN else MOST_COUNTED

    def for_person(self, number: int) -> Question:
        """The same question about one member of the household."""
        return replace(self, slot=f"{number}.{self.name}", person=number)


def sort_of(item: Input) -> Sort:
    """How a fact that a pack declares is asked for."""
    if item.unit is Unit.FLAG:
        return Sort.FLAG
    if item.options:
        return Sort.CHOICE
    return Sort.YUAN if item.unit is Unit.FEN else Sort.COUNT
