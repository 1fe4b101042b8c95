"""What the page about a household, gacha, banner, league or doctor shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doudi.estimate.asking import HouseholdResult
from doudi.estimate.asking.structure import DOCTOR_WAY, PEOPLE
from doudi.estimate.entitlements import ANYONE
from doudi.estimate.granted import Item, MemberAnswer, Outcome
from doudi.estimate.household_text import render_amount
from doudi.i18n import either, language
from doudi.office.web.public.clauses_shown import ClauseShown, clauses_shown, directions, said
from doudi.rules.entitlements import Recipient

_WHOLE = {
    Recipient.HOUSEHOLD: ("全家", "The household"),
    Recipient.GACHA: ("嘎查村", "The gacha"),
    Recipient.BANNER: ("旗县", "The banner"),
    Recipient.LEAGUE: ("盟市", "The league"),
}


@dataclass(frozen=True)
class ItemShown:
    """One entitlement: what it is worth, and what it still depends on."""

    title: str
    amount: str
    find_out: tuple[str, ...]
    undecided: tuple[str, ...]
    clauses: list[ClauseShown]


@dataclass(frozen=True)
class RefusedShown:
    """A reason, with what it takes away."""

    reason: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """What came out for the whole or for one member."""

    title: str
    granted: list[ItemShown]
    depends: list[ItemShown]
    refused: list[RefusedShown]
    outside: list[RefusedShown]


def household_page(result: HouseholdResult) -> dict[str, Any]:
    """Everything on the page of a household."""
    answer = result.answer
    title = either(*_WHOLE[answer.household.kind])
    if result.way == DOCTOR_WAY:
        parts = [_part(either("签约家庭医生", "The family doctor"), result.items)]
    else:
        whole = [_part(title, result.items)] if result.items else []
        parts = [*whole, *(_member(member) for member in answer.members)]
    # First what can be had: the household as a whole may have nothing where its members do.
    parts.sort(key=lambda part: not part.granted)
    return {
        "parts": parts,
        "count": sum(len(part.granted) for part in parts),
        "depends": sum(len(part.depends) for part in parts),
        "directions": directions(
            item
            for item in (*result.items, *answer.all_items)
            if item.outcome is not Outcome.NOT_GRANTED and _is_shown(result, item)
        ),
        "policies": [
            {
                "name": either(policy.zh, policy.en),
                "version": f"{policy.name} {policy.version}",
                "first": policy.valid_from,
                "last": policy.valid_to,
                "in_force": policy.valid_from <= answer.household.day <= policy.valid_to,
            }
            for policy in answer.policies
        ],
        "day": answer.household.day,
    }


def _is_shown(result: HouseholdResult, item: Item) -> bool:
    """Whether the page is about the item: a doctor's page about a doctor's only."""
    return result.way != DOCTOR_WAY or item.entitlement.to is Recipient.DOCTOR


def entitlement_choices(result: HouseholdResult) -> list[tuple[str, str]]:
    """What was answered in scope, by id, for somebody to say which of it is wrong."""
    found = {
        item.entitlement.id: said(item.entitlement.words)
        for item in (*result.items, *result.answer.all_items)
        if item.in_scope
    }
    return list(found.items())


def _member(member: MemberAnswer) -> Part:
    return _part(either(member.label, _english_label(member.label)), member.items)


def _english_label(label: str) -> str:
    if label == ANYONE:
        return "Each member"
    return next(
        (label.replace(one.zh, one.en) for one in PEOPLE if label.startswith(one.zh)), label
    )


def _part(title: str, items: Sequence[Item]) -> Part:
    open_outcomes = (Outcome.DEPENDS, Outcome.UNDECIDABLE)
    return Part(
        title,
        [_shown(item) for item in items if item.outcome is Outcome.GRANTED],
        [_shown(item) for item in items if item.outcome in open_outcomes],
        _grouped([one for one in items if one.outcome is Outcome.NOT_GRANTED and one.in_scope]),
        _grouped([one for one in items if not one.in_scope]),
    )


def _shown(item: Item) -> ItemShown:
    open_facts = {one.name for one in item.unknown}
    entitlement = item.entitlement
    return ItemShown(
        said(entitlement.words),
        render_amount(item, "en" if language() == "en" else "zh"),
        tuple(said(one.words) for one in entitlement.conditions if one.fact in open_facts),
        tuple(said(reason.words) for reason in item.undecided),
        clauses_shown(item.policy.clauses, entitlement.all_clauses),
    )


def _grouped(items: Sequence[Item]) -> list[RefusedShown]:
    """Each reason once, with everything that it takes away."""
    found: dict[str, list[str]] = {}
    for item in items:
        reason = either("；", "; ").join(said(one.words) for one in item.refused)
        found.setdefault(reason, []).append(said(item.entitlement.words))
    return [RefusedShown(reason, tuple(titles)) for reason, titles in found.items()]
