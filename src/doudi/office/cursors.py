"""A cursor for the statements that every settlement makes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def prepared_cursor() -> AbstractContextManager[Any]:
    """A cursor whose statements PostgreSQL plans once for a connection; Django's own on SQLite.

    It goes through Django's wrappers like any other: counted, logged, errors translated.
    """
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    if wrapper.vendor != "postgresql":
        cursor: AbstractContextManager[Any] = wrapper.cursor()
        return cursor
    wrapper.ensure_connection()
    return nullcontext(wrapper._prepare_cursor(_cursor_of(wrapper)))


def _cursor_of(wrapper: Any) -> Any:
    """One cursor for as long as the connection lasts: making one takes longer than using it."""
    kept = wrapper.__dict__.get("doudi_prepared")
    if kept is None or kept.connection is not wrapper.connection:
        # Imported here: on SQLite there need be no psycopg.
        from doudi.office.prepared import Prepared  # noqa: PLC0415

        kept = wrapper.__dict__["doudi_prepared"] = Prepared(wrapper.connection)
    return kept
