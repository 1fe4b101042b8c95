"""An institution's month by payer, whether it is closed yet or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from doudi.office.ledger.models import PAYERS, Statement, StatementStep
from doudi.office.ledger.selectors import last_closed, month_amount
from doudi.office.ledger.services import pending

State = Literal["open", "closed", "drawn", "confirmed", "paid"]


@dataclass(frozen=True)
class PayersMonth:
    """What a payer owes an institution for a month, in fen, and how far that has come."""

    payer: str
    amount_fen: int
    state: State


def months_statement(*, institution: str, period: str) -> tuple[bool, list[PayersMonth]]:
    """Whether the month (``YYYYMM``) is closed, and each payer's part of it.

    While the month is open the amounts still grow; once a statement is drawn they are its own.
    """
    last = last_closed()
    closed = last is not None and period <= last
    drawn = {
        found.payer: found
        for found in Statement.objects.filter(
            institution=institution, period=period
        ).prefetch_related("steps")
    }
    return closed, [_of(payer, institution, period, closed, drawn.get(payer)) for payer in PAYERS]


def _of(
    payer: str, institution: str, period: str, closed: bool, drawn: Statement | None
) -> PayersMonth:
    if drawn is None:
        amount = month_amount(pending(payer, institution), period)
        return PayersMonth(payer, amount, "closed" if closed else "open")
    steps = {step.step for step in drawn.steps.all()}
    state: State = "drawn"
    if StatementStep.Step.CONFIRMED in steps:
        state = "confirmed"
    if StatementStep.Step.PAID in steps:
        state = "paid"
    return PayersMonth(payer, drawn.amount_fen, state)
