"""Putting rows of a file down: thousands a second, the ID numbers encrypted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from doudi.office.imports.cells import CellNote
from doudi.office.registry import identity
from doudi.office.registry.names import initials_of
from doudi.office.registry.people_file import diseases_of
from doudi.office.registry.phones import PHONE

_BLANK: dict[str, Any] = {
    "people_import_id": None,
    "row": None,
    "state": "",
    "warned": False,
    "faults": "[]",
    "warnings": "[]",
    "person": "",
    "name": "",
    "initials": "",
    "id_masked": "",
    "id_cipher": None,
    "id_index": "",
    "born": None,
    "sex": "",
    "card_index": None,
    "phone_cipher": None,
    "household": "",
    "relation": "",
    "division": "",
    "health": "",
    "diseases": "[]",
    "listed_from": None,
    "listed_to": None,
    "registered_from": None,
    "registered_to": None,
    "cause": "",
    "enrolled_years": "[]",
    "premium_own_fen": None,
    "paid_by": "",
    "document": "",
}
"""The columns of `StagedRow`, and what stands where a file says nothing."""
_IN_A_STATEMENT = 250

Row = Mapping[str, Any]
Values = dict[str, Any]


def of_every_row(
    people_import: int,
    row: Row,
    state: str,
    faults: Sequence[CellNote],
    warnings: Sequence[CellNote],
) -> Values:
    """What is kept of a row whatever file it is of."""
    return {
        "people_import_id": people_import,
        "row": row["row"],
        "state": state,
        "warned": bool(warnings),
        "faults": _json(faults),
        "warnings": _json(warnings),
    }


def of_a_listing(row: Row, document: str) -> Values:
    """What is kept of a row of `listings_file.read_listing`; the ID number is not."""
    number: identity.IdNumber | None = row["id_number"]
    listed = [[row["list"], row["disease"]]] if row["list"] and row["disease"] else []
    return {
        "person": row["person"] or "",
        "name": row["name"] or "",
        "id_masked": "" if number is None else identity.masked(number.text),
        "diseases": _json(listed),
        "listed_from": _day(row["valid_from"]),
        "listed_to": _day(row["valid_to"]),
        "document": row["document"] or document,
    }


def of_a_person(row: Row, document: str) -> Values:
    """What is kept of a row of `people_file.read_row`.

    ID number and phone are encrypted for the person they will be of, and the card only hashed.
    """
    person = identity.new_public_id()
    number: identity.IdNumber | None = row["id_number"]
    name: str = row["name"] or ""
    phone: str | None = row["phone"]
    values: Values = {
        "person": person,
        "name": name,
        "initials": initials_of(name),
        "household": row["household"] or "",
        "relation": row["relation"] or "",
        "division": row["division"] or "",
        "health": row["health"] or "",
        "diseases": _json(diseases_of(row)),
        "listed_from": _day(row["listed_from"]),
        "registered_from": _day(row["registered_from"]),
        "registered_to": _day(row["registered_to"]),
        "cause": row["cause"] or "",
        "enrolled_years": _json(row["enrolled_years"] or ()),
        "premium_own_fen": row["premium_own_fen"],
        "paid_by": row["paid_by"] or "",
        "document": row["document"] or document,
    }
    if number is not None:
        values |= {
            "id_masked": identity.masked(number.text),
            "id_cipher": identity.encrypt(number.text, public_id=person),
            "id_index": identity.id_index(number.text),
            "born": number.born.isoformat(),
            "sex": number.sex,
        }
    if row["card"] is not None:
        values["card_index"] = identity.card_index(row["card"])
    if phone is not None:
        values["phone_cipher"] = identity.encrypt(phone, public_id=person, use=PHONE)
    return values


def insert_staged(rows: Sequence[Values]) -> None:
    """Insert rows of values; Django's own way takes three times as long for so many."""
    columns = ", ".join(f'"{name}"' for name in _BLANK)
    places = f"({', '.join(['%s'] * len(_BLANK))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _IN_A_STATEMENT):
            some = rows[start : start + _IN_A_STATEMENT]
            cursor.execute(
                f"INSERT INTO imports_stagedrow ({columns}) VALUES "
                + ", ".join([places] * len(some)),
                [row.get(name, blank) for row in some for name, blank in _BLANK.items()],
            )


def _json(value: Sequence[Any]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else "[]"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
