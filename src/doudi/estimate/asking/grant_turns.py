"""Whether one more fact can still change what a household, gacha, banner or league is granted.

A fact turns the answer when some entitlement that is not refused already has a condition on it, or
an amount that depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doudi.estimate.entitlements import outside_scope
from doudi.estimate.granted import Form
from doudi.estimate.worth import worth_of
from doudi.rules.entitlements import AmountForm, Entitlement, Recipient
from doudi.rules.facts import Fact, Input
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit

Known = Mapping[str, Fact]

_YUAN_SAMPLES = (0, 10_000, 1_000_000)
_COUNT_SAMPLES = (0, 1, 2)


@dataclass(frozen=True)
class Grant:
    """An entitlement with the pack that it comes from."""

    policy: Policy
    entitlement: Entitlement


def grants_to(policies: Iterable[Policy], recipients: Sequence[Recipient]) -> tuple[Grant, ...]:
    """Everything that the packs grant to one of ``recipients``."""
    return tuple(
        Grant(pack, item)
        for pack in policies
        for item in pack.entitlements
        if item.to in recipients
    )


def in_scope(grants: Iterable[Grant], day: date, place: str) -> tuple[Grant, ...]:
    """Those whose pack has something to say about that day and place ("": unknown)."""
    return tuple(
        grant
        for grant in grants
        if outside_scope(grant.policy, grant.entitlement, day, place) is None
    )


def facts_of(grant: Grant, day: date) -> tuple[str, ...]:
    """The facts that the entitlement, or its amount, can depend on."""
    names = [item.fact for item in grant.entitlement.conditions]
    return tuple(dict.fromkeys([*names, *_amount_facts(grant, day)]))


def _amount_facts(grant: Grant, day: date) -> tuple[str, ...]:
    source, policy = grant.entitlement.amount, grant.policy
    if source.form is not AmountForm.RULE:
        return ()
    rules = policy.era_on(day).graph.needed_for(source.kind, [source.name])
    asked = {argument for rule in rules for argument in rule.signature.arguments}
    asked |= {family.index for name, family in policy.families.items() if name in asked}
    return tuple(name for name in policy.inputs if name in asked and name != KIND)


def turns_grant(grant: Grant, day: date, known: Known, name: str) -> bool:
    """Whether ``name`` can still change what becomes of the entitlement."""
    others = {key: fact for key, fact in known.items() if key != name}
    own = [item for item in grant.entitlement.conditions if item.fact == name]
    failed = [
        item
        for item in grant.entitlement.conditions
        if item.fact in others and not item.holds(others[item.fact])
    ]
    if any(item.undecided is None for item in failed):
        return False  # refused, whatever else is found out
    if own:
        # Where the text leaves it open already, one more thing that it leaves open adds nothing.
        return not failed or any(item.undecided is None for item in own)
    return name in _amount_facts(grant, day) and _turns_amount(grant, day, others, name)


def _turns_amount(grant: Grant, day: date, known: Known, name: str) -> bool:
    policy, entitlement = grant.policy, grant.entitlement
    open_facts = [one for one in _amount_facts(grant, day) if one not in known and one != name]
    for place in range(len(_YUAN_SAMPLES)):
        filled = {one: _sample(policy.inputs[one], place) for one in open_facts}
        worths = set()
        for value in _samples(policy.inputs[name]):
            facts = {**known, **filled, name: value}
            if _fits(policy, facts):
                worth = worth_of(policy, entitlement, facts, day)
                if worth.form is not Form.OPEN:
                    worths.add((worth.low, worth.high))
        if len(worths) > 1:
            return True
    return False


def _samples(declared: Input) -> tuple[Fact, ...]:
    if declared.unit is Unit.FLAG:
        return (False, True)
    if declared.options:
        return tuple(declared.options)
    return _YUAN_SAMPLES if declared.unit is Unit.FEN else _COUNT_SAMPLES


def _sample(declared: Input, place: int) -> Fact:
    samples = _samples(declared)
    return samples[min(place, len(samples) - 1)]


def _fits(policy: Policy, facts: Known) -> bool:
    """Whether no amount is larger than the one it is a part of."""
    for name, fact in facts.items():
        item = policy.inputs.get(name)
        limit = facts.get(item.at_most) if item is not None and item.at_most else None
        if limit is not None and int(fact) > int(limit):
            return False
    return True
