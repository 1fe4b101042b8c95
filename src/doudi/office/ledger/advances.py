"""What payers have not paid hospitals yet, by the month in which it was settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from doudi.office.ledger.models import Statement, StatementStep


@dataclass(frozen=True)
class Advance:
    """What an institution advanced for the payers in a month (``YYYYMM``) and is still owed."""

    institution: str
    period: str
    amount_fen: int


def unpaid_advances(owed: Mapping[tuple[str, str], int], institutions: Any) -> list[Advance]:
    """By institution and month, oldest first, what is not 0; one SQL statement.

    ``owed`` is what claims made payers owe, ``institutions`` are codes or a query for them. A
    month is paid for by its statements.
    """
    left = Counter(owed)
    paid = Statement.objects.filter(
        institution__in=institutions, steps__step=StatementStep.Step.PAID
    )
    settled = paid.values_list("institution", "period")
    for institution, period, amount in settled.annotate(total=Sum("amount_fen")):
        left[institution, period] -= amount
    return [
        Advance(institution, period, amount)
        for (institution, period), amount in sorted(left.items(), key=lambda item: item[0][::-1])
        if amount
    ]


def months_between(period: str, now: str) -> int:
    """How many months a month (``YYYYMM``) lies before another."""
    return (int(now[:4]) - int(period[:4])) * 12 + int(now[4:]) - int(period[4:])


def months_earlier(period: str, months: int) -> str:
    """The month (``YYYYMM``) so many months before another."""
    count = int(period[:4]) * 12 + int(period[4:]) - 1 - months
    return f"{count // 12:04d}{count % 12 + 1:02d}"
