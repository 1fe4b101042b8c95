"""Changing the registry: each function is one transaction and says who changed what, and why."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from doudi.office.audit.services import note
from doudi.office.registry import identity, people_file
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import (
    Cause,
    DiseaseListing,
    Division,
    Enrolment,
    Household,
    Person,
    RegistrationPeriod,
    Relation,
)
from doudi.office.registry.people_file import BadPeople, PersonRow, batched
from doudi.rules.amounts import LARGEST_AMOUNT

_Record = TypeVar("_Record", bound=Model)
_BATCH = 1_000
_ACTOR_LENGTH, _REASON_LENGTH, _DOCUMENT_LENGTH = 60, 200, 120
_YEARS = range(2003, 2101)  # the rural scheme, from which today's came, began in 2003


def known_divisions() -> list[Division]:
    """The divisions of the league as this package brings them, those above before those below."""
    text = resources.files("doudi.office.registry").joinpath("divisions.csv").read_text("utf-8")
    return [
        Division(
            code=row["code"],
            name=row["name"],
            level=Division.Level(row["level"]),
            parent_id=row["parent"] or None,
        )
        for row in csv.DictReader(text.splitlines())
    ]


def load_divisions(*, actor: str = "doudi", reason: str = "divisions.csv") -> int:
    """Put the divisions of the league into the registry, and their names right; how many."""
    divisions = known_divisions()
    with _change(actor, reason):
        Division.objects.bulk_create(
            divisions,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "level", "parent"],
        )
        detail = {"divisions": len(divisions)}
        note(
            actor=actor, reason=reason, service="load_divisions", subject="divisions", detail=detail
        )
    return len(divisions)


def register_person(
    *,
    actor: str,
    reason: str,
    name: str,
    id_number: str,
    relation: str = Relation.HEAD,
    household_number: str | None = None,
    division_code: str | None = None,
    card: str | None = None,
    synthetic: bool = False,
) -> Person:
    """Record a person, and the household if it is new; then ``division_code`` is its gacha.

    RegistryRefused for an ID number that cannot be or is there already, a household with two
    heads or none, and a division that is unknown, no gacha, or not the household's.
    """
    number = _read_number(id_number)
    card_index = None if card is None else _card_index(card)
    _check_text("姓名", "name", name, 60)
    _check_choice("与户主关系", "relation", relation, Relation.values)
    with _change(actor, reason):
        if Person.objects.filter(id_index=identity.id_index(number.text)).exists():
            raise RegistryRefused("登记库里已有这个身份证号", "the ID number is registered already")
        household = None
        if household_number is not None:
            household = _household_for(household_number, division_code, relation, synthetic)
        person = _new_person(name, number, relation, card_index, synthetic)
        person.household = household
        person.save(force_insert=True)
        detail = {
            "id_number": identity.masked(number.text),
            "relation": relation,
            "household": household_number,
            "division": division_code,
            "synthetic": synthetic,
        }
        _note(actor, reason, "register_person", person, detail)
    return person


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
    _check_days(valid_from, valid_to)
    _check_choice("致贫原因", "cause", cause, Cause.values)
    _check_document(document)
    with _change(actor, reason):
        person = _locked(person_id)
        standing = person.registrations.filter(withdrawn_at=None)
        _refuse_overlap(standing, valid_from, valid_to, "建档立卡", "registration")
        period = RegistrationPeriod.objects.create(
            person=person,
            valid_from=valid_from,
            valid_to=valid_to,
            cause=cause,
            document=document,
            recorded_by=actor,
        )
        _note(actor, reason, "add_registration", person, _days_of(period) | {"cause": cause})
    return period


def end_registration(
    *, actor: str, reason: str, period_id: int, valid_to: date
) -> RegistrationPeriod:
    """Set the last day of a period that has none yet. Once only: a wrong day is withdrawn."""
    with _change(actor, reason):
        period = _locked_period(period_id)
        if period.withdrawn_at is not None:
            raise RegistryRefused("这段登记已撤回", "the period is withdrawn")
        if period.valid_to is not None:
            zh = f"这段登记已在 {period.valid_to} 结束；要更正请撤回后重新登记"
            raise RegistryRefused(zh, "the period has an end already; withdraw it and add another")
        _check_days(period.valid_from, valid_to)
        period.valid_to = valid_to
        period.save(update_fields=["valid_to"])
        _note(actor, reason, "end_registration", period.person, _days_of(period))
    return period


def withdraw_registration(*, actor: str, reason: str, period_id: int) -> RegistrationPeriod:
    """Mark a period as recorded by mistake. It stays, but nothing rests on it any more."""
    with _change(actor, reason):
        period = _locked_period(period_id)
        if period.withdrawn_at is not None:
            raise RegistryRefused("这段登记早已撤回", "the period is withdrawn already")
        period.withdrawn_at = timezone.now()
        period.save(update_fields=["withdrawn_at"])
        _note(actor, reason, "withdraw_registration", period.person, _days_of(period))
    return period


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
    _check_choice("缴费人", "paid_by", paid_by, Enrolment.PaidBy.values)
    _check_document(document)
    if year not in _YEARS:
        raise RegistryRefused(f"参保年度 {year} 不对", f"year {year} is not possible")
    if not 0 <= premium_own_fen <= LARGEST_AMOUNT:
        raise RegistryRefused("个人缴费金额不对", "the premium is out of bounds")
    with _change(actor, reason):
        person = _locked(person_id)
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
        _note(actor, reason, "enrol", person, detail | {"document": document})
    return enrolment


def list_disease(
    *,
    actor: str,
    reason: str,
    person_id: int,
    list: str,
    disease: str,
    valid_from: date,
    document: str,
    valid_to: date | None = None,
) -> DiseaseListing:
    """Put the person on a disease list, to ``valid_to`` inclusive or until ended.

    RegistryRefused when the person is on that list for that disease on one of the days already.
    """
    _check_days(valid_from, valid_to)
    _check_choice("病种名单", "list", list, DiseaseListing.List.values)
    _check_text("病种", "disease", disease, 60)
    _check_document(document)
    with _change(actor, reason):
        person = _locked(person_id)
        same = person.listings.filter(list=list, disease=disease)
        _refuse_overlap(same, valid_from, valid_to, "病种名单", "listing")
        listing = DiseaseListing.objects.create(
            person=person,
            list=list,
            disease=disease,
            valid_from=valid_from,
            valid_to=valid_to,
            document=document,
            recorded_by=actor,
        )
        detail = _days_of(listing) | {"list": list, "disease": disease}
        _note(actor, reason, "list_disease", person, detail)
    return listing


def end_listing(*, actor: str, reason: str, listing_id: int, valid_to: date) -> DiseaseListing:
    """Set the last day on a disease list; once only."""
    with _change(actor, reason):
        listing = _found(DiseaseListing.objects.filter(pk=listing_id).first())
        person = _locked(listing.person_id)
        listing.refresh_from_db()
        if listing.valid_to is not None:
            raise RegistryRefused("这条名单记录已经结束", "the listing has an end already")
        _check_days(listing.valid_from, valid_to)
        listing.valid_to = valid_to
        listing.save(update_fields=["valid_to"])
        _note(actor, reason, "end_listing", person, _days_of(listing))
    return listing


def reveal_id_number(*, actor: str, reason: str, person_id: int) -> str:
    """The person's ID number in full; who asked, and why, is recorded first."""
    with _change(actor, reason):
        person = _found(Person.objects.filter(pk=person_id).first())
        number = identity.decrypt(person.id_cipher, public_id=person.public_id)
        _note(actor, reason, "reveal_id_number", person, {"shown": identity.masked(number)})
    return number


