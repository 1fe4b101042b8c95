"""What every change of the registry shares: one transaction, who and why, and its checks."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet

from doudi.office.audit.services import note
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import DiseaseListing, Person, RegistrationPeriod

_Record = TypeVar("_Record", bound=Model)
_ACTOR_LENGTH, _REASON_LENGTH, _DOCUMENT_LENGTH = 60, 200, 120


@contextmanager
def one_change(actor: str, reason: str) -> Generator[None]:
    """One transaction with somebody's name and reason on it."""
    check_text("操作人", "actor", actor, _ACTOR_LENGTH)
    check_text("原因", "reason", reason, _REASON_LENGTH)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        # What was checked a moment ago no longer holds.
        zh = "登记时别人改了同样的记录，未作任何改动，请重试"
        raise RegistryRefused(zh, "somebody changed the same records meanwhile") from error


def note_person(
    actor: str, reason: str, service: str, person: Person, detail: dict[str, Any]
) -> None:
    """Record a change of what is known about one person."""
    subject = f"person:{person.public_id}"
    note(actor=actor, reason=reason, service=service, subject=subject, detail=detail)


def days_of(row: RegistrationPeriod | DiseaseListing) -> dict[str, Any]:
    """A row with its days, as the record of a change shows it."""
    return {
        "id": row.pk,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": None if row.valid_to is None else row.valid_to.isoformat(),
        "document": row.document,
    }


def locked_person(person_id: int) -> Person:
    """The person, whose history nobody else changes until this transaction ends.

    NO KEY: rows that only point at the person, such as settlements, can be added meanwhile.
    """
    return existing(Person.objects.select_for_update(no_key=True).filter(pk=person_id).first())


def existing(record: _Record | None) -> _Record:
    """The record; RegistryRefused when there is none."""
    if record is None:
        raise RegistryRefused("登记库里没有这条记录", "there is no such record")
    return record


def check_text(zh: str, en: str, text: str, longest: int) -> None:
    """RegistryRefused for text that is missing, longer than ``longest`` or cannot be printed."""
    if not text.strip():
        raise RegistryRefused(f"{zh}没有填", f"{en} is missing")
    if len(text) > longest or not text.isprintable():
        raise RegistryRefused(f"{zh}太长或含有控制字符", f"{en} is too long or has odd characters")


def check_document(text: str) -> None:
    """RegistryRefused for a document that cannot be named like this."""
    check_text("依据文件", "document", text, _DOCUMENT_LENGTH)


def check_choice(zh: str, en: str, value: str, allowed: Iterable[str]) -> None:
    """RegistryRefused for a value that is not one of those allowed."""
    if value not in set(allowed):
        raise RegistryRefused(f"{zh}没有 {value} 这一项", f"{en} has no {value!r}")


def check_days(valid_from: date, valid_to: date | None) -> None:
    """RegistryRefused when the last day is before the first."""
    if valid_to is not None and valid_to < valid_from:
        raise RegistryRefused("结束日期早于开始日期", "it would end before it begins")


def refuse_overlap(
    rows: QuerySet[Any], valid_from: date, valid_to: date | None, zh: str, en: str
) -> None:
    """RegistryRefused when one of ``rows`` holds on one of these days."""
    clash = rows.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    if valid_to is not None:
        clash = clash.filter(valid_from__lte=valid_to)
    found = clash.first()
    if found is not None:
        days = f"{found.valid_from} 至 {found.valid_to or '今'}"
        raise RegistryRefused(
            f"与已有的{zh}重叠（{days}）", f"overlaps a {en} from {found.valid_from}"
        )
