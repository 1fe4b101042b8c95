"""Psycopg's cursor with parameters of their own; Django's writes them into the text."""

from __future__ import annotations

from typing import Any

import psycopg


class Executed:
    """What was executed, as Django asks for it when it logs: without the parameters."""

    def __init__(self, text: str) -> None:
        self.query = text.encode()


class Prepared(psycopg.Cursor[Any]):
    """Prepares what it executes; the connection allows it (see `doudi.office.databases`)."""

    def execute(self, query: Any, params: Any = None, **_given: Any) -> Any:
        """As psycopg's, always prepared."""
        done = super().execute(query, params, prepare=True)
        self._query = Executed(query)  # type: ignore[assignment]
        return done
