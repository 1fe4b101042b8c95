"""Logins that failed and names that are locked: counted, shown to administrators, unlocked.

django-axes locks a name and forgets why within minutes; what an administrator looks back at is
counted here, by account and day. Neither addresses nor browsers are kept, and of names that nobody
has only how often they were tried: somebody may have typed a password there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from axes.conf import settings as axes
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from axes.utils import reset
from django.contrib.auth.signals import user_login_failed
from django.db import connection, transaction
from django.db.models import Max, Sum
from django.dispatch import receiver
from django.utils import timezone

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import LoginFailures, User
from doudi.office.accounts.scope import accounts_in_scope
from doudi.office.audit.services import note

NOBODY = ""
"""Stands for all names that no account has."""
DAYS_KEPT = 180
_COUNT = """
INSERT INTO accounts_loginfailures (day, username, passwords, tokens, locks, last_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (day, username) DO UPDATE SET
    passwords = accounts_loginfailures.passwords + excluded.passwords,
    tokens = accounts_loginfailures.tokens + excluded.tokens,
    locks = accounts_loginfailures.locks + excluded.locks,
    last_at = excluded.last_at
"""


def count_failure(username: str, *, passwords: int = 0, tokens: int = 0, locks: int = 0) -> None:
    """Count a failure of today by one statement, for the name or for `NOBODY`."""
    known = User.objects.filter(username=username).exists()
    name, now = username if known else NOBODY, timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [timezone.localdate(now), name, passwords, tokens, locks, now])


@receiver(user_login_failed)
def _password_was_wrong(credentials: dict[str, Any], **_more: Any) -> None:
    count_failure(str(credentials.get("username") or NOBODY), passwords=1)


@receiver(user_locked_out)
def _name_was_locked(request: Any, username: str | None, **_more: Any) -> None:
    # It is said again at every try while the lock holds; it begins when the limit is reached.
    if getattr(request, "axes_failures_since_start", None) == axes.AXES_FAILURE_LIMIT:
        count_failure(username or NOBODY, locks=1)


def locked_until(users: Iterable[User]) -> dict[str, datetime]:
    """The accounts among these that nobody can log in with now, by name, and until when."""
    wait = timedelta(hours=axes.AXES_COOLOFF_TIME)
    names = [user.username for user in users]
    recent = AccessAttempt.objects.filter(
        username__in=names, attempt_time__gt=timezone.now() - wait
    )
    counted = recent.values("username").annotate(
        tries=Sum("failures_since_start"), last=Max("attempt_time")
    )
    locked = counted.filter(tries__gte=axes.AXES_FAILURE_LIMIT).order_by("username")
    return {row["username"]: row["last"] + wait for row in locked}


def locked_names(by: User) -> dict[str, datetime]:
    """The accounts in the administrator's charge that are locked now, and until when."""
    tried = AccessAttempt.objects.exclude(username=None).values("username")
    return locked_until(accounts_in_scope(by).filter(username__in=tried))


def failures_since(by: User, day: date) -> list[dict[str, Any]]:
    """What failed from a day on, by account in the administrator's charge, most of it first.

    ``username``, ``passwords``, ``tokens`` (wrong second factors), ``locks``, ``last``; the row
    of `NOBODY` comes last.
    """
    names = accounts_in_scope(by).values("username")
    found = LoginFailures.objects.filter(day__gte=day)
    counted: Iterable[Any] = (
        (found.filter(username__in=names) | found.filter(username=NOBODY))
        .values("username")
        .annotate(
            passwords=Sum("passwords"),
            tokens=Sum("tokens"),
            locks=Sum("locks"),
            last=Max("last_at"),
        )
    )
    return sorted(
        counted,
        key=lambda row: (
            row["username"] == NOBODY,
            -row["passwords"] - row["tokens"],
            row["username"],
        ),
    )


def unlock(*, user: User, by: User, reason: str) -> None:
    """Let an account try again at once; AccountRefused out of charge and when it is not locked."""
    if not accounts_in_scope(by).filter(pk=user.pk).exists():
        raise AccountRefused("这个账号不归您管", "the account is not in your charge")
    with transaction.atomic():
        if not locked_until([user]):
            raise AccountRefused("这个账号现在没有锁定", "the account is not locked")
        reset(username=user.username)
        note(
            actor=by.username,
            reason=reason,
            service="unlock_account",
            subject=f"account:{user.username}",
            detail={},
        )


def delete_old() -> int:
    """Delete the counts of days that nobody looks back at any more, and forgotten tries."""
    until = timezone.localdate() - timedelta(days=DAYS_KEPT)
    wait = timedelta(hours=axes.AXES_COOLOFF_TIME)
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - wait).delete()
    return LoginFailures.objects.filter(day__lt=until).delete()[0]
