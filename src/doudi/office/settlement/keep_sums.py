"""Keeping the sums of settlements, so that a league's figures need not read a million entries.

Entries are only ever added, so the sums of all that were recorded before a moment stay as they
are. They are kept up to such a moment; what was recorded since is read from the entries, and is
little when `keep` is called every day. A settlement writes nothing here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from doudi.office.settlement.claim_sums import (
    AMOUNTS,
    NEVER,
    Sort,
    Sums,
    by_claim,
    changed,
    owed_by_entries,
    places_of,
)
from doudi.office.settlement.kept_unpaid import forget_unpaid, keep_unpaid
from doudi.office.settlement.models import (
    Entry,
    KeptOwed,
    KeptSum,
    KeptSums,
    KeptYear,
    PersonYear,
)
from doudi.office.settlement.policy import active_policy

LONGEST = timedelta(minutes=15)
"""Sums are kept up to so long ago: nobody's transaction takes longer to commit what it wrote."""


def keep(until: datetime | None = None) -> datetime:
    """Keep the sums of all that was recorded before ``until``; the moment up to which they are.

    Without it up to a quarter of an hour ago. A moment nearer than that is only for who knows
    that nobody is writing. One transaction; twice the same is the same.
    """
    until = until or timezone.now() - LONGEST
    with transaction.atomic():
        mark = _locked_mark()
        if mark.until >= until:
            return mark.until
        _keep_settlements(mark.until, until)
        _keep_owed(mark.until, until)
        _keep_years(mark, until)
        keep_unpaid(mark, until)
        mark.until = until
        mark.save()
    return until


def keep_anew(until: datetime | None = None) -> datetime:
    """Forget what is kept and sum all entries again."""
    with transaction.atomic():
        mark = _locked_mark()
        for model in (KeptSum, KeptOwed, KeptYear):
            model._default_manager.all().delete()
        forget_unpaid(mark)
        mark.until, mark.own_total = NEVER, ""
        mark.save()
        return keep(until)


def move_kept(people: Sequence[int], before: str | None, after: str | None) -> None:
    """Count what is kept of people, by key, where they live now: they lived at ``before``.

    Inside the transaction of their move, so that a place's sums are always those of the claims
    of who lives there.
    """
    if before == after:
        return
    mark = _locked_mark()
    sums: dict[tuple[str, Sort], Sums] = defaultdict(Sums)
    entries = Entry.objects.filter(recorded_at__lt=mark.until, claim__admission__person__in=people)
    for claim in by_claim(entries, NEVER):
        left = places_of(before, claim.institution)
        reached = places_of(after, claim.institution)
        for sort, amounts, _times in claim.sorts():
            for place in left - reached:
                sums[place, sort].add(amounts, -1)
            for place in reached - left:
                sums[place, sort].add(amounts)
    _add_sums(sums)
    KeptYear.objects.filter(person_year__person__in=people).update(division=after or "")


def _locked_mark() -> KeptSums:
    KeptSums.objects.get_or_create(pk=1, defaults={"until": NEVER})
    return KeptSums.objects.select_for_update().get(pk=1)


def _keep_settlements(since: datetime, until: datetime) -> None:
    sums: dict[tuple[str, Sort], Sums] = defaultdict(Sums)
    for claim in changed(since, until):
        for place in places_of(claim.division, claim.institution):
            for sort, amounts, times in claim.sorts():
                sums[place, sort].add(amounts, times)
    _add_sums(sums)


def _add_sums(sums: Mapping[tuple[str, Sort], Sums]) -> None:
    rows = [
        (place, *sort, one.claims, *one.payers, one.own_fen)
        for (place, sort), one in sums.items()
        if one.claims or one.own_fen or any(one.payers)
    ]
    _add_up(KeptSum, ("place", *Sort._fields), AMOUNTS, rows)


def _keep_owed(since: datetime, until: datetime) -> None:
    rows = [(*month, amount) for month, amount in owed_by_entries(since, until).items() if amount]
    _add_up(KeptOwed, ("institution", "period"), ("amount_fen",), rows)


def _keep_years(mark: KeptSums, until: datetime) -> None:
    total = active_policy().own_so_far or ""
    since = mark.until
    if total != mark.own_total:
        KeptYear.objects.all().delete()
        since = NEVER
    mark.own_total = total
    if not total:
        return
    # A year may hold what was recorded after ``until`` as well; it is read again then anyway.
    touched = Entry.objects.filter(recorded_at__gte=since, recorded_at__lt=until).values("year")
    years = PersonYear.objects.filter(pk__in=touched)
    found = years.annotate(lived_in=F("person__household__division"))
    rows = [
        (pk, year, lived_in or "", totals.get(total, 0))
        for pk, year, lived_in, totals in found.values_list(
            "pk", "year", "lived_in", "totals"
        ).iterator(chunk_size=5_000)
    ]
    columns = ("year", "division", "own_fen")
    _add_up(KeptYear, ("person_year_id",), columns, rows, instead=True)


def _add_up(
    model: Any,
    same: tuple[str, ...],
    sums: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    *,
    instead: bool = False,
) -> None:
    """Add amounts to the rows with the same values, which are made where they are missing."""
    table = model._meta.db_table
    values = ", ".join(
        f"{name} = excluded.{name}" if instead else f"{name} = {table}.{name} + excluded.{name}"
        for name in sums
    )
    sql = (
        f"INSERT INTO {table} ({', '.join((*same, *sums))}) "
        f"VALUES ({', '.join(['%s'] * (len(same) + len(sums)))}) "
        f"ON CONFLICT ({', '.join(same)}) DO UPDATE SET {values}"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))
