"""What was done about something, and how much of it is sealed; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils import timezone

from doudi.office.audit.chain import SEALED
from doudi.office.audit.models import Call, Seal, SealedRow
from doudi.office.registry.models import Person
from doudi.office.settlement.models import Admission, Claim

_KINDS = ("person", "institution", "seal")
_IMPORTS = ("import_people", "demo_people")


def number_of_seals() -> int:
    """How many seals there are."""
    count: int = Seal.objects.count()
    return count


def number_unsealed() -> int:
    """How many rows are not sealed yet and so not protected by the chain."""
    rows: int = sum(apps.get_model(label)._default_manager.count() for label in SEALED)
    sealed: int = SealedRow.objects.count()
    return rows - sealed


def subject_of_key(key: str) -> str | None:
    """What the request with this key was about, or None."""
    found: str | None = Call.objects.filter(key=key).values_list("subject", flat=True).first()
    return found


def calls_about(subject: str) -> list[dict[str, Any]]:
    """Who did what about a subject, when and why, in order.

    Of a person these are also the calls about the person's stays and claims and the import that
    brought the person in; of a stay, those about its claims.
    """
    subjects = [subject, *(f"{kind}:{subject}" for kind in _KINDS), *_below(subject)]
    calls = [*Call.objects.filter(subject__in=subjects), *_imports_of(subject)]
    return [_shown(call) for call in sorted(calls, key=lambda call: call.pk)]


def _below(subject: str) -> Iterator[str]:
    """The stays of a person, and the claims of a person or a stay."""
    stays = Admission.objects.filter(person__public_id=subject)
    yield from stays.values_list("public_id", flat=True)
    claims = Claim.objects.filter(admission__in=stays) or Claim.objects.filter(
        admission__public_id=subject
    )
    yield from (str(claim) for claim in claims.values_list("pk", flat=True))


def _imports_of(subject: str) -> Iterator[Call]:
    key = Person.objects.filter(public_id=subject).values_list("pk", flat=True).first()
    if key is None:
        return
    for call in Call.objects.filter(service__in=_IMPORTS):
        ends = call.detail["person_ids"]
        if ends and ends[0] <= key <= ends[1]:
            yield call


def _shown(call: Call) -> dict[str, Any]:
    return {
        "at": timezone.localtime(call.recorded_at).isoformat(timespec="seconds"),
        "actor": call.actor,
        "reason": call.reason,
        "service": call.service,
        "subject": call.subject,
        "key": call.key,
    }
