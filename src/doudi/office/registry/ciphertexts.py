"""Every column that holds a ciphertext of `identity.encrypt`, and encrypting them all anew."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Manager

from doudi.office.audit.services import note
from doudi.office.registry import identity
from doudi.office.registry.changes import one_change
from doudi.office.registry.phones import PHONE
from doudi.office.registry.sealed_numbers import SEALED

_BATCH = 1_000


class Ciphered(NamedTuple):
    """A column of a model: ``owner`` is the field with the public id that it is bound to."""

    model: str
    field: str
    owner: str = "public_id"
    use: str = ""

    def rows(self) -> Manager[Any]:
        """All rows, the withdrawn among them."""
        manager: Manager[Any] = apps.get_model(self.model)._base_manager
        return manager


CIPHERED = (
    Ciphered("registry.Person", "id_cipher"),
    Ciphered("registry.Person", "phone_cipher", use=PHONE),
    Ciphered("registry.SealedNumber", "cipher", use=SEALED),
    # People of a file that waits are recorded with the ciphertext as it is.
    Ciphered("imports.StagedRow", "id_cipher", owner="person"),
    Ciphered("imports.StagedRow", "phone_cipher", owner="person", use=PHONE),
)


def renew_ciphertexts(*, actor: str, reason: str) -> int:
    """Encrypt every number under the first of the keys; how many. All of them or none."""
    with one_change(actor, reason):
        counts = {f"{each.model}.{each.field}": _renew(each) for each in CIPHERED}
        note(
            actor=actor, reason=reason, service="renew_ciphertexts", subject="people", detail=counts
        )
    return sum(counts.values())


def _renew(column: Ciphered) -> int:
    count, last = 0, 0
    rows = column.rows().exclude(**{column.field: None}).order_by("pk")
    rows = rows.only("pk", column.owner, column.field)
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        for row in batch:
            public_id = getattr(row, column.owner)
            old = getattr(row, column.field)
            number = identity.decrypt(old, public_id=public_id, use=column.use)
            new = identity.encrypt(number, public_id=public_id, use=column.use)
            setattr(row, column.field, new)
        column.rows().bulk_update(batch, [column.field])
        last, count = batch[-1].pk, count + len(batch)
    return count
