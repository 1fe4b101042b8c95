"""What was settled, summed in the database: by payer, month and hospital, by what people paid.

Every function takes the claims or people that the account sees; a settlement counts by its
business date and what it comes to now, so reversed ones do not and corrected ones do once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, F, IntegerField, Max, QuerySet, Sum, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, ExtractMonth

from doudi.office.ledger.models import PAYERS
from doudi.office.registry.models import Person
from doudi.office.settlement.models import Claim, Entry, PersonYear
from doudi.office.settlement.policy import active_policy
from doudi.rules.room import rooms_left

OWN_BANDS = (0, 50_000, 100_000, 200_000, 300_000, 500_000)
"""The most that is paid in each band, in fen; one more band lies above the last."""
SHARE_BANDS = (50, 60, 70, 80, 90)
"""From how many per cent of the bill the payers give in each band; one more lies below."""
NEAR_PERCENT = 80
_ALL = 100


@dataclass(frozen=True)
class MonthOfHospital:
    """What one hospital settled in a month of the year; money in fen."""

    institution: str
    name: str
    month: int
    claims: int
    payers: Mapping[str, int]
    own_fen: int

    @property
    def bill_fen(self) -> int:
        """The bills, which the payers and the people pay together."""
        return sum(self.payers.values()) + self.own_fen


@dataclass(frozen=True)
class Band:
    """How many settlements lie in a band of the own part and in one of the share, and their sums.

    ``own`` is a place in `OWN_BANDS` or one beyond it, ``share`` how many of `SHARE_BANDS` the
    payers' part of the bill reaches.
    """

    own: int
    share: int
    claims: int
    own_fen: int
    bill_fen: int


@dataclass(frozen=True)
class NearCeiling:
    """A person whose own payments of the year come near the ceiling, in fen."""

    person: str
    name: str
    own_fen: int


@dataclass(frozen=True)
class ClaimFilter:
    """Which settlements of a year; None for all. The bands as in `Band`."""

    month: int | None = None
    institution: str | None = None
    payer: str | None = None
    own: int | None = None
    share: int | None = None


def last_year(claims: QuerySet[Claim]) -> int | None:
    """The year of the newest settlement, or None."""
    newest: date | None = claims.aggregate(newest=Max("date"))["newest"]
    return None if newest is None else newest.year


def of_year(claims: QuerySet[Claim], year: int) -> QuerySet[Claim]:
    """Those whose business date lies in the year."""
    return claims.filter(date__range=(date(year, 1, 1), date(year, 12, 31)))


def settled_by_month_and_hospital(claims: QuerySet[Claim], year: int) -> list[MonthOfHospital]:
    """The year's settlements, one row a hospital and month; one SQL statement."""
    entries = Entry.objects.filter(claim__in=of_year(claims, year))
    rows: Iterable[Mapping[str, Any]] = (
        entries.values(
            code=F("claim__institution"),
            name=F("claim__institution__name"),
            month=ExtractMonth("claim__date"),
        )
        .annotate(**_sums(""), in_force=_in_force(""))
        .order_by("month", "code")
    )
    return [
        MonthOfHospital(
            institution=row["code"],
            name=row["name"],
            month=row["month"],
            claims=row["in_force"],
            payers={payer: row[f"{payer}_sum"] for payer in PAYERS},
            own_fen=row["own_sum"],
        )
        for row in rows
        if row["in_force"]
    ]


