"""Serious disease: a plan for whoever is not treated yet, and the treatment itself (H-33..H-41)."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from doudi.office.care.errors import CareRefused
from doudi.office.care.models import Treatment, TreatmentPlan
from doudi.office.care.withdrawing import withdraw
from doudi.office.registry.changes import existing, note_person, one_change
from doudi.office.registry.listings import locked_listing
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.settlement.models import Institution

_LONGEST_NOTE = 200


def plan_treatment(
    *,
    actor: str,
    reason: str,
    listing_id: int,
    planned_on: date,
    institution: str,
    note: str = "",
) -> TreatmentPlan:
    """Record when and where a patient of the serious list will be treated (H-41).

    A new plan takes the place of the last. CareRefused for a hospital that is not designated for
    these diseases (H-33, H-35), for somebody treated already, and for a day that is past.
    """
    check_note(note)
    if planned_on < timezone.localdate():
        raise CareRefused("计划日期已经过去", "the planned day is past")
    with one_change(actor, reason):
        listing, person = _serious(listing_id)
        place = existing(Institution.objects.filter(code=institution).first())
        if not place.serious_designated:
            raise CareRefused(
                f"{place.name}不是大病集中救治定点医院",
                f"{place.code} is not designated for serious disease",
            )
        if treatment_of(listing) is not None:
            raise CareRefused("这个病已经治疗，不用再定方案", "the disease is treated already")
        plan = TreatmentPlan.objects.create(
            listing=listing,
            planned_on=planned_on,
            institution=place,
            note=note,
            recorded_by=actor,
        )
        detail = {"id": plan.pk, "listing": listing.pk, "planned_on": planned_on.isoformat()}
        note_person(actor, reason, "plan_treatment", person, detail | {"institution": place.code})
    return plan


def withdraw_plan(*, actor: str, reason: str, plan_id: int) -> TreatmentPlan:
    """Mark a plan as recorded by mistake: the one before it counts again, if there is one."""
    return withdraw(
        TreatmentPlan.objects.filter(pk=plan_id).first(),
        _locked_patient,
        actor=actor,
        reason=reason,
        service="withdraw_plan",
    )


def record_treatment(
    *, actor: str, reason: str, listing_id: int, treated_on: date, institution: str
) -> Treatment:
    """Record that a patient of the serious list has been treated.

    Whether the hospital is designated is kept with it: only then it counts in the batch (H-35).
    """
    check_past(treated_on)
    with one_change(actor, reason):
        listing, person = _serious(listing_id)
        place = existing(Institution.objects.filter(code=institution).first())
        if treatment_of(listing) is not None:
            raise CareRefused("这个病的治疗已经登记", "the treatment is recorded already")
        treatment = Treatment.objects.create(
            listing=listing,
            treated_on=treated_on,
            institution=place,
            designated=place.serious_designated,
            recorded_by=actor,
        )
        detail = {"id": treatment.pk, "listing": listing.pk, "treated_on": treated_on.isoformat()}
        note_person(actor, reason, "record_treatment", person, detail | {"institution": place.code})
    return treatment


def withdraw_treatment(*, actor: str, reason: str, treatment_id: int) -> Treatment:
    """Mark a treatment as recorded by mistake: the patient counts as untreated again."""
    return withdraw(
        Treatment.objects.filter(pk=treatment_id).first(),
        _locked_patient,
        actor=actor,
        reason=reason,
        service="withdraw_treatment",
    )


def treatment_of(listing: DiseaseListing) -> Treatment | None:
    """The treatment of a listing that stands, if any."""
    return Treatment.objects.filter(listing=listing, withdrawn_at=None).first()


def check_past(day: date) -> None:
    """CareRefused for a day that has not come yet."""
    if day > timezone.localdate():
        raise CareRefused("日期还没有到", "the day has not come yet")


def check_note(note: str) -> None:
    """CareRefused for a note that the records cannot hold."""
    if len(note) > _LONGEST_NOTE or (note and not note.isprintable()):
        raise CareRefused("说明太长或含有控制字符", "the note is too long or has odd characters")


def _locked_patient(row: Treatment | TreatmentPlan) -> Person:
    return _serious(row.listing_id)[1]


def _serious(listing_id: int) -> tuple[DiseaseListing, Person]:
    """The listing with its person, who is locked until this transaction ends."""
    listing = locked_listing(listing_id)
    if listing.list != DiseaseListing.List.SERIOUS:
        raise CareRefused("不在大病名单上", "the person is not on the serious list for it")
    return listing, listing.person
