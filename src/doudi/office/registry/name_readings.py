"""Keeping the other readings of people's names, so that they are found by each of them."""

from __future__ import annotations

from collections.abc import Iterable

from doudi.office.registry.models import NameReading, Person
from doudi.office.registry.names import other_initials_of

_BATCH = 1_000


def keep_readings(people: Iterable[tuple[int, str]]) -> int:
    """Keep the other readings of new people, by key and name; how many."""
    rows = [
        NameReading(person_id=key, initials=initials)
        for key, name in people
        for initials in other_initials_of(name)
    ]
    NameReading.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def renew_readings(person: Person) -> None:
    """Keep the readings of a name that was put right in place of the old ones."""
    NameReading.objects.filter(person=person).delete()
    keep_readings([(person.pk, person.name)])
