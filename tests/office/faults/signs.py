"""What processes tell each other: a file says go, and an error is told as text."""

from __future__ import annotations

import time
from pathlib import Path

SECONDS = 60


def wait_for(go: str) -> None:
    """Until the file is there; AssertionError when it does not come."""
    deadline = time.monotonic() + SECONDS
    while not Path(go).exists():
        assert time.monotonic() < deadline, "nobody said go"
        time.sleep(0.0005)


def told(error: Exception) -> list[str]:
    """An error as the test gets it: its classes, the SQLSTATE under it, and last its text."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return [*names, str(getattr(error.__cause__, "sqlstate", None)), str(error)]
