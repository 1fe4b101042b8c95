"""What an institution settled on a day, with its totals, and the sheet that is printed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.office.audit.models import Seal
from doudi.office.settlement.amounts import ListedClaim, Totals, listed, totals_of
from doudi.office.settlement.models import Claim


@dataclass(frozen=True)
class DayShown:
    """The claims of one business date in the order in which they were settled, and their sums."""

    institution: str
    day: date
    claims: list[ListedClaim]
    totals: Totals


@dataclass(frozen=True)
class DaySheet:
    """The day of an institution with the seal that covers it: None where it is not sealed yet."""

    shown: DayShown
    seal_number: int | None
    seal_head: str | None


def day_of(*, institution: str, day: date) -> DayShown:
    """The settlements of an institution on a business date; two SQL statements.

    Reversed and corrected ones are listed and not counted.
    """
    claims = Claim.objects.filter(institution=institution, date=day)
    found = listed(claims.order_by("recorded_at", "position", "pk"))
    return DayShown(institution, day, found, totals_of(found))


def day_sheet(*, institution: str, day: date) -> DaySheet:
    """The day with the head of the last seal made under its name; three SQL statements."""
    seal = Seal.objects.filter(day=day).order_by("-number").first()
    return DaySheet(
        shown=day_of(institution=institution, day=day),
        seal_number=None if seal is None else seal.number,
        seal_head=None if seal is None else seal.head,
    )
