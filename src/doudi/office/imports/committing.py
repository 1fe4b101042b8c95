"""Recording the waiting rows of a file as people, in one transaction of a few statements.

The rows were checked when the file was read; what the registry has learned since is looked at
once more. Everything is copied inside the database, so that 100,000 people take seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from doudi.office.audit.services import note
from doudi.office.imports.cells import CellNote
from doudi.office.imports.intake import locked_import
from doudi.office.imports.models import PeopleImport, StagedRow
from doudi.office.imports.planner_statistics import renew_statistics
from doudi.office.registry.changes import one_change
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.registry.name_readings import keep_readings
from doudi.office.registry.people_together import batched

_AT_ONCE = 1_000
_GOOD = "staged.people_import_id = %(import)s AND staged.state = 'good'"

# What the registry has learned since the file was read, as (query, column, zh, en).
_STALE = (
    (
        f"""SELECT staged.id FROM imports_stagedrow AS staged
        JOIN registry_person AS person
            ON person.id_index = staged.id_index AND person.withdrawn_at IS NULL
        WHERE {_GOOD}""",
        "id_number",
        "登记库里已有这个人（读取文件之后登记的）",
        "this person was registered since the file was read",
    ),
    (
        f"""SELECT staged.id FROM imports_stagedrow AS staged
        JOIN registry_household AS household
            ON household.number = staged.household AND household.withdrawn_at IS NULL
        WHERE {_GOOD} AND household.division_id <> staged.division""",
        "division",
        "这一户已登记在别的村",
        "the household is registered elsewhere",
    ),
    (
        f"""SELECT staged.id FROM imports_stagedrow AS staged
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
        f"""SELECT staged.id FROM imports_stagedrow AS staged
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


def commit_import(*, actor: str, reason: str, public_id: str, only_good: bool) -> int:
    """Record the people of a file; how many. All of them, or with ``only_good`` those without
    faults, whole households only.

    RegistryRefused when it is decided already, when ``actor`` is who sent the file, when there
    are faults and not ``only_good``, and when the registry has changed so that some rows no
    longer fit: those then are marked with what is wrong, and nothing is recorded.
    """
    stale: dict[int, CellNote] = {}
    people = 0
    with one_change(actor, reason):
        waiting = locked_import(public_id)
        _check(waiting, actor, only_good)
        stale = _stale(waiting)
        if not stale:
            people = _record(waiting, actor, reason)
    if stale:
        mark_stale(waiting, stale)
        zh = f"读取之后登记库变了，有 {len(stale)} 行不再合适，未作任何改动，请重新核对"
        raise RegistryRefused(zh, f"{len(stale)} rows no longer fit the registry")
    return people


def _check(waiting: PeopleImport, actor: str, only_good: bool) -> None:
    if waiting.state != PeopleImport.State.STAGED:
        label = waiting.get_state_display()
        raise RegistryRefused(f"这份文件的状态是“{label}”，不能入库", f"it is {waiting.state}")
    if waiting.uploaded_by == actor:
        raise RegistryRefused(
            "文件由您上传，须由另一人核对入库", "who sent the file cannot record it as well"
        )
    if not waiting.good_rows:
        raise RegistryRefused("没有可以入库的行", "no row can be recorded")
    wrong = waiting.faulty_rows + waiting.held_rows
    if wrong and not only_good:
        zh = f"还有 {wrong} 行不能入库；请改正后重传，或选择只入库无误的行"
        raise RegistryRefused(zh, f"{wrong} rows have faults")


def _stale(waiting: PeopleImport) -> dict[int, CellNote]:
    """The rows that no longer fit the registry, by id, and what is wrong with each."""
    found: dict[int, CellNote] = {}
    numbers: dict[int, tuple[int, str]] = {}
    for query, column, zh, en in _STALE:
        for (key,) in _rows(query, {"import": waiting.pk}):
            if not numbers:
                numbers = {
                    pk: (row, masked)
                    for pk, row, masked in waiting.staged.filter(
                        state=StagedRow.State.GOOD
                    ).values_list("pk", "row", "id_masked")
                }
            row, masked = numbers[key]
            cell = f"{waiting.columns.get(column, '')}{row}"
            value = masked if column == "id_number" else ""
            found.setdefault(
                key, CellNote(cell=cell, heading=_HEADING[column], value=value, zh=zh, en=en)
            )
    return found


_HEADING = {"id_number": "身份证号", "division": "村代码", "relation": "与户主关系"}


def mark_stale(waiting: PeopleImport, stale: dict[int, CellNote]) -> None:
    """Keep what is now wrong with waiting rows; their households wait with them."""
    with transaction.atomic():
        waiting = locked_import(waiting.public_id)
        rows = waiting.staged.in_bulk(list(stale))
        for key, row in rows.items():
            row.faults = [*row.faults, stale[key]]
            row.state = StagedRow.State.FAULTY
        StagedRow.objects.bulk_update(rows.values(), ["faults", "state"], batch_size=500)
        households = waiting.staged.filter(pk__in=list(stale)).values("household")
        waiting.staged.filter(household__in=households, state=StagedRow.State.GOOD).update(
            state=StagedRow.State.HELD
        )
        for state in StagedRow.State:
            setattr(waiting, f"{state}_rows", waiting.staged.filter(state=state).count())
        waiting.save(update_fields=["good_rows", "held_rows", "faulty_rows"])


def _record(waiting: PeopleImport, actor: str, reason: str) -> int:
    now = timezone.now()
    values: dict[str, Any] = {
        "import": waiting.pk,
        "synthetic": waiting.synthetic,
        "actor": actor,
        "now": connection.ops.adapt_datetimefield_value(now),
    }
    households = _do(_HOUSEHOLDS, values)
    people = _do(_PEOPLE, values)
    renew_statistics("registry_household", "registry_person")
    if people != waiting.good_rows:
        raise RuntimeError(f"{people} people were recorded of {waiting.good_rows} good rows")
    _keep_readings(waiting)
    registrations = _do(_REGISTRATIONS, values)
    enrolments = 0
    listings = _list_diseases(waiting, actor)
    for year in _years(waiting):
        enrolments += _do(_ENROLMENTS, values | {"year": year, "with_year": f"%{year}%"})
    waiting.state = PeopleImport.State.COMMITTED
    waiting.decided_by, waiting.decided_at, waiting.committed_rows = actor, now, people
    waiting.save(update_fields=["state", "decided_by", "decided_at", "committed_rows"])
    detail = {
        "file": waiting.file_name,
        "sha256": waiting.file_sha256,
        "uploaded_by": waiting.uploaded_by,
        "people": people,
        "households": households,
        "registrations": registrations,
        "enrolments": enrolments,
        "listings": listings,
        "left_out": waiting.faulty_rows + waiting.held_rows,
        "synthetic": waiting.synthetic,
    }
    subject = f"import:{waiting.public_id}"
    note(actor=actor, reason=reason, service="commit_import", subject=subject, detail=detail)
    return people


def _keep_readings(waiting: PeopleImport) -> None:
    """Of the people of the good rows, so that they are found by every reading of their names."""
    good = waiting.staged.filter(state=StagedRow.State.GOOD).values("person")
    people = Person.objects.filter(public_id__in=good).values_list("pk", "name")
    keep_readings(people.order_by("pk").iterator(chunk_size=5_000))


def _list_diseases(waiting: PeopleImport, actor: str) -> int:
    """Put the ill of the good rows on their lists; they are few beside all rows."""
    ill = waiting.staged.filter(state=StagedRow.State.GOOD, listed_from__isnull=False)
    columns = ("person", "diseases", "listed_from", "document")
    rows: list[dict[str, Any]] = list(ill.order_by("row").values(*columns))
    people: dict[str, int] = {}
    for some in batched([str(row["person"]) for row in rows]):
        known = Person.objects.filter(public_id__in=some)
        people |= dict(known.values_list("public_id", "pk"))
    listings = [
        DiseaseListing(
            person_id=people[row["person"]],
            list=kind,
            disease=disease,
            valid_from=row["listed_from"],
            document=row["document"],
            recorded_by=actor,
        )
        for row in rows
        for kind, disease in row["diseases"]
    ]
    DiseaseListing.objects.bulk_create(listings, batch_size=_AT_ONCE)
    return len(listings)


def _years(waiting: PeopleImport) -> list[int]:
    """The years that the good rows are enrolled for."""
    rows = waiting.staged.filter(state=StagedRow.State.GOOD).order_by()
    lists = rows.values_list("enrolled_years", flat=True).distinct()
    return sorted({year for years in lists for year in years})


def _do(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _rows(query: str, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
