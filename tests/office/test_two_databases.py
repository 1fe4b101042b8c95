"""That the tests of the office really run on the two databases they name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from tests.office.databases import KINDS, POSTGRES, at_once
from tests.office.postgres import PostgresServer

from doudi.office.registry.models import Division

ROOT = Path(__file__).parents[2]


@pytest.mark.django_db
def test_a_test_runs_on_the_database_it_names(database: str) -> None:
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[database]


@pytest.mark.django_db
@pytest.mark.parametrize("_time", [1, 2])
def test_what_a_test_does_is_rolled_back(_time: int) -> None:
    assert not Division.objects.exists()
    Division.objects.create(code="152200000000", name="兴安盟", level="league")


@pytest.mark.real_commits
@pytest.mark.parametrize("_time", [1, 2])
def test_real_commits_meet_an_empty_database_and_other_threads_see_them(_time: int) -> None:
    assert not Division.objects.exists()
    Division.objects.create(code="152200000000", name="兴安盟", level="league")
    assert at_once(Division.objects.count, Division.objects.count) == [1, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_another_process_works_on_a_fresh_database(
    fresh_database: Callable[[str], str], kind: str
) -> None:
    url = fresh_database(kind)
    assert url != fresh_database(kind)
    script = (
        "import django; django.setup()\n"
        "from doudi.office.registry.services import load_divisions\n"
        "from django.db import connection\n"
        "print(connection.vendor, load_divisions())"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ
        | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "doudi.office.settings",
            "PYTHONPATH": str(ROOT / "src"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    vendor = "postgresql" if kind == POSTGRES else "sqlite"
    assert said.stdout.split() == [vendor, "1217"], said.stderr


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_killed_server_starts_again_with_what_was_committed() -> None:
    with PostgresServer(durable=True) as server, PostgresServer() as other:
        assert server.url() != other.url()
        server.sql("CREATE TABLE kept (number int)")
        server.sql("INSERT INTO kept VALUES (7)")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url())
        server.start()
        with psycopg.connect(server.url()) as connected:
            [[number]] = connected.execute("SELECT number FROM kept").fetchall()
        assert number == 7
    assert not server.folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_server_does_not_outlive_a_killed_test_run() -> None:
    script = (
        "from tests.office.postgres import PostgresServer\n"
        "server = PostgresServer()\n"
        "print(server.folder, server.pid, flush=True)\n"
        "input()"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdin is not None
    folder, pid = run.stdout.readline().split()
    run.kill()
    run.wait()
    run.stdin.close()
    run.stdout.close()
    deadline = time.monotonic() + 10
    while _runs(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(int(pid))
    subprocess.run(["rm", "-r", folder], check=True)


def _runs(pid: int) -> bool:
    try:
        # Where nothing collects orphans, one that has ended stays as a zombie (Z).
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