def renew_ciphertexts(*, actor: str, reason: str) -> int:
    """Encrypt every ID number under the first of the keys; how many. All of them or none."""
    count = 0
    with _change(actor, reason):
        people = Person.objects.only("pk", "public_id", "id_cipher").order_by("pk")
        last = 0
        while batch := list(people.filter(pk__gt=last)[:_BATCH]):
            for person in batch:
                number = identity.decrypt(person.id_cipher, public_id=person.public_id)
                person.id_cipher = identity.encrypt(number, public_id=person.public_id)
            Person.objects.bulk_update(batch, ["id_cipher"])
            last, count = batch[-1].pk, count + len(batch)
        detail = {"people": count}
        note(
            actor=actor, reason=reason, service="renew_ciphertexts", subject="people", detail=detail
        )
    return count


def import_people_file(*, path: Path, actor: str, reason: str, synthetic: bool = False) -> int:
    """Import a people file whole; how many people. BadPeople with every fault, and nothing done."""
    rows = people_file.read_people(path)
    return import_people(rows=rows, actor=actor, reason=reason, synthetic=synthetic)


def import_people(
    *, rows: Sequence[PersonRow], actor: str, reason: str, synthetic: bool = False
) -> int:
    """Record the people of a file with their households, registrations and enrolments; how many.

    The number of SQL statements grows by the thousand rows only. BadPeople when the registry has
    changed since the file was read so that a row no longer fits; then nothing is recorded.
    """
    with _change(actor, reason):
        faults = people_file.faults_together([vars(row) for row in rows])
        if faults:
            raise BadPeople(faults)
        households = _households_of(rows, synthetic)
        people = []
        for row in rows:
            card_index = None if row.card is None else identity.card_index(row.card)
            person = _new_person(row.name, row.id_number, row.relation, card_index, synthetic)
            person.household = households[row.household]
            people.append(person)
        Person.objects.bulk_create(people, batch_size=_BATCH)
        registrations = [
            RegistrationPeriod(
                person=person, document=row.document, recorded_by=actor, **asdict(row.registration)
            )
            for person, row in zip(people, rows, strict=True)
            if row.registration is not None
        ]
        RegistrationPeriod.objects.bulk_create(registrations, batch_size=_BATCH)
        enrolments = [
            Enrolment(
                person=person,
                year=year,
                premium_own_fen=row.insured.premium_own_fen,
                paid_by=row.insured.paid_by,
                document=row.document,
                recorded_by=actor,
            )
            for person, row in zip(people, rows, strict=True)
            if row.insured is not None
            for year in row.insured.years
        ]
        Enrolment.objects.bulk_create(enrolments, batch_size=_BATCH)
        detail = {
            "people": len(people),
            "households": len(households),
            "registrations": len(registrations),
            "enrolments": len(enrolments),
            "documents": sorted({row.document for row in rows}),
            "person_ids": [people[0].pk, people[-1].pk] if people else [],
            "synthetic": synthetic,
        }
        note(actor=actor, reason=reason, service="import_people", subject="people", detail=detail)
    return len(people)


