"""What holds on a day for each of many people, in three SQL statements however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from doudi.office.registry.models import (
    DiseaseListing,
    Division,
    Enrolment,
    Household,
    Person,
    RegistrationPeriod,
    Relation,
)


@dataclass(frozen=True)
class OnADay:
    """The rows that hold for a person on a day."""

    registration: RegistrationPeriod | None
    enrolment: Enrolment | None
    listings: tuple[DiseaseListing, ...]


@dataclass(frozen=True)
class HouseholdLine:
    """A household in a list: its head, how many there are, how many of them are registered."""

    household: Household
    head: str
    people: int
    registered: int
    cause: str


def standings_on(people: Sequence[Person], day: date) -> dict[int, OnADay]:
    """What holds for people on a day, by their keys."""
    keys = [person.pk for person in people]
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    registrations = {
        row.person_id: row
        for row in RegistrationPeriod.objects.filter(holds, person__in=keys, withdrawn_at=None)
    }
    enrolments = {
        row.person_id: row for row in Enrolment.objects.filter(person__in=keys, year=day.year)
    }
    listings: defaultdict[int, list[DiseaseListing]] = defaultdict(list)
    for row in DiseaseListing.objects.filter(holds, person__in=keys).order_by("pk"):
        listings[row.person_id].append(row)
    return {
        key: OnADay(registrations.get(key), enrolments.get(key), tuple(listings[key]))
        for key in keys
    }


def households_in(gacha: Division, day: date) -> list[HouseholdLine]:
    """The households of a village by number, in two statements."""
    people = Person.objects.filter(household__division=gacha).select_related("household")
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    causes = dict(
        RegistrationPeriod.objects.filter(
            holds, withdrawn_at=None, person__household__division=gacha
        ).values_list("person", "cause")
    )
    members: defaultdict[Household, list[Person]] = defaultdict(list)
    for person in people.order_by("household__number", "relation", "pk"):
        if person.household is not None:
            members[person.household].append(person)
    return [_line(household, inside, causes) for household, inside in members.items()]


def _line(household: Household, people: list[Person], causes: dict[int, str]) -> HouseholdLine:
    head = next((person.name for person in people if person.relation == Relation.HEAD), "")
    registered = [person.pk for person in people if person.pk in causes]
    cause = causes[registered[0]] if registered else ""
    return HouseholdLine(household, head, len(people), len(registered), cause)
