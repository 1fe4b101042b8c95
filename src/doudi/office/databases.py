"""How the office connects to SQLite and PostgreSQL; the tests connect in the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BUSY_SECONDS = 30
KEEP_SECONDS = 600
"""How long a thread keeps its connection; it is tested before it is used again."""

_SQLITE = "django.db.backends.sqlite3"
_POSTGRESQL = "django.db.backends.postgresql"

# FULL: what was acknowledged survives a power cut, as PostgreSQL's default does. Without
# recursive triggers an INSERT OR REPLACE would delete a row past the append-only triggers.
_ON_CONNECTING = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA recursive_triggers = ON;
"""


def sqlite(path: Path) -> dict[str, Any]:
    """A SQLite file. Transactions take the write lock when they begin, so none fails midway."""
    return {
        "ENGINE": _SQLITE,
        "NAME": str(path),
        "CONN_MAX_AGE": KEEP_SECONDS,
        "OPTIONS": {
            "timeout": BUSY_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": _ON_CONNECTING,
        },
    }


def from_url(url: str) -> dict[str, Any]:
    """The database of a ``DATABASE_URL``; ImproperlyConfigured for one we are not tested on."""
    try:
        found: dict[str, Any] = dict(
            dj_database_url.parse(url, conn_max_age=KEEP_SECONDS, conn_health_checks=True)
        )
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError):
        found = {"ENGINE": None}
    if found["ENGINE"] == _SQLITE and found["NAME"] not in ("", ":memory:"):
        return sqlite(Path(found["NAME"]))
    if found["ENGINE"] == _POSTGRESQL:
        # Django would forbid it; only `doudi.office.cursors` prepares anything.
        found["OPTIONS"] = {"prepare_threshold": 1, **found.get("OPTIONS", {})}
        return found
    # The URL may hold a password, so it is not repeated.
    raise ImproperlyConfigured(
        "DATABASE_URL 应为 postgres://… 或 sqlite:///文件 | "
        "DATABASE_URL must be postgres://… or sqlite:///FILE"
    )
