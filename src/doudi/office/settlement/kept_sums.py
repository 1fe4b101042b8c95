"""What the settlements of a place and year come to: what is kept of it, and what came since."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Exists, Max, OuterRef, QuerySet, Sum

from doudi.office.registry.models import Person
from doudi.office.settlement.claim_sums import (
    AMOUNTS,
    NEVER,
    Sort,
    Sums,
    changed,
    owed_by_entries,
    places_of,
)
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

_IN_A_QUERY = 5_000


def kept_until() -> datetime:
    """Up to when sums are kept; entries of that moment and later are not in them."""
    return KeptSums.objects.values_list("until", flat=True).first() or NEVER


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
        self._found: dict[Any, dict[tuple[Any, ...], Sums]] = {}

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

        One SQL statement for each new question, and two more the first time. Where nothing is in
        force there is none.
        """
        asked = names, tuple(sorted(chosen.items()))
        if asked not in self._found:
            self._found[asked] = self._by(names, chosen)
        return self._found[asked]

    def _by(
        self, names: tuple[str, ...], chosen: dict[str, int | str]
    ) -> dict[tuple[Any, ...], Sums]:
        rows = self._kept.filter(**chosen).order_by().values_list(*names)
        found: dict[tuple[Any, ...], Sums] = {}
        for row in rows.annotate(*[Sum(amount) for amount in AMOUNTS]):
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

    Those kept are found by index, those of whom something was recorded since are read. Names are
    read only of those asked for.
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
            (-totals[total], pk)
            for pk, totals in _of_people(years, people, "person").values_list("pk", "totals")
            if totals.get(total, 0) >= least_fen
        ]

    @cached_property
    def _all(self) -> list[tuple[int, int]]:
        kept = self._kept.order_by().values_list("own_fen", "pk")
        return sorted([*((-own, pk) for own, pk in kept), *self._read])

    def __len__(self) -> int:
        """How many there are; one SQL statement."""
        return self._kept.count() + len(self._read)

    def count(self) -> int:
        """How many there are, for who shows a page next: one SQL statement for both."""
        return len(self._all)

    def __getitem__(self, some: slice) -> list[Paid]:
        """Those of a part of the list; an SQL statement for every 5,000, and one the first time."""
        shown = self._all[some]
        people: dict[int, tuple[str, str]] = {}
        for start in range(0, len(shown), _IN_A_QUERY):
            keys = [pk for _own, pk in shown[start : start + _IN_A_QUERY]]
            rows = PersonYear.objects.filter(pk__in=keys)
            for pk, person, name in rows.values_list("pk", "person__public_id", "person__name"):
                people[pk] = person, name
        return [Paid(*people[pk], -own) for own, pk in shown]


def _of_people(rows: QuerySet[Any], people: QuerySet[Person], path: str) -> QuerySet[Any]:
    return rows.filter(**{f"{path}__in": people.order_by().values("pk")})
