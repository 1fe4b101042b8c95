"""What was settled in a year for each of a household, and what the caps leave of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from doudi.office.registry.models import Person
from doudi.office.settlement.amounts import ListedClaim, Totals, listed, totals_of
from doudi.office.settlement.models import Claim, PersonYear
from doudi.office.settlement.policy import active_policy
from doudi.rules.errors import NoVersionInForce
from doudi.rules.room import Room, rooms_left


@dataclass(frozen=True)
class MemberYear:
    """A person's year: the sums of the claims in force, and what each cap leaves.

    ``rooms`` are those of the day of the last claim; empty where no policy is in force on it.
    """

    person: Person
    totals: Totals
    rooms: list[Room]


def newest_year_of(people: Sequence[Person]) -> int | None:
    """The newest year in which something was settled for one of these people."""
    years = PersonYear.objects.filter(person__in=[person.pk for person in people])
    newest: int | None = years.aggregate(newest=Max("year"))["newest"]
    return newest


def household_year(people: Sequence[Person], year: int) -> list[MemberYear]:
    """The year of each of these people who had a claim in it; three SQL statements."""
    rows = list(PersonYear.objects.filter(person__in=[person.pk for person in people], year=year))
    totals = {row.person_id: row.totals for row in rows}
    claims: defaultdict[str, list[ListedClaim]] = defaultdict(list)
    if totals:
        # In the order of the years first: by date alone SQLite goes through the claims of all.
        of_all = Claim.objects.filter(year__in=[row.pk for row in rows])
        for claim in listed(of_all.order_by("year", "date", "position")):
            claims[claim.person].append(claim)
    return [
        MemberYear(
            person,
            totals_of(claims[person.public_id]),
            _rooms(claims[person.public_id][-1].day, totals[person.pk]),
        )
        for person in people
        if claims.get(person.public_id)
    ]


def _rooms(day: date, totals: dict[str, int]) -> list[Room]:
    try:
        return rooms_left(active_policy(), day, totals)
    except NoVersionInForce:
        return []
