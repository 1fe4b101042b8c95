"""Every column that holds a ciphertext of `identity.encrypt`, and encrypting them all anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField, Manager, QuerySet
from django.db.models.functions import Substr

from doudi.office.audit.services import note
from doudi.office.registry import identity
from doudi.office.registry.changes import one_change
from doudi.office.registry.phones import PHONE
from doudi.office.registry.sealed_numbers import SEALED

_BATCH = 500


class Ciphered(NamedTuple):
    """A column of a model: ``owner`` is the field with the public id that it is bound to.

    What it is bound to begins with ``prefix`` where it is no public id.
    """

    model: str
    field: str
    owner: str = "public_id"
    use: str = ""
    prefix: str = ""

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
    # The secrets of second factors, bound as `doudi.office.accounts.devices` says.
    Ciphered("accounts.Authenticator", "cipher", owner="user_id", prefix="authenticator:"),
)


def renew_ciphertexts(
    *, actor: str, reason: str, after_batch: Callable[[int], None] | None = None
) -> int:
    """Encrypt every number that is not under the first of the keys anew; how many.

    Each batch is a transaction of its own, so the office goes on working, whoever stops this loses
    nothing, and the next call takes up what is left. Both keys decrypt meanwhile. It ends when
    nothing is left, also of what others wrote under an old key while it ran: then the old key can
    go. ``after_batch`` is told how many there are so far. Who did it, and why, is recorded before
    the first batch and after the last.
    """
    key = next(iter(settings.ID_KEYS)).hex()
    _note(actor, reason, {"key": key, "left": count_under_old_keys()})
    counts = dict.fromkeys((f"{each.model}.{each.field}" for each in CIPHERED), 0)
    renewed = True
    while renewed:
        renewed = False
        for each in CIPHERED:
            for number in _renew(each):
                renewed = True
                counts[f"{each.model}.{each.field}"] += number
                if after_batch is not None:
                    after_batch(sum(counts.values()))
    _note(actor, reason, {"key": key, "left": count_under_old_keys(), **counts})
    return sum(counts.values())


def count_under_old_keys() -> int:
    """How many numbers are encrypted under another key than the first."""
    return sum(_under_old_keys(each).count() for each in CIPHERED)


def _under_old_keys(column: Ciphered) -> QuerySet[Any]:
    first = identity.head_of_new()
    head = Substr(column.field, 1, len(first), output_field=BinaryField())
    heads = column.rows().annotate(head=head)
    return heads.exclude(**{column.field: None}).exclude(head=first)


def _renew(column: Ciphered) -> Iterator[int]:
    """Renew a column by batches; after each, how many it was."""
    last = 0
    while keys := list(
        _under_old_keys(column)
        .filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:_BATCH]
    ):
        with transaction.atomic():
            # Locked and read again: what somebody else changed meanwhile is theirs.
            batch = list(_under_old_keys(column).filter(pk__in=keys).select_for_update())
            for row in batch:
                bound = f"{column.prefix}{getattr(row, column.owner)}"
                old = getattr(row, column.field)
                number = identity.decrypt(old, public_id=bound, use=column.use)
                new = identity.encrypt(number, public_id=bound, use=column.use)
                setattr(row, column.field, new)
            column.rows().bulk_update(batch, [column.field])
        last = keys[-1]
        yield len(batch)


def _note(actor: str, reason: str, detail: dict[str, Any]) -> None:
    with one_change(actor, reason):
        note(
            actor=actor, reason=reason, service="renew_ciphertexts", subject="people", detail=detail
        )
