"""A household as it asks: who, on which date, what is known, and what may be asked at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doudi.rules.entitlements import Recipient
from doudi.rules.facts import Fact, Input
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit

GROUPS = (Recipient.HOUSEHOLD, Recipient.GACHA, Recipient.BANNER, Recipient.LEAGUE)
"""Who a file can be about."""


@dataclass(frozen=True)
class Bill:
    """One bill as the facts of a claim; money in fen."""

    facts: Mapping[str, Fact]
    day: date


@dataclass(frozen=True)
class Member:
    """One person of a household, under a pseudonym, with their facts (money in fen) and bills."""

    label: str
    facts: Mapping[str, Fact]
    bills: tuple[Bill, ...]


@dataclass(frozen=True)
class Household:
    """Who asks: a household, gacha, banner or league on a date, with what is known of it."""

    day: date
    kind: Recipient
    place: str
    facts: Mapping[str, Fact]
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Questions:
    """What may be asked, of all packs together: facts by name, and what a bill consists of."""

    facts: Mapping[str, tuple[Input, ...]]
    bill: Mapping[str, tuple[Input, ...]]
    bill_kinds: tuple[str, ...]


def questions(policies: Sequence[Policy]) -> Questions:
    """The inputs that the packs declare, split into facts of a household and those of a bill."""
    facts: dict[str, tuple[Input, ...]] = {}
    bill: dict[str, tuple[Input, ...]] = {}
    kinds: list[str] = []
    for policy in policies:
        takes_bills = "bill" in policy.inputs
        for name, item in policy.inputs.items():
            of_claim = item.of == "claim"
            if of_claim and takes_bills:
                bill[name] = (*bill.get(name, ()), item)
            # What a bill amounts to belongs to that bill; who the patient is, to the patient.
            of_bill = of_claim and takes_bills and item.unit is Unit.FEN
            if name != KIND and not of_bill:
                facts[name] = (*facts.get(name, ()), item)
        if takes_bills:
            kinds += [kind for kind in _billed_kinds(policy) if kind not in kinds]
    return Questions(facts, bill, tuple(kinds))


def _billed_kinds(policy: Policy) -> list[str]:
    """The kinds that come with a bill: those for which the pack gives out its amounts."""
    outputs = [rule for rule in policy.all_rules if rule.name in policy.outputs]
    kinds = [str(kind) for kind in policy.kinds]
    return [kind for kind in kinds if any(rule.runs_for(kind) for rule in outputs)]
