"""Making and revoking tokens, and finding the one that a program shows."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import User
from doudi.office.accounts.roles import OF_AN_INSTITUTION
from doudi.office.accounts.scope import accounts_in_scope
from doudi.office.accounts.supervision import SETTING_UP, refuse_alone
from doudi.office.audit.services import note
from doudi.office.tokens.models import ApiToken
from doudi.office.tokens.scopes import PERMISSION, Scope

LONGEST_DAYS = 366
LONGEST_NAME = 60
PREFIX = "doudi_"
_RANDOM_BYTES = 32


def issue_token(
    *,
    account: User,
    name: str,
    scopes: Sequence[str],
    days: int,
    reason: str,
    by: User | None = None,
    checked_by: str | None = None,
    text: str | None = None,
) -> tuple[ApiToken, str]:
    """A new token of an institution's account, good for ``days`` days, and its text.

    The text is not kept; a random one is made where none is given. ``by`` is the administrator,
    None on the server's own command line, and ``checked_by`` whoever approved it. AccountRefused
    as `check_new_token` says, and for an administrator alone.
    """
    refuse_alone(account.role, by, checked_by)
    check_new_token(account=account, name=name, scopes=scopes, days=days, by=by)
    text = text or PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    with transaction.atomic():
        token = ApiToken.objects.create(
            account=account,
            name=name.strip(),
            digest=_digest(text),
            scopes=sorted(set(scopes)),
            expires_on=timezone.localdate() + timedelta(days=days),
        )
        detail = {"account": account.username, "scopes": token.scopes, "days": days}
        if checked_by:
            detail["checked_by"] = checked_by
        _note(token, by, reason, "issue_token", detail)
    return token, text


def revoke_token(*, token: ApiToken, reason: str, by: User | None = None) -> None:
    """The token is good for nothing from now on; AccountRefused when it was revoked before."""
    with transaction.atomic():
        stored = ApiToken.objects.select_for_update().get(pk=token.pk)
        if by is not None and not accounts_in_scope(by).filter(pk=stored.account_id).exists():
            raise AccountRefused("这个令牌不归您管", "the token is not in your charge")
        if stored.revoked_at is not None:
            raise AccountRefused("这个令牌已经作废", "the token is revoked already")
        stored.revoked_at = timezone.now()
        stored.save(update_fields=["revoked_at"])
        _note(stored, by, reason, "revoke_token", {"account": stored.account.username})


def token_of(text: str) -> ApiToken | None:
    """The token with this text if it is good today, with its account and institution.

    One statement. A plain hash is enough: the text is 256 random bits, which nobody can guess.
    """
    return (
        ApiToken.objects.filter(
            digest=_digest(text),
            revoked_at=None,
            expires_on__gte=timezone.localdate(),
            account__is_active=True,
        )
        .select_related("account__institution")
        .first()
    )


def may_use(token: ApiToken, scope: Scope) -> bool:
    """Whether the token is for this, and its account's role still allows it."""
    return scope.value in token.scopes and token.account.may(PERMISSION[scope])


def note_use(token: ApiToken) -> None:
    """A program has shown the token: from the first time on, nobody is shown a half of its text."""
    if token.first_used_at is None:
        unused = ApiToken.objects.filter(pk=token.pk, first_used_at=None)
        unused.update(first_used_at=timezone.now())


def check_new_token(
    *, account: User, name: str, scopes: Sequence[str], days: int, by: User | None
) -> None:
    """AccountRefused for a token that cannot be.

    That is one of an account of a division, of one that is disabled or not in the charge of
    ``by``, for a scope that the account's role does not allow, and for more than 366 days.
    """
    if by is not None and not accounts_in_scope(by).filter(pk=account.pk).exists():
        raise AccountRefused("这个账号不归您管", "the account is not in your charge")
    if account.role not in OF_AN_INSTITUTION:
        raise AccountRefused(
            "令牌只发给医疗机构的账号", "a token belongs to an account of an institution"
        )
    if not account.is_active:
        raise AccountRefused("账号已停用", "the account is disabled")
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise AccountRefused("令牌名称应为 1 至 60 个字", "a name has 1 to 60 characters")
    if not 1 <= days <= LONGEST_DAYS:
        raise AccountRefused(
            f"有效期应为 1 至 {LONGEST_DAYS} 天，不是 {days}",
            f"a token is good for 1 to {LONGEST_DAYS} days, not {days}",
        )
    if not scopes:
        raise AccountRefused("请写明令牌的用途", "a token needs a scope")
    for scope in scopes:
        if scope not in list(Scope):
            raise AccountRefused(f"没有这种用途：{scope}", f"there is no scope {scope!r}")
        if not account.may(PERMISSION[Scope(scope)]):
            raise AccountRefused(
                f"账号 {account.username} 的角色不能用于 {scope}",
                f"the role of {account.username} does not allow {scope}",
            )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _note(
    token: ApiToken, by: User | None, reason: str, service: str, detail: dict[str, object]
) -> None:
    actor = SETTING_UP if by is None else by.username
    subject = f"token:{token.public_id}"
    note(actor=actor, reason=reason, service=service, subject=subject, detail=detail)
