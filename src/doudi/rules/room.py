"""What a person's year still leaves of each cap: the rules that say how much is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.rules.graph import TO_DATE, Rule
from doudi.rules.policy import Era, Policy
from doudi.rules.units import Unit


@dataclass(frozen=True)
class Room:
    """One cap of a year: its parameter and value, what is used and what is left of it, in fen."""

    rule: str
    zh: str
    parameter: str
    cap_fen: int
    used_fen: int
    left_fen: int
    status: str
    clauses: tuple[str, ...]


def rooms_left(policy: Policy, day: date, totals: Mapping[str, int]) -> list[Room]:
    """What is left of each cap of the year on ``day``, after ``totals`` (fen, by rule).

    A cap is what a rule of the pack leaves that asks for nothing but one amount and one running
    total of the year (and readings): the same rule that a settlement runs. Errors:
    NoVersionInForce.
    """
    era = policy.era_on(day)
    found = (_room(policy, era, rule, totals) for rule in era.graph.rules)
    return [room for room in found if room is not None]


def _room(policy: Policy, era: Era, rule: Rule, totals: Mapping[str, int]) -> Room | None:
    given: dict[str, Any] = {}
    caps: list[str] = []
    used: list[str] = []
    for argument in rule.signature.arguments:
        if argument in policy.interpretations:
            given[argument] = policy.reading(argument)
        elif argument in era.values and policy.parameters[argument].unit == Unit.FEN.value:
            caps.append(argument)
            given[argument] = era.values[argument].value
        elif argument.endswith(TO_DATE) and argument.removesuffix(TO_DATE) in policy.summed:
            used.append(argument.removesuffix(TO_DATE))
            given[argument] = totals.get(used[-1], 0)
        else:
            return None
    if len(caps) != 1 or len(used) != 1:
        return None
    [cap], [total] = caps, used
    return Room(
        rule=rule.name,
        zh=rule.card.zh,
        parameter=cap,
        cap_fen=given[cap],
        used_fen=given[total + TO_DATE],
        left_fen=rule.function(**given),
        status=era.values[cap].status.value,
        clauses=rule.card.clauses,
    )
