"""For which years people are insured: one, or everybody of a village who is registered as poor."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from doudi.office.audit.services import note
from doudi.office.registry.changes import (
    check_choice,
    check_document,
    existing,
    locked_person,
    note_person,
    one_change,
)
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Division, Enrolment, Person, RegistrationPeriod
from doudi.rules.amounts import LARGEST_AMOUNT

_YEARS = range(2003, 2101)  # the rural scheme, from which today's came, began in 2003


def enrol(
    *,
    actor: str,
    reason: str,
    person_id: int,
    year: int,
    premium_own_fen: int,
    paid_by: str,
    document: str,
) -> Enrolment:
    """Record that the person is insured for a year; ``premium_own_fen`` is the own part's amount.

    RegistryRefused for a second enrolment of one year.
    """
    _check(year, premium_own_fen, paid_by, document)
    with one_change(actor, reason):
        person = locked_person(person_id)
        if person.enrolments.filter(year=year).exists():
            raise RegistryRefused(f"{year} 年已参保", f"already enrolled for {year}")
        enrolment = Enrolment.objects.create(
            person=person,
            year=year,
            premium_own_fen=premium_own_fen,
            paid_by=paid_by,
            document=document,
            recorded_by=actor,
        )
        detail = {"year": year, "premium_own_fen": premium_own_fen, "paid_by": paid_by}
        note_person(actor, reason, "enrol", person, detail | {"document": document})
    return enrolment


def withdraw_enrolment(*, actor: str, reason: str, enrolment_id: int) -> Enrolment:
    """Mark an enrolment as recorded by mistake. It stays, but nothing rests on it any more.

    What was settled because of it cannot be settled again without it: that is reversed first, or
    the right enrolment recorded (`doudi.office.settlement.registry_effects`).
    """
    with one_change(actor, reason):
        enrolment = existing(Enrolment.with_withdrawn.filter(pk=enrolment_id).first())
        person = locked_person(enrolment.person_id)
        enrolment.refresh_from_db(from_queryset=Enrolment.with_withdrawn.all())
        if enrolment.withdrawn_at is not None:
            raise RegistryRefused("这次参保登记早已撤回", "the enrolment is withdrawn already")
        enrolment.withdrawn_at = timezone.now()
        enrolment.save(update_fields=["withdrawn_at"])
        detail = {"id": enrolment.pk, "year": enrolment.year, "document": enrolment.document}
        note_person(actor, reason, "withdraw_enrolment", person, detail)
    return enrolment


def to_enrol(gacha: Division, year: int) -> QuerySet[Person]:
    """Everybody of a village registered as poor on a day of the year and not enrolled for it."""
    inside = Q(valid_from__lte=date(year, 12, 31)) & (
        Q(valid_to=None) | Q(valid_to__gte=date(year, 1, 1))
    )
    registered = RegistrationPeriod.objects.filter(inside, person=OuterRef("pk"), withdrawn_at=None)
    enrolled = Enrolment.objects.filter(person=OuterRef("pk"), year=year)
    return (
        Person.objects.filter(Exists(registered), ~Exists(enrolled), household__division=gacha)
        .select_related("household__division__parent")
        .order_by("household__number", "relation", "pk")
    )


def enrol_village(
    *,
    actor: str,
    reason: str,
    gacha: str,
    year: int,
    premium_own_fen: int,
    paid_by: str,
    document: str,
) -> int:
    """Enrol everybody of `to_enrol`; how many. RegistryRefused when there is nobody to enrol."""
    _check(year, premium_own_fen, paid_by, document)
    division = Division.objects.filter(pk=gacha, level=Division.Level.GACHA).first()
    if division is None:
        raise RegistryRefused(f"没有嘎查村 {gacha}", f"there is no gacha or village {gacha}")
    with one_change(actor, reason):
        people = list(to_enrol(division, year))
        if not people:
            raise RegistryRefused(
                f"{division.name}没有需要登记 {year} 年参保的人", "there is nobody to enrol"
            )
        rows = [
            Enrolment(
                person=person,
                year=year,
                premium_own_fen=premium_own_fen,
                paid_by=paid_by,
                document=document,
                recorded_by=actor,
            )
            for person in people
        ]
        Enrolment.objects.bulk_create(rows, batch_size=1_000)
        detail = {
            "year": year,
            "premium_own_fen": premium_own_fen,
            "paid_by": paid_by,
            "document": document,
            "people": [person.public_id for person in people],
        }
        subject = f"division:{gacha}"
        note(actor=actor, reason=reason, service="enrol_village", subject=subject, detail=detail)
    return len(people)


def _check(year: int, premium_own_fen: int, paid_by: str, document: str) -> None:
    check_choice("缴费人", "paid_by", paid_by, Enrolment.PaidBy.values)
    check_document(document)
    if year not in _YEARS:
        raise RegistryRefused(f"参保年度 {year} 不对", f"year {year} is not possible")
    if not 0 <= premium_own_fen <= LARGEST_AMOUNT:
        raise RegistryRefused("个人缴费金额不对", "the premium is out of bounds")
