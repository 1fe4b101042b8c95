"""The words of the rule language as terms: exact where the rate is known, else by laws of it.

``share(amount, rate)`` of two unknowns is a product, with which the solver does not get on. For a
proof it is enough to know what is true of it for every rate: it lies between nothing and the
amount, grows with both, and never by more than the amount does. `Laws` replaces each such share
by a number of which just that is known. What is proved so holds for every rate; what is refuted
so may rest on a number that no rate gives, and is no more than a hint (see `refute`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import gcd
from typing import Any

import z3

from doudi.rules import amounts
from doudi.rules.amounts import WHOLE, Band, Schedule
from doudi.rules.prove.values import (
    AnySchedule,
    EitherSchedule,
    Raise,
    Value,
    choose,
    is_known,
    least,
    most,
)

_HALF = WHOLE // 2


def divided(amount: Value, rate: int, half: int) -> Value:
    """``(amount × rate + half) ÷ 10000`` rounded down, in the smallest figures that give it."""
    if rate == 0:
        return 0
    if rate == WHOLE:
        return amount
    if is_known(amount):
        return (amount * rate + half) // WHOLE
    common = gcd(rate, WHOLE)
    return (amount * (rate // common) + half // common) / (WHOLE // common)


class Exact:
    """Every word by its own arithmetic; an unknown rate makes a product of unknowns."""

    def __init__(self) -> None:
        self.facts: list[Any] = []

    def share(self, amount: Value, rate: Value) -> Value:
        """``amount`` × ``rate``, rounded half up."""
        return self._divided(amount, rate, _HALF)

    def share_down(self, amount: Value, rate: Value) -> Value:
        """``amount`` × ``rate``, rounded down."""
        return self._divided(amount, rate, 0)

    def _divided(self, amount: Value, rate: Value, half: int) -> Value:
        if is_known(rate):
            return divided(amount, rate, half)
        return (amount * rate + half) / WHOLE

    def between(self, low: Value, high: Value, schedule: Value) -> Value:
        """What the schedule gives on the part from ``low`` to ``high``."""
        if isinstance(schedule, EitherSchedule):
            return choose(
                schedule.test,
                self.between(low, high, schedule.then),
                self.between(low, high, schedule.other),
            )
        if isinstance(schedule, AnySchedule):
            return self.between_any(low, high, schedule)
        return exact_between(low, high, schedule)

    def between_any(self, low: Value, high: Value, schedule: AnySchedule) -> Value:
        """The same of an unknown schedule; only laws can say something of it."""
        raise TypeError(f"{schedule.name} is not known between {low} and {high}")

    def raise_rate(self, rate: Value, rise: Value) -> Value:
        """``rate`` and ``rise`` points, at most the whole."""
        return least([WHOLE, rate + rise])

    def raise_rate_relative(self, rate: Value, rise: Value) -> Value:
        """``rate`` and the share ``rise`` of it, at most the whole."""
        return least([WHOLE, rate + self.share(rate, rise)])

    def raised(self, schedule: Value, rise: Value, *, relative: bool) -> Value:
        """Every rate of the schedule raised."""
        if isinstance(schedule, EitherSchedule):
            return EitherSchedule(
                schedule.test,
                self.raised(schedule.then, rise, relative=relative),
                self.raised(schedule.other, rise, relative=relative),
            )
        word = amounts.raised_relative if relative else amounts.raised
        if isinstance(schedule, Schedule):
            return word(schedule, rise)
        known = is_known(rise)
        return AnySchedule(
            schedule.name,
            (*schedule.raises, Raise(rise, relative)),
            word(schedule.low, rise) if known and schedule.low else schedule.low,
            word(schedule.high, rise) if known and schedule.high else None,
        )


def exact_between(low: Value, high: Value, schedule: Schedule) -> Value:
    """`between` of a known schedule."""
    if is_known(low) and is_known(high):
        return amounts.between(low, high, schedule)
    bands = _joined(schedule.bands)
    if len(bands) == 1:
        return divided(most([0, high - low]), bands[0].rate, _HALF)
    total: Value = 0
    floor = 0
    for band in bands:
        top = high if band.upper is None else least([high, band.upper])
        total = total + most([0, top - most([low, floor])]) * band.rate
        floor = band.upper or 0
    given = (total + _HALF) / WHOLE
    return choose(high <= low, 0, given)


def _joined(bands: tuple[Band, ...]) -> list[Band]:
    """Neighbours of one rate as one band."""
    found: list[Band] = []
    for band in bands:
        if found and found[-1].rate == band.rate:
            found.pop()
        found.append(band)
    return found


@dataclass(frozen=True)
class _Share:
    amount: Value
    rate: Value
    given: Any


@dataclass(frozen=True)
class _Part:
    low: Value
    high: Value
    schedule: AnySchedule
    given: Any


@dataclass
class Laws(Exact):
    """Shares at unknown rates by what is true of them for every rate; known rates stay exact.

    ``facts`` are those truths, to be given to the solver; ``bounds`` says between which known
    rates an unknown one lies.
    """

    keep_known: bool = True
    bounds: dict[int, tuple[int, int]] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)
    shares: dict[str, list[_Share]] = field(default_factory=dict)
    parts: list[_Part] = field(default_factory=list)
    _kept: list[Any] = field(default_factory=list)

    def bound_rate(self, rate: Any, low: int, high: int) -> None:
        """Note that the unknown ``rate`` lies between ``low`` and ``high``."""
        self._kept.append(rate)
        self.bounds[rate.get_id()] = (low, high)

    def raise_rate(self, rate: Value, rise: Value) -> Value:
        """As `Exact.raise_rate`, and the bounds of the result are noted."""
        return self._bounded(super().raise_rate(rate, rise), rate, rise, amounts.raise_rate)

    def raise_rate_relative(self, rate: Value, rise: Value) -> Value:
        """As `Exact.raise_rate_relative`, and the bounds of the result are noted."""
        raised = super().raise_rate_relative(rate, rise)
        return self._bounded(raised, rate, rise, amounts.raise_rate_relative)

    def _bounded(self, raised: Value, rate: Value, rise: Value, word: Any) -> Value:
        if not is_known(raised) and is_known(rise):
            low, high = self._bounds(rate)
            self.bound_rate(raised, word(low, rise), word(high, rise))
        return raised

    def _bounds(self, rate: Value) -> tuple[int, int]:
        if is_known(rate):
            return rate, rate
        return self.bounds.get(rate.get_id(), (0, WHOLE))

    def _divided(self, amount: Value, rate: Value, half: int) -> Value:
        if is_known(rate) and (self.keep_known or rate in (0, WHOLE) or is_known(amount)):
            return divided(amount, rate, half)
        word = "share" if half else "share_down"
        known = self.shares.setdefault(word, [])
        for one in known:
            if _same(one.amount, amount) and _same(one.rate, rate):
                return one.given
        new = _Share(amount, rate, z3.FreshInt(word))
        self.facts.append(z3.Implies(amount >= 0, self._between_bounds(new, half)))
        for one in known:
            self.facts += _laws_of_shares(one, new)
        known.append(new)
        return new.given

    def _between_bounds(self, share: _Share, half: int) -> Any:
        low, high = self._bounds(share.rate) if self.keep_known else (0, WHOLE)
        least_given, most_given = (divided(share.amount, rate, half) for rate in (low, high))
        return z3.And(least_given <= share.given, share.given <= most_given)

    def between_any(self, low: Value, high: Value, schedule: AnySchedule) -> Value:
        """A number of which the laws of schedules are known."""
        for one in self.parts:
            if one.schedule == schedule and _same(one.low, low) and _same(one.high, high):
                return one.given
        new = _Part(low, high, schedule, z3.FreshInt("between"))
        self.facts += _laws_of_one_part(new)
        for one in self.parts:
            self.facts += _laws_of_parts(one, new)
            self.facts += _laws_of_parts(new, one)
        self.parts.append(new)
        if schedule.is_flat:
            self.facts += _laws_of_steps(self.parts)
        return new.given


def _same(left: Value, right: Value) -> bool:
    if is_known(left) or is_known(right):
        return is_known(left) and is_known(right) and bool(left == right)
    return bool(left.eq(right))


def _laws_of_shares(one: _Share, new: _Share) -> Iterator[Any]:
    """Shares grow with the amount and with the rate, and no faster than the amount."""
    if _same(one.rate, new.rate):
        for small, large in ((one, new), (new, one)):
            yield z3.Implies(
                small.amount <= large.amount,
                z3.And(
                    small.given <= large.given,
                    large.given - small.given <= large.amount - small.amount,
                ),
            )
        return
    for small, large in ((one, new), (new, one)):
        in_order = z3.And(small.amount >= 0, small.amount <= large.amount)
        yield z3.Implies(z3.And(in_order, small.rate <= large.rate), small.given <= large.given)
        yield z3.Implies(
            z3.And(in_order, large.rate <= small.rate),
            large.given - small.given <= large.amount - small.amount,
        )


def _laws_of_one_part(part: _Part) -> Iterator[Any]:
    """Nothing of an empty part; else between nothing and all of it."""
    low, high, given = part.low, part.high, part.given
    empty = high <= low
    yield z3.Implies(empty, given == 0)
    yield z3.Implies(z3.Not(empty), z3.And(given >= 0, given <= high - low))
    if part.schedule.low is not None:
        yield exact_between(low, high, part.schedule.low) <= given
    if part.schedule.high is not None:
        yield given <= exact_between(low, high, part.schedule.high)


def _laws_of_parts(inner: _Part, outer: _Part) -> Iterator[Any]:
    """A larger part of one schedule, or of one raised further, gives as much or more.

    What it gives more is at most what it is larger by.
    """
    inside = z3.And(outer.low <= inner.low, inner.high <= outer.high)
    if inner.schedule.is_at_most(outer.schedule):
        yield z3.Implies(inside, inner.given <= outer.given)
    if outer.schedule.is_at_most(inner.schedule):
        more = (inner.low - outer.low) + (outer.high - inner.high)
        yield z3.Implies(z3.And(inside, inner.low <= inner.high), outer.given - inner.given <= more)
    if inner.schedule == outer.schedule and _same(inner.low, outer.low):
        yield from _laws_of_growth(inner, outer)


def _laws_of_growth(inner: _Part, outer: _Part) -> Iterator[Any]:
    """What a part gives more when it grows at its upper end is given at rates within bounds.

    Three roundings meet here, so a fen may be missing or too much.
    """
    grown = z3.And(inner.low <= inner.high, inner.high <= outer.high)
    more = outer.given - inner.given
    low, high = inner.schedule.low, inner.schedule.high
    if low is not None:
        yield z3.Implies(grown, exact_between(inner.high, outer.high, low) - 1 <= more)
    if high is not None:
        yield z3.Implies(grown, more <= exact_between(inner.high, outer.high, high) + 1)


def _laws_of_steps(parts: list[_Part]) -> Iterator[Any]:
    """From one amount to a larger one, a single higher rate gives as much or more.

    Each of the two differences is rounded at both ends, so a fen may be missing. This holds for
    schedules of one rate only: what a falling schedule adds depends on where the step lies.
    """
    new = parts[-1]
    flat = [part for part in parts if part.schedule.is_flat]
    steps = [
        (first, last)
        for first in flat
        for last in flat
        if first is not last and first.schedule == last.schedule
    ]
    for small in steps:
        for large in steps:
            if new not in (*small, *large) or small[0].schedule == large[0].schedule:
                continue
            if small[0].schedule.is_at_most(large[0].schedule):
                yield _law_of_steps(small, large)


def _law_of_steps(small: tuple[_Part, _Part], large: tuple[_Part, _Part]) -> Any:
    step, larger = (_width(last) - _width(first) for first, last in (small, large))
    given, more = (last.given - first.given for first, last in (small, large))
    return z3.Implies(z3.And(step >= 0, step <= larger), given - 1 <= more)


def _width(part: _Part) -> Any:
    return most([0, part.high - part.low])
