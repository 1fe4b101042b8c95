"""A person's year as the window shows it: the claims, the totals, and what each cap leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.office.settlement.amounts import ListedClaim, Totals, listed, totals_of
from doudi.office.settlement.models import Claim, PersonYear
from doudi.office.settlement.policy import active_policy
from doudi.rules.room import Room, rooms_left


@dataclass(frozen=True)
class YearShown:
    """All claims of a year in the order in which they count, and what is left of each cap."""

    person: str
    year: int
    claims: list[ListedClaim]
    totals: Totals
    rooms: list[Room]


def persons_year(*, person: str, day: date) -> YearShown:
    """The year of ``day`` of a person (public id), with the caps in force on ``day``.

    Three SQL statements however full the year is. A person without claims has all caps whole.
    Errors: NoVersionInForce.
    """
    row = PersonYear.objects.filter(person__public_id=person, year=day.year).first()
    claims: list[ListedClaim] = []
    if row is not None:
        claims = listed(Claim.objects.filter(year=row).order_by("position", "recorded_at", "pk"))
    rooms = rooms_left(active_policy(), day, {} if row is None else row.totals)
    return YearShown(person, day.year, claims, totals_of(claims), rooms)
