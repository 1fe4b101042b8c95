"""Settings and keys come from the environment, and production accepts nothing made up."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from doudi.office.databases import from_url
from doudi.office.keys import NAMES, index_tag, key_id, load_keys

ROOT = Path(__file__).parents[2]
KEY = base64.b64encode(b"k" * 32).decode()
OTHER_KEY = base64.b64encode(b"o" * 32).decode()
GIVEN = {
    "DOUDI_SECRET_KEY": "s" * 50,
    "DOUDI_ID_KEY": KEY,
    "DOUDI_INDEX_KEY": OTHER_KEY,
}


def ask(question: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What a process of its own says with only these variables of ours set."""
    ours = ("DOUDI_", "DATABASE_URL", "DJANGO_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-c", question],
        env=clean
        | {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "doudi.office.settings"}
        | environ,
        capture_output=True,
        text=True,
        check=False,
    )


SHOW = "from django.conf import settings; print(settings.DATABASES['default']['NAME'])"


def test_production_lists_every_variable_it_lacks(tmp_path: Path) -> None:
    said = ask(SHOW, DOUDI_PRODUCTION="1", DOUDI_DATA=str(tmp_path), DOUDI_INDEX_KEY=KEY)
    assert said.returncode != 0
    last = said.stderr.strip().splitlines()[-1]
    assert "DOUDI_SECRET_KEY、DOUDI_ID_KEY" in last
    assert "INDEX_KEY" not in last
    assert not list(tmp_path.iterdir())


def test_production_refuses_a_development_key_file_that_is_there(tmp_path: Path) -> None:
    assert ask(SHOW, DOUDI_DATA=str(tmp_path)).returncode == 0
    assert (tmp_path / "development.key").exists()
    said = ask(SHOW, DOUDI_DATA=str(tmp_path), DOUDI_PRODUCTION="1")
    assert "DOUDI_SECRET_KEY、DOUDI_ID_KEY、DOUDI_INDEX_KEY" in said.stderr


def test_production_starts_with_all_its_keys_and_without_debug(tmp_path: Path) -> None:
    data = {"DOUDI_DATA": str(tmp_path), "DOUDI_PRODUCTION": "1"} | GIVEN
    said = ask(SHOW, **data)
    assert said.stdout.strip() == str(tmp_path / "office.sqlite3")
    assert not (tmp_path / "development.key").exists()
    assert "DOUDI_DEBUG" in ask(SHOW, **data, DOUDI_DEBUG="1").stderr


def test_the_development_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "var"
    first = load_keys({}, data, production=False)
    assert load_keys({}, data, production=False) == first
    [file] = data.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_first_starts_at_the_same_moment_get_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: load_keys({}, tmp_path, production=False), range(64)))
    assert all(keys == found[0] for keys in found)
    assert [file.name for file in tmp_path.iterdir()] == ["development.key"]


def test_a_given_key_wins_over_the_development_one(tmp_path: Path) -> None:
    keys = load_keys({"DOUDI_ID_KEY": f"{KEY}, {OTHER_KEY}"}, tmp_path, production=False)
    assert list(keys.id_keys) == [key_id(b"k" * 32), key_id(b"o" * 32)]


def test_of_several_index_keys_the_first_comes_first(tmp_path: Path) -> None:
    given = {"DOUDI_INDEX_KEY": f"{OTHER_KEY}, {KEY}"}
    keys = load_keys(given, tmp_path, production=False)
    assert list(keys.index_keys) == [index_tag(b"o" * 32), index_tag(b"k" * 32)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"DOUDI_SECRET_KEY": "short"},
        {"DOUDI_ID_KEY": "no base64!"},
        {"DOUDI_ID_KEY": base64.b64encode(b"31 bytes are one too few......").decode()},
        {"DOUDI_ID_KEY": f"{KEY},"},
        {"DOUDI_INDEX_KEY": "c2hvcnQ="},
        {"DOUDI_INDEX_KEY": KEY},
        {"DOUDI_INDEX_KEY": f"{OTHER_KEY},{OTHER_KEY}"},
        {"DOUDI_INDEX_KEY": f"{OTHER_KEY},{KEY}"},
    ],
)
def test_a_key_that_cannot_be_used_is_named_and_not_shown(
    tmp_path: Path, wrong: Mapping[str, str]
) -> None:
    [(name, value)] = wrong.items()
    with pytest.raises(ImproperlyConfigured) as error:
        load_keys({**GIVEN, **wrong}, tmp_path, production=True)
    assert name in str(error.value)
    assert value not in str(error.value)


def test_keys_do_not_show_when_printed(tmp_path: Path) -> None:
    keys = load_keys(GIVEN, tmp_path, production=True)
    assert not [name for name in NAMES if GIVEN[name] in repr(keys)]


@pytest.mark.parametrize(
    "url", ["mysql://root:geheim@host/db", "sqlite://:memory:", "sqlite://", "postgres", ""]
)
def test_only_tested_databases_are_taken_and_no_password_is_repeated(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        from_url(url)
    assert "geheim" not in str(error.value)


def test_a_socket_folder_keeps_its_capitals() -> None:
    config = from_url("postgresql://postgres@/office?host=/tmp/Pg-A")
    assert config["NAME"] == "office"
    assert config["OPTIONS"]["host"] == "/tmp/Pg-A"


@pytest.mark.django_db
def test_the_connection_is_as_durable_and_strict_as_it_says(database: str) -> None:
    def value(statement: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return str(cursor.fetchone()[0])

    if database == "postgres":
        assert value("SHOW transaction_isolation") == "read committed"
        assert value("SHOW synchronous_commit") == "on"
        return
    assert value("PRAGMA journal_mode") == "wal"
    assert value("PRAGMA synchronous") == "2"
    assert value("PRAGMA foreign_keys") == "1"
    assert value("PRAGMA recursive_triggers") == "1"
    assert value("PRAGMA busy_timeout") == "30000"
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_commands_that_keep_no_records_do_not_load_django(tmp_path: Path) -> None:
    question = (
        "import sys, doudi.cli\n"
        "try:\n    doudi.cli.main(['estimate', '--bill', '12000'], prog_name='doudi')\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'django']"
    )
    said = ask(question, DOUDI_DATA=str(tmp_path / "none"))
    assert said.returncode == 0, said.stderr
    assert not list(tmp_path.iterdir())
