"""Whether what is kept for the figures is what the entries and the ledger say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from doudi.office.settlement.claim_sums import (
    AMOUNTS,
    NEVER,
    Sort,
    Sums,
    changed,
    owed_by_entries,
    places_of,
)
from doudi.office.settlement.kept_unpaid import faults_of_unpaid
from doudi.office.settlement.models import (
    Entry,
    KeptOwed,
    KeptSum,
    KeptSums,
    KeptYear,
    PersonYear,
)


def faults_of_kept() -> Iterator[str]:
    """What is kept and is not what the entries say."""
    mark = KeptSums.objects.first()
    if mark is None:
        return
    yield from _sum_faults(mark.until)
    yield from _owed_faults(mark.until)
    yield from _year_faults(mark)
    yield from faults_of_unpaid(mark)


def _sum_faults(until: datetime) -> Iterator[str]:
    expected: dict[tuple[Any, ...], Sums] = defaultdict(Sums)
    for claim in changed(NEVER, until):
        for place in places_of(claim.division, claim.institution):
            for sort, amounts, times in claim.sorts():
                expected[(place, *sort)].add(amounts, times)
    width = 1 + len(Sort._fields)
    rows = KeptSum.objects.values_list("place", *Sort._fields, *AMOUNTS)
    for row in rows.iterator(chunk_size=5_000):
        claims, *payers, own = row[width:]
        if Sums(claims, payers, own) != expected.pop(row[:width], Sums()):
            yield f"kept sums of {row[:width]} are not what the entries come to"
    for missing in expected:
        yield f"kept sums of {missing} are missing"


def _owed_faults(until: datetime) -> Iterator[str]:
    owed = owed_by_entries(NEVER, until)
    kept = KeptOwed.objects.values_list("institution", "period", "amount_fen")
    found = {(institution, period): amount for institution, period, amount in kept}
    for month in sorted({*owed, *found}):
        if owed.get(month, 0) != found.get(month, 0):
            yield f"what is kept of what payers owe for {month} is not what the entries come to"


def _year_faults(mark: KeptSums) -> Iterator[str]:
    """What is kept of what people have paid, but for years that changed since: those are read."""
    if not mark.own_total:
        return
    since = set(Entry.objects.filter(recorded_at__gte=mark.until).values_list("year", flat=True))
    kept = {
        row.person_year_id: (row.year, row.division, row.own_fen)
        for row in KeptYear.objects.iterator(chunk_size=5_000)
    }
    years = PersonYear.objects.filter(sequence__gt=0).values_list(
        "pk", "year", "person__household__division", "totals"
    )
    for pk, year, division, totals in years.iterator(chunk_size=5_000):
        found = kept.pop(pk, None)
        if pk in since:
            continue
        expected = (year, division or "", totals.get(mark.own_total, 0))
        if found != expected:
            yield f"kept of the year {pk}: {found}, in force {expected}"
    for pk in sorted(kept):
        yield f"kept of the year {pk}, of which there is no entry"
