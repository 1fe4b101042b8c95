"""Where sessions are kept: Django's own way, with a row that says whose each of them is.

What an account needs to recognise its logins is written by the same statement that keeps the
session: no page costs one more. No address and no whole description of a browser is kept.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

if TYPE_CHECKING:
    from doudi.office.accounts.models import Session

BEGAN, SEEN, BROWSER = "began", "seen", "browser"
"""In the session: seconds since 1970 of the login and of the last note, and a kind of browser."""


class SessionStore(DatabaseStore):
    """Keeps sessions in ``accounts_session``."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table; imported late, since Django reads this before the apps are ready."""
        from doudi.office.accounts.models import Session  # noqa: PLC0415

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of a session."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment] # our table
        account = data.get(SESSION_KEY)
        row.account_id = int(account) if account else None
        row.began_at = _moment(data.get(BEGAN))
        row.seen_at = _moment(data.get(SEEN))
        row.browser = str(data.get(BROWSER, ""))
        return row


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
