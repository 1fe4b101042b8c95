"""Phone numbers: reading, masking, recording, and seeing one whole for a reason."""

from __future__ import annotations

import re

from doudi.office.registry import identity
from doudi.office.registry.changes import existing, locked_person, note_person, one_change
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Person

PHONE = "phone"
"""The use that a phone's ciphertext is bound to (`identity.encrypt`)."""

_OTHER_MARKS = re.compile(r"[()（）]")
_COUNTRY = re.compile(r"^(\+|00)86")
_MOBILE = re.compile(r"^1[3-9][0-9]{9}$")
_FIXED = re.compile(r"^0[0-9]{9,11}$")
_SHOWN_FIRST, _SHOWN_LAST = 3, 4


def read_phone(text: str) -> str:
    """A phone number, its digits only: a mobile one, or one with its area code; BadNumber."""
    number = _COUNTRY.sub("", _OTHER_MARKS.sub("", identity.normalised(text)))
    if _MOBILE.match(number) or _FIXED.match(number):
        return number
    raise identity.BadNumber(
        "应为 11 位手机号，或带区号的固定电话",
        "must be a mobile number of 11 digits, or a number with its area code",
    )


def masked_phone(number: str) -> str:
    """``138****1234``."""
    hidden = len(number) - _SHOWN_FIRST - _SHOWN_LAST
    return f"{number[:_SHOWN_FIRST]}{'*' * hidden}{number[-_SHOWN_LAST:]}"


def phone_of(person: Person) -> str | None:
    """The phone in full, for masking; `reveal_phone` logs who asks for more."""
    if person.phone_cipher is None:
        return None
    return identity.decrypt(person.phone_cipher, public_id=person.public_id, use=PHONE)


def shown_phone(person: Person) -> str | None:
    """The phone as every page and list shows it; None when there is none."""
    number = phone_of(person)
    return None if number is None else masked_phone(number)


def put_phone(person: Person, number: str | None) -> None:
    """Encrypt a number that `read_phone` has read for a person, who is not saved yet."""
    person.phone_cipher = (
        None if number is None else identity.encrypt(number, public_id=person.public_id, use=PHONE)
    )


def checked_phone(text: str) -> str:
    """A phone as a service is given it; RegistryRefused for what cannot be one."""
    try:
        return read_phone(text)
    except identity.BadNumber as bad:
        raise RegistryRefused(f"联系电话{bad.zh}", f"phone: {bad.en}") from None


def record_phone(*, actor: str, reason: str, person_id: int, phone: str) -> Person:
    """Record, change or, with an empty text, remove the phone of a person.

    RegistryRefused for what cannot be a phone, and when nothing changes. The record of the
    change has both numbers masked.
    """
    number = checked_phone(phone) if phone.strip() else None
    with one_change(actor, reason):
        person = locked_person(person_id)
        before = phone_of(person)
        if number == before:
            raise RegistryRefused("没有改动", "nothing is changed")
        put_phone(person, number)
        person.save(update_fields=["phone_cipher"])
        detail = {
            "before": None if before is None else masked_phone(before),
            "after": None if number is None else masked_phone(number),
        }
        note_person(actor, reason, "record_phone", person, detail)
    return person


def reveal_phone(*, actor: str, reason: str, person_id: int) -> str:
    """The person's phone in full; who asked, and why, is recorded first.

    RegistryRefused when none is recorded.
    """
    with one_change(actor, reason):
        person = existing(Person.objects.filter(pk=person_id).first())
        number = phone_of(person)
        if number is None:
            raise RegistryRefused("没有登记联系电话", "no phone is recorded")
        note_person(actor, reason, "reveal_phone", person, {"shown": masked_phone(number)})
    return number
