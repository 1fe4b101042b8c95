"""Recording service calls, once each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from doudi.office.audit import chain
from doudi.office.audit.models import Call, Seal
from doudi.office.rows import insert_rows


class KeyReused(Exception):
    """The same key came with another body: refused, because one of the two is a mistake."""

    def __init__(self, key: str) -> None:
        super().__init__(f"key {key!r} was used for another request")
        self.zh = f"编号 {key} 已用于另一笔请求，内容不同，未作任何改动"


class BadCall(ValueError):
    """A call whose key, actor, reason or subject the records cannot hold; nothing was done."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


LONGEST = {"key": 100, "actor": 60, "reason": 200, "subject": 120}
"""What the records hold of a call, in characters."""
_NAMES = {"key": "请求编号", "actor": "经办人", "reason": "原因", "subject": "办理对象"}


def check_call(*, key: str | None, actor: str, reason: str, subject: str) -> None:
    """BadCall for a text that is missing, too long or cannot be printed, before anything is done.

    PostgreSQL would refuse a text that is too long with an error of its own, SQLite would take it.
    """
    given = {"key": key, "actor": actor, "reason": reason, "subject": subject}
    for name, text in given.items():
        if text is None:
            continue
        longest, zh = LONGEST[name], _NAMES[name]
        if not text.strip() and name != "subject":
            raise BadCall(f"{zh}没有填", f"{name} is missing")
        if len(text) > longest:
            raise BadCall(
                f"{zh}有 {len(text)} 个字，最多 {longest} 个字",
                f"{name} has {len(text)} characters, at most {longest} are kept",
            )
        if not text.isprintable():
            raise BadCall(f"{zh}不能有控制字符", f"{name} has control characters")


# Made once: json.dumps would make a new one for these options every time.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)


def body_hash(body: Mapping[str, Any]) -> str:
    """A digest of a request that does not depend on the order of its fields."""
    return hashlib.sha256(_CANONICAL.encode(body).encode()).hexdigest()


def request_hash(service: str, subject: str, body: Mapping[str, Any]) -> str:
    """What tells a repeated request from another one under the same key."""
    return body_hash({"service": service, "subject": subject, **body})


def note(*, actor: str, reason: str, service: str, subject: str, detail: dict[str, Any]) -> None:
    """Record a change that needs no key; one INSERT inside the caller's transaction. BadCall."""
    check_call(key=None, actor=actor, reason=reason, subject=subject)
    call = Call(
        body_hash=body_hash(detail),
        service=service,
        subject=subject,
        actor=actor,
        reason=reason,
        detail=detail,
    )
    insert_rows([call])


def seal_day(*, day: date, actor: str, reason: str) -> Seal:
    """Seal a day, and in it the record of who sealed it."""
    with transaction.atomic():
        note(
            actor=actor,
            reason=reason,
            service="seal_day",
            subject=f"seal:{day.isoformat()}",
            detail={"day": day.isoformat()},
        )
        return chain.seal(day)


def once(
    *,
    key: str,
    service: str,
    subject: str,
    actor: str,
    reason: str,
    body: Mapping[str, Any],
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Do ``act`` in one transaction and keep its answer under ``key``.

    The same key and body return the kept answer without acting; the same key with another body
    is KeyReused, and BadCall is for texts that the records cannot hold. When two requests with
    one key race, the second finds the first one's answer. ``answer`` must be JSON data, and comes
    back exactly as it was stored.
    """
    check_call(key=key, actor=actor, reason=reason, subject=subject)
    digest = request_hash(service, subject, body)
    try:
        with transaction.atomic():
            kept = kept_answer(key, digest)
            if kept is not None:
                return kept
            answer = act()
            call = Call(
                key=key,
                body_hash=digest,
                service=service,
                subject=subject,
                actor=actor,
                reason=reason,
                detail=dict(body),
                answer=answer,
            )
            insert_rows([call])
            return answer
    except (KeyReused, OperationalError, InterfaceError):
        raise
    except Exception:
        # Another request with this key may have been done while this one waited for its locks;
        # then what this one met (a claim reversed, nothing owed any more) is that one's effect.
        kept = kept_answer(key, digest)
        if kept is None:
            raise
        return kept


def kept_answer(key: str, digest: str) -> dict[str, Any] | None:
    """What the request under this key was answered, None when there was none; KeyReused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body_hash, answer FROM audit_call WHERE key = %s", [key])
        row = cursor.fetchone()
    return None if row is None else same_answer(key, digest, *row)


def same_answer(key: str, digest: str, stored_digest: str, stored: str) -> dict[str, Any]:
    """The answer as the database has it, if it was given to the same request; else KeyReused."""
    if stored_digest != digest:
        raise KeyReused(key)
    answer: dict[str, Any] = json.loads(stored)
    return answer
