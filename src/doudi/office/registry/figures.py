"""Who is registered as poor, why, and who of them is insured, by year (H-65, H-66).

A year is looked at on its last day, the running one today. Banners and the league read what
`keep_counts` kept in the evening, a sumu does of the years before this one; the rest is counted
when it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from doudi.office.registry.models import (
    Cause,
    Division,
    Enrolment,
    KeptCount,
    RegistrationPeriod,
)
from doudi.office.registry.selectors import codes_within

MOST_YEARS = 6
_LEVELS = (4, 6, 9)
"""Digits of the area codes of leagues, banners and sumu, as which a gacha is summed too."""
_KEPT_FOR = (Division.Level.LEAGUE, Division.Level.BANNER)
_PAST_KEPT_FOR = (*_KEPT_FOR, Division.Level.SUMU)
_PATH = "person__household__division"


@dataclass
class Counted:
    """People registered on a day, and how many of them are enrolled for its year."""

    registered: int = 0
    enrolled: int = 0

    def add(self, registered: int, enrolled: int) -> None:
        """Add some more."""
        self.registered += registered
        self.enrolled += enrolled


@dataclass(frozen=True)
class YearCounts:
    """A year of a place by cause; ``counted_on`` is the day on which it was counted."""

    year: int
    counted_on: date
    causes: dict[str, Counted] = field(default_factory=dict)

    @property
    def all(self) -> Counted:
        """All causes together."""
        return Counted(
            sum(one.registered for one in self.causes.values()),
            sum(one.enrolled for one in self.causes.values()),
        )

    @property
    def by_illness(self) -> int:
        """Those whom illness made poor."""
        return self.causes.get(Cause.ILLNESS, Counted()).registered


def basis_points(part: int, whole: int) -> int | None:
    """A share in basis points, halves rounded up; None of nothing."""
    return (2 * 10_000 * part + whole) // (2 * whole) if whole else None


def day_of(year: int, today: date) -> date:
    """The day on which a year is looked at: its last, or today."""
    return min(date(year, 12, 31), today)


def years_to_count(today: date) -> list[int]:
    """From the first registration, at most `MOST_YEARS`, to this year; the newest last."""
    first = RegistrationPeriod.objects.filter(withdrawn_at=None).aggregate(day=Min("valid_from"))
    begun = today.year if first["day"] is None else min(first["day"].year, today.year)
    return list(range(max(begun, today.year - MOST_YEARS + 1), today.year + 1))


def registered_in(
    division: Division, year: int, today: date, cause: str = "", insured: bool | None = None
) -> QuerySet[RegistrationPeriod]:
    """The registrations behind a number, one for each person."""
    rows = _registered(year, today).filter(**{f"{_PATH}__code__range": codes_within(division)})
    if cause:
        rows = rows.filter(cause=cause)
    if insured is None:
        return rows
    return rows.filter(_insured(year) if insured else ~_insured(year))


def counts_of(division: Division, today: date) -> list[YearCounts]:
    """The years of a place, kept or counted now as the module says."""
    kept = _kept(division) if division.level in _PAST_KEPT_FOR else {}
    if kept and division.level in _KEPT_FOR:
        return list(kept.values())
    kept.pop(today.year, None)
    years = years_to_count(today)
    return [kept.get(year) or _counted_now(division, year, today) for year in years]


def keep_counts(today: date | None = None) -> int:
    """Count all years anew and keep them for every division; how many rows. One transaction."""
    today = today or timezone.localdate()
    sums: dict[tuple[str, int, str], Counted] = defaultdict(Counted)
    for year in years_to_count(today):
        for gacha, cause, registered, enrolled in _counted(
            _registered(year, today).exclude(**{_PATH: None}), year, _PATH, "cause"
        ):
            for place in _places_of(gacha):
                sums[place, year, cause].add(registered, enrolled)
    rows = [
        KeptCount(
            place=place,
            year=year,
            cause=cause,
            registered=one.registered,
            enrolled=one.enrolled,
            counted_on=today,
        )
        for (place, year, cause), one in sums.items()
    ]
    with transaction.atomic():
        KeptCount.objects.all().delete()
        KeptCount.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def _kept(division: Division) -> dict[int, YearCounts]:
    years: dict[int, YearCounts] = {}
    for row in KeptCount.objects.filter(place=division.code).order_by("year", "cause"):
        year = years.setdefault(row.year, YearCounts(row.year, row.counted_on))
        year.causes[row.cause] = Counted(row.registered, row.enrolled)
    return years


def _counted_now(division: Division, year: int, today: date) -> YearCounts:
    rows = _counted(registered_in(division, year, today), year, "cause")
    causes = {cause: Counted(registered, enrolled) for cause, registered, enrolled in rows}
    return YearCounts(year, today, causes)


def _registered(year: int, today: date) -> QuerySet[RegistrationPeriod]:
    day = day_of(year, today)
    return RegistrationPeriod.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        valid_from__lte=day,
        withdrawn_at=None,
        person__withdrawn_at=None,
    )


def _insured(year: int) -> Exists:
    return Exists(Enrolment.objects.filter(person=OuterRef("person"), year=year))


def _counted(rows: QuerySet[RegistrationPeriod], year: int, *by: str) -> Iterable[Any]:
    counts = Count("pk"), Count("pk", filter=_insured(year))
    return rows.order_by().values_list(*by).annotate(registered=counts[0], enrolled=counts[1])


def _places_of(gacha: str) -> set[str]:
    return {gacha[:digits].ljust(12, "0") for digits in _LEVELS} | {gacha}
