"""Keys are renewed by batches while everybody works, and whoever stops it loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from tests.office.builders import SAID, month_of_business
from tests.office.registry.conftest import number
from tests.office.web.people_and_places import account

from doudi.office.accounts.devices import Authenticator
from doudi.office.accounts.second_factor import device_to_confirm
from doudi.office.audit.chain import verify
from doudi.office.audit.models import Call
from doudi.office.audit.services import seal_day
from doudi.office.keys import key_id
from doudi.office.registry import ciphertexts, selectors, services
from doudi.office.registry.ciphertexts import CIPHERED, count_under_old_keys
from doudi.office.registry.models import Person
from doudi.office.settlement.checks import check_everything

Register = Callable[..., Person]

NEW = b"2" * 32
SEALED_OTHERWISE = {"enquiries.SavedEnquiry.sealed"}
"""Under keys made of their codes, which nobody keeps."""


@pytest.fixture
def with_new_key(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a new key in front of the old one; batches of two."""
    monkeypatch.setattr(ciphertexts, "_BATCH", 2)

    def put() -> None:
        old = next(iter(settings.ID_KEYS.values()))
        settings.ID_KEYS = {key_id(NEW): NEW, key_id(old): old}

    return put


def test_every_column_with_a_ciphertext_is_in_the_one_list() -> None:
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and model.__module__.startswith("doudi.")
    }
    listed = {f"{each.model}.{each.field}" for each in CIPHERED}
    assert listed == columns - SEALED_OTHERWISE


class Stopped(BaseException):
    """As Ctrl+C does."""


@pytest.mark.real_commits
def test_stopped_in_the_middle_everything_is_read_and_the_next_run_takes_up_what_is_left(
    person: Register, settings: Any, with_new_key: Any
) -> None:
    people = [person() for _ in range(7)]
    with_new_key()

    def stop(done: int) -> None:
        if done >= 4:
            raise Stopped

    with pytest.raises(Stopped):
        services.renew_ciphertexts(**SAID, after_batch=stop)
    assert count_under_old_keys() == 3
    for serial, someone in enumerate(people):
        assert services.reveal_id_number(**SAID, person_id=someone.pk) == number(serial)
        found = selectors.find_by_id_number(number(serial))
        assert found is not None and found.pk == someone.pk
    renewed: list[int] = []
    assert services.renew_ciphertexts(**SAID, after_batch=renewed.append) == 3
    assert renewed == [2, 3]
    settings.ID_KEYS = {key_id(NEW): NEW}
    for serial, someone in enumerate(people):
        assert services.reveal_id_number(**SAID, person_id=someone.pk) == number(serial)


@pytest.mark.django_db
def test_what_is_written_under_the_old_key_meanwhile_is_renewed_too(
    person: Register, settings: Any, with_new_key: Any
) -> None:
    for _ in range(3):
        person()
    with_new_key()
    both = settings.ID_KEYS
    late: list[Person] = []

    def another_process(_done: int) -> None:
        if not late:
            settings.ID_KEYS = dict(reversed(both.items()))
            late.append(person())
            settings.ID_KEYS = both

    assert services.renew_ciphertexts(**SAID, after_batch=another_process) == 4
    settings.ID_KEYS = {key_id(NEW): NEW}
    assert services.reveal_id_number(**SAID, person_id=late[0].pk)


@pytest.mark.django_db
def test_run_again_it_changes_nothing(person: Register, with_new_key: Any) -> None:
    person()
    with_new_key()
    assert services.renew_ciphertexts(**SAID) == 1
    before = bytes(Person.objects.get().id_cipher)
    assert services.renew_ciphertexts(**SAID) == 0
    assert bytes(Person.objects.get().id_cipher) == before


@pytest.mark.django_db
def test_the_secrets_of_second_factors_come_along(settings: Any, with_new_key: Any) -> None:
    user = account("league")
    secret = device_to_confirm(user=user).bin_key
    with_new_key()
    services.renew_ciphertexts(**SAID)
    settings.ID_KEYS = {key_id(NEW): NEW}
    assert Authenticator.objects.get(user=user).bin_key == secret


@pytest.mark.django_db
def test_the_seals_and_the_records_hold_before_and_after(with_new_key: Any) -> None:
    month_of_business()
    seal_day(day=date(2018, 5, 31), **SAID)
    with_new_key()
    assert services.renew_ciphertexts(**SAID) > 0
    checked, tampered = verify()
    assert tampered is None and checked > 20
    assert check_everything().faults == []
    first, last = Call.objects.filter(service="renew_ciphertexts").order_by("pk")
    assert first.detail["left"] == last.detail["registry.Person.id_cipher"] > 0
    assert last.detail["left"] == 0
