"""Services that a team rendered: recorded with their day, withdrawn where it was a mistake."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from doudi.office.care.errors import CareRefused
from doudi.office.care.models import Contract, Service
from doudi.office.care.treatments import check_note, check_past
from doudi.office.care.withdrawing import withdraw
from doudi.office.registry.changes import (
    check_choice,
    existing,
    locked_person,
    note_person,
    one_change,
)
from doudi.office.registry.models import DiseaseListing

_List = DiseaseListing.List
CHRONIC_LISTS = (_List.CHRONIC, _List.SPECIAL_CHRONIC)
DELIVERED_TO = (*CHRONIC_LISTS, _List.DRUG_PURCHASE)
"""On one of these lists for drugs to be bought and brought: they are chronic patients' (H-48)."""


def record_service(
    *, actor: str, reason: str, contract_id: int, sort: str, day: date, note: str = ""
) -> Service:
    """Record what the team did for somebody under a contract on a day.

    CareRefused outside the days of the contract, a second time on one day, and for a drug
    delivery to somebody who was on no list of chronic patients that day.
    """
    check_choice("服务项目", "sort", sort, Service.Sort.values)
    check_past(day)
    check_note(note)
    with one_change(actor, reason):
        contract = existing(Contract.objects.filter(pk=contract_id).first())
        person = locked_person(contract.person_id)
        contract.refresh_from_db()
        if not _covers(contract, day):
            raise CareRefused("这一天不在签约期内", "the contract does not cover that day")
        if sort == Service.Sort.DRUG_DELIVERY and not _chronic_on(person.pk, day):
            raise CareRefused(
                "这一天不在慢性病或购药名单上，不能记代购药品",
                "the person was on no list of chronic patients that day",
            )
        if Service.objects.filter(
            contract=contract, sort=sort, day=day, withdrawn_at=None
        ).exists():
            raise CareRefused("这一天的这项服务已经记过", "the service is recorded already")
        service = Service.objects.create(
            contract=contract, sort=sort, day=day, note=note, recorded_by=actor
        )
        detail = {"id": service.pk, "contract": contract.pk, "sort": sort, "day": day.isoformat()}
        note_person(actor, reason, "record_service", person, detail)
    return service


def withdraw_service(*, actor: str, reason: str, service_id: int) -> Service:
    """Mark a service as recorded by mistake; nothing is paid for it any more."""
    return withdraw(
        Service.objects.select_related("contract").filter(pk=service_id).first(),
        lambda row: locked_person(row.contract.person_id),
        actor=actor,
        reason=reason,
        service="withdraw_service",
    )


def _covers(contract: Contract, day: date) -> bool:
    if contract.withdrawn_at is not None or day < contract.valid_from:
        return False
    return contract.valid_to is None or day <= contract.valid_to


def _chronic_on(person_id: int, day: date) -> bool:
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    return DiseaseListing.objects.filter(holds, person=person_id, list__in=DELIVERED_TO).exists()
