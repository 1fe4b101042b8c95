"""What each team has earned in a month by deliveries and family-bed visits (H-48, H-49).

The amounts are the policy pack's: this counts, and asks the pack's own rule what it comes to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from doudi.office.care.models import Service, Team
from doudi.office.ledger.services import next_period
from doudi.office.settlement.policy import active_policy
from doudi.rules.errors import NoVersionInForce
from doudi.rules.policy import Policy

RULE = "doctor_incentive"
PAID_FOR = (Service.Sort.DRUG_DELIVERY, Service.Sort.FAMILY_BED_VISIT)


@dataclass(frozen=True)
class Earned:
    """One team's month. ``fen`` is None where no version of the policy covers one of the days."""

    team: Team
    deliveries: int
    visits: int
    fen: int | None


def days_of_month(period: str) -> tuple[date, date]:
    """The first day of a month ``201809`` and the first of the next."""
    after = next_period(period)
    return (
        date(int(period[:4]), int(period[4:]), 1),
        date(int(after[:4]), int(after[4:]), 1),
    )


def services_of_month(services: QuerySet[Service], period: str) -> QuerySet[Service]:
    """Those of a month that are paid for and stand."""
    first, after = days_of_month(period)
    return services.filter(day__gte=first, day__lt=after, sort__in=PAID_FOR, withdrawn_at=None)


def last_month(services: QuerySet[Service], day: date) -> str:
    """The month of the newest service that is paid for, else that of ``day``: ``201809``."""
    paid = services.filter(sort__in=PAID_FOR, withdrawn_at=None).order_by("-day")
    newest = paid.values_list("day", flat=True).first()
    return (newest or day).strftime("%Y%m")


def payable(services: QuerySet[Service], period: str) -> list[Earned]:
    """What each team of these services has earned in a month, in two SQL statements."""
    counts: defaultdict[int, dict[tuple[date, str], int]] = defaultdict(dict)
    rows = (
        services_of_month(services, period)
        .values_list("contract__team", "day", "sort")
        .annotate(count=Count("pk"))
        .order_by()
    )
    for team, day, sort, count in rows:
        counts[team][day, sort] = count
    teams = Team.objects.filter(pk__in=list(counts)).select_related("institution")
    policy = active_policy()
    return [
        _earned(policy, team, counts[team.pk]) for team in teams.order_by("institution", "name")
    ]


def _earned(policy: Policy, team: Team, counts: dict[tuple[date, str], int]) -> Earned:
    deliveries, visits = (
        sum(count for (_day, sort), count in counts.items() if sort == paid) for paid in PAID_FOR
    )
    try:
        fen = sum(_amount(policy, day, counts) for day in {day for day, _sort in counts})
    except NoVersionInForce:
        return Earned(team, deliveries, visits, None)
    return Earned(team, deliveries, visits, fen)


def _amount(policy: Policy, day: date, counts: dict[tuple[date, str], int]) -> int:
    """What one day's services come to: by the day, as the amounts may change on any."""
    deliveries, visits = (counts.get((day, sort), 0) for sort in PAID_FOR)
    facts = {"kind": RULE, "drug_deliveries": deliveries, "family_bed_visits": visits}
    return int(policy.explain(facts | {"date": day}).results[RULE])
