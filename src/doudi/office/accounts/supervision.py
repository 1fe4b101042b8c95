"""What services that look after accounts share: in whose charge, by how many, what is noted."""

from __future__ import annotations

from typing import Any

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import needs_two
from doudi.office.accounts.scope import accounts_in_scope
from doudi.office.audit.services import note

SETTING_UP = "doudi"
"""The actor of what is done from the command line of the server, before there is an account."""


def locked_account(user: User, by: User | None) -> User:
    """The account with its row locked; AccountRefused when it is not in the charge of ``by``.

    ``by`` is None on the server's own command line, which is in charge of all.
    """
    rows = User.objects.all() if by is None else accounts_in_scope(by)
    stored = User.objects.select_for_update().filter(pk__in=rows.values("pk"), pk=user.pk).first()
    if stored is None:
        raise AccountRefused("这个账号不归您管", "the account is not in your charge")
    return stored


def refuse_alone(role: str, by: User | None, checked_by: str | None) -> None:
    """AccountRefused for an administrator who alone makes or resets an account of such a role."""
    if by is not None and needs_two(role) and checked_by in (None, "", by.username):
        raise AccountRefused(
            "能改登记或资金的账号要由另一人复核",
            "an account that changes anything needs two people",
        )


def note_account(
    *,
    by: User | None,
    reason: str,
    service: str,
    user: User,
    checked_by: str | None = None,
    **detail: Any,
) -> None:
    """Record what was done to an account, and who approved it if somebody did."""
    if checked_by:
        detail["checked_by"] = checked_by
    actor = SETTING_UP if by is None else by.username
    subject = f"account:{user.username}"
    note(actor=actor, reason=reason, service=service, subject=subject, detail=detail)
