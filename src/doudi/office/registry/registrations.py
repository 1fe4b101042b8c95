"""From when to when a person is registered as poor."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from doudi.office.registry.changes import (
    check_choice,
    check_days,
    check_document,
    days_of,
    existing,
    locked_person,
    note_person,
    one_change,
    refuse_overlap,
)
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Cause, RegistrationPeriod


def add_registration(
    *,
    actor: str,
    reason: str,
    person_id: int,
    valid_from: date,
    cause: str,
    document: str,
    valid_to: date | None = None,
) -> RegistrationPeriod:
    """Record that the person is registered as poor, to ``valid_to`` inclusive or until ended.

    RegistryRefused when it overlaps another period of the person that is not withdrawn.
    """
    check_days(valid_from, valid_to)
    check_choice("致贫原因", "cause", cause, Cause.values)
    check_document(document)
    with one_change(actor, reason):
        person = locked_person(person_id)
        standing = person.registrations.filter(withdrawn_at=None)
        refuse_overlap(standing, valid_from, valid_to, "建档立卡", "registration")
        period = RegistrationPeriod.objects.create(
            person=person,
            valid_from=valid_from,
            valid_to=valid_to,
            cause=cause,
            document=document,
            recorded_by=actor,
        )
        note_person(actor, reason, "add_registration", person, days_of(period) | {"cause": cause})
    return period


def end_registration(
    *, actor: str, reason: str, period_id: int, valid_to: date
) -> RegistrationPeriod:
    """Set the last day of a period that has none yet. Once only: a wrong day is withdrawn."""
    with one_change(actor, reason):
        period = _locked_period(period_id)
        if period.withdrawn_at is not None:
            raise RegistryRefused("这段登记已撤回", "the period is withdrawn")
        if period.valid_to is not None:
            zh = f"这段登记已在 {period.valid_to} 结束；要更正请撤回后重新登记"
            raise RegistryRefused(zh, "the period has an end already; withdraw it and add another")
        check_days(period.valid_from, valid_to)
        period.valid_to = valid_to
        period.save(update_fields=["valid_to"])
        note_person(actor, reason, "end_registration", period.person, days_of(period))
    return period


def withdraw_registration(*, actor: str, reason: str, period_id: int) -> RegistrationPeriod:
    """Mark a period as recorded by mistake. It stays, but nothing rests on it any more."""
    with one_change(actor, reason):
        period = _locked_period(period_id)
        if period.withdrawn_at is not None:
            raise RegistryRefused("这段登记早已撤回", "the period is withdrawn already")
        period.withdrawn_at = timezone.now()
        period.save(update_fields=["withdrawn_at"])
        note_person(actor, reason, "withdraw_registration", period.person, days_of(period))
    return period


def _locked_period(period_id: int) -> RegistrationPeriod:
    """The period, read again once its person is locked."""
    period = existing(RegistrationPeriod.objects.filter(pk=period_id).first())
    person = locked_person(period.person_id)
    period.refresh_from_db()
    period.person = person
    return period
