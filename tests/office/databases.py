"""Migrated databases of both kinds, made once a run and copied; and Django pointed at one."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from tests.office.postgres import PostgresServer

from doudi.office.databases import from_url

SQLITE, POSTGRES = KINDS = ("sqlite", "postgres")
_TEMPLATE = "template"


class Databases:
    """All databases of one run of the tests; a PostgreSQL server only once one is asked for."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="doudi-sqlite-"))
        self._server: PostgresServer | None = None
        self._made: dict[str, int] = dict.fromkeys(KINDS, 0)
        self._shared: dict[str, str] = {}

    def shared(self, kind: str) -> str:
        """The URL of the one database for tests that roll back what they do."""
        if kind not in self._shared:
            self._shared[kind] = self.fresh(kind)
        return self._shared[kind]

    def fresh(self, kind: str) -> str:
        """The URL of a new database with all migrations and no rows."""
        if not self._made[kind]:
            self._make_template(kind)
        self._made[kind] += 1
        name = f"doudi_{self._made[kind]}"
        if kind == SQLITE:
            shutil.copy(self._file(_TEMPLATE), self._file(name))
        else:
            self.server.sql(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}_doudi")
        return self._url(kind, name)

    def drop(self, url: str) -> None:
        """Remove a database, even while somebody is connected."""
        name = url.partition("?")[0].rpartition("/")[2]
        if url.startswith("sqlite"):
            for file in self._folder.glob(f"{name}*"):
                file.unlink()
        else:
            self.server.sql(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def server(self) -> PostgresServer:
        """The run's PostgreSQL server. A test that kills a server starts one of its own."""
        if self._server is None:
            self._server = PostgresServer()
        return self._server

    def close(self) -> None:
        """Remove everything."""
        if self._server is not None:
            self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_template(self, kind: str) -> None:
        if kind == POSTGRES:
            self.server.sql(f"CREATE DATABASE {_TEMPLATE}_doudi")
        url = self._url(kind, _TEMPLATE if kind == SQLITE else f"{_TEMPLATE}_doudi")
        migrate(url)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    def _url(self, kind: str, name: str) -> str:
        return f"sqlite:///{self._file(name)}" if kind == SQLITE else self.server.url(name)


def migrate(url: str) -> None:
    """Bring a database up to date with this code."""
    with as_default(url):
        call_command("migrate", verbosity=0)


@contextmanager
def as_default(url: str) -> Generator[None]:
    """Make a database the only one that Django knows, for this thread and those started inside."""
    before = connections.settings["default"]
    _set_default(connections.configure_settings({"default": from_url(url)})["default"])
    try:
        yield
    finally:
        _set_default(before)


def _set_default(config: dict[str, Any]) -> None:
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = config
    settings.DATABASES["default"] = config


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls return, or the exception each raises, when threads make them all at once.

    For tests marked ``real_commits``: each thread has a connection of its own.
    """
    answers: list[Any] = [None] * len(calls)
    ready = threading.Barrier(len(calls))

    def make(place: int, call: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()
            ready.wait()
            answers[place] = call()
        except Exception as error:  # the test judges it
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=make, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
