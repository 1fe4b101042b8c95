"""Recording people: who they are is found again and never shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from tests.office.databases import at_once
from tests.office.registry.conftest import (
    FAR_VILLAGE,
    OTHER_VILLAGE,
    SAID,
    VILLAGE,
    number,
    wrong_number,
)

from doudi.office.audit.models import Call
from doudi.office.keys import key_id
from doudi.office.registry import identity, selectors, services
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Household, Person

Register = Callable[..., Person]


@pytest.mark.django_db
def test_a_person_is_found_by_the_id_number_however_it_is_typed(person: Register) -> None:
    someone = person(id_number=number(7))
    typed = f" {number(7)[:6]} {number(7)[6:].lower()}"
    assert selectors.find_by_id_number(typed) == someone
    assert selectors.find_by_id_number(number(8)) is None


@pytest.mark.django_db
def test_birthday_and_sex_come_from_the_id_number(person: Register) -> None:
    someone = person(id_number=number(born=date(1949, 12, 31), sex="2"))
    someone.refresh_from_db()
    assert (someone.born, someone.sex) == (date(1949, 12, 31), "2")


@pytest.mark.django_db
def test_a_person_is_found_by_card_unless_two_have_it(person: Register) -> None:
    someone = person(card="a1234 5678")
    assert selectors.find_by_card("A12345678") == someone
    person(card="A12345678")
    assert selectors.find_by_card("A12345678") is None


@pytest.mark.django_db
def test_the_id_number_stands_nowhere_in_the_statements_or_the_records(person: Register) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        person(id_number=number(3))
    # In every form it might have been stored in, as SQLite and PostgreSQL show bytes.
    for shown in (number(3), number(3).encode().hex()):
        assert not [query for query in queries if shown in query["sql"].lower()]
    call = Call.objects.get(service="register_person")
    assert call.detail["id_number"] == identity.masked(number(3))


@pytest.mark.django_db
def test_showing_an_id_number_is_recorded(person: Register) -> None:
    someone = person(id_number=number(3))
    shown = services.reveal_id_number(actor="甲", reason="核对身份", person_id=someone.pk)
    assert shown == number(3)
    call = Call.objects.get(service="reveal_id_number")
    assert (call.actor, call.reason, call.subject) == (
        "甲",
        "核对身份",
        f"person:{someone.public_id}",
    )
    assert number(3) not in str(call.detail)


@pytest.mark.django_db
def test_an_id_number_is_registered_once(person: Register) -> None:
    person(id_number=number(3))
    with pytest.raises(RegistryRefused) as refused:
        person(id_number=number(3))
    assert "已有" in refused.value.zh
    assert Person.objects.count() == 1


@pytest.mark.real_commits
def test_an_id_number_that_two_clerks_register_at_once_is_registered_once() -> None:
    def register() -> Person:
        return services.register_person(**SAID, name="甲", id_number=number(3), synthetic=True)

    answers = at_once(*[register] * 8)
    assert sum(isinstance(answer, Person) for answer in answers) == 1
    assert sum(isinstance(answer, RegistryRefused) for answer in answers) == 7
    assert Person.objects.count() == Call.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["actor", "reason"])
def test_nothing_changes_without_a_name_and_a_reason(field: str) -> None:
    with pytest.raises(RegistryRefused):
        services.register_person(**SAID | {field: " "}, name="甲", id_number=number())
    assert not Person.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
@pytest.mark.parametrize(
    "wrong",
    [
        {"id_number": wrong_number()},
        {"name": ""},
        {"name": "甲\n"},
        {"name": "甲" * 61},
        {"relation": "77"},
        {"card": "12"},
        {"household_number": "H1", "division_code": "152221105000"},
        {"household_number": "H1", "division_code": "999999999999"},
        {"household_number": "H1"},
        {"household_number": "H1", "division_code": VILLAGE, "relation": "02"},
    ],
)
def test_a_wrong_fact_about_a_person_is_refused_and_nothing_is_kept(
    person: Register, wrong: dict[str, Any]
) -> None:
    with pytest.raises(RegistryRefused):
        person(**wrong)
    assert not Person.objects.exists()
    assert not Household.objects.exists()
    assert not Call.objects.exclude(service="load_divisions").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_a_household_begins_with_its_head_and_has_one(person: Register) -> None:
    head = person(household_number="H1", division_code=VILLAGE)
    wife = person(household_number="H1", relation="02")
    assert wife.household == head.household
    assert wife.household is not None
    assert wife.household.division_id == VILLAGE
    for wrong in ({"relation": "01"}, {"relation": "03", "division_code": OTHER_VILLAGE}):
        with pytest.raises(RegistryRefused):
            person(household_number="H1", **wrong)


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_the_people_of_a_division_are_those_of_all_its_villages(
    person: Register,
) -> None:
    here = person(household_number="H1", division_code=VILLAGE)
    near = person(household_number="H2", division_code=OTHER_VILLAGE)
    far = person(household_number="H3", division_code=FAR_VILLAGE)
    person()
    for code, expected in {
        VILLAGE: [here],
        "152221105000": [here, near],
        "152221000000": [here, near],
        "152201000000": [far],
        "152200000000": [here, near, far],
        "152224000000": [],
    }.items():
        assert list(selectors.people_of(code)) == expected


@pytest.mark.django_db
def test_new_keys_take_over_every_number_and_the_old_one_can_go(
    person: Register, settings: Settings
) -> None:
    old = next(iter(settings.ID_KEYS.values()))
    people = [person() for _ in range(5)]
    new = b"2" * 32
    settings.ID_KEYS = {key_id(new): new, key_id(old): old}
    assert services.renew_ciphertexts(**SAID) == 5
    settings.ID_KEYS = {key_id(new): new}
    for serial, someone in enumerate(people):
        shown = services.reveal_id_number(**SAID, person_id=someone.pk)
        assert shown == number(serial)
