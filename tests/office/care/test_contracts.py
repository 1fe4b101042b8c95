"""Batch two: one family-doctor team, chosen freely by a person or a family."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.office.builders import SAID
from tests.office.care.builders import DAY, START, chronic_patient, served, signed, team
from tests.office.web.people_and_places import HERE, household_member

from doudi.office.care import services as care
from doudi.office.care.errors import CareRefused
from doudi.office.care.models import Contract, ServicePackage
from doudi.office.care.selectors import chronic_patients
from doudi.office.registry import services as registry
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import Person

pytestmark = pytest.mark.django_db


def home_of(person: Person) -> int:
    assert person.household_id is not None
    return int(person.household_id)


def relative_of(person: Person, serial: int) -> Person:
    """Somebody else of the same household."""
    assert person.household is not None
    number = made_up_id_number(born=date(1970, 1, 2), sex="1", serial=serial)
    return registry.register_person(
        **SAID,
        name="合成戊",
        id_number=number.text,
        household_number=person.household.number,
        division_code=HERE.gacha,
        relation="02",
        synthetic=True,
    )


@pytest.mark.clause("H-42")
def test_a_person_has_one_team_at_a_time() -> None:
    person = chronic_patient()
    signed(person, team("第一团队"))
    with pytest.raises(RegistryRefused, match="overlaps"):
        signed(person, team("第二团队"))


@pytest.mark.clause("H-42")
def test_the_database_itself_refuses_a_second_team() -> None:
    contract = signed(chronic_patient())
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.create(
            person=contract.person,
            team=team("第二团队"),
            agreed_by="person",
            valid_from=DAY,
            recorded_by="甲",
        )


@pytest.mark.clause("H-42")
def test_a_family_signs_together_or_not_at_all() -> None:
    person = chronic_patient()
    relative = relative_of(person, 801)
    together = care.sign_household(
        **SAID, household_id=home_of(person), team=team().public_id, valid_from=START
    )
    assert {contract.person_id for contract in together} == {person.pk, relative.pk}
    assert {contract.household_id for contract in together} == {home_of(person)}


@pytest.mark.clause("H-42")
def test_a_family_is_not_signed_over_the_head_of_a_member_who_chose_another_team() -> None:
    person = chronic_patient()
    signed(relative_of(person, 802), team("第二团队"))
    with pytest.raises(RegistryRefused) as refused:
        care.sign_household(
            **SAID, household_id=home_of(person), team=team().public_id, valid_from=START
        )
    assert "合成戊" in refused.value.zh
    assert not Contract.objects.filter(person=person).exists()


def test_changing_the_team_ends_the_old_contract_the_day_before() -> None:
    old = signed(chronic_patient())
    new = care.change_team(
        **SAID,
        contract_id=old.pk,
        team=team("第二团队").public_id,
        valid_from=DAY,
        agreed_by="person",
    )
    old.refresh_from_db()
    assert (old.valid_to, new.valid_from, new.valid_to) == (date(2018, 9, 2), DAY, None)
    assert new.team.name == "第二团队"


def test_a_contract_is_not_ended_before_a_service_that_rests_on_it() -> None:
    contract = signed(chronic_patient())
    served(contract, "home_treatment", DAY)
    with pytest.raises(CareRefused, match="after that day"):
        care.end_contract(**SAID, contract_id=contract.pk, valid_to=date(2018, 9, 2))
    care.end_contract(**SAID, contract_id=contract.pk, valid_to=DAY)
    with pytest.raises(CareRefused, match="end already"):
        care.end_contract(**SAID, contract_id=contract.pk, valid_to=DAY)


@pytest.mark.clause("H-44")
def test_the_unsigned_are_the_chronic_patients_without_a_contract_on_the_day() -> None:
    with_team, without = chronic_patient(), chronic_patient("合成丙")
    household_member(name="合成丁")
    contract = signed(with_team)
    everyone = Person.objects.all()
    assert list(chronic_patients(everyone, DAY, signed=False)) == [without]
    assert list(chronic_patients(everyone, DAY, signed=True)) == [with_team]
    care.end_contract(**SAID, contract_id=contract.pk, valid_to=date(2018, 9, 2))
    assert set(chronic_patients(everyone, DAY, signed=False)) == {with_team, without}
    assert chronic_patients(everyone, DAY).count() == 2


@pytest.mark.clause("H-45")
def test_the_bureau_names_ten_packages_and_no_eleventh() -> None:
    for number in range(10):
        care.name_package(**SAID, name=f"示例包{number}", disease="高血压", synthetic=True)
    with pytest.raises(CareRefused, match="10 kinds"):
        care.name_package(**SAID, name="第十一种", disease="糖尿病", synthetic=True)
    first = ServicePackage.objects.order_by("pk")[0]
    care.close_package(**SAID, package_id=first.pk)
    care.name_package(**SAID, name="第十一种", disease="糖尿病", synthetic=True)


@pytest.mark.clause("H-45")
def test_a_patient_picks_a_package_with_the_contract_and_none_that_is_out_of_use() -> None:
    package = care.name_package(**SAID, name="示例高血压包", disease="高血压", synthetic=True)
    assert signed(chronic_patient(), package_id=package.pk).package == package
    care.close_package(**SAID, package_id=package.pk)
    with pytest.raises(CareRefused, match="no longer"):
        signed(chronic_patient("合成丙"), package_id=package.pk)


def test_rows_stay_and_are_ended_once_whoever_writes_past_the_services() -> None:
    contract = signed(chronic_patient())
    care.end_contract(**SAID, contract_id=contract.pk, valid_to=DAY)
    rows = Contract.objects.filter(pk=contract.pk)
    for change in ({"valid_to": None}, {"valid_from": date(2017, 1, 1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    assert rows.get().valid_to == DAY
