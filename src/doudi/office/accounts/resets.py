"""A way back for who lost the password or the phone; whose account changes anything needs two.

Whoever holds a new password, or an account without its second factor, could work under somebody
else's name. So an administrator alone resets those accounts only that look and change nothing.
"""

from __future__ import annotations

from axes.utils import reset as forget_failures
from django.db import transaction

from doudi.office.accounts.models import User
from doudi.office.accounts.passwords import one_time_password
from doudi.office.accounts.second_factor import remove_devices
from doudi.office.accounts.sessions import forget_sessions
from doudi.office.accounts.supervision import locked_account, note_account, refuse_alone


def reset_password(
    *,
    user: User,
    by: User,
    reason: str,
    checked_by: str | None = None,
    password: str | None = None,
) -> str:
    """A password to be changed at the first login, which ends every session of the account.

    AccountRefused out of charge, and where `supervision.refuse_alone` wants a second person.
    """
    refuse_alone(user.role, by, checked_by)
    with transaction.atomic():
        stored = locked_account(user, by)
        given = password or one_time_password()
        _give(stored, given)
        note_account(
            by=by, reason=reason, service="reset_password", user=stored, checked_by=checked_by
        )
    return given


def reset_second_factor(
    *, user: User, by: User, reason: str, checked_by: str | None = None
) -> None:
    """For a lost phone: every session ends, and the next login sets up another phone.

    AccountRefused as `reset_password` says.
    """
    refuse_alone(user.role, by, checked_by)
    with transaction.atomic():
        stored = locked_account(user, by)
        remove_devices(stored)
        forget_sessions(stored)
        note_account(
            by=by, reason=reason, service="reset_second_factor", user=stored, checked_by=checked_by
        )


def reset_at_the_server(*, user: User, reason: str) -> str:
    """Password, phone and lock at once, by whoever has the server's command line; recorded."""
    with transaction.atomic():
        stored = locked_account(user, None)
        given = one_time_password()
        _give(stored, given)
        remove_devices(stored)
        forget_failures(username=stored.username)
        note_account(by=None, reason=reason, service="reset_at_the_server", user=stored)
    return given


def _give(user: User, password: str) -> None:
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    forget_sessions(user)
