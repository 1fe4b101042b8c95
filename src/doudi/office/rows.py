"""Inserting rows without building a query each time, many of them in one statement.

Django compiles the SQL of every ``create`` anew, which costs more than the database's own work.
Here the SQL of a table is built once. On PostgreSQL the rows of a table are one parameter, so the
statement is the same for one row and for a thousand and stays prepared; and rows of several
tables go in one statement, so that what the tables say of each other must hold at its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.db import connection, models

from doudi.office.cursors import prepared_cursor

Row = Mapping[str, Any]
"""Values by the names of a model's fields; references by their ``…_id``."""


class Rows(NamedTuple):
    """Rows of one model; each has all of its fields, an automatic key only if ``numbered``.

    One that is there with the same values of the fields ``same`` is updated instead, and keeps
    the key that it has.
    """

    model: type[models.Model]
    rows: Sequence[Row]
    same: tuple[str, ...] = ()
    numbered: bool = False

    @property
    def form(self) -> Form:
        """What the SQL depends on."""
        return Form(self.model, self.same, self.numbered)


class Form(NamedTuple):
    """A model and what `Rows` says of its rows."""

    model: type[models.Model]
    same: tuple[str, ...]
    numbered: bool


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
    return {field.attname: field.pre_save(row, True) for field in _fields(_plain(type(row)))}


class Held(NamedTuple):
    """Rows that nobody else changes until the transaction ends; others may hold them too."""

    model: type[models.Model]
    keys: Sequence[int]


def insert_together(*tables: Rows, held: Held | None = None) -> None:
    """Insert rows of several models: on PostgreSQL in one statement, on SQLite in this order.

    On either the first model's rows are there, and locked where they were there before, before
    any other row is written; and those ``held`` before these. SQLite has one writer at a time.
    """
    filled = [table for table in tables if table.rows]
    if not filled:
        return
    if connection.vendor == "postgresql":
        with prepared_cursor() as cursor:
            cursor.execute(
                _one_statement(
                    tuple(table.form for table in filled), None if held is None else held.model
                ),
                [
                    *([] if held is None else [_array(held.keys)]),
                    *(orjson.dumps(table.rows).decode() for table in filled),
                ],
            )
        return
    for table in filled:
        fields = _fields(table.form)
        parameters = [
            field.get_db_prep_save(row[field.attname], connection)
            for row in table.rows
            for field in fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(_values_statement(table.form, len(table.rows)), parameters)


def _plain(model: type[models.Model]) -> Form:
    return Form(model, (), False)


@lru_cache(maxsize=64)
def _fields(form: Form) -> tuple[models.Field[Any, Any], ...]:
    return tuple(
        field
        for field in form.model._meta.concrete_fields
        if form.numbered or not isinstance(field, models.AutoField | models.BigAutoField)
    )


@lru_cache(maxsize=64)
def _one_statement(forms: tuple[Form, ...], held: type[models.Model] | None) -> str:
    # In which order PostgreSQL does the parts is its own affair, unless one reads what another did.
    parts = [] if held is None else [f"held AS MATERIALIZED ({holding(held)})"]
    after_held = "" if held is None else " WHERE (SELECT count(*) FROM held) >= 0"
    first, *others = forms
    if not others:
        given = f"WITH {', '.join(parts)} " if parts else ""
        return given + _from_json(first, after_held)
    *middle, last = [
        _from_json(form, " WHERE (SELECT count(*) FROM first) >= 0") for form in others
    ]
    parts += [f"first AS ({_from_json(first, after_held)} RETURNING 1)"]
    parts += [f"part{number} AS ({part})" for number, part in enumerate(middle)]
    return f"WITH {', '.join(parts)} {last}"


def holding(model: type[models.Model], keys: str = "%s::bigint[]") -> str:
    """What holds rows of a model, in the order of their keys, so that nobody waits in a circle."""
    return f'SELECT 1 FROM "{model._meta.db_table}" WHERE id = ANY ({keys}) ORDER BY id FOR SHARE'


def _array(keys: Sequence[int]) -> str:
    return "{" + ",".join(map(str, keys)) + "}"


def _from_json(form: Form, after: str = "") -> str:
    # Each value by the name of its field, which is the name of its column.
    table, columns = form.model._meta.db_table, _columns(form)
    return (
        f'INSERT INTO "{table}" ({columns}) SELECT {columns} '
        f'FROM json_populate_recordset(NULL::"{table}", %s::json){after}{_update(form)}'
    )


@lru_cache(maxsize=128)
def _values_statement(form: Form, count: int) -> str:
    one = f"({', '.join(['%s'] * len(_fields(form)))})"
    return (
        f'INSERT INTO "{form.model._meta.db_table}" ({_columns(form)}) '
        f"VALUES {', '.join([one] * count)}{_update(form)}"
    )


def _update(form: Form) -> str:
    if not form.same:
        return ""
    # Not an UPDATE: this always goes by the index, whatever PostgreSQL thinks of the table's size.
    others = [
        field.attname for field in _fields(_plain(form.model)) if field.attname not in form.same
    ]
    values = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
    return f" ON CONFLICT ({', '.join(form.same)}) DO UPDATE SET {values}"


def _columns(form: Form) -> str:
    return ", ".join(f'"{field.attname}"' for field in _fields(form))
