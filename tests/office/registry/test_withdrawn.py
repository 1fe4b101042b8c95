"""A person and a household that were withdrawn are nowhere found, and leave their numbers free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.office.registry.conftest import SAID, VILLAGE, number

from doudi.office.keys import key_id
from doudi.office.registry import identity, selectors, services
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Household, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]
Register = Callable[..., Person]


def withdraw(person: Person) -> None:
    now = timezone.now()
    Person.objects.filter(pk=person.pk).update(withdrawn_at=now)
    Household.objects.filter(people__in=[person.pk]).update(withdrawn_at=now)


def test_a_withdrawn_person_is_not_found_and_still_there(person: Register) -> None:
    found = person(id_number=number(1), household_number="H1", division_code=VILLAGE)
    withdraw(found)
    assert selectors.find_by_id_number(number(1)) is None
    assert list(selectors.people_of(VILLAGE)) == []
    assert Person.with_withdrawn.get().public_id == found.public_id


def test_the_numbers_of_a_withdrawn_person_can_be_registered_again(person: Register) -> None:
    withdraw(person(id_number=number(1), household_number="H1", division_code=VILLAGE))
    again = person(id_number=number(1), household_number="H1", division_code=VILLAGE)
    assert selectors.find_by_id_number(number(1)) == again
    assert Household.with_withdrawn.filter(number="H1").count() == 2
    with pytest.raises(RegistryRefused):
        person(id_number=number(1))


def test_the_database_holds_one_person_in_force_for_an_id_number(person: Register) -> None:
    first = person(id_number=number(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(name="乙", sex="1", relation="01", id_index=first.id_index)


def test_renewing_the_keys_takes_the_withdrawn_along(person: Register, settings: Any) -> None:
    found = person(id_number=number(1))
    withdraw(found)
    old, new = next(iter(settings.ID_KEYS.values())), b"2" * 32
    settings.ID_KEYS = {key_id(new): new, key_id(old): old}
    assert services.renew_ciphertexts(**SAID) == 1
    after = Person.with_withdrawn.get(pk=found.pk)
    assert bytes(after.id_cipher) != bytes(found.id_cipher)
    assert identity.decrypt(after.id_cipher, public_id=found.public_id) == number(1)