# --- One change ---


@contextmanager
def _change(actor: str, reason: str) -> Generator[None]:
    """One transaction with somebody's name and reason on it."""
    _check_text("操作人", "actor", actor, _ACTOR_LENGTH)
    _check_text("原因", "reason", reason, _REASON_LENGTH)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        # What was checked a moment ago no longer holds.
        zh = "登记时别人改了同样的记录，未作任何改动，请重试"
        raise RegistryRefused(zh, "somebody changed the same records meanwhile") from error


def _note(actor: str, reason: str, service: str, person: Person, detail: dict[str, Any]) -> None:
    subject = f"person:{person.public_id}"
    note(actor=actor, reason=reason, service=service, subject=subject, detail=detail)


def _days_of(row: RegistrationPeriod | DiseaseListing) -> dict[str, Any]:
    return {
        "id": row.pk,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": None if row.valid_to is None else row.valid_to.isoformat(),
        "document": row.document,
    }


def _locked(person_id: int) -> Person:
    """The person, whose history nobody else changes until this transaction ends.

    NO KEY: rows that only point at the person, such as settlements, can be added meanwhile.
    """
    return _found(Person.objects.select_for_update(no_key=True).filter(pk=person_id).first())


def _locked_period(period_id: int) -> RegistrationPeriod:
    """The period, read again once its person is locked."""
    period = _found(RegistrationPeriod.objects.filter(pk=period_id).first())
    person = _locked(period.person_id)
    period.refresh_from_db()
    period.person = person
    return period


