"""What payers have not paid hospitals yet, by the month in which it was settled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from doudi.office.ledger.models import Account, Statement, StatementStep, Transfer
from doudi.office.ledger.selectors import BUSINESS


@dataclass(frozen=True)
class Advance:
    """What an institution advanced for the payers in a month (``YYYYMM``) and is still owed."""

    institution: str
    period: str
    amount_fen: int


def unpaid_advances(institutions: Any) -> list[Advance]:
    """By institution and month, oldest first, what is not 0; three SQL statements.

    ``institutions`` are codes or a query for them. A month is paid for by its statements.
    """
    owed: Counter[tuple[str, str]] = Counter()
    for side, sign in (("debit", 1), ("credit", -1)):
        of_payers = {
            f"{side}__kind": Account.Kind.PENDING,
            f"{side}__institution__in": institutions,
        }
        moved = Transfer.objects.filter(posting__code__in=BUSINESS, **of_payers)
        sums = moved.values_list(f"{side}__institution", "period")
        for institution, period, amount in sums.annotate(total=Sum("amount_fen")):
            owed[institution, period] += sign * amount
    paid = Statement.objects.filter(
        institution__in=institutions, steps__step=StatementStep.Step.PAID
    )
    settled = paid.values_list("institution", "period")
    for institution, period, amount in settled.annotate(total=Sum("amount_fen")):
        owed[institution, period] -= amount
    return [
        Advance(institution, period, amount)
        for (institution, period), amount in sorted(owed.items(), key=lambda item: item[0][::-1])
        if amount
    ]


def months_between(period: str, now: str) -> int:
    """How many months a month (``YYYYMM``) lies before another."""
    return (int(now[:4]) - int(period[:4])) * 12 + int(now[4:]) - int(period[4:])
