"""What teams did for whom, and what it earns them."""

from __future__ import annotations

from datetime import date

import pytest
from tests.office.builders import SAID
from tests.office.care.builders import DAY, START, chronic_patient, served, signed, team
from tests.office.web.people_and_places import household_member

from doudi.office.care import services as care
from doudi.office.care.errors import CareRefused
from doudi.office.care.incentives import payable
from doudi.office.care.models import Service

pytestmark = pytest.mark.django_db


def earned(period: str = "201809") -> dict[str, tuple[int, int, int | None]]:
    return {
        row.team.name: (row.deliveries, row.visits, row.fen)
        for row in payable(Service.objects.all(), period)
    }


@pytest.mark.clause("H-43", "H-46")
@pytest.mark.parametrize("sort", Service.Sort.values)
def test_every_service_of_the_source_is_recorded_under_the_contract_with_its_day(
    sort: str,
) -> None:
    contract = signed(chronic_patient())
    service = Service.objects.get(pk=served(contract, sort))
    assert (service.contract, service.sort, service.day) == (contract, sort, DAY)


def test_no_service_is_rendered_outside_the_days_of_the_contract() -> None:
    contract = signed(chronic_patient(), valid_from=DAY)
    with pytest.raises(CareRefused, match="cover"):
        served(contract, "home_treatment", date(2018, 9, 2))
    care.end_contract(**SAID, contract_id=contract.pk, valid_to=DAY)
    with pytest.raises(CareRefused, match="cover"):
        served(contract, "home_treatment", date(2018, 9, 4))


@pytest.mark.clause("H-46", "H-48")
def test_drugs_are_brought_to_chronic_patients_only() -> None:
    contract = signed(household_member())
    with pytest.raises(CareRefused, match="chronic"):
        served(contract, "drug_delivery")


def test_a_form_sent_twice_is_one_service() -> None:
    contract = signed(chronic_patient())
    served(contract, "drug_delivery")
    with pytest.raises(CareRefused, match="already"):
        served(contract, "drug_delivery")
    assert earned()["第一团队"] == (1, 0, 1_000)


@pytest.mark.clause("H-48", "H-49")
def test_a_team_earns_ten_yuan_a_delivery_and_eighteen_a_family_bed_visit() -> None:
    first, second = signed(chronic_patient()), signed(chronic_patient("丙"), team("第二团队"))
    for day in (3, 10, 17):
        served(first, "drug_delivery", date(2018, 9, day))
    for day in (3, 4):
        served(first, "family_bed_visit", date(2018, 9, day))
    served(first, "home_treatment")
    served(second, "family_bed_visit", date(2018, 9, 30))
    served(second, "family_bed_visit", date(2018, 10, 1))
    # 3 × 10 + 2 × 18 = 66 yuan; 18 yuan; treatment at home earns nothing by the source.
    assert earned() == {"第一团队": (3, 2, 6_600), "第二团队": (0, 1, 1_800)}
    assert earned("201810") == {"第二团队": (0, 1, 1_800)}


def test_a_service_withdrawn_as_a_mistake_earns_nothing_and_can_be_recorded_again() -> None:
    contract = signed(chronic_patient())
    care.withdraw_service(**SAID, service_id=served(contract, "drug_delivery"))
    assert earned() == {}
    served(contract, "drug_delivery")
    assert earned()["第一团队"] == (1, 0, 1_000)


def test_days_that_no_version_of_the_policy_covers_are_counted_and_not_priced() -> None:
    contract = signed(chronic_patient(), valid_from=START)
    served(contract, "drug_delivery", date(2025, 9, 3))
    assert earned("202509") == {"第一团队": (1, 0, None)}
