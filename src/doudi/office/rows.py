"""Inserting model rows without building a query each time.

Django compiles the SQL of every ``create`` anew, which costs more than the database's own work.
A settlement writes the same six tables each time; here their SQL is built once. Values still go
through the model's fields, so types, defaults and time stamps are those of the models.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model in one statement; an automatic key is not read back."""
    if not rows:
        return
    model = type(rows[0])
    fields = _fields(model)
    parameters = [_value(field, row) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, len(rows)), parameters)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def _value(field: models.Field[Any, Any], row: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, True), connection)


@lru_cache(maxsize=32)
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField | models.BigAutoField)
    )


@lru_cache(maxsize=128)
def _statement(model: type[models.Model], count: int) -> str:
    columns = [f'"{field.column}"' for field in _fields(model)]
    one = f"({', '.join(['%s'] * len(columns))})"
    places = ", ".join([one] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) VALUES {places}'
