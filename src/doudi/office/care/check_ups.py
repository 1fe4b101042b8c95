"""The free check-up: who is called to it, what was found, and the illness that is reported on."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from doudi.office.accounts.models import User
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.registry_changes import subject_of
from doudi.office.approvals.services import propose
from doudi.office.care.errors import CareRefused
from doudi.office.care.models import CheckUp, CheckUpCall
from doudi.office.care.treatments import check_past
from doudi.office.care.withdrawing import withdraw
from doudi.office.registry.changes import (
    check_choice,
    check_text,
    existing,
    locked_person,
    note_person,
    one_change,
)
from doudi.office.registry.models import Person
from doudi.office.registry.selectors import standing_on
from doudi.office.settlement.models import Institution

_FIRST_YEAR, _LAST_YEAR = 2015, 2100
_LONGEST_DISEASE = 60


def call_to_check_up(
    *, actor: str, reason: str, person_id: int, year: int, why: str
) -> CheckUpCall:
    """Note that somebody wishes for the year's check-up, or is a key person (H-60).

    The source does not say who is a key person: whoever records it decides, and says why in
    ``reason``. CareRefused for whoever is registered on no day of the year.
    """
    check_choice("体检原因", "why", why, CheckUpCall.Why.values)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CareRefused("年份不对", "the year is out of range")
    with one_change(actor, reason):
        person = locked_person(person_id)
        if not _registered_in(person, year):
            raise CareRefused("免费体检只给建档立卡人口", "the free check-up is for the registered")
        if person.check_up_calls.filter(year=year, withdrawn_at=None).exists():
            raise CareRefused("这一年已列入体检名单", "the person is called already")
        call = CheckUpCall.objects.create(person=person, year=year, why=why, recorded_by=actor)
        note_person(
            actor,
            reason,
            "call_to_check_up",
            person,
            {"id": call.pk, "year": year, "why": why},
        )
    return call


def withdraw_call(*, actor: str, reason: str, call_id: int) -> CheckUpCall:
    """Mark a call to a check-up as recorded by mistake: the person waits for none any more."""
    return withdraw(
        CheckUpCall.objects.filter(pk=call_id).first(),
        _locked,
        actor=actor,
        reason=reason,
        service="withdraw_call",
    )


def record_check_up(
    *,
    by: User,
    reason: str,
    person_id: int,
    day: date,
    finding: str,
    disease: str = "",
    report_to: str = "",
    institution: str | None = None,
) -> tuple[CheckUp, Proposal | None]:
    """Record a check-up that was done, and put an illness that it found up for its list (H-61).

    With ``report_to``, the list's name, the illness is proposed to the registry in the same
    transaction, and another person approves it as any change; nobody is listed by this alone.
    """
    check_past(day)
    check_choice("体检结果", "finding", finding, CheckUp.Treated.values)
    ill = finding != CheckUp.Treated.NOT_ILL
    if ill:
        check_text("病种", "disease", disease, _LONGEST_DISEASE)
    elif disease or report_to:
        raise CareRefused("没有发现疾病，就不填病种和名单", "no illness, so no disease and no list")
    with transaction.atomic():
        with one_change(by.username, reason):
            check_up = _recorded(by, reason, person_id, day, finding, disease, institution)
        proposal = _reported(by, reason, check_up, report_to) if report_to else None
    return check_up, proposal


def withdraw_check_up(*, actor: str, reason: str, check_up_id: int) -> CheckUp:
    """Mark a check-up as recorded by mistake: whoever was called waits for it again.

    A listing that was proposed because of it stays as it is: the illness may be right all the
    same, and listings are the registry's, where two people withdraw them.
    """
    return withdraw(
        CheckUp.objects.filter(pk=check_up_id).first(),
        _locked,
        actor=actor,
        reason=reason,
        service="withdraw_check_up",
    )


def _locked(row: CheckUp | CheckUpCall) -> Person:
    return locked_person(row.person_id)


def _recorded(
    by: User,
    reason: str,
    person_id: int,
    day: date,
    finding: str,
    disease: str,
    institution: str | None,
) -> CheckUp:
    person = locked_person(person_id)
    if not standing_on(person.pk, day).registered:
        raise CareRefused("这一天不是建档立卡人口", "the person was not registered that day")
    place = None
    if institution is not None:
        place = existing(Institution.objects.filter(code=institution).first())
    if person.check_ups.filter(day=day, withdrawn_at=None).exists():
        raise CareRefused("这一天的体检已经记过", "the check-up is recorded already")
    check_up = CheckUp.objects.create(
        person=person,
        day=day,
        year=day.year,
        institution=place,
        finding=finding,
        disease=disease,
        recorded_by=by.username,
    )
    detail = {"id": check_up.pk, "day": day.isoformat(), "finding": finding}
    note_person(by.username, reason, "record_check_up", person, detail)
    return check_up


def _reported(by: User, reason: str, check_up: CheckUp, to: str) -> Proposal:
    person = check_up.person
    return propose(
        kind="list_disease",
        subject=subject_of(person),
        given={
            "person_id": person.pk,
            "list": to,
            "disease": check_up.disease,
            "valid_from": check_up.day.isoformat(),
            "document": f"{check_up.year}年健康体检，{check_up.day.isoformat()}",
        },
        reason=reason,
        by=by,
        division=None if person.household is None else person.household.division_id,
    )


def _registered_in(person: Person, year: int) -> bool:
    """Whether somebody is registered on some day of a year."""
    periods = person.registrations.filter(withdrawn_at=None, valid_from__lte=date(year, 12, 31))
    return any(row.valid_to is None or row.valid_to >= date(year, 1, 1) for row in periods)
