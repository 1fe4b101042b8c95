"""A phone is read as people write it, kept encrypted, shown masked, and seen whole for a reason.

The numbers of these tests are service numbers of the operators: no person has them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.office.imports.files import committed, line, staged
from tests.office.registry.conftest import SAID, VILLAGE, number

from doudi.office.approvals.registry_changes import SEALED, without_secrets
from doudi.office.audit.models import Call
from doudi.office.imports import services as imports
from doudi.office.keys import key_id
from doudi.office.registry import identity, services
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Person, SealedNumber
from doudi.office.registry.phones import masked_phone, phone_of, read_phone, shown_phone

PHONE, OTHER_PHONE = "13800138000", "13800471500"
Register = Callable[..., Person]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("138 0013 8000", PHONE),
        ("138-0013-8000", PHONE),
        ("+86 13800138000", PHONE),
        ("008613800138000", PHONE),
        ("１３８００１３８０００", PHONE),
        ("0482-8200000", "04828200000"),
        ("（0482）8200000", "04828200000"),
    ],
)
def test_a_phone_is_read_as_people_write_it(typed: str, read: str) -> None:
    assert read_phone(typed) == read


@pytest.mark.parametrize("typed", ["12800138000", "1380013800", "138001380000", "8200000", "无"])
def test_what_cannot_be_a_phone_is_no_phone(typed: str) -> None:
    with pytest.raises(identity.BadNumber) as bad:
        read_phone(typed)
    assert "11 位手机号" in bad.value.zh


@given(st.from_regex(r"\A(1[3-9][0-9]{9}|0[0-9]{9,11})\Z"))
def test_a_masked_phone_shows_seven_digits(phone: str) -> None:
    shown = masked_phone(phone)
    assert len(shown) == len(phone)
    assert shown[:3] + shown[-4:] == phone[:3] + phone[-4:]
    assert set(shown[3:-4]) == {"*"}


@pytest.mark.django_db
def test_a_phone_is_kept_encrypted_for_its_person_and_its_use(person: Register) -> None:
    found = person(phone="138 0013 8000")
    other = person()
    found.refresh_from_db()
    assert PHONE.encode() not in bytes(found.phone_cipher or b"")
    assert (phone_of(found), shown_phone(found)) == (PHONE, "138****8000")
    assert (phone_of(other), shown_phone(other)) == (None, None)
    other.phone_cipher = found.phone_cipher
    with pytest.raises(identity.CannotDecrypt):
        phone_of(other)
    found.phone_cipher = found.id_cipher
    with pytest.raises(identity.CannotDecrypt):
        phone_of(found)


@pytest.mark.django_db
def test_a_phone_is_recorded_changed_and_removed_with_both_numbers_masked(
    person: Register,
) -> None:
    found = person()
    for phone in (PHONE, OTHER_PHONE, " "):
        services.record_phone(**SAID, person_id=found.pk, phone=phone)
    found.refresh_from_db()
    assert phone_of(found) is None
    details = Call.objects.filter(service="record_phone").order_by("pk")
    assert [call.detail for call in details] == [
        {"before": None, "after": "138****8000"},
        {"before": "138****8000", "after": "138****1500"},
        {"before": "138****1500", "after": None},
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("phone", "said"), [(PHONE, "没有改动"), ("12345", "11 位手机号")])
def test_a_phone_that_is_none_or_no_other_is_refused(
    person: Register, phone: str, said: str
) -> None:
    found = person(phone=PHONE)
    with pytest.raises(RegistryRefused) as refused:
        services.record_phone(**SAID, person_id=found.pk, phone=phone)
    assert said in refused.value.zh
    assert not Call.objects.filter(service="record_phone").exists()


@pytest.mark.django_db
def test_a_whole_phone_is_seen_for_a_reason_that_is_recorded(person: Register) -> None:
    found = person(phone=PHONE)
    with pytest.raises(RegistryRefused):
        services.reveal_phone(actor="甲", reason=" ", person_id=found.pk)
    assert services.reveal_phone(**SAID, person_id=found.pk) == PHONE
    call = Call.objects.get(service="reveal_phone")
    assert (call.reason, call.detail) == (SAID["reason"], {"shown": "138****8000"})
    with pytest.raises(RegistryRefused, match="no phone"):
        services.reveal_phone(**SAID, person_id=person().pk)


@pytest.mark.django_db
def test_what_is_proposed_has_the_phone_masked_and_sealed(person: Register) -> None:
    found = person()
    given = {"person_id": found.pk, "phone": PHONE}
    kept = without_secrets("record_phone", given, found, "村甲")
    assert PHONE not in str(kept)
    assert kept["phone"] == "138****8000"
    assert services.sealed_number(kept[SEALED]) == PHONE
    assert services.reveal_sealed_number(**SAID, public_id=kept[SEALED]) == PHONE
    assert Call.objects.get(service="reveal_sealed_number").detail["shown"] == "138****8000"
    with pytest.raises(RegistryRefused):
        services.sealed_number("0" * 26)


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_new_keys_take_over_phones_sealed_numbers_and_waiting_files(
    person: Register, settings: Any
) -> None:
    old = next(iter(settings.ID_KEYS.values()))
    found = person(id_number=number(40), phone=PHONE)
    sealed = without_secrets(
        "record_phone", {"person_id": found.pk, "phone": OTHER_PHONE}, found, "村甲"
    )
    waiting = staged(line(1, 联系电话=PHONE))
    new = b"2" * 32
    settings.ID_KEYS = {key_id(new): new, key_id(old): old}
    assert services.renew_ciphertexts(**SAID) == 5
    settings.ID_KEYS = {key_id(new): new}
    found.refresh_from_db()
    assert phone_of(found) == PHONE
    assert services.sealed_number(sealed[SEALED]) == OTHER_PHONE
    imports.commit_import(actor="乡乙", reason="核对", public_id=waiting.public_id, only_good=False)
    brought = Person.objects.get(household__number="H1")
    assert phone_of(brought) == PHONE
    assert services.reveal_id_number(**SAID, person_id=brought.pk) == number(1)


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_a_file_brings_phones_and_says_which_cell_is_wrong() -> None:
    done = committed(
        line(0, 联系电话="138-0013-8000"),
        line(1),
        line(2, 联系电话="12345"),
        line(3, 联系电话=PHONE),
    )
    phones = {row.name: phone_of(row) for row in Person.objects.all()}
    assert phones == {"甲0": PHONE, "甲1": None, "甲3": PHONE}
    (fault,) = done.staged.get(row=4).faults
    assert (fault["heading"], fault["value"]) == ("联系电话", "*****")
    assert fault["cell"].endswith("4") and "11 位手机号" in fault["zh"]


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_undoing_an_import_leaves_the_phone_with_the_withdrawn(person: Register) -> None:
    done = committed(line(0, 联系电话=PHONE))
    imports.ask_to_undo(actor="村甲", reason="传错", public_id=done.public_id)
    imports.undo_import(actor="乡乙", reason="传错", public_id=done.public_id)
    again = person(id_number=number(0), household_number="H0", division_code=VILLAGE)
    assert phone_of(again) is None
    assert SealedNumber.objects.count() == 0
