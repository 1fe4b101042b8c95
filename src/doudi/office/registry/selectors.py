"""What the registry knows; nothing here changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from doudi.office.registry import identity
from doudi.office.registry.models import DiseaseListing, Division, Person

_LENGTH_OF_LEVEL = {
    Division.Level.LEAGUE: 4,
    Division.Level.BANNER: 6,
    Division.Level.SUMU: 9,
    Division.Level.GACHA: 12,
}


@dataclass(frozen=True)
class Standing:
    """What was true of a person on a day.

    ``evidence`` is JSON data: the day, and the rows each answer rests on (``registration`` and
    ``enrolment``, None where there is none, and all ``listings`` in force, serious or not).
    """

    registered: bool
    enrolled: bool
    serious: bool
    evidence: dict[str, Any]

    @property
    def lists(self) -> frozenset[str]:
        """The disease lists the person was on."""
        return frozenset(row["list"] for row in self.evidence["listings"])


_REGISTRATION = ("id", "valid_from", "valid_to", "cause", "document")
_ENROLMENT = ("id", "year", "paid_by", "document")
_LISTING = ("id", "list", "disease", "valid_from", "valid_to", "document")
_COLUMNS = ", ".join(
    f"{table}.{name}"
    for table, names in (
        ("registration", _REGISTRATION),
        ("enrolment", _ENROLMENT),
        ("listing", _LISTING),
    )
    for name in names
)
STANDING_COLUMNS = _COLUMNS
"""What `standing_from` reads, of the relations that `standing_joins` names."""


def standing_joins(*, person: str, day: str, year: str) -> str:
    """The joins that find what was true of a person on a day, as SQL over three expressions.

    For statements that ask about many people at once; their rows are ordered by
    `STANDING_ORDER` and read by `standing_from`.
    """
    return f"""
LEFT JOIN registry_registrationperiod AS registration
    ON registration.person_id = {person} AND registration.withdrawn_at IS NULL
    AND registration.valid_from <= {day}
    AND (registration.valid_to IS NULL OR registration.valid_to >= {day})
LEFT JOIN registry_enrolment AS enrolment
    ON enrolment.person_id = {person} AND enrolment.year = {year}
    AND enrolment.withdrawn_at IS NULL
LEFT JOIN registry_diseaselisting AS listing
    ON listing.person_id = {person} AND listing.withdrawn_at IS NULL
    AND listing.valid_from <= {day}
    AND (listing.valid_to IS NULL OR listing.valid_to >= {day})
"""


STANDING_ORDER = "registration.id, listing.id"

# Written out because it is read at every settlement, and Django would build it anew each time.
_STANDING = f"""
SELECT {STANDING_COLUMNS}
FROM registry_person AS person
{standing_joins(person="person.id", day="%(day)s", year="%(year)s")}
WHERE person.id = %(person)s
ORDER BY {STANDING_ORDER}
"""


def standing_on(person_id: int, day: date) -> Standing:
    """What holds for the person on the day, in one SQL statement; Person.DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"day": day.isoformat(), "year": day.year, "person": person_id})
        rows = cursor.fetchall()
    if not rows:
        raise Person.DoesNotExist(f"no person {person_id}")
    return standing_from(rows, day)


def standing_from(rows: Sequence[Sequence[Any]], day: date) -> Standing:
    """What holds for one person on the day, from the rows of `STANDING_COLUMNS`."""
    # With several diseases the registration and the enrolment stand in every row.
    registration = _part(rows[0], 0, _REGISTRATION)
    enrolment = _part(rows[0], len(_REGISTRATION), _ENROLMENT)
    parts = (_part(row, len(_REGISTRATION) + len(_ENROLMENT), _LISTING) for row in rows)
    listings = list({part["id"]: part for part in parts if part is not None}.values())
    return Standing(
        registered=registration is not None,
        enrolled=enrolment is not None,
        serious=any(row["list"] == DiseaseListing.List.SERIOUS for row in listings),
        evidence={
            "day": day.isoformat(),
            "registration": registration,
            "enrolment": enrolment,
            "listings": listings,
        },
    )


def _part(row: Sequence[Any], start: int, names: tuple[str, ...]) -> dict[str, Any] | None:
    values = row[start : start + len(names)]
    if values[0] is None:
        return None
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in zip(names, values, strict=True)
    }


def masked_id_number(person: Person) -> str:
    """The ID number with its middle hidden, as every list and slip shows it."""
    number = identity.decrypt(person.id_cipher, public_id=person.public_id)
    return identity.masked(number)


def find_by_id_number(text: str) -> Person | None:
    """The person with this ID number, however it was typed; BadNumber when it cannot be one."""
    number = identity.read_id_number(text)
    return Person.objects.filter(id_index__in=identity.id_indexes(number.text)).first()


def find_by_card(text: str) -> Person | None:
    """The person with this social security card, or None; BadNumber when it cannot be one.

    None also when two people are recorded with the card: then only the ID number tells.
    """
    indexes = identity.card_indexes(identity.read_card(text))
    found = list(Person.objects.filter(card_index__in=indexes)[:2])
    return found[0] if len(found) == 1 else None


def common_division(*codes: str) -> str:
    """The area code of the lowest division that holds all of these; ValueError for two leagues."""
    for digits in (12, 9, 6, 4):
        if len({code[:digits] for code in codes}) == 1:
            return codes[0][:digits].ljust(12, "0")
    raise ValueError("no division holds all of these")


def codes_within(division: Division) -> tuple[str, str]:
    """The first and the last area code that can lie in a division, its own among them.

    A range, because SQLite looks a prefix up without the index.
    """
    inside = division.code[: _LENGTH_OF_LEVEL[Division.Level(division.level)]]
    return inside.ljust(12, "0"), inside.ljust(12, "9")


def people_of(division_code: str) -> QuerySet[Person]:
    """The people of a division and of all below it, by its padded code; Division.DoesNotExist.

    Ordered by household and id; nothing is read before the answer is used.
    """
    division = Division.objects.get(pk=division_code)
    return (
        Person.objects.filter(household__division__code__range=codes_within(division))
        .select_related("household")
        .order_by("household_id", "pk")
    )
