"""What settlements come to by sort and place, worked out from their entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from operator import add
from typing import Any, NamedTuple

from django.db.models import QuerySet

from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.bands import own_band, share_band
from doudi.office.settlement.models import Entry

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything was recorded."""

AMOUNTS = ("claims", *(f"{payer}_fen" for payer in PAYERS), "own_fen")
"""The columns of `KeptSum` that hold what `Sums` holds, in its order."""

_LEVELS = (4, 6, 9, 12)
"""Digits of the area codes of leagues, banners, sumu and gacha."""


class Sort(NamedTuple):
    """What settlements are summed by; the bands as in `doudi.office.settlement.bands`."""

    year: int
    month: int
    institution: str
    own: int
    share: int


@dataclass
class Sums:
    """How many settlements, and what they come to in fen: by payer, and the own parts."""

    claims: int = 0
    payers: list[int] = field(default_factory=lambda: [0] * len(PAYERS))
    own_fen: int = 0

    def add(self, other: Sums, times: int = 1) -> None:
        """Add another's amounts, or take them away with ``times`` -1."""
        self.claims += times * other.claims
        self.own_fen += times * other.own_fen
        if times == 1:
            self.payers = list(map(add, self.payers, other.payers))
            return
        self.payers = [
            mine + times * its for mine, its in zip(self.payers, other.payers, strict=True)
        ]


class Changed(NamedTuple):
    """A claim of which something was recorded: what it was and is, and where it counts."""

    day: date
    institution: str
    division: str | None
    before: Sums
    after: Sums

    def sorts(self) -> Iterator[tuple[Sort, Sums, int]]:
        """What is taken from a sort and what is added to one."""
        for sums, times in ((self.before, -1), (self.after, 1)):
            if sums.claims:
                yield self._sort(sums), sums, times

    def _sort(self, sums: Sums) -> Sort:
        bill = sum(sums.payers) + sums.own_fen
        return Sort(
            self.day.year,
            self.day.month,
            self.institution,
            own_band(sums.own_fen),
            share_band(bill, sums.own_fen),
        )


def changed(since: datetime, until: datetime | None = None) -> Iterator[Changed]:
    """The claims of which something was recorded from ``since`` to before ``until``.

    Of all places: a day's are few, and SQLite would collect every claim of a league to choose.
    """
    touched = Entry.objects.filter(recorded_at__gte=since)
    entries = Entry.objects.all()
    if until is not None:
        touched = touched.filter(recorded_at__lt=until)
        entries = entries.filter(recorded_at__lt=until)
    return by_claim(entries.filter(claim__in=touched.values("claim")), since)


def by_claim(entries: QuerySet[Entry], since: datetime) -> Iterator[Changed]:
    """What the claims of some entries were before ``since`` and are with all of the entries."""
    rows = entries.order_by("claim").values_list(
        "claim",
        "recorded_at",
        "sort",
        "changes",
        "claim__date",
        "claim__institution",
        "claim__admission__person__household__division",
    )
    for _claim, some in groupby(rows.iterator(chunk_size=5_000), key=lambda row: row[0]):
        yield _changed(list(some), since)


def _changed(rows: list[Any], since: datetime) -> Changed:
    before, after = Sums(), Sums()
    for _claim, recorded, sort, changes, *_rest in rows:
        step = Sums(
            {Entry.Sort.SETTLE: 1, Entry.Sort.REVERSE: -1}.get(sort, 0),
            [changes.get(f"{payer}_pay", 0) for payer in PAYERS],
            changes.get("own_pay", 0),
        )
        after.add(step)
        if recorded < since:
            before.add(step)
    day, institution, division = rows[0][-3:]
    return Changed(day, institution, division, before, after)


def places_of(division: str | None, institution: str) -> set[str]:
    """Where a settlement counts: the division lived in and all above it, and the institution."""
    found = {institution}
    if division is not None:
        found |= {division[:digits].ljust(12, "0") for digits in _LEVELS}
    return found


def owed_by_entries(
    since: datetime, until: datetime | None = None, institutions: Any = None
) -> Mapping[tuple[str, str], int]:
    """What entries of a time made payers owe, in fen by institution and month of the ledger."""
    entries = Entry.objects.filter(recorded_at__gte=since, posting__isnull=False)
    if until is not None:
        entries = entries.filter(recorded_at__lt=until)
    if institutions is not None:
        entries = entries.filter(claim__institution__in=institutions)
    owed: dict[tuple[str, str], int] = defaultdict(int)
    rows = entries.values_list("claim__institution", "posting__period", "changes")
    for institution, period, changes in rows.iterator(chunk_size=5_000):
        owed[institution, period] += sum(changes.get(f"{payer}_pay", 0) for payer in PAYERS)
    return owed
