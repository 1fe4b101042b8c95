"""What was settled, summed in the database: by payer, month and hospital, by what people paid.

Every function takes the claims or people that the account sees; a settlement counts by its
business date and what it comes to now, so reversed ones do not and corrected ones do once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from django.db.models import BigIntegerField, Case, F, IntegerField, QuerySet, Sum, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from doudi.office.ledger.models import PAYERS
from doudi.office.registry.models import Person
from doudi.office.settlement.bands import OWN_BANDS, SHARE_BANDS
from doudi.office.settlement.kept_sums import Paid, Sort, Sums, paid_most
from doudi.office.settlement.models import Claim, Entry, Institution
from doudi.office.settlement.policy import active_policy
from doudi.rules.room import rooms_left

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
class ClaimFilter:
    """Which settlements of a year; None for all. The bands as in `Band`."""

    month: int | None = None
    institution: str | None = None
    payer: str | None = None
    own: int | None = None
    share: int | None = None


def of_year(claims: QuerySet[Claim], year: int) -> QuerySet[Claim]:
    """Those whose business date lies in the year."""
    return claims.filter(date__range=(date(year, 1, 1), date(year, 12, 31)))


def by_month_and_hospital(sums: Mapping[Sort, Sums]) -> list[MonthOfHospital]:
    """A year's sums, one row a hospital and month; one SQL statement."""
    names = dict(Institution.objects.values_list("code", "name"))
    found: dict[tuple[int, str], Sums] = {}
    for sort, one in sums.items():
        found.setdefault((sort.month, sort.institution), Sums()).add(one)
    return [
        MonthOfHospital(
            institution=code,
            name=names[code],
            month=month,
            claims=one.claims,
            payers=dict(zip(PAYERS, one.payers, strict=True)),
            own_fen=one.own_fen,
        )
        for (month, code), one in sorted(found.items())
    ]


def bands_of(sums: Mapping[Sort, Sums]) -> list[Band]:
    """A year's sums by own part and by the payers' share."""
    found: dict[tuple[int, int], Sums] = {}
    for sort, one in sums.items():
        found.setdefault((sort.own, sort.share), Sums()).add(one)
    return [
        Band(own, share, one.claims, one.own_fen, one.own_fen + sum(one.payers))
        for (own, share), one in sorted(found.items())
    ]


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


def near_ceiling(people: QuerySet[Person], year: int) -> tuple[int, list[Paid]]:
    """The year's ceiling on own payments in fen, and who has paid four fifths of it or more.

    By the pack in force at the end of the year; 0 and nobody where it has no such ceiling. Three
    SQL statements.
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
    return ceiling, paid_most(people, total, year, ceiling * NEAR_PERCENT // _ALL)


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
