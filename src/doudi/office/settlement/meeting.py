"""What requests to settle meet: kept answers, stays with bills, who stands how, and their years.

One statement for all of them, since a settlement reads little and every statement costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from doudi.office.cursors import prepared_cursor
from doudi.office.registry.selectors import (
    STANDING_COLUMNS,
    STANDING_ORDER,
    Standing,
    standing_from,
    standing_joins,
)
from doudi.office.settlement.years import SeenYear, year_row


@dataclass(frozen=True)
class Stay:
    """An admission with its bill; money in fen. ``billed`` is whether the bill has lines.

    ``settled`` is whether a claim of it is in force; ``last_claim`` is the end of the chain of its
    claims, which a new one replaces, or None.
    """

    admission: int
    person: int
    institution: str
    level: int
    inside_league: bool
    serious_designated: bool
    kind: str
    admitted_on: date
    settled: bool
    last_claim: UUID | None
    billed: bool
    bill_fen: int
    catalogue_fen: int


@dataclass(frozen=True)
class Met:
    """What one request meets.

    ``kept`` is the digest and the answer of the request that came under its key before, ``stay``
    None when there is no such admission; ``standing`` is of its person on the asked day, ``year``
    that person's year as it was at this moment, with a number of its own when it is not there yet.
    On SQLite, where nobody settles without a lock, ``year`` is always None.
    """

    kept: tuple[str, str] | None
    stay: Stay | None
    standing: Standing
    text_kept: bool
    year: SeenYear | None


# PostgreSQL guesses how many requests come and, for a table of some thousand rows, would rather
# read all of it than look ten rows up. A range makes it expect one, and go by the indexes.
_GIVEN = {
    "postgresql": """
SELECT * FROM json_to_recordset(%s::json)
    AS given (place int, key text, admission text, day date, year int)
    WHERE place BETWEEN 0 AND 1000000
""",
    "sqlite": """
SELECT json_extract(value, '$.place') AS place, json_extract(value, '$.key') AS key,
       json_extract(value, '$.admission') AS admission, json_extract(value, '$.day') AS day,
       json_extract(value, '$.year') AS year
FROM json_each(%s)
""",
}

_IN_FORCE = """FROM settlement_feeline AS line WHERE line.admission_id = admission.id
    AND NOT EXISTS (SELECT 1 FROM settlement_feeline AS later WHERE later.replaces_id = line.id)"""

_MEETING = f"""
WITH asked AS ({{given}})
SELECT asked.place, kept.body_hash, kept.answer,
       EXISTS (SELECT 1 FROM settlement_policytext WHERE id = {{text}}),
       admission.id, admission.person_id,
       institution.code, institution.level, institution.inside_league,
       institution.serious_designated, admission.kind, admission.admitted_on,
       EXISTS (SELECT 1 FROM settlement_claim AS claim WHERE claim.admission_id = admission.id
            AND NOT EXISTS (SELECT 1 FROM settlement_entry AS entry
                WHERE entry.claim_id = claim.id AND entry.sort = 'reverse')),
       (SELECT claim.id FROM settlement_claim AS claim WHERE claim.admission_id = admission.id
            AND NOT EXISTS (SELECT 1 FROM settlement_claim AS later
                WHERE later.replaces_id = claim.id)),
       (SELECT sum(line.total_fen) {_IN_FORCE}),
       (SELECT sum(line.in_scope_fen) {_IN_FORCE}),
       {{year}}
       {STANDING_COLUMNS}
FROM asked
LEFT JOIN audit_call AS kept ON kept.key = asked.key
LEFT JOIN settlement_admission AS admission ON admission.public_id = asked.admission
LEFT JOIN settlement_institution AS institution ON institution.code = admission.institution_id
{{year_join}}
{standing_joins(person="admission.person_id", day="asked.day", year="asked.year")}
ORDER BY asked.place, {STANDING_ORDER}
"""
_TEXT = {"postgresql": "%s::uuid", "sqlite": "%s"}
# A year that is not there gets the number that it will have, since claims and entries name it.
_YEAR = {
    "postgresql": """coalesce(year.id, CASE WHEN admission.id IS NOT NULL
            THEN nextval('settlement_personyear_id_seq') END),
       year.sequence, year.position, year.totals, (SELECT max(period) FROM ledger_closedmonth),""",
    "sqlite": "NULL, NULL, NULL, NULL, NULL,",
}
_YEAR_JOIN = {
    "postgresql": """LEFT JOIN settlement_personyear AS year
    ON year.person_id = admission.person_id AND year.year = asked.year""",
    "sqlite": "",
}
_SQL = {
    vendor: _MEETING.format(
        given=given, text=_TEXT[vendor], year=_YEAR[vendor], year_join=_YEAR_JOIN[vendor]
    )
    for vendor, given in _GIVEN.items()
}
_STAY = 4
_YEAR_AT = 16
_STANDING = 21


def meet(asked: Sequence[tuple[str | None, str, date]], text: UUID) -> list[Met]:
    """For each (key, admission, day) what it meets, in the same order.

    ``text`` is the id of a policy's text, of which `Met.text_kept` says whether it is there.
    """
    given = [
        {
            "place": place,
            "key": key,
            "admission": admission,
            "day": day,
            "year": day.year,
        }
        for place, (key, admission, day) in enumerate(asked)
    ]
    with prepared_cursor() as cursor:
        cursor.execute(_SQL[connection.vendor], [orjson.dumps(given).decode(), text.hex])
        rows = cursor.fetchall()
    found = groupby(rows, key=lambda row: row[0])
    return [
        _met(list(some), day)
        for (_place, some), (_key, _admission, day) in zip(found, asked, strict=True)
    ]


def _met(rows: list[tuple[Any, ...]], day: date) -> Met:
    row = rows[0]
    stay = None if row[_STAY] is None else _stay(*row[_STAY:_YEAR_AT])
    return Met(
        kept=None if row[1] is None else (row[1], row[2]),
        stay=stay,
        standing=standing_from([one[_STANDING:] for one in rows], day),
        text_kept=bool(row[3]),
        year=_year(stay, day, *row[_YEAR_AT:_STANDING]),
    )


def _year(
    stay: Stay | None,
    day: date,
    number: int | None,
    sequence: int | None,
    position: int | None,
    totals: Any,
    closed: str | None,
) -> SeenYear | None:
    if stay is None or number is None:
        return None
    row = year_row(number, stay.person, day.year, sequence or 0, position or 0, totals or {})
    return SeenYear(row, closed)


def _stay(
    admission: int,
    person: int,
    institution: str,
    level: int,
    inside_league: Any,
    serious_designated: Any,
    kind: str,
    admitted_on: Any,
    settled: Any,
    last_claim: Any,
    bill: Any,
    catalogue: Any,
) -> Stay:
    # SQLite has no flags, dates or ids of its own; PostgreSQL gives sums another type.
    return Stay(
        admission=admission,
        person=person,
        institution=institution,
        level=level,
        inside_league=bool(inside_league),
        serious_designated=bool(serious_designated),
        kind=kind,
        admitted_on=(
            date.fromisoformat(admitted_on) if isinstance(admitted_on, str) else admitted_on
        ),
        settled=bool(settled),
        last_claim=UUID(last_claim) if isinstance(last_claim, str) else last_claim,
        billed=bill is not None,
        bill_fen=int(bill or 0),
        catalogue_fen=int(catalogue or 0),
    )
