"""What a name in a rule can stand for while it is proved: a plain value, or a term over unknowns.

Whatever is known is computed at once, in plain Python; only what hangs on an unknown becomes a
term of the solver. The same translation therefore serves a whole promise and one single claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import z3

from doudi.rules.amounts import Schedule

_BOTH = 2

Value = Any
"""An int, a bool, a name, a schedule, or a term of the solver that stands for one of them."""


@dataclass(frozen=True)
class Chosen:
    """An unknown choice: ``place`` is a term for the position of the option in ``options``."""

    place: Any
    options: tuple[str, ...]


@dataclass(frozen=True)
class Raise:
    """By how much the rates of a schedule are raised: in points, or by a share of themselves."""

    rise: Value
    relative: bool


@dataclass(frozen=True)
class AnySchedule:
    """An unknown schedule: any number of bands, any bounds, any rates.

    Two of one ``name`` are the same schedule, each raised as ``raises`` says. ``low`` and
    ``high`` are schedules between whose rates its own rates lie everywhere, where that is known.
    """

    name: str
    raises: tuple[Raise, ...] = ()
    low: Schedule | None = None
    high: Schedule | None = None

    @property
    def is_flat(self) -> bool:
        """Whether it is known to have one rate for every amount."""
        ends = [end for end in (self.low, self.high) if end is not None]
        return len(ends) == _BOTH and all(len(end.bands) == 1 for end in ends)

    def is_at_most(self, other: AnySchedule) -> bool:
        """Whether every rate of ``other`` is at least the rate here: it is raised further."""
        return self.name == other.name and other.raises[: len(self.raises)] == self.raises


@dataclass(frozen=True)
class EitherSchedule:
    """One schedule if ``test`` holds, else the other."""

    test: Any
    then: Any
    other: Any


def is_known(value: Value) -> bool:
    """Whether ``value`` is a plain value, not a term."""
    return not isinstance(value, z3.ExprRef | Chosen | AnySchedule | EitherSchedule)


def choose(test: Value, then: Value, other: Value) -> Value:
    """``then`` if ``test`` holds, else ``other``."""
    if isinstance(test, bool):
        return then if test else other
    if then is other or (is_known(then) and is_known(other) and then == other):
        return then
    if isinstance(then, Schedule | AnySchedule | EitherSchedule):
        return EitherSchedule(test, then, other)
    return z3.If(test, then, other)


def negate(flag: Value) -> Value:
    """Not ``flag``."""
    return not flag if isinstance(flag, bool) else z3.Not(flag)


def both(flags: Sequence[Value]) -> Value:
    """Whether all of ``flags`` hold."""
    unknown = [flag for flag in flags if not isinstance(flag, bool)]
    if False in [flag for flag in flags if isinstance(flag, bool)]:
        return False
    return z3.And(unknown) if unknown else True


def one_of(flags: Sequence[Value]) -> Value:
    """Whether one of ``flags`` holds."""
    return negate(both([negate(flag) for flag in flags]))


def least(values: Sequence[Value]) -> Value:
    """The least of ``values``."""
    found = values[0]
    for value in values[1:]:
        found = choose(found <= value, found, value)
    return found


def most(values: Sequence[Value]) -> Value:
    """The most of ``values``."""
    found = values[0]
    for value in values[1:]:
        found = choose(found >= value, found, value)
    return found
