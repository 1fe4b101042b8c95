"""Recording all the people of a file, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from doudi.office.audit.services import note
from doudi.office.registry import identity
from doudi.office.registry.changes import one_change
from doudi.office.registry.index_keys import hold_settled_index_key
from doudi.office.registry.models import (
    DiseaseListing,
    Enrolment,
    Household,
    Person,
    RegistrationPeriod,
)
from doudi.office.registry.name_readings import keep_readings
from doudi.office.registry.people import new_person
from doudi.office.registry.people_file import read_people
from doudi.office.registry.people_rows import BadPeople, PersonRow
from doudi.office.registry.people_together import batched, faults_together
from doudi.office.registry.phones import put_phone

_BATCH = 1_000


def import_people_file(*, path: Path, actor: str, reason: str, synthetic: bool = False) -> int:
    """Import a people file whole; how many people. BadPeople with every fault, and nothing done."""
    rows = read_people(path)
    return import_people(rows=rows, actor=actor, reason=reason, synthetic=synthetic)


def import_people(
    *, rows: Sequence[PersonRow], actor: str, reason: str, synthetic: bool = False
) -> int:
    """Record the people of a file with all that it says of them; how many.

    The number of SQL statements grows by the thousand rows only. BadPeople when the registry has
    changed since the file was read so that a row no longer fits; then nothing is recorded.
    """
    with one_change(actor, reason):
        hold_settled_index_key()
        faults = faults_together([vars(row) for row in rows])
        if faults:
            raise BadPeople(faults)
        households = _households_of(rows, synthetic)
        people = []
        for row in rows:
            card_index = None if row.card is None else identity.card_index(row.card)
            person = new_person(row.name, row.id_number, row.relation, card_index, synthetic)
            person.household = households[row.household]
            person.health = row.health or ""
            put_phone(person, row.phone)
            people.append(person)
        Person.objects.bulk_create(people, batch_size=_BATCH)
        keep_readings((person.pk, person.name) for person in people)
        registrations = [
            RegistrationPeriod(
                person=person, document=row.document, recorded_by=actor, **asdict(row.registration)
            )
            for person, row in zip(people, rows, strict=True)
            if row.registration is not None
        ]
        RegistrationPeriod.objects.bulk_create(registrations, batch_size=_BATCH)
        enrolments = [
            Enrolment(
                person=person,
                year=year,
                premium_own_fen=row.insured.premium_own_fen,
                paid_by=row.insured.paid_by,
                document=row.document,
                recorded_by=actor,
            )
            for person, row in zip(people, rows, strict=True)
            if row.insured is not None
            for year in row.insured.years
        ]
        Enrolment.objects.bulk_create(enrolments, batch_size=_BATCH)
        listings = [
            DiseaseListing(
                person=person,
                list=kind,
                disease=disease,
                valid_from=row.listed.valid_from,
                document=row.document,
                recorded_by=actor,
            )
            for person, row in zip(people, rows, strict=True)
            if row.listed is not None
            for kind, disease in row.listed.diseases
        ]
        DiseaseListing.objects.bulk_create(listings, batch_size=_BATCH)
        detail = {
            "people": len(people),
            "households": len(households),
            "registrations": len(registrations),
            "enrolments": len(enrolments),
            "listings": len(listings),
            "documents": sorted({row.document for row in rows}),
            "person_ids": [people[0].pk, people[-1].pk] if people else [],
            "synthetic": synthetic,
        }
        note(actor=actor, reason=reason, service="import_people", subject="people", detail=detail)
    return len(people)


def _households_of(rows: Sequence[PersonRow], synthetic: bool) -> dict[str, Household]:
    """The households of the rows by number, the new ones made."""
    places = {row.household: row.division for row in rows}
    known: dict[str, Household] = {}
    for numbers in batched(list(places)):
        known |= {row.number: row for row in Household.objects.filter(number__in=numbers)}
    new = [
        Household(number=number, division_id=division, synthetic=synthetic)
        for number, division in places.items()
        if number not in known
    ]
    Household.objects.bulk_create(new, batch_size=_BATCH)
    return known | {household.number: household for household in new}
