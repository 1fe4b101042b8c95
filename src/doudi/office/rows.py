"""Inserting rows without building a query each time, many of them in one statement.

Django compiles the SQL of every ``create`` anew, which costs more than the database's own work.
Here the SQL of a table is built once. On PostgreSQL the rows of a table are one parameter, so the
statement is the same for one row and for a thousand and stays prepared; and rows of several
tables go in one statement, so that what the tables say of each other must hold at its end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models

from doudi.office.cursors import prepared_cursor

Row = Mapping[str, Any]
"""Values by the names of a model's fields; references by their ``…_id``."""


class Rows(NamedTuple):
    """Rows of one model; each has all of its fields, but for an automatic key.

    One that is there with the same values of the fields ``same`` is updated instead.
    """

    model: type[models.Model]
    rows: Sequence[Row]
    same: tuple[str, ...] = ()


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model in one statement; an automatic key is not read back."""
    if not rows:
        return
    insert_together(Rows(type(rows[0]), [values_of(row) for row in rows]))
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def values_of(row: models.Model) -> Row:
    """The values of a new row, defaults and time stamps included."""
    return {field.attname: field.pre_save(row, True) for field in _fields(type(row))}


def insert_together(*tables: Rows) -> None:
    """Insert rows of several models: on PostgreSQL in one statement, on SQLite in this order."""
    filled = [table for table in tables if table.rows]
    if not filled:
        return
    if connection.vendor == "postgresql":
        with prepared_cursor() as cursor:
            cursor.execute(
                _one_statement(tuple((table.model, table.same) for table in filled)),
                [json.dumps(table.rows, default=_text, ensure_ascii=False) for table in filled],
            )
        return
    for model, rows, same in filled:
        fields = _fields(model)
        parameters = [
            field.get_db_prep_save(row[field.attname], connection)
            for row in rows
            for field in fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(_values_statement(model, same, len(rows)), parameters)


def _text(value: Any) -> str:
    """How PostgreSQL reads what JSON has no word for."""
    if isinstance(value, UUID | date):
        return str(value)
    raise TypeError(f"{value!r} is no value of a column")


@lru_cache(maxsize=32)
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField | models.BigAutoField)
    )


@lru_cache(maxsize=64)
def _one_statement(tables: tuple[tuple[type[models.Model], tuple[str, ...]], ...]) -> str:
    *first, last = [_from_json(*table) for table in tables]
    if not first:
        return last
    parts = ", ".join(f"part{number} AS ({part})" for number, part in enumerate(first))
    return f"WITH {parts} {last}"


def _from_json(model: type[models.Model], same: tuple[str, ...]) -> str:
    # Each value by the name of its field, which is the name of its column.
    table, columns = model._meta.db_table, _columns(model)
    return (
        f'INSERT INTO "{table}" ({columns}) SELECT {columns} '
        f'FROM json_populate_recordset(NULL::"{table}", %s::json){_update(model, same)}'
    )


@lru_cache(maxsize=128)
def _values_statement(model: type[models.Model], same: tuple[str, ...], count: int) -> str:
    one = f"({', '.join(['%s'] * len(_fields(model)))})"
    return (
        f'INSERT INTO "{model._meta.db_table}" ({_columns(model)}) '
        f"VALUES {', '.join([one] * count)}{_update(model, same)}"
    )


def _update(model: type[models.Model], same: tuple[str, ...]) -> str:
    if not same:
        return ""
    # Not an UPDATE: this always goes by the index, whatever PostgreSQL thinks of the table's size.
    others = [field.attname for field in _fields(model) if field.attname not in same]
    values = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
    return f" ON CONFLICT ({', '.join(same)}) DO UPDATE SET {values}"


def _columns(model: type[models.Model]) -> str:
    return ", ".join(f'"{field.attname}"' for field in _fields(model))
