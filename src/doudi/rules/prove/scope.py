"""Which values a proof speaks of: those of today, all within their ranges, or any at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import z3

from doudi.rules.amounts import LARGEST_AMOUNT, WHOLE, Band, Schedule
from doudi.rules.parameters import Value as Stated
from doudi.rules.policy import Era, Policy
from doudi.rules.prove.arithmetic import Exact, Laws
from doudi.rules.prove.step import World
from doudi.rules.prove.values import AnySchedule, Value


class Scope(Enum):
    """The values for which a statement is decided.

    ``TODAY``: every value as it stands, stand-ins and assumptions too. ``RANGE``: whatever is not
    cited or adopted lies anywhere in its range. ``ANY``: it is any amount from 0 on, any rate
    from 0% to 100%, any schedule of such rates.
    """

    TODAY = "today"
    RANGE = "range"
    ANY = "any"


@dataclass(frozen=True)
class Setting:
    """The world of a proof, the conditions on its values, and the values that are unknown."""

    world: World
    conditions: tuple[Any, ...]
    unknown: Mapping[str, Value] = field(default_factory=dict)


def by_laws(
    policy: Policy,
    era: Era,
    scope: Scope,
    *,
    keep_known: bool,
    only: str | None = None,
) -> Setting:
    """Unsure values unknown within ``scope``, and shares by the laws that hold at every rate.

    With ``only`` all other values are those of today.
    """
    words = Laws(keep_known=keep_known)
    conditions: list[Any] = []
    values = {}
    for name, stated in era.values.items():
        reach = scope if only in (None, name) else Scope.TODAY
        values[name] = _value(policy, name, stated, reach, words, conditions)
    return Setting(World(policy, era, values, words), tuple(conditions))


def _value(
    policy: Policy, name: str, stated: Stated, scope: Scope, words: Laws, conditions: list[Any]
) -> Value:
    unit = policy.parameters[name].unit
    if unit == "schedule":
        return AnySchedule(name, (), *_ends(stated, scope))
    low, high = _ends(stated, scope)
    if low is not None and low == high:
        return low
    unknown = z3.Int(name)
    conditions.append(unknown >= (0 if low is None else low))
    if unit == "rate":
        low, high = (0 if low is None else low), (WHOLE if high is None else high)
        words.bound_rate(unknown, low, high)
    if high is not None:
        conditions.append(unknown <= high)
    return unknown


def _ends(stated: Stated, scope: Scope) -> tuple[Any, Any]:
    """Between what the value lies; None where nothing is known."""
    if stated.value is None:
        return None, None
    if scope is Scope.TODAY or stated.status.sure:
        return stated.value, stated.value
    if scope is Scope.ANY:
        return None, None
    if stated.low is None:
        return stated.value, stated.value
    return stated.low, stated.high


def exact(policy: Policy, era: Era, values: Mapping[str, Value] | None = None) -> Setting:
    """Every value as it stands, but for ``values``; all arithmetic exact.

    A parameter that no source states is an unknown amount.
    """
    known: dict[str, Value] = {}
    unknown: dict[str, Value] = {}
    conditions: list[Any] = []
    for name, stated in era.values.items():
        known[name] = stated.value
        if stated.value is None:
            known[name] = unknown[name] = z3.Int(name)
            top = WHOLE if policy.parameters[name].unit == "rate" else LARGEST_AMOUNT
            conditions += [known[name] >= 0, known[name] <= top]
    known |= values or {}
    return Setting(World(policy, era, known, Exact()), tuple(conditions), unknown)


_FIRST_BAND = 100_000
"""Where the rate of a made-up schedule changes: 1,000 yuan."""


def trials(policy: Policy, era: Era, scope: Scope, names: Iterable[str]) -> Iterator[Setting]:
    """Exact settings inside ``scope`` in which one unsure value of ``names`` is moved far.

    A counterexample needs real values. Amounts stay unknown, so that the solver picks them;
    rates and schedules are set to their ends, and a schedule also to one that falls or rises.
    """
    for name in names:
        stated = era.values[name]
        if stated.status.sure or stated.value is None:
            continue
        for value in _moved(policy, name, stated, scope):
            setting = exact(policy, era, {name: value})
            if not isinstance(value, z3.ExprRef):
                yield replace(setting, unknown={**setting.unknown, name: value})
                continue
            low, high = _ends(stated, scope)
            bounds = (
                value >= (0 if low is None else low),
                value <= (LARGEST_AMOUNT if high is None else high),
            )
            yield Setting(
                setting.world, (*setting.conditions, *bounds), {**setting.unknown, name: value}
            )


def _moved(policy: Policy, name: str, stated: Stated, scope: Scope) -> Iterator[Value]:
    unit = policy.parameters[name].unit
    low, high = _ends(stated, scope)
    if unit == "schedule":
        if scope is Scope.ANY:
            for rates in ((WHOLE, 0), (0, WHOLE), (0, 0), (WHOLE, WHOLE)):
                yield Schedule((Band(_FIRST_BAND, rates[0]), Band(None, rates[1])))
        elif low != high:
            yield from (low, high)
    elif unit == "rate":
        ends = (0, WHOLE) if low is None else (low, high)
        yield from (end for end in ends if end != stated.value)
    elif low is None or low != high:
        yield z3.Int(name)
