"""What a household is told: each entitlement as it came out, what it is worth, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from doudi.estimate.household import Bill, Household
from doudi.rules.entitlements import Entitlement, Words
from doudi.rules.facts import Fact, Input
from doudi.rules.parameters import Status
from doudi.rules.policy import KIND, Policy

SCHEMA = "doudi-household-1"


class Outcome(Enum):
    """What became of one entitlement."""

    GRANTED = "granted"
    DEPENDS = "depends"
    UNDECIDABLE = "undecidable"
    NOT_GRANTED = "not granted"


class Form(Enum):
    """How an amount is known."""

    EXACT = "exact"
    RANGE = "range"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    NOT_STATED = "not stated"
    RIGHT = "right"
    OPEN = "open"


@dataclass(frozen=True)
class Cited:
    """A clause behind an answer: our summary, where it stands, and the rank of its document."""

    id: str
    zh: str
    en: str
    locator: str
    rank: str
    document_zh: str
    document_en: str

    def to_dict(self) -> dict[str, Any]:
        """The clause as plain data."""
        return {
            "id": self.id,
            "zh": self.zh,
            "en": self.en,
            "locator": self.locator,
            "rank": self.rank,
            "document": {"zh": self.document_zh, "en": self.document_en},
        }


@dataclass(frozen=True)
class Reason:
    """Why an entitlement is refused or undecided, with the fact it turns on if there is one."""

    words: Words
    clauses: tuple[str, ...]
    fact: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The reason as plain data."""
        return {
            "fact": self.fact or None,
            "zh": self.words.zh,
            "en": self.words.en,
            "clauses": list(self.clauses),
        }


@dataclass(frozen=True)
class RestsOn:
    """A value behind an amount that no clause of the page states."""

    name: str
    status: Status
    words: Words
    basis: Words

    def to_dict(self) -> dict[str, Any]:
        """The value's name and standing as plain data."""
        return {
            "name": self.name,
            "status": self.status.value,
            "zh": self.words.zh,
            "en": self.words.en,
            "basis": _pair(self.basis),
        }


@dataclass(frozen=True)
class Worth:
    """What an entitlement is worth where it is granted.

    ``unit`` is fen, rate (basis points), count or days. ``low`` and ``high`` are equal for an
    exact amount; a bound has only one of them. ``needs`` are the facts without which nothing can
    be said about the amount (form open); ``assumed`` are those taken as their pack says, because
    nobody gave them.
    """

    form: Form
    unit: str = ""
    low: int | None = None
    high: int | None = None
    needs: tuple[str, ...] = ()
    assumed: tuple[tuple[str, Fact], ...] = ()
    rests_on: tuple[RestsOn, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The worth as plain data; money under names ending in ``_fen``, rates in ``_bp``."""
        suffix = {"fen": "_fen", "rate": "_bp"}.get(self.unit, "")
        data: dict[str, Any] = {"form": self.form.value, "unit": self.unit or None}
        if self.form is Form.EXACT:
            data[f"value{suffix}"] = self.low
        else:
            if self.low is not None:
                data[f"low{suffix}"] = self.low
            if self.high is not None:
                data[f"high{suffix}"] = self.high
        if self.needs:
            data["needs"] = list(self.needs)
        if self.assumed:
            data["assumed"] = dict(self.assumed)
        data["rests_on"] = [one.to_dict() for one in self.rests_on]
        return data


@dataclass(frozen=True)
class Item:
    """One entitlement as it came out for one recipient.

    ``worth`` is what it is worth *where it is granted*; ``outcome`` says whether it is. It is
    None where the pack is not in force or is about another area. ``unknown`` are the inputs
    whose value decides.
    """

    policy: Policy
    entitlement: Entitlement
    outcome: Outcome
    worth: Worth | None
    refused: tuple[Reason, ...] = ()
    undecided: tuple[Reason, ...] = ()
    unknown: tuple[Input, ...] = ()
    clauses: tuple[Cited, ...] = ()
    in_scope: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The item as plain data. ``amount`` is there only when granted, so that nobody adds up
        what is not; otherwise the worth stands under ``amount_if_granted``."""
        entitlement = self.entitlement
        worth = self.worth.to_dict() if self.worth is not None else None
        granted = self.outcome is Outcome.GRANTED
        return {
            "id": entitlement.id,
            "policy": self.policy.name,
            "zh": entitlement.words.zh,
            "en": entitlement.words.en,
            "to": entitlement.to.value,
            "status": self.outcome.value,
            "amount" if granted else "amount_if_granted": worth,
            "per": _pair(entitlement.per),
            "refused": [reason.to_dict() for reason in self.refused],
            "undecided": [reason.to_dict() for reason in self.undecided],
            "unknown": [{"fact": one.name, "zh": one.zh, "en": one.en} for one in self.unknown],
            "where": _pair(entitlement.where),
            "bring": _pair(entitlement.bring),
            "clauses": [cited.to_dict() for cited in self.clauses],
        }


@dataclass(frozen=True)
class BillAnswer:
    """The answer to one bill, as the one who answers bills gave it, or why there is none."""

    bill: Bill
    answer: Any
    refused: Words | None = None

    def to_dict(self) -> dict[str, Any]:
        """The bill with its answer as plain data."""
        to_dict = getattr(self.answer, "to_dict", None)
        return {
            "date": self.bill.day.isoformat(),
            "kind": self.bill.facts.get(KIND),
            "bill_fen": self.bill.facts.get("bill"),
            "answer": to_dict() if callable(to_dict) else self.answer,
            "refused": _pair(self.refused),
        }


@dataclass(frozen=True)
class MemberAnswer:
    """Everything for one person of the household."""

    label: str
    items: tuple[Item, ...]
    bills: tuple[BillAnswer, ...]

    def to_dict(self) -> dict[str, Any]:
        """The person's answer as plain data."""
        return {
            "label": self.label,
            "entitlements": [item.to_dict() for item in self.items],
            "bills": [bill.to_dict() for bill in self.bills],
        }


@dataclass(frozen=True)
class HouseholdAnswer:
    """Everything the packs grant to who asks: ``items`` of the whole, ``members`` one by one."""

    household: Household
    policies: tuple[Policy, ...]
    items: tuple[Item, ...]
    members: tuple[MemberAnswer, ...]

    @property
    def all_items(self) -> tuple[Item, ...]:
        """The items of the whole and of every member."""
        return (*self.items, *(item for member in self.members for item in member.items))

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data for JSON; ``schema`` names its shape."""
        return {
            "schema": SCHEMA,
            "date": self.household.day.isoformat(),
            "kind": self.household.kind.value,
            "place": self.household.place or None,
            "policies": [
                {
                    "name": policy.name,
                    "version": policy.version,
                    "valid_from": policy.valid_from.isoformat(),
                    "valid_to": policy.valid_to.isoformat(),
                    "in_force": policy.valid_from <= self.household.day <= policy.valid_to,
                }
                for policy in self.policies
            ],
            "entitlements": [item.to_dict() for item in self.items],
            "members": [member.to_dict() for member in self.members],
        }


def _pair(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}
