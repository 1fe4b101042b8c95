"""A copy made while people work is the whole office, and comes back with its guards on."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoDbBlocker
from tests.office.builders import SAID, month_of_business, settled, someone
from tests.office.databases import KINDS, POSTGRES, Databases, as_default

from doudi.office.audit.chain import verify
from doudi.office.audit.services import seal_day
from doudi.office.backup import BackupRefused, back_up, restore
from doudi.office.ledger.models import Transfer
from doudi.office.settlement.checks import check_everything


@pytest.fixture
def empty(databases: Databases, tmp_path: Path) -> Callable[[str], str]:
    """The URL of a database of a kind without a single table."""

    def make(kind: str) -> str:
        if kind != POSTGRES:
            return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        databases.server.sql("CREATE DATABASE restored")
        return databases.server.url("restored")

    return make


@contextmanager
def programs(databases: Databases, kind: str) -> Generator[None]:
    """The programs of the server the tests use stand first on PATH."""
    before = os.environ["PATH"]
    if kind == POSTGRES:
        os.environ["PATH"] = f"{databases.server.binaries}{os.pathsep}{before}"
    yield
    os.environ["PATH"] = before


def everything() -> dict[str, list[object]]:
    """Every row of every table of ours."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model.__module__.startswith("doudi.")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_restored_copy_is_the_same_office(
    kind: str,
    fresh_database: Callable[[str], str],
    empty: Callable[[str], str],
    databases: Databases,
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy"
    with django_db_blocker.unblock(), programs(databases, kind):
        with as_default(fresh_database(kind)):
            month_of_business()
            seal_day(day=date(2018, 5, 31), **SAID)
            back_up(copy)
            original = everything()
            with pytest.raises(BackupRefused):
                back_up(copy)
            with pytest.raises(BackupRefused):
                restore(copy)
            assert everything() == original
        with as_default(empty(kind)):
            restore(copy)
            assert everything() == original
            checked, tampered = verify()
            assert tampered is None and checked > 20
            assert check_everything().faults == []
            with pytest.raises(DatabaseError), transaction.atomic():
                Transfer.objects.update(amount_fen=1)
            settled(someone(), 1_200_000, 1_000_000, day=date(2018, 6, 20))
            connection.close()
        if kind == POSTGRES:
            databases.server.sql("DROP DATABASE restored WITH (FORCE)")
    assert copy.stat().st_mode & 0o077 == 0


def test_a_file_that_is_not_there_is_refused(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    with (
        django_db_blocker.unblock(),
        as_default(f"sqlite:///{tmp_path / 'empty.sqlite3'}"),
        pytest.raises(BackupRefused),
    ):
        restore(tmp_path / "nothing")


def test_without_the_programs_of_postgresql_it_says_so(
    databases: Databases,
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        django_db_blocker.unblock(),
        as_default(databases.server.url("postgres")),
        pytest.raises(BackupRefused, match="not installed"),
    ):
        back_up(tmp_path / "copy")
