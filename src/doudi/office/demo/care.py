"""Care of the made-up league: teams, contracts, services, treatments, in the article's shares.

Names of packages are examples: the source counts ten and names none (H-45). Some of the untreated
have no plan and some of the chronic patients no team, so that the lists of what is to do are not
empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from doudi.office.audit.services import note
from doudi.office.care.models import (
    CheckUp,
    CheckUpCall,
    Contract,
    Service,
    ServicePackage,
    Team,
    Treatment,
    TreatmentPlan,
)
from doudi.office.care.rendered import CHRONIC_LISTS
from doudi.office.demo.figures import ARTICLE
from doudi.office.demo.households import YEAR
from doudi.office.demo.institutions import banner_hospital, sumu_hospital
from doudi.office.demo.people import CHRONIC
from doudi.office.demo.write import ACTOR, REASON
from doudi.office.registry.models import DiseaseListing

_DISEASES = (*CHRONIC, "慢性肾病", "慢性肝病", "精神障碍", "肺结核")
_SIGNED_OF_CHRONIC = 43_356  # H-44
_TREATED_OF_SERIOUS = 445  # H-40
_WITHOUT_PLAN = 8
_DELIVERED_ON, _DAYS = date(YEAR, 9, 3), 20
_BED_EVERY = 925  # 47 persons with family beds among 43,486 (H-50)
_CHECKED_EVERY, _FOUND_EVERY = 40, 10
_SIGNED_ON = date(YEAR, 1, 1)
_AT_ONCE = 2_000
_RECORDED: dict[str, Any] = {"recorded_by": ACTOR}

Row = tuple[int, int, str, str]
"""A listing's key, its person's, the disease, and the gacha."""


def write_care() -> None:
    """All of it in one transaction, from the disease lists that are there; deterministic."""
    with transaction.atomic():
        packages = _packages()
        chronic = list(_first_of_each(_listed(*CHRONIC_LISTS)))
        teams = _teams(gacha for _key, _person, _disease, gacha in chronic)
        signed = _share_of(chronic, _SIGNED_OF_CHRONIC, ARTICLE.chronic)
        contracts = {row.person_id: row for row in _contracts(signed, teams, packages)}
        _services(contracts, {person for _key, person, _d, _g in _listed("drug_purchase")})
        serious = _listed("serious")
        _treatments(serious, _share_of(serious, _TREATED_OF_SERIOUS, ARTICLE.serious))
        _check_ups(chronic)
        note(
            actor=ACTOR,
            reason=REASON,
            service="demo_care",
            subject="care",
            detail={"teams": len(teams), "contracts": len(contracts)},
        )


def _listed(*lists: str) -> list[Row]:
    rows = DiseaseListing.objects.filter(list__in=lists, person__household__isnull=False)
    columns = ("pk", "person", "disease", "person__household__division")
    return list(rows.order_by("pk").values_list(*columns))


def _first_of_each(rows: Iterable[Row]) -> Iterable[Row]:
    seen: set[int] = set()
    for row in rows:
        if row[1] not in seen:
            seen.add(row[1])
            yield row


def _share_of(rows: list[Row], part: int, whole: int) -> list[Row]:
    """So many of the rows as the article has ``part`` of ``whole``, spread evenly."""
    wanted = (len(rows) * part + whole // 2) // whole
    return [
        row
        for at, row in enumerate(rows)
        if (at + 1) * wanted // len(rows) > at * wanted // len(rows)
    ]


def _packages() -> dict[str, ServicePackage]:
    rows = [
        ServicePackage(name=f"示例服务包：{disease}", disease=disease, synthetic=True, **_RECORDED)
        for disease in _DISEASES
    ]
    return {row.disease: row for row in ServicePackage.objects.bulk_create(rows)}


def _teams(gachas: Iterable[str]) -> dict[str, Team]:
    hospitals = sorted({sumu_hospital(gacha) for gacha in gachas})
    rows = [
        Team(name="合成家庭医生团队", institution_id=code, synthetic=True, **_RECORDED)
        for code in hospitals
    ]
    return {str(row.institution_id): row for row in Team.objects.bulk_create(rows)}


def _contracts(
    signed: list[Row], teams: dict[str, Team], packages: dict[str, ServicePackage]
) -> list[Contract]:
    rows = [
        Contract(
            person_id=person,
            team=teams[sumu_hospital(gacha)],
            package=packages.get(disease),
            agreed_by=Contract.AgreedBy.PERSON,
            valid_from=_SIGNED_ON,
            **_RECORDED,
        )
        for _key, person, disease, gacha in signed
    ]
    return Contract.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _services(contracts: dict[int, Contract], delivered: set[int]) -> None:
    """A month's deliveries, family-bed visits, and a few treatments at home."""
    rows = []
    sorts = defaultdict[str, int](int)
    for at, (person, contract) in enumerate(contracts.items()):
        chosen = []
        if person in delivered:
            chosen.append(Service.Sort.DRUG_DELIVERY)
        if at % _BED_EVERY == 0:
            chosen.append(Service.Sort.FAMILY_BED_VISIT)
        if at % _CHECKED_EVERY == 1:
            chosen.append(Service.Sort.HOME_TREATMENT)
        for sort in chosen:
            day = _DELIVERED_ON + timedelta(days=sorts[sort] % _DAYS)
            sorts[sort] += 1
            rows.append(Service(contract=contract, sort=sort, day=day, **_RECORDED))
    Service.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _treatments(serious: list[Row], treated: list[Row]) -> None:
    done = {row[0] for row in treated}
    Treatment.objects.bulk_create(
        [
            Treatment(
                listing_id=key,
                treated_on=date(YEAR, 3 + at % 6, 12),
                institution_id=banner_hospital(gacha),
                designated=True,
                **_RECORDED,
            )
            for at, (key, _person, _disease, gacha) in enumerate(treated)
        ]
    )
    waiting = [row for row in serious if row[0] not in done]
    TreatmentPlan.objects.bulk_create(
        [
            TreatmentPlan(
                listing_id=key,
                planned_on=date(YEAR, 11 + at % 2, 6),
                institution_id=banner_hospital(gacha),
                **_RECORDED,
            )
            for at, (key, _person, _disease, gacha) in enumerate(waiting)
            if at % _WITHOUT_PLAN != 0
        ]
    )


def _check_ups(chronic: list[Row]) -> None:
    """Some of the chronic patients as key persons; all but every tenth of them is checked."""
    called = list(enumerate(chronic[::_CHECKED_EVERY]))
    CheckUpCall.objects.bulk_create(
        [
            CheckUpCall(person_id=row[1], year=YEAR, why=CheckUpCall.Why.KEY_PERSON, **_RECORDED)
            for _at, row in called
        ]
    )
    CheckUp.objects.bulk_create(
        [
            CheckUp(
                person_id=row[1],
                day=date(YEAR, 6, 4 + at % 20),
                year=YEAR,
                institution_id=sumu_hospital(row[3]),
                finding=CheckUp.Treated.IN_TREATMENT,
                disease=row[2],
                **_RECORDED,
            )
            for at, row in called
            if at % _FOUND_EVERY != 1
        ]
    )
