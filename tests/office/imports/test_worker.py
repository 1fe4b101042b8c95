"""The process that reads a file finds it, reads it, and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from pytest_django import DjangoDbBlocker
from tests.office.databases import KINDS, as_default
from tests.office.imports.files import as_csv, line, send

from doudi.office.imports.intake import file_of
from doudi.office.registry.divisions import load_divisions


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_of_its_own_reads_a_waiting_file(
    kind: str, fresh_database: Callable[[str], str], django_db_blocker: DjangoDbBlocker
) -> None:
    url = fresh_database(kind)
    with django_db_blocker.unblock(), as_default(url):
        load_divisions()
        waiting = send(as_csv(line(0), line(1, 身份证号="1")))
        environment = {**os.environ, "DATABASE_URL": url}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        subprocess.run(
            [sys.executable, "-m", "doudi.office.imports.worker", waiting.public_id],
            env=environment,
            check=True,
            timeout=60,
        )
        waiting.refresh_from_db()
        assert (waiting.state, waiting.good_rows, waiting.faulty_rows) == ("staged", 1, 1)
        assert not file_of(waiting).exists()
