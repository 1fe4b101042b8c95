"""Many stays of many registered people with their bills, written as the services write them."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction
from django.utils import timezone

from doudi.office.ledger.models import Account
from doudi.office.ledger.services import patient
from doudi.office.registry.models import Enrolment, Person, RegistrationPeriod
from doudi.office.settlement.fees import FeeInput, fee_line
from doudi.office.settlement.models import Admission, FeeLine, Institution
from doudi.office.settlement.services import register_institution

_HOSPITAL = "H15220000001"
_LINE = FeeInput("合成", "A", 1000, 1_200_000, 1_200_000, 0, 0, 120_000, 1_080_000)
_SAID = {"document": "synthetic", "recorded_by": "bench"}


def make_stays(count: int, people: int) -> list[str]:
    """``count`` stays of ``people`` new people, admitted and billed; their public ids."""
    with transaction.atomic():
        if not Institution.objects.filter(code=_HOSPITAL).exists():
            register_institution(
                code=_HOSPITAL, name="合成医院", level=3, designated=True, inside_league=True
            )
        persons = Person.objects.bulk_create([_person() for _ in range(people)])
        RegistrationPeriod.objects.bulk_create(
            [
                RegistrationPeriod(
                    person=person,
                    valid_from=date(2016, 1, 1),
                    cause="01",
                    recorded_at=timezone.now(),
                    **_SAID,
                )
                for person in persons
            ]
        )
        Enrolment.objects.bulk_create(
            [
                Enrolment(
                    person=person, year=2018, premium_own_fen=0, paid_by="government", **_SAID
                )
                for person in persons
            ]
        )
        stays = [_stay(persons[number % people]) for number in range(count)]
        Account.objects.bulk_create([_account(stay) for stay in stays])
        Admission.objects.bulk_create(stays)
        FeeLine.objects.bulk_create([fee_line(stay, 1, _LINE) for stay in stays])
    return [stay.public_id for stay in stays]


def _person() -> Person:
    return Person(
        name="合成", sex="1", id_cipher=b"-", id_index=uuid.uuid4().hex * 2, synthetic=True
    )


def _stay(person: Person) -> Admission:
    return Admission(
        public_id=uuid.uuid4().hex,
        person=person,
        institution_id=_HOSPITAL,
        kind="inpatient",
        admitted_on=date(2018, 5, 1),
        agreement="bench",
    )


def _account(stay: Admission) -> Account:
    return Account(
        code=patient(stay.public_id),
        kind=Account.Kind.PATIENT,
        institution=_HOSPITAL,
        party=stay.person.public_id,
    )
