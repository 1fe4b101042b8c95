"""What can be wrong with a policy, each fault by its own name."""

from __future__ import annotations


class PolicyError(Exception):
    """A policy that cannot be loaded or used as written."""


class UnknownArgument(PolicyError):
    """A rule asks for a name that no input, parameter, interpretation or rule carries."""


class Cycle(PolicyError):
    """Rules that need each other's result."""


class OverlappingRules(PolicyError):
    """Two rules of one name that are both in force on one day."""


class OverlappingValues(PolicyError):
    """Two values of one parameter that are both in force on one day."""


class MissingStatus(PolicyError):
    """A value that does not say how far it can be trusted."""


class UnknownClause(PolicyError):
    """A clause id that the clause file does not have."""


class UnitMismatch(PolicyError):
    """A rule that adds, compares or passes on things of different units."""


class NotAnAmount(PolicyError):
    """A running total of something that cannot be added up."""


class UnreadableRule(PolicyError):
    """A rule that uses a construct outside the language."""


class BareFigure(PolicyError):
    """A figure written into a rule, where nothing can cite it or replace it."""


class UnsureGuarantee(PolicyError):
    """A guarantee that rests on a value nobody has confirmed."""


class BadValue(PolicyError):
    """A parameter value, range or date that cannot be read."""


class NoVersionInForce(PolicyError):
    """Nothing in force on that day; the nearest version is never used instead."""


class BadInput(ValueError):
    """A fact about a case that is missing, of the wrong type or out of bounds."""

    def __init__(self, field: str, value: object, zh: str, en: str) -> None:
        super().__init__(f"{field} = {value!r}: {en}")
        self.field = field
        self.value = value
        self.zh = zh
        self.en = en
