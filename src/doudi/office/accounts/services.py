"""Making and disabling accounts; each is one transaction and says who and why."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import LookUp, User
from doudi.office.accounts.passwords import one_time_password
from doudi.office.accounts.roles import LEVELS, OF_AN_INSTITUTION, Role
from doudi.office.accounts.scope import divisions_in_scope, institutions_in_scope
from doudi.office.accounts.sessions import forget_sessions
from doudi.office.accounts.supervision import locked_account, note_account, refuse_alone
from doudi.office.registry.models import Division, Person
from doudi.office.settlement.models import Institution

_USERNAME = re.compile(r"^[a-z][a-z0-9._-]{2,29}$")
_LONGEST_NAME = 60


def create_account(
    *,
    username: str,
    display_name: str,
    role: str,
    place: str,
    reason: str,
    by: User | None = None,
    checked_by: str | None = None,
    password: str | None = None,
    demo: bool = False,
) -> tuple[User, str]:
    """A new account for a division or institution by its code, and its first password.

    ``by`` is the administrator, None on the server's own command line, and ``checked_by`` whoever
    approved it. AccountRefused as `check_new_account` says, and for an administrator who alone
    makes an account that changes people or money.
    """
    refuse_alone(role, by, checked_by)
    user = check_new_account(
        username=username, display_name=display_name, role=role, place=place, by=by
    )
    given = password or one_time_password()
    user.must_change_password = not demo
    user.demo = demo
    user.set_password(given)
    with transaction.atomic():
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise _taken(username) from error
        note_account(
            by=by,
            reason=reason,
            service="create_account",
            user=user,
            checked_by=checked_by,
            role=role,
            place=place,
            demo=demo,
        )
    return user, given


def check_new_account(
    *, username: str, display_name: str, role: str, place: str, by: User | None = None
) -> User:
    """The account as it would be, not saved.

    AccountRefused for a name that is taken or badly formed, a role that does not exist, and a
    place that is unknown, of the wrong kind for the role, or not in the administrator's charge.
    """
    if not _USERNAME.match(username):
        zh = "用户名应以小写字母开头，只用小写字母、数字和 . _ -，3 至 30 个字符"
        raise AccountRefused(zh, "a user name has 3 to 30 of a-z, 0-9, ., _ and -, a letter first")
    if not display_name.strip() or len(display_name) > _LONGEST_NAME:
        raise AccountRefused("姓名应为 1 至 60 个字", "a name has 1 to 60 characters")
    if role not in Role.values:
        raise AccountRefused(f"没有这种角色：{role}", f"there is no role {role!r}")
    if User.objects.filter(username=username).exists():
        raise _taken(username)
    named = {"username": username, "display_name": display_name.strip(), "role": role}
    return User(**named, **_place(role, place, by))


def _taken(username: str) -> AccountRefused:
    return AccountRefused(f"用户名 {username} 已有人用", f"the user name {username} is taken")


def disable_account(*, user: User, by: User, reason: str) -> None:
    """Nobody can log in with it any more, and whoever is logged in is not any more."""
    _set_active(user, by, reason, active=False)


def enable_account(*, user: User, by: User, reason: str) -> None:
    """Let a disabled account log in again."""
    _set_active(user, by, reason, active=True)


def change_password(*, user: User, password: str, keep: str | None = None) -> None:
    """The account's own new password; ValidationError says what is wrong with it.

    All its sessions end, but the one with the key ``keep``.
    """
    if user.check_password(password):
        raise ValidationError("新密码要和原来的不同")
    validate_password(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        forget_sessions(user, keep)
        note_account(by=user, reason="本人修改密码", service="change_password", user=user)


def look_up(*, user: User, person: Person, by: str) -> None:
    """Record that a window found a person by the whole number or card; see `models.LookUp`."""
    LookUp.objects.create(user=user, person=person, by=by, day=timezone.localdate())


def _place(role: str, code: str, by: User | None) -> dict[str, Any]:
    if role in OF_AN_INSTITUTION:
        known = Institution.objects.all() if by is None else institutions_in_scope(by)
        institution = known.filter(code=code).first()
        if institution is None:
            raise AccountRefused(
                f"没有这家医疗机构，或不归您管：{code}",
                f"there is no institution {code}, or it is not in your charge",
            )
        return {"institution": institution}
    divisions = Division.objects.all() if by is None else divisions_in_scope(by)
    division = divisions.filter(code=code).first()
    if division is None:
        raise AccountRefused(
            f"没有这个区划，或不归您管：{code}",
            f"there is no division {code}, or it is not in your charge",
        )
    if division.level not in LEVELS[role]:
        raise AccountRefused(
            f"{Role(role).label}账号不能设在{division.name}（{division.get_level_display()}）",
            f"an account of the role {role} cannot be for a division of level {division.level}",
        )
    return {"division": division}


def _set_active(user: User, by: User, reason: str, *, active: bool) -> None:
    with transaction.atomic():
        stored = locked_account(user, by)
        if stored.pk == by.pk:
            raise AccountRefused("不能停用自己的账号", "an account cannot disable itself")
        stored.is_active = active
        stored.save(update_fields=["is_active"])
        if not active:
            forget_sessions(stored)
        service = "enable_account" if active else "disable_account"
        note_account(by=by, reason=reason, service=service, user=stored)
