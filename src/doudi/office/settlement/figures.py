"""What was settled, summed in the database: by payer, month and hospital, by what people paid.

Every function takes the claims or people that the account sees; a settlement counts by its
business date and what it comes to now, so reversed ones do not and corrected ones do once.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from doudi.office.ledger.models import PAYERS
from doudi.office.registry.models import Person
from doudi.office.settlement.bands import OWN_BANDS, SHARE_BANDS
from doudi.office.settlement.kept_sums import Paid, PaidMost, Place, YearSums
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


def by_month_and_hospital(sums: YearSums) -> list[MonthOfHospital]:
    """A year's sums, one row a hospital and month."""
    names = dict(Institution.objects.values_list("code", "name"))
    return [
        MonthOfHospital(
            institution=code,
            name=names[code],
            month=month,
            claims=one.claims,
            payers=dict(zip(PAYERS, one.payers, strict=True)),
            own_fen=one.own_fen,
        )
        for (month, code), one in sorted(sums.by("month", "institution").items(), key=_first)
    ]


def bands_of(sums: YearSums) -> list[Band]:
    """A year's sums by own part and by the payers' share."""
    return [
        Band(own, share, one.claims, one.own_fen, one.own_fen + sum(one.payers))
        for (own, share), one in sorted(sums.by("own", "share").items(), key=_first)
    ]


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


@dataclass(frozen=True)
class Spot:
    """A place in a list of settlements: the one shown last."""

    day: date
    claim: UUID


def settlements(
    claims: QuerySet[Claim], year: int, chosen: ClaimFilter, after: Spot | None = None
) -> QuerySet[Claim]:
    """The settlements in force behind a figure, newest first; those that come ``after`` one.

    What each comes to is summed for itself, so that a database that goes by the day needs to
    look at no more of them than are asked for.
    """
    found = claims.filter(date__range=_days(year, chosen.month))
    if chosen.institution is not None:
        found = found.filter(institution=chosen.institution)
    if after is not None:
        found = found.filter(date__lte=after.day).exclude(date=after.day, pk__lte=after.claim)
    entries = Entry.objects.filter(claim=OuterRef("pk"))
    found = found.filter(Exists(entries.filter(sort=Entry.Sort.SETTLE)))
    found = found.exclude(Exists(entries.filter(sort=Entry.Sort.REVERSE)))
    if chosen.payer is not None:
        found = found.annotate(given=_summed(f"{chosen.payer}_pay")).filter(given__gt=0)
    if chosen.own is not None or chosen.share is not None:
        found = found.annotate(own_sum=_summed("own_pay"))
    if chosen.own is not None:
        found = _in_own_band(found, chosen.own)
    if chosen.share is not None:
        found = _in_share_band(found, chosen.share)
    return found.order_by("-date", "pk")


def counted(sums: YearSums, chosen: ClaimFilter) -> int | None:
    """How many settlements of a year's sums are chosen; None where the sums do not say."""
    if chosen.payer is not None:
        return None
    asked = {
        "month": chosen.month,
        "institution": chosen.institution,
        "own": chosen.own,
        "share": chosen.share,
    }
    found = sums.by("year", **{name: value for name, value in asked.items() if value is not None})
    return sum(one.claims for one in found.values())


def _days(year: int, month: int | None) -> tuple[date, date]:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def near_ceiling(
    place: Place, people: QuerySet[Person], year: int
) -> tuple[int, PaidMost | list[Paid]]:
    """The year's ceiling on own payments in fen, and who has paid four fifths of it or more.

    ``people`` are those of the place whom one may see. By the pack in force at the end of the
    year; 0 and nobody where it has no such ceiling. Two SQL statements, and one for each look at
    the list.
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
    return ceiling, PaidMost(place, people, total, year, ceiling * NEAR_PERCENT // _ALL)


def _summed(*names: str) -> Subquery:
    """What outputs of a claim come to, its entries together."""
    amounts = (
        Coalesce(Cast(KeyTextTransform(name, "changes"), BigIntegerField()), Value(0))
        for name in names
    )
    of_claim = Entry.objects.filter(claim=OuterRef("pk")).order_by().values("claim")
    sums = of_claim.annotate(total=Sum(reduce(add, amounts))).values("total")
    return Subquery(sums, output_field=BigIntegerField())


def _in_own_band(found: QuerySet[Any], band: int) -> QuerySet[Any]:
    if band > 0:
        found = found.filter(own_sum__gt=OWN_BANDS[band - 1])
    return found if band == len(OWN_BANDS) else found.filter(own_sum__lte=OWN_BANDS[band])


def _in_share_band(found: QuerySet[Any], band: int) -> QuerySet[Any]:
    every = [f"{name}_pay" for name in (*PAYERS, "own")]
    found = found.annotate(bill=_summed(*every))
    found = found.annotate(reached=(F("bill") - F("own_sum")) * _ALL)
    if band > 0:
        found = found.filter(reached__gte=F("bill") * SHARE_BANDS[band - 1])
    if band == len(SHARE_BANDS):
        return found
    return found.filter(reached__lt=F("bill") * SHARE_BANDS[band])
