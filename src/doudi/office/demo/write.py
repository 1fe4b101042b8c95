"""Writing the people of a planned league: thousands of rows a statement, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction

from doudi.office.audit.services import note
from doudi.office.demo.households import YEAR, Home, Member, public_id
from doudi.office.demo.people import League
from doudi.office.planner_statistics import renew_statistics
from doudi.office.registry import identity
from doudi.office.registry.index_keys import hold_settled_index_key
from doudi.office.registry.models import (
    DiseaseListing,
    Enrolment,
    Household,
    Person,
    RegistrationPeriod,
)
from doudi.office.registry.name_readings import keep_readings
from doudi.office.registry.names import initials_of
from doudi.office.settlement.policy import active_policy

ACTOR, REASON, DOCUMENT = "doudi demo-data", "合成数据", "合成数据"
_HOMES_AT_ONCE = 1_000


def write_people(league: League, progress: Callable[[int], None]) -> None:
    """Households, people, registrations, enrolments and disease lists, in one transaction.

    ``progress`` is called with the number of people written since the last call.
    """
    premium = active_policy().value_on("premium_own", date(YEAR, 1, 1)).value
    if not isinstance(premium, int):
        raise TypeError(f"premium_own is {premium!r}, not fen")
    with transaction.atomic():
        hold_settled_index_key()
        remaining = league.homes()
        ends: list[int] = []
        while some := list(islice(remaining, _HOMES_AT_ONCE)):
            people = _write(some, league, premium)
            ends = [ends[0] if ends else people[0].pk, people[-1].pk]
            progress(len(people))
        renew_statistics(Household, Person, RegistrationPeriod, Enrolment, DiseaseListing)
        note(
            actor=ACTOR,
            reason=REASON,
            service="demo_people",
            subject="people",
            detail={"people": league.people, "seed": league.seed, "person_ids": ends},
        )


def _write(some: list[Home], league: League, premium: int) -> list[Person]:
    households = [
        Household(number=home.number, division_id=home.division, synthetic=True) for home in some
    ]
    Household.objects.bulk_create(households)
    people = [
        (_person(member, household, league.seed), home)
        for home, household in zip(some, households, strict=True)
        for member in home.members
    ]
    Person.objects.bulk_create([person for person, _home in people])
    keep_readings((person.pk, person.name) for person, _home in people)
    RegistrationPeriod.objects.bulk_create(
        [row for person, home in people for row in _registrations(person, home)]
    )
    Enrolment.objects.bulk_create(
        [
            _enrolment(person, home.paid_by, premium)
            for person, home in people
            if home.paid_by is not None
        ]
    )
    numbers = [member.number for home in some for member in home.members]
    DiseaseListing.objects.bulk_create(
        [
            row
            for (person, _home), number in zip(people, numbers, strict=True)
            for row in _listings(person, league.lists.get(number, []))
        ]
    )
    return [person for person, _home in people]


def _person(member: Member, household: Household, seed: int) -> Person:
    name = public_id(seed, member.number)
    return Person(
        household=household,
        public_id=name,
        name=member.name,
        initials=initials_of(member.name),
        relation=member.relation,
        born=member.born,
        sex=member.sex,
        id_cipher=identity.encrypt(member.id_number, public_id=name),
        id_index=identity.id_index(member.id_number),
        synthetic=True,
    )


def _registrations(person: Person, home: Home) -> Iterator[RegistrationPeriod]:
    for first, last, cause in home.periods:
        yield RegistrationPeriod(
            person=person, valid_from=first, valid_to=last, cause=cause, **_RECORDED
        )


def _enrolment(person: Person, paid_by: str, premium: int) -> Enrolment:
    return Enrolment(
        person=person, year=YEAR, premium_own_fen=premium, paid_by=paid_by, **_RECORDED
    )


def _listings(person: Person, lists: list[tuple[str, str]]) -> Iterator[DiseaseListing]:
    for name, disease in lists:
        yield DiseaseListing(
            person=person, list=name, disease=disease, valid_from=date(YEAR, 1, 1), **_RECORDED
        )


_RECORDED: dict[str, Any] = {"document": DOCUMENT, "recorded_by": ACTOR}
