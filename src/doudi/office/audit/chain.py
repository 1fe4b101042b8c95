"""The sealed chain: every row of a day hashed in a canonical form, each link holding the last.

Sealing makes tampering evident, it does not prevent it. Whoever changes a sealed row would have
to forge every later link and every printed head. Rows that are not sealed yet are not protected
by the chain, only by the database's triggers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction

from doudi.office.audit.models import Seal, SealedRow

SEALED = (
    "settlement.Admission",
    "settlement.FeeLine",
    "settlement.Claim",
    "settlement.PolicyVersion",
    "settlement.PolicyText",
    "settlement.Entry",
    "settlement.InstalmentPlan",
    "settlement.Instalment",
    "ledger.Posting",
    "ledger.Transfer",
    "ledger.ClosedMonth",
    "ledger.Statement",
    "ledger.StatementStep",
    "audit.Call",
    "accounts.LookUp",
)
"""The tables whose rows are sealed, in the order in which a seal takes them."""

FIRST = "0" * 64
_BATCH = 2_000


@dataclass(frozen=True)
class Tampered:
    """The first sealed row that does not match: changed, missing, or a forged link."""

    seal: int
    day: date
    table: str
    row: str
    zh: str
    en: str


def canonical(row: models.Model) -> bytes:
    """A row as bytes that are the same on every database and in every process."""
    fields = {
        field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields
    }
    text = json.dumps(
        [row._meta.db_table, fields], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | UUID):
        return str(value)
    return value


def seal(day: date) -> Seal:
    """Seal everything recorded and not sealed yet, under the name of ``day``.

    Days are sealed in order of sealing, whatever the clock says: a row is sealed once, by the
    first seal after it.
    """
    with transaction.atomic():
        last = Seal.objects.select_for_update().order_by("-number").first()
        previous = last.head if last else FIRST
        number = last.number + 1 if last else 1
        position = SealedRow.objects.count()
        link = previous
        sealed: list[SealedRow] = []
        for row in _unsealed():
            row_hash = hashlib.sha256(canonical(row)).hexdigest()
            link = _next(link, row_hash)
            position += 1
            sealed.append(
                SealedRow(
                    position=position,
                    table=row._meta.label,
                    row=str(row.pk),
                    row_hash=row_hash,
                    link=link,
                )
            )
        made = Seal.objects.create(
            number=number, day=day, rows=len(sealed), head=link, previous=previous
        )
        for row_of_seal in sealed:
            row_of_seal.seal = made
        SealedRow.objects.bulk_create(sealed, batch_size=_BATCH)
    return made


def _next(link: str, row_hash: str) -> str:
    return hashlib.sha256(f"{link}{row_hash}".encode()).hexdigest()


def _unsealed() -> Iterator[models.Model]:
    for label in SEALED:
        model = apps.get_model(label)
        done = set(SealedRow.objects.filter(table=label).values_list("row", flat=True))
        for row in model._default_manager.order_by("pk").iterator(chunk_size=_BATCH):
            if str(row.pk) not in done:
                yield row


def verify() -> tuple[int, Tampered | None]:
    """How many sealed rows match, and the first that does not (None when all do)."""
    link = FIRST
    checked = 0
    for made in Seal.objects.order_by("number"):
        rows = SealedRow.objects.filter(seal=made).order_by("position")
        if made.previous != link or made.rows != rows.count():
            return checked, _tampered(made, "audit.Seal", str(made.pk), "封条的行数或上一环不符")
        for row, stored in _with_stored(rows):
            if stored is None:
                return checked, _tampered(made, row.table, row.row, "这一行不见了")
            if hashlib.sha256(canonical(stored)).hexdigest() != row.row_hash:
                return checked, _tampered(made, row.table, row.row, "这一行被改过")
            link = _next(link, row.row_hash)
            if link != row.link:
                return checked, _tampered(made, row.table, row.row, "链条在这一行断了")
            checked += 1
        if made.head != link:
            return checked, _tampered(made, "audit.Seal", str(made.pk), "封条的末环不符")
    return checked, None


_ENGLISH = {
    "封条的行数或上一环不符": "the seal's number of rows or previous link does not match",
    "这一行不见了": "the row is missing",
    "这一行被改过": "the row was changed",
    "链条在这一行断了": "the chain breaks at this row",
    "封条的末环不符": "the head of the seal does not match",
}


def _tampered(made: Seal, table: str, row: str, zh: str) -> Tampered:
    return Tampered(made.number, made.day, table, row, zh, _ENGLISH[zh])


def _with_stored(
    rows: models.QuerySet[SealedRow],
) -> Iterator[tuple[SealedRow, models.Model | None]]:
    """Sealed rows with what now stands in their tables; some thousands at a time in memory."""
    last = 0
    while some := list(rows.filter(position__gt=last)[:_BATCH]):
        found = _load(some)
        yield from ((row, found.get((row.table, row.row))) for row in some)
        last = some[-1].position


def _is_key(model: type[models.Model], key: str) -> bool:
    """Whether a row of the table could have this key; a forged one may be anything."""
    try:
        model._meta.pk.to_python(key)
    except ValidationError:
        return False
    return True


def _load(rows: list[SealedRow]) -> dict[tuple[str, str], models.Model]:
    found: dict[tuple[str, str], models.Model] = {}
    wanted: dict[str, list[str]] = {}
    for row in rows:
        wanted.setdefault(row.table, []).append(row.row)
    for label, keys in wanted.items():
        if label not in SEALED:
            continue
        model = apps.get_model(label)
        possible = [key for key in keys if _is_key(model, key)]
        for start in range(0, len(possible), _BATCH):
            part = model._default_manager.filter(pk__in=possible[start : start + _BATCH])
            found |= {(label, str(row.pk)): row for row in part}
    return found
