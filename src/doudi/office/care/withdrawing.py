"""Marking a record as a mistake: it stays, and counts no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.utils import timezone

from doudi.office.care.errors import CareRefused
from doudi.office.care.models import Recorded
from doudi.office.registry.changes import existing, note_person, one_change
from doudi.office.registry.models import Person

Row = TypeVar("Row", bound=Recorded)


def withdraw(
    row: Row | None, lock: Callable[[Row], Person], *, actor: str, reason: str, service: str
) -> Row:
    """Withdraw a row in a transaction of its own, once its person is locked by ``lock``.

    CareRefused when it was withdrawn before, RegistryRefused when there is none.
    """
    with one_change(actor, reason):
        found = existing(row)
        person = lock(found)
        found.refresh_from_db(fields=["withdrawn_at"])
        mark_withdrawn(found, person, actor=actor, reason=reason, service=service)
    return found


def mark_withdrawn(row: Recorded, person: Person, *, actor: str, reason: str, service: str) -> None:
    """Withdraw a row, read again after its person was locked; CareRefused when it was before."""
    if row.withdrawn_at is not None:
        raise CareRefused("这条记录早已撤回", "the record is withdrawn already")
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    note_person(actor, reason, service, person, {"id": row.pk})
