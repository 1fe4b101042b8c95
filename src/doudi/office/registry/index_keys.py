"""Renewing the key of the blind indexes, while nobody comes into the registry twice.

An index tells its key by its first characters. One number has another index under each key, so the
unique constraint alone would let somebody in twice, once under each. What holds it:

- The database says which key is current. Whoever writes an index first holds that row
  (`hold_index_key`), so that it stays current until they commit, and is refused when their own
  process writes with another key, or does not know one that people are still found by.
- `renew_indexes` changes the current key when nobody holds it. So every index under an older key
  was committed before the first one under the new key is written, and who writes looks for the
  number under all of them. Of two who write at once, both write with the current key, and the
  unique constraint refuses one.
- What looks for numbers by joining whole tables, as files of people do, waits until every index
  is under one key (`hold_settled_index_key`).

Of cards only the index is kept, so their indexes stay under the key that they were made with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Manager, QuerySet

from doudi.office.audit.services import note
from doudi.office.registry import identity
from doudi.office.registry.changes import one_change
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import IndexKey, Person

_BATCH = 500
_HELD = "SELECT tag, current, in_use FROM registry_indexkey"


class Indexed(NamedTuple):
    """A model with indexes of ID numbers; ``owner`` is what its ciphertext is bound to."""

    model: str
    owner: str

    def rows(self) -> Manager[Any]:
        """All rows, the withdrawn among them."""
        manager: Manager[Any] = apps.get_model(self.model)._base_manager
        return manager


INDEXED = (
    Indexed("registry.Person", "public_id"),
    # People of a file that waits are recorded with the index as it is.
    Indexed("imports.StagedRow", "person"),
)


def hold_index_key() -> None:
    """Keep the current key current until this transaction ends; every writer of an index does.

    RegistryRefused when this process would write with another one, or lacks one that is in use.
    """
    _hold()


def hold_settled_index_key() -> None:
    """As `hold_index_key`; RegistryRefused too while some indexes are under an older key."""
    if len(_hold()) > 1:
        raise RegistryRefused(
            "正在更换索引密钥，请等 manage renew-indexes 办完再入库",
            "the index key is being renewed; wait until manage renew-indexes is done",
        )


def renew_indexes(
    *, actor: str, reason: str, after_batch: Callable[[int], None] | None = None
) -> int:
    """Make the first of the configured keys the current one, and every index of an ID number anew.

    How many were made. Each batch is a transaction of its own, so the office goes on working,
    whoever stops this loses nothing, and the next call takes up what is left. When nothing is
    left, the older keys are no longer in use for ID numbers. ``after_batch`` is told how many
    there are so far. RegistryRefused when a key that is in use is not configured.
    """
    with one_change(actor, reason):
        _make_current(identity.tag_of_new())
        _note(actor, reason, 0)
    renewed = 0
    for each in INDEXED:
        for number in _renew(each):
            renewed += number
            if after_batch is not None:
                after_batch(renewed)
    with one_change(actor, reason):
        _let_go()
        _note(actor, reason, renewed)
    return renewed


def ids_under_old_keys() -> int:
    """How many indexes of ID numbers are under another key than the first."""
    return sum(_under_old_keys(each).count() for each in INDEXED)


def cards_under_old_keys() -> int:
    """How many people have the index of their card under another key than the first."""
    cards = Person.objects.exclude(card_index=None)
    return cards.exclude(card_index__startswith=identity.tag_of_new()).count()


def knows_every_index_key() -> bool:
    """Whether this process has every key that somebody's ID number is found by."""
    in_use = IndexKey.objects.filter(in_use=True).values_list("tag", flat=True)
    return set(in_use) <= set(settings.INDEX_KEYS)


def _hold() -> set[str]:
    """The tags in use, held until the transaction ends; `_check` says what is refused."""
    held = _HELD
    if connection.vendor == "postgresql":
        # Shared, so that writers do not wait for each other. SQLite has one writer at a time.
        held += " FOR SHARE"
    with connection.cursor() as cursor:
        cursor.execute(held)
        rows = cursor.fetchall()
    in_use = {tag for tag, _current, used in rows if used}
    _refuse_unknown(in_use)
    if [tag for tag, current, _used in rows if current] != [identity.tag_of_new()]:
        raise RegistryRefused(
            "索引密钥换了：请运行 manage renew-indexes，或用新的 DOUDI_INDEX_KEY 重新启动",
            "the index key has changed: run manage renew-indexes, or restart with the new key",
        )
    return in_use


def _refuse_unknown(in_use: set[str]) -> None:
    if not in_use <= set(settings.INDEX_KEYS):
        raise RegistryRefused(
            "DOUDI_INDEX_KEY 里缺少还在用的索引密钥，请补上后重新启动",
            "DOUDI_INDEX_KEY lacks an index key that is still in use",
        )


def _make_current(tag: str) -> None:
    # Waits for whoever holds the rows, and lets nobody hold them until it is through.
    keys = {key.tag: key for key in IndexKey.objects.select_for_update().order_by("pk")}
    _refuse_unknown({key.tag for key in keys.values() if key.in_use})
    IndexKey.objects.exclude(tag=tag).filter(current=True).update(current=False)
    if tag in keys:
        IndexKey.objects.filter(tag=tag).update(current=True, in_use=True)
    else:
        IndexKey.objects.create(tag=tag, current=True)


def _let_go() -> None:
    """Say that the older keys are not in use any more, if nothing is under them."""
    list(IndexKey.objects.select_for_update().order_by("pk"))
    if ids_under_old_keys():
        raise RegistryRefused("还有旧密钥的索引，请再运行一次", "some are left; run it again")
    IndexKey.objects.filter(current=False).update(in_use=False)


def _under_old_keys(indexed: Indexed) -> QuerySet[Any]:
    with_number = indexed.rows().exclude(id_index="")
    return with_number.exclude(id_index__startswith=identity.tag_of_new())


def _renew(indexed: Indexed) -> Iterator[int]:
    """Renew the indexes of a model by batches; after each, how many it was."""
    last = 0
    while keys := list(
        _under_old_keys(indexed)
        .filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:_BATCH]
    ):
        with transaction.atomic():
            hold_index_key()
            # Locked and read again: what somebody else changed meanwhile is theirs.
            found = _under_old_keys(indexed).filter(pk__in=keys).order_by("pk")
            batch = list(found.select_for_update())
            for row in batch:
                owner = getattr(row, indexed.owner)
                row.id_index = identity.id_index(identity.decrypt(row.id_cipher, public_id=owner))
            indexed.rows().bulk_update(batch, ["id_index"])
        last = keys[-1]
        yield len(batch)


def _note(actor: str, reason: str, renewed: int) -> None:
    detail = {
        "key": identity.tag_of_new(),
        "renewed": renewed,
        "left": ids_under_old_keys(),
        "cards_left": cards_under_old_keys(),
    }
    note(actor=actor, reason=reason, service="renew_indexes", subject="people", detail=detail)
