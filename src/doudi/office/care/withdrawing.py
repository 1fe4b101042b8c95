"""Marking a record as a mistake: it stays, and counts no more."""

from __future__ import annotations

from django.utils import timezone

from doudi.office.care.errors import CareRefused
from doudi.office.care.models import Contract, Service, Treatment
from doudi.office.registry.changes import note_person
from doudi.office.registry.models import Person


def mark_withdrawn(
    row: Contract | Service | Treatment, person: Person, *, actor: str, reason: str, service: str
) -> None:
    """Withdraw a row, read again after its person was locked; CareRefused when it was before."""
    if row.withdrawn_at is not None:
        raise CareRefused("这条记录早已撤回", "the record is withdrawn already")
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    note_person(actor, reason, service, person, {"id": row.pk})