def _found(record: _Record | None) -> _Record:
    if record is None:
        raise RegistryRefused("登记库里没有这条记录", "there is no such record")
    return record


def _new_person(
    name: str, number: identity.IdNumber, relation: str, card_index: str | None, synthetic: bool
) -> Person:
    person = Person(
        name=name,
        relation=relation,
        born=number.born,
        sex=number.sex,
        id_index=identity.id_index(number.text),
        card_index=card_index,
        synthetic=synthetic,
    )
    person.id_cipher = identity.encrypt(number.text, public_id=person.public_id)
    return person


def _household_for(
    number: str, division_code: str | None, relation: str, synthetic: bool
) -> Household:
    """The household, made if it is new, with a place for somebody of this relation."""
    household = Household.objects.select_for_update().filter(number=number).first()
    if household is None:
        if relation != Relation.HEAD:
            raise RegistryRefused("新的户要先登记户主", "a new household starts with its head")
        return Household.objects.create(
            number=number, division=_gacha(division_code), synthetic=synthetic
        )
    if division_code not in (None, household.division_id):
        zh = f"户 {number} 登记在 {household.division_id}"
        raise RegistryRefused(zh, f"household {number} is in {household.division_id}")
    if relation == Relation.HEAD and household.people.filter(relation=Relation.HEAD).exists():
        raise RegistryRefused(f"户 {number} 已有户主", f"household {number} has a head already")
    return household


def _gacha(code: str | None) -> Division:
    division = Division.objects.filter(pk=code, level=Division.Level.GACHA).first()
    if division is None:
        raise RegistryRefused(f"没有嘎查村 {code}", f"there is no gacha or village {code}")
    return division


def _households_of(rows: Sequence[PersonRow], synthetic: bool) -> dict[str, Household]:
    """The households of the rows by number, the new ones made."""
    places = {row.household: row.division for row in rows}
    known: dict[str, Household] = {}
    for numbers in batched(list(places)):
        known |= {row.number: row for row in Household.objects.filter(number__in=numbers)}
    new = [
        Household(number=number, division_id=division, synthetic=synthetic)
        for number, division in places.items()
        if number not in known
    ]
    Household.objects.bulk_create(new, batch_size=_BATCH)
    return known | {household.number: household for household in new}


# --- What callers may get wrong ---


def _read_number(text: str) -> identity.IdNumber:
    try:
        return identity.read_id_number(text)
    except identity.BadNumber as bad:
        raise RegistryRefused(f"身份证号{bad.zh}", f"ID number: {bad.en}") from None


def _card_index(text: str) -> str:
    try:
        return identity.card_index(identity.read_card(text))
    except identity.BadNumber as bad:
        raise RegistryRefused(f"社保卡号{bad.zh}", f"card number: {bad.en}") from None


def _check_text(zh: str, en: str, text: str, longest: int) -> None:
    if not text.strip():
        raise RegistryRefused(f"{zh}没有填", f"{en} is missing")
    if len(text) > longest or not text.isprintable():
        raise RegistryRefused(f"{zh}太长或含有控制字符", f"{en} is too long or has odd characters")


def _check_document(text: str) -> None:
    _check_text("依据文件", "document", text, _DOCUMENT_LENGTH)


def _check_choice(zh: str, en: str, value: str, allowed: Iterable[str]) -> None:
    if value not in set(allowed):
        raise RegistryRefused(f"{zh}没有 {value} 这一项", f"{en} has no {value!r}")


def _check_days(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise RegistryRefused("结束日期早于开始日期", "it would end before it begins")


def _refuse_overlap(
    rows: QuerySet[Any], valid_from: date, valid_to: date | None, zh: str, en: str
) -> None:
    clash = rows.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    if valid_to is not None:
        clash = clash.filter(valid_from__lte=valid_to)
    found = clash.first()
    if found is not None:
        days = f"{found.valid_from} 至 {found.valid_to or '今'}"
        raise RegistryRefused(
            f"与已有的{zh}重叠（{days}）", f"overlaps a {en} from {found.valid_from}"
        )
