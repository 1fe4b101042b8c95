"""Recording the good rows of a file of people: copied inside the database, by a few statements.

The rows were checked when the file was read; what the registry has learned since is looked at
once more. So 100,000 people take seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from doudi.estimate.claims_file import RowFault
from doudi.office.imports.models import PeopleImport
from doudi.office.imports.put_on_lists import list_staged
from doudi.office.imports.staged_people import good_rows, people_of
from doudi.office.planner_statistics import renew_statistics
from doudi.office.registry.models import Household, Person
from doudi.office.registry.name_readings import keep_readings
from doudi.office.registry.people_columns import HEADINGS

_GOOD = "staged.people_import_id = %(import)s AND staged.state = 'good'"

# What the registry has learned since the file was read, as (query, column, zh, en).
_STALE = (
    (
        f"""SELECT staged.row, staged.id_masked FROM imports_stagedrow AS staged
        JOIN registry_person AS person
            ON person.id_index = staged.id_index AND person.withdrawn_at IS NULL
        WHERE {_GOOD}""",
        "id_number",
        "登记库里已有这个人（读取文件之后登记的）",
        "this person was registered since the file was read",
    ),
    (
        f"""SELECT staged.row, staged.id_masked FROM imports_stagedrow AS staged
        JOIN registry_household AS household
            ON household.number = staged.household AND household.withdrawn_at IS NULL
        WHERE {_GOOD} AND household.division_id <> staged.division""",
        "division",
        "这一户已登记在别的村",
        "the household is registered elsewhere",
    ),
    (
        f"""SELECT staged.row, staged.id_masked FROM imports_stagedrow AS staged
        WHERE {_GOOD} AND staged.relation = '01' AND EXISTS (
            SELECT 1 FROM registry_person AS person
            JOIN registry_household AS household ON household.id = person.household_id
            WHERE household.number = staged.household AND household.withdrawn_at IS NULL
                AND person.relation = '01' AND person.withdrawn_at IS NULL)""",
        "relation",
        "这一户已有户主",
        "the household has a head already",
    ),
    (
        f"""SELECT staged.row, staged.id_masked FROM imports_stagedrow AS staged
        WHERE {_GOOD} AND NOT EXISTS (
            SELECT 1 FROM imports_stagedrow AS head
            WHERE head.people_import_id = staged.people_import_id
                AND head.household = staged.household
                AND head.state = 'good' AND head.relation = '01')
        AND NOT EXISTS (
            SELECT 1 FROM registry_person AS person
            JOIN registry_household AS household ON household.id = person.household_id
            WHERE household.number = staged.household AND household.withdrawn_at IS NULL
                AND person.relation = '01' AND person.withdrawn_at IS NULL)""",
        "relation",
        "这一户没有户主",
        "the household has no head",
    ),
)

_HOUSEHOLDS = f"""
INSERT INTO registry_household (number, division_id, synthetic)
SELECT DISTINCT staged.household, staged.division, %(synthetic)s
FROM imports_stagedrow AS staged
WHERE {_GOOD} AND NOT EXISTS (
    SELECT 1 FROM registry_household AS household
    WHERE household.number = staged.household AND household.withdrawn_at IS NULL)
"""
_PEOPLE = f"""
INSERT INTO registry_person (household_id, public_id, name, initials, relation, born, sex,
                             id_cipher, id_index, card_index, phone_cipher, health,
                             synthetic)
SELECT household.id, staged.person, staged.name, staged.initials, staged.relation, staged.born,
       staged.sex, staged.id_cipher, staged.id_index, staged.card_index, staged.phone_cipher,
       staged.health, %(synthetic)s
FROM imports_stagedrow AS staged
JOIN registry_household AS household
    ON household.number = staged.household AND household.withdrawn_at IS NULL
WHERE {_GOOD}
ORDER BY staged.row
"""
_REGISTRATIONS = f"""
INSERT INTO registry_registrationperiod (person_id, valid_from, valid_to, cause, document,
                                         recorded_by, recorded_at)
SELECT person.id, staged.registered_from, staged.registered_to, staged.cause, staged.document,
       %(actor)s, %(now)s
FROM imports_stagedrow AS staged
JOIN registry_person AS person ON person.public_id = staged.person
WHERE {_GOOD} AND staged.registered_from IS NOT NULL
ORDER BY staged.row
"""
_ENROLMENTS = f"""
INSERT INTO registry_enrolment (person_id, year, premium_own_fen, paid_by, document, recorded_by,
                                recorded_at)
SELECT person.id, %(year)s, staged.premium_own_fen, staged.paid_by, staged.document, %(actor)s,
       %(now)s
FROM imports_stagedrow AS staged
JOIN registry_person AS person ON person.public_id = staged.person
WHERE {_GOOD} AND CAST(staged.enrolled_years AS text) LIKE %(with_year)s
ORDER BY staged.row
"""


def stale_people(waiting: PeopleImport) -> Iterator[RowFault]:
    """What of the good rows no longer fits the registry."""
    for query, column, zh, en in _STALE:
        for row, masked in _rows(query, {"import": waiting.pk}):
            yield RowFault(row, HEADINGS[column], masked if column == "id_number" else "", zh, en)


def record_people(
    waiting: PeopleImport, actor: str, reason: str, now: datetime
) -> tuple[int, dict[str, Any]]:
    """Record the good rows as people, with all that they say of them; how many, and the record."""
    del reason
    values: dict[str, Any] = {
        "import": waiting.pk,
        "synthetic": waiting.synthetic,
        "actor": actor,
        "now": connection.ops.adapt_datetimefield_value(now),
    }
    households = _do(_HOUSEHOLDS, values)
    people = _do(_PEOPLE, values)
    renew_statistics(Household, Person)
    if people != waiting.good_rows:
        raise RuntimeError(f"{people} people were recorded of {waiting.good_rows} good rows")
    _keep_readings(waiting)
    registrations = _do(_REGISTRATIONS, values)
    enrolments = 0
    listings = list_staged(good_rows(waiting).filter(listed_from__isnull=False), actor)
    for year in _years(waiting):
        enrolments += _do(_ENROLMENTS, values | {"year": year, "with_year": f"%{year}%"})
    detail = {
        "people": people,
        "households": households,
        "registrations": registrations,
        "enrolments": enrolments,
        "listings": len(listings),
    }
    return people, detail


def _keep_readings(waiting: PeopleImport) -> None:
    """Of the people of the good rows, so that they are found by every reading of their names."""
    people = people_of(good_rows(waiting)).values_list("pk", "name")
    keep_readings(people.order_by("pk").iterator(chunk_size=5_000))


def _years(waiting: PeopleImport) -> list[int]:
    """The years that the good rows are enrolled for."""
    lists = good_rows(waiting).order_by().values_list("enrolled_years", flat=True).distinct()
    return sorted({year for years in lists for year in years})


def _do(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _rows(query: str, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
