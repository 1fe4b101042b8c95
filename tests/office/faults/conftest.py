"""Faults: each test starts processes of the office, harms them, and looks at what is left."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from tests.office.faults.processes import Processes


@pytest.fixture(scope="session")
def processes() -> Generator[Processes]:
    """Starts jobs, each in a process that may be killed."""
    processes = Processes()
    yield processes
    processes.close()
