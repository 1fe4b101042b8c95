"""Every moment of a transaction at which something can go wrong, counted and used.

A moment is a place among the SQL statements of one call, COMMIT among them, and a side:

``before``   the statement has not left this process
``sent``     PostgreSQL only: the server has it, this process has no answer yet
``after``    the answer is here
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator
from typing import Any

from django.db import OperationalError, connection
from psycopg.waiting import WAIT_R, wait_selector

COMMIT = "COMMIT"
BEFORE, SENT, AFTER = "before", "sent", "after"

_DISK_FULL = """
DO $$ BEGIN
    RAISE EXCEPTION 'could not extend file "base/16384/16385": No space left on device'
        USING ERRCODE = '53100', HINT = 'Check free disk space.';
END $$
"""


class Moments:
    """Counts the statements of this process from now on, and does ``deed`` at one of them."""

    def __init__(self, place: int | None, side: str, deed: Callable[[], None]) -> None:
        self.statements: list[str] = []
        self._place, self._side, self._deed = place, side, deed
        connection.ensure_connection()
        connection.execute_wrappers.append(self._statement)
        # Django has no wrapper around the commit.
        patched: Any = connection
        self._really_commit = patched._commit
        patched._commit = self._commit
        if side == SENT:
            self._really_wait = connection.connection.wait
            connection.connection.wait = self._wait

    def stop(self) -> None:
        """Do nothing any more."""
        self._place = None

    def _statement(
        self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        self._begin(sql)
        answer = execute(sql, params, many, context)
        self._end()
        return answer

    def _commit(self) -> None:
        self._begin(COMMIT)
        self._really_commit()
        self._end()

    def _begin(self, sql: str) -> None:
        self.statements.append(" ".join(sql.split())[:60])
        self._at(BEFORE)

    def _end(self) -> None:
        self._at(AFTER)

    def _at(self, side: str) -> None:
        if side == self._side and len(self.statements) - 1 == self._place:
            self._deed()

    def _wait(self, steps: Generator[Any, Any, Any], *others: Any, **given: Any) -> Any:
        """Psycopg's way to the server: a generator that says what it waits for."""
        if len(self.statements) - 1 != self._place:
            return self._really_wait(steps, *others, **given)

        def watched() -> Generator[Any, Any, Any]:
            waits_for = next(steps)
            while True:
                if waits_for == WAIT_R:
                    self._deed()  # all is sent, and the answer has not been read
                try:
                    waits_for = steps.send((yield waits_for))
                except StopIteration as end:
                    return end.value

        return wait_selector(watched(), connection.connection.pgconn.socket)


def die() -> None:
    """SIGKILL to oneself: no `finally`, no flush, no farewell to the database."""
    os.kill(os.getpid(), signal.SIGKILL)


def disk_is_full() -> None:
    """The error that the database itself gives when its disk is full."""
    if connection.vendor == "postgresql":
        # By a cursor of its own, so that it is not counted.
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(_DISK_FULL)
    raise OperationalError("database or disk is full")
