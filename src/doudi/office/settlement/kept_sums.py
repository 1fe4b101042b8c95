"""Sums of settlements, kept so that a league's figures need not read a million entries.

Entries are only ever added, so the sums of all that were recorded before a moment stay as they
are. They are kept up to such a moment; what was recorded since is read from the entries, and is
little when `keep` is called every day. A settlement writes nothing here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from operator import add
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Sum
from django.utils import timezone

from doudi.office.ledger.models import PAYERS
from doudi.office.registry.models import Person
from doudi.office.settlement.bands import own_band, share_band
from doudi.office.settlement.models import (
    Admission,
    Claim,
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

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LEVELS = (4, 6, 9, 12)
"""Digits of the area codes of leagues, banners, sumu and gacha."""
_AMOUNTS = ("claims", *(f"{payer}_fen" for payer in PAYERS), "own_fen")


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


def kept_until() -> datetime:
    """Up to when sums are kept; entries of that moment and later are not in them."""
    return KeptSums.objects.values_list("until", flat=True).first() or _NEVER


def changed(since: datetime, until: datetime | None = None) -> Iterator[Changed]:
    """The claims of which something was recorded from ``since`` to before ``until``.

    Of all places: a day's are few, and SQLite would collect every claim of a league to choose.
    """
    touched = Entry.objects.filter(recorded_at__gte=since)
    entries = Entry.objects.all()
    if until is not None:
        touched = touched.filter(recorded_at__lt=until)
        entries = entries.filter(recorded_at__lt=until)
    return _by_claim(entries.filter(claim__in=touched.values("claim")), since)


def _by_claim(entries: QuerySet[Entry], since: datetime) -> Iterator[Changed]:
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
        mark.until = until
        mark.save()
    return until


def keep_anew(until: datetime | None = None) -> datetime:
    """Forget what is kept and sum all entries again."""
    with transaction.atomic():
        mark = _locked_mark()
        for model in (KeptSum, KeptOwed, KeptYear):
            model._default_manager.all().delete()
        mark.until, mark.own_total = _NEVER, ""
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
    for claim in _by_claim(entries, _NEVER):
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
    KeptSums.objects.get_or_create(pk=1, defaults={"until": _NEVER})
    return KeptSums.objects.select_for_update().get(pk=1)


def places_of(division: str | None, institution: str) -> set[str]:
    """Where a settlement counts: the division lived in and all above it, and the institution."""
    found = {institution}
    if division is not None:
        found |= {division[:digits].ljust(12, "0") for digits in _LEVELS}
    return found


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
    _add_up(KeptSum, ("place", *Sort._fields), _AMOUNTS, rows)


def _keep_owed(since: datetime, until: datetime) -> None:
    rows = [(*month, amount) for month, amount in owed_by_entries(since, until).items() if amount]
    _add_up(KeptOwed, ("institution", "period"), ("amount_fen",), rows)


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


def _keep_years(mark: KeptSums, until: datetime) -> None:
    total = active_policy().own_so_far or ""
    since = mark.until
    if total != mark.own_total:
        KeptYear.objects.all().delete()
        since = _NEVER
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


class Place(NamedTuple):
    """A place whose sums are kept, by the code of a division or an institution; its claims.

    ``divisions`` are the lowest and the highest area code in it, ``institution`` is its code:
    one of them is there when the people may be seen.
    """

    code: str
    claims: QuerySet[Claim]
    divisions: tuple[str, str] | None = None
    institution: str | None = None


class YearSums:
    """What the settlements of a place and year come to: what is kept, and what came since."""

    def __init__(self, place: Place, year: int) -> None:
        self._kept = KeptSum.objects.filter(place=place.code, year=year)
        self._place, self._year = place, year

    @cached_property
    def _since(self) -> list[tuple[Sort, Sums, int]]:
        return [
            step
            for claim in changed(kept_until())
            if self._place.code in places_of(claim.division, claim.institution)
            for step in claim.sorts()
            if step[0].year == self._year
        ]

    def by(self, *names: str, **chosen: int | str) -> dict[tuple[Any, ...], Sums]:
        """The sums by these fields of `Sort`, of those with the chosen values.

        One SQL statement, and two more the first time. Where nothing is in force there is none.
        """
        rows = self._kept.filter(**chosen).order_by().values_list(*names)
        found: dict[tuple[Any, ...], Sums] = {}
        for row in rows.annotate(*[Sum(amount) for amount in _AMOUNTS]):
            claims, *payers, own = row[len(names) :]
            found[row[: len(names)]] = Sums(claims, payers, own)
        for sort, amounts, times in self._since:
            if all(getattr(sort, name) == value for name, value in chosen.items()):
                key = tuple(getattr(sort, name) for name in names)
                found.setdefault(key, Sums()).add(amounts, times)
        return {key: sums for key, sums in found.items() if sums.claims}


def newest_year(place: Place) -> int | None:
    """The year of the newest settlement in force of a place, or None; two SQL statements."""
    kept = KeptSum.objects.filter(place=place.code, claims__gt=0)
    years = [kept.aggregate(year=Max("year"))["year"]]
    since = Entry.objects.filter(recorded_at__gte=kept_until()).values_list(
        "claim__date", "claim__institution", "claim__admission__person__household__division"
    )
    years += [
        day.year
        for day, institution, division in since.iterator(chunk_size=5_000)
        if place.code in places_of(division, institution)
    ]
    return max((year for year in years if year is not None), default=None)


def owed_to(institutions: Any) -> dict[tuple[str, str], int]:
    """What claims made payers owe institutions, in fen by institution and month of the ledger."""
    kept = KeptOwed.objects.filter(institution__in=institutions)
    owed = {
        (institution, period): amount
        for institution, period, amount in kept.values_list("institution", "period", "amount_fen")
    }
    for month, amount in owed_by_entries(kept_until(), institutions=institutions).items():
        owed[month] = owed.get(month, 0) + amount
    return owed


class Paid(NamedTuple):
    """What a person has paid in a year, in fen."""

    person: str
    name: str
    own_fen: int


class PaidMost:
    """Who of a place has so much or more of a running total in a year, the most first.

    Those kept are found by index, those of whom something was recorded since are read; both
    only as far as they are asked for.
    """

    def __init__(
        self, place: Place, people: QuerySet[Person], total: str, year: int, least_fen: int
    ) -> None:
        mark = KeptSums.objects.first()
        years = PersonYear.objects.filter(year=year)
        self._kept: QuerySet[KeptYear] = KeptYear.objects.none()
        if mark is not None and mark.own_total == total:
            touched = Entry.objects.filter(recorded_at__gte=mark.until).values("year")
            high = KeptYear.objects.filter(year=year, own_fen__gte=least_fen)
            if place.divisions is not None:
                high = high.filter(division__range=place.divisions)
            elif place.institution is not None:
                # Looked up for each of the few who paid much, not for all who stayed there.
                stays = Admission.objects.filter(person=OuterRef("person_year__person"))
                high = high.filter(Exists(stays.filter(institution=place.institution)))
            else:
                high = high.none()
            years = years.filter(pk__in=touched)
            self._kept = high.exclude(pk__in=touched)
        self._read = [
            (-totals.get(total, 0), pk, person, name)
            for pk, person, name, totals in _of_people(years, people, "person").values_list(
                "pk", "person__public_id", "person__name", "totals"
            )
            if totals.get(total, 0) >= least_fen
        ]

    def count(self) -> int:
        """How many there are; one SQL statement."""
        return self._kept.count() + len(self._read)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, some: slice) -> list[Paid]:
        """Those of a part of the list; one SQL statement."""
        high = self._kept.order_by("-own_fen", "pk")[: some.stop]
        kept = [
            (-own, pk, person, name)
            for own, pk, person, name in high.values_list(
                "own_fen", "pk", "person_year__person__public_id", "person_year__person__name"
            )
        ]
        found = sorted([*kept, *self._read])[some]
        return [Paid(person, name, -own) for own, _pk, person, name in found]


def _of_people(rows: QuerySet[Any], people: QuerySet[Person], path: str) -> QuerySet[Any]:
    return rows.filter(**{f"{path}__in": people.order_by().values("pk")})


def faults_of_kept() -> Iterator[str]:
    """What is kept and is not what the entries say."""
    mark = KeptSums.objects.first()
    if mark is None:
        return
    expected: dict[tuple[Any, ...], Sums] = defaultdict(Sums)
    for claim in changed(_NEVER, mark.until):
        for place in places_of(claim.division, claim.institution):
            for sort, amounts, times in claim.sorts():
                expected[(place, *sort)].add(amounts, times)
    width = 1 + len(Sort._fields)
    rows = KeptSum.objects.values_list("place", *Sort._fields, *_AMOUNTS)
    for row in rows.iterator(chunk_size=5_000):
        claims, *payers, own = row[width:]
        if Sums(claims, payers, own) != expected.pop(row[:width], Sums()):
            yield f"kept sums of {row[:width]} are not what the entries come to"
    for missing in expected:
        yield f"kept sums of {missing} are missing"
    owed = owed_by_entries(_NEVER, mark.until)
    kept = KeptOwed.objects.values_list("institution", "period", "amount_fen")
    found = {(institution, period): amount for institution, period, amount in kept}
    for month in sorted({*owed, *found}):
        if owed.get(month, 0) != found.get(month, 0):
            yield f"what is kept of what payers owe for {month} is not what the entries come to"
