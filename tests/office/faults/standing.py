"""Jobs that change whether a person is registered, while others settle for them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from tests.office.faults.cells import WHO
from tests.office.faults.signs import told, wait_for

from doudi.office.registry import services as registry
from doudi.office.registry.models import Person, RegistrationPeriod
from doudi.office.registry.selectors import standing_on
from doudi.office.settlement.models import Claim
from doudi.office.settlement.registry_effects import follow_registry


def change_standing_when(go: str, stay: str, rounds: int) -> list[Any]:
    """Withdraw the registration of a stay's person and record it again, over and over.

    What is settled already follows each time, as after an approved change; errors are answered.
    """
    person = Person.objects.get(admission__public_id=stay)
    connection.ensure_connection()
    wait_for(go)
    answers: list[Any] = []
    for _round in range(rounds):
        for change in (_withdraw_registration, _add_registration):
            try:
                with transaction.atomic():
                    change(person)
                    follow_registry(person, WHO)
            except Exception as error:
                answers.append(told(error))
            else:
                answers.append({})
    return answers


def _withdraw_registration(person: Person) -> None:
    period = RegistrationPeriod.objects.get(person=person, withdrawn_at=None)
    registry.withdraw_registration(actor="村干部", reason="测试", period_id=period.pk)


def _add_registration(person: Person) -> None:
    registry.add_registration(
        actor="村干部",
        reason="测试",
        person_id=person.pk,
        valid_from=date(2016, 1, 1),
        cause="01",
        document="扶贫办〔2018〕1号",
    )


def settled_against_the_registry() -> list[str]:
    """The claims in force that do not say of their person what the registry says."""
    claims = Claim.objects.exclude(entries__sort="reverse").select_related("admission")
    return [
        str(claim.pk)
        for claim in claims
        if claim.facts["registered"]
        is not standing_on(claim.admission.person_id, claim.date).registered
    ]
