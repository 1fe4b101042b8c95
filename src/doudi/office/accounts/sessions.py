"""An account's logins: which are open, and ending them before their time."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import Session, User
from doudi.office.accounts.scope import accounts_in_scope
from doudi.office.audit.services import note

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 3600
_HANDLE_LENGTH = 26


@dataclass(frozen=True)
class OpenSession:
    """A login that is open. ``seen_at`` is exact to a minute; ``handle`` names it, and is no key.

    ``browser`` is a kind of browser and system such as ``firefox/windows``, or "".
    """

    handle: str
    began_at: datetime
    seen_at: datetime
    browser: str


def open_sessions(user: User) -> list[OpenSession]:
    """The account's logins that the next page would still take, the one used last first."""
    now = int(time.time())
    rows = Session.objects.filter(
        account=user,
        expire_date__gt=timezone.now(),
        began_at__gte=datetime.fromtimestamp(now - LONGEST_SECONDS, UTC),
        seen_at__gte=datetime.fromtimestamp(now - IDLE_SECONDS, UTC),
    )
    return [
        OpenSession(handle_of(row.session_key), row.began_at, row.seen_at, row.browser)
        for row in rows.order_by("-seen_at", "-began_at")
        if row.began_at and row.seen_at
    ]


def handle_of(key: str) -> str:
    """What a session is called on a page: whoever reads it cannot use the session."""
    return hashlib.sha256(f"session handle\0{key}".encode()).hexdigest()[:_HANDLE_LENGTH]


def end_session(*, user: User, handle: str, reason: str) -> None:
    """End one login of one's own, from its next page on; AccountRefused when there is none."""
    with transaction.atomic():
        keys = Session.objects.filter(account=user).values_list("session_key", flat=True)
        meant = [key for key in keys if handle_of(key) == handle]
        if not meant:
            raise AccountRefused("这次登录已经结束", "that login has ended already")
        _end(Session.objects.filter(pk__in=meant), user, user, reason)


def end_sessions(*, user: User, by: User, reason: str, keep: str | None = None) -> int:
    """End all logins of an account but the one with the key ``keep``; how many there were.

    ``by`` is the account itself or an administrator in charge of it; AccountRefused for others.
    """
    if by.pk != user.pk and not accounts_in_scope(by).filter(pk=user.pk).exists():
        raise AccountRefused("这个账号不归您管", "the account is not in your charge")
    with transaction.atomic():
        return _end(Session.objects.filter(account=user).exclude(pk=keep), user, by, reason)


def forget_sessions(user: User, keep: str | None = None) -> int:
    """As `end_sessions`, as a part of another change, which is what is recorded."""
    return Session.objects.filter(account=user).exclude(pk=keep).delete()[0]


def delete_expired() -> int:
    """Delete the sessions whose time is over; how many there were."""
    # A session that nobody logged into is over with its cookie, one that was by its last use.
    unused = timezone.now() - timedelta(seconds=IDLE_SECONDS)
    over = Session.objects.filter(expire_date__lte=timezone.now())
    return (over | Session.objects.filter(seen_at__lt=unused)).delete()[0]


def _end(sessions: QuerySet[Session], user: User, by: User, reason: str) -> int:
    ended = sessions.delete()[0]
    note(
        actor=by.username,
        reason=reason,
        service="end_sessions",
        subject=f"account:{user.username}",
        detail={"sessions": ended},
    )
    return ended
