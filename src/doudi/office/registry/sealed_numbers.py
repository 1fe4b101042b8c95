"""Numbers that wait for a second person, kept encrypted beside the proposal that names them."""

from __future__ import annotations

from doudi.office.registry import identity
from doudi.office.registry.changes import existing, note_person, one_change
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Person, SealedNumber
from doudi.office.registry.people import checked_id_number
from doudi.office.registry.phones import PHONE, checked_phone, masked_phone

SEALED = "sealed"
"""The use that the ciphertexts of these rows are bound to (`identity.encrypt`)."""


def seal_number(
    *, person: Person, use: str, number: str, actor: str, former: bool = False
) -> SealedNumber:
    """Keep a number for a proposal about a person, or one that was theirs (``former``).

    Inside the caller's transaction.
    """
    row = SealedNumber(person=person, use=use, recorded_by=actor, former=former)
    row.cipher = identity.encrypt(number, public_id=row.public_id, use=SEALED)
    row.save(force_insert=True)
    return row


def sealed_number(public_id: str) -> str:
    """The number behind the name that a proposal has of it; RegistryRefused for an unknown one."""
    return open_sealed(existing(SealedNumber.objects.filter(public_id=public_id).first()))


def forget_number(public_id: str) -> None:
    """Delete the number of a proposal that was not approved, inside the caller's transaction.

    That there was one stays, as does what the proposal shows of it.
    """
    SealedNumber.objects.filter(public_id=public_id, former=False).update(cipher=None)


def masked_number(use: str, number: str) -> str:
    """A number of a use with its middle hidden; RegistryRefused for what cannot be one."""
    if use == PHONE:
        return masked_phone(checked_phone(number)) if number.strip() else ""
    return identity.masked(checked_id_number(number).text)


def reveal_sealed_number(*, actor: str, reason: str, public_id: str) -> str:
    """The number in full, for whoever checks it; who asked, and why, is recorded first."""
    with one_change(actor, reason):
        row = SealedNumber.objects.select_related("person").filter(public_id=public_id).first()
        row = existing(row)
        number = open_sealed(row)
        detail = {"use": row.use, "shown": masked_number(row.use, number)}
        note_person(actor, reason, "reveal_sealed_number", row.person, detail)
    return number


def open_sealed(row: SealedNumber) -> str:
    """The number of a row in full, for masking; `reveal_sealed_number` logs who asks for more.

    RegistryRefused when it was deleted.
    """
    if row.cipher is None:
        raise RegistryRefused("号码已随这项变更删去", "the number was deleted with its proposal")
    return identity.decrypt(row.cipher, public_id=row.public_id, use=SEALED)
