"""A copy made while people work is the whole office, and comes back with its guards on."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoDbBlocker
from tests.office.approved_figures import approve_figures, cap_of
from tests.office.builders import SAID, YUAN, month_of_business, settled, someone
from tests.office.databases import KINDS, POSTGRES, SQLITE, Databases, as_default

from doudi.office.approvals.adoption import lies_as_approved
from doudi.office.audit.chain import verify
from doudi.office.audit.services import seal_day
from doudi.office.backup import BackupRefused, back_up, restore
from doudi.office.ledger.models import Transfer
from doudi.office.settlement import policy
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.policy import active_policy


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


def contents(data: Path) -> dict[str, bytes]:
    """The adoption files of a data folder."""
    return {str(file.relative_to(data)): file.read_bytes() for file in data.glob("adoptions/*")}


def member(copy: Path, name: str) -> bytes:
    """One file of a copy."""
    with tarfile.open(copy) as tar:
        content = tar.extractfile(name)
        assert content is not None
        return content.read()


def sums_of(copy: Path) -> dict[str, str | None]:
    """The hashes that a copy states, but for that of the database, which is looked at here."""
    lines = member(copy, "SHA256SUMS").decode().splitlines()
    found: dict[str, str | None] = {
        name: digest for digest, name in (line.split("  ") for line in lines)
    }
    assert found.pop("database") == sha256(member(copy, "database")).hexdigest()
    return {"database": None, **found}


@pytest.fixture(autouse=True)
def _approved_figures_are_in_force_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "_SECONDS", 0.0)
    monkeypatch.setattr(policy._seen, "again", 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_restored_copy_is_the_same_office(
    kind: str,
    fresh_database: Callable[[str], str],
    empty: Callable[[str], str],
    databases: Databases,
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
    settings: Any,
) -> None:
    copy, settings.DATA = tmp_path / "copy", tmp_path / "data"
    with django_db_blocker.unblock(), programs(databases, kind):
        with as_default(fresh_database(kind)):
            month_of_business()
            approve_figures(cap_of(60_000))
            approve_figures(cap_of(70_000))
            adoptions = contents(settings.DATA)
            assert len(adoptions) == 3
            seal_day(day=date(2018, 5, 31), **SAID)
            back_up(copy)
            original = everything()
            with pytest.raises(BackupRefused):
                back_up(copy)
            with pytest.raises(BackupRefused):
                restore(copy)
            assert everything() == original
        assert sums_of(copy) == {
            "database": None,
            **{name: sha256(text).hexdigest() for name, text in adoptions.items()},
        }
        settings.DATA = tmp_path / "elsewhere"
        with as_default(empty(kind)):
            restore(copy)
            assert everything() == original
            assert contents(settings.DATA) == adoptions
            assert lies_as_approved()
            cap = active_policy().value_on("assistance_cap", date(2018, 5, 9)).value
            assert cap == 70_000 * YUAN
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


@pytest.mark.parametrize("altered", ["database", "adoptions/current", "SHA256SUMS"])
def test_a_copy_that_was_altered_is_refused_and_nothing_of_it_put_anywhere(
    altered: str,
    fresh_database: Callable[[str], str],
    empty: Callable[[str], str],
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
    settings: Any,
) -> None:
    copy, settings.DATA = tmp_path / "copy", tmp_path / "data"
    with django_db_blocker.unblock(), as_default(fresh_database(SQLITE)):
        approve_figures(cap_of(60_000))
        back_up(copy)
    settings.DATA = tmp_path / "elsewhere"
    with tarfile.open(copy) as tar:
        place = tar.getmember(altered).offset_data
    content = bytearray(copy.read_bytes())
    content[place] ^= 1
    copy.write_bytes(content)
    with (
        django_db_blocker.unblock(),
        as_default(empty(SQLITE)),
        pytest.raises(BackupRefused, match="damaged"),
    ):
        restore(copy)
    with django_db_blocker.unblock(), as_default(empty(SQLITE)):
        assert connection.introspection.table_names() == []
    assert contents(settings.DATA) == {}


def test_other_adoption_files_are_not_overwritten(
    fresh_database: Callable[[str], str],
    empty: Callable[[str], str],
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
    settings: Any,
) -> None:
    copy, settings.DATA = tmp_path / "copy", tmp_path
    with django_db_blocker.unblock(), as_default(fresh_database(SQLITE)):
        approve_figures(cap_of(60_000))
        back_up(copy)
    Path(tmp_path, "adoptions", "current").write_text("0" * 64)
    with django_db_blocker.unblock(), as_default(empty(SQLITE)):
        with pytest.raises(BackupRefused, match="adoptions/current"):
            restore(copy)
        assert connection.introspection.table_names() == []


def test_a_copy_of_the_database_alone_is_restored_as_well(
    fresh_database: Callable[[str], str],
    empty: Callable[[str], str],
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
) -> None:
    copy, old = tmp_path / "copy", tmp_path / "old"
    with django_db_blocker.unblock(), as_default(fresh_database(SQLITE)):
        month_of_business()
        original = everything()
        back_up(copy)
    old.write_bytes(member(copy, "database"))
    with django_db_blocker.unblock(), as_default(empty(SQLITE)):
        restore(old)
        assert everything() == original


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