def bands_of(claims: QuerySet[Claim], year: int) -> list[Band]:
    """The year's settlements by own part and by the payers' share; one SQL statement."""
    entries = Entry.objects.filter(claim__in=of_year(claims, year))
    inner = (
        entries.order_by()
        .values("claim")
        .annotate(**_sums(""), in_force=_in_force(""))
        .annotate(bill=_bill())
        .filter(in_force__gt=0)
        .values("own_sum", "bill")
    )
    sql, given = inner.query.sql_with_params()
    own = "".join(f" WHEN own_sum <= {most} THEN {at}" for at, most in enumerate(OWN_BANDS))
    share = "".join(
        f" WHEN (bill - own_sum) * {_ALL} < bill * {least} THEN {at}"
        for at, least in enumerate(SHARE_BANDS)
    )
    outer = (
        f"SELECT CASE{own} ELSE {len(OWN_BANDS)} END, CASE{share} ELSE {len(SHARE_BANDS)} END, "
        f"count(*), sum(own_sum), sum(bill) FROM ({sql}) AS settled GROUP BY 1, 2 ORDER BY 1, 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(outer, given)
        return [Band(*(int(value) for value in row)) for row in cursor.fetchall()]


def settlements(claims: QuerySet[Claim], year: int, chosen: ClaimFilter) -> QuerySet[Claim]:
    """The settlements in force behind a figure, newest first."""
    found = of_year(claims, year)
    if chosen.month is not None:
        found = found.filter(date__month=chosen.month)
    if chosen.institution is not None:
        found = found.filter(institution=chosen.institution)
    found = found.annotate(**_sums("entries__"), in_force=_in_force("entries__"))
    found = found.filter(in_force__gt=0)
    if chosen.payer is not None:
        found = found.filter(**{f"{chosen.payer}_sum__gt": 0})
    if chosen.own is not None:
        found = _in_own_band(found, chosen.own)
    if chosen.share is not None:
        found = _in_share_band(found, chosen.share)
    return found.order_by("-date", "pk")


def near_ceiling(people: QuerySet[Person], year: int) -> tuple[int, list[NearCeiling]]:
    """The year's ceiling on own payments in fen, and who has paid four fifths of it or more.

    By the pack in force at the end of the year; 0 and nobody where it has no such ceiling. One
    SQL statement.
    """
    policy = active_policy()
    total = policy.own_so_far
    if total is None:
        return 0, []
    day = max(policy.valid_from, min(date(year, 12, 31), policy.valid_to))
    # The ceiling is the cap of which this running total uses something up.
    rooms = rooms_left(policy, day, {total: 1})
    ceiling = next((room.cap_fen for room in rooms if room.used_fen), 0)
    if not ceiling:
        return 0, []
    years = (
        PersonYear.objects.filter(year=year, person__in=people)
        .annotate(own=Cast(KeyTextTransform(total, "totals"), BigIntegerField()))
        .filter(own__gte=ceiling * NEAR_PERCENT // _ALL)
        .order_by("-own", "pk")
    )
    rows = years.values_list("person__public_id", "person__name", "own")
    return ceiling, [NearCeiling(*row) for row in rows]


def _sums(path: str) -> dict[str, Any]:
    names = [*PAYERS, "own"]
    return {
        f"{name}_sum": Coalesce(
            Sum(Cast(KeyTextTransform(f"{name}_pay", f"{path}changes"), BigIntegerField())),
            Value(0),
            output_field=BigIntegerField(),
        )
        for name in names
    }


def _bill() -> Any:
    return reduce(add, (F(f"{name}_sum") for name in (*PAYERS, "own")))


def _in_force(path: str) -> Sum:
    """One for each claim that stands: settled and not reversed."""
    return Sum(
        Case(
            When(**{f"{path}sort": Entry.Sort.SETTLE}, then=Value(1)),
            When(**{f"{path}sort": Entry.Sort.REVERSE}, then=Value(-1)),
            default=Value(0),
            output_field=IntegerField(),
        )
    )


def _in_own_band(found: QuerySet[Any], band: int) -> QuerySet[Any]:
    if band > 0:
        found = found.filter(own_sum__gt=OWN_BANDS[band - 1])
    return found if band == len(OWN_BANDS) else found.filter(own_sum__lte=OWN_BANDS[band])


def _in_share_band(found: QuerySet[Any], band: int) -> QuerySet[Any]:
    found = found.annotate(bill=_bill()).annotate(given=(F("bill") - F("own_sum")) * _ALL)
    if band > 0:
        found = found.filter(given__gte=F("bill") * SHARE_BANDS[band - 1])
    return (
        found if band == len(SHARE_BANDS) else found.filter(given__lt=F("bill") * SHARE_BANDS[band])
    )
