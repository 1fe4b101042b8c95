"""Nine months at the windows: settled, paid, corrected and cleared through the real services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction

from doudi.office.audit.models import Call
from doudi.office.demo.bills import LAST_DAY, Bill, bills
from doudi.office.demo.draw import Draw
from doudi.office.demo.households import public_id
from doudi.office.demo.people import League
from doudi.office.demo.together import Payment, Stay, admit_all, pay_all
from doudi.office.demo.write import ACTOR, REASON
from doudi.office.ledger.models import Statement
from doudi.office.ledger.selectors import balances
from doudi.office.ledger.services import (
    close_month,
    confirm_statement,
    draw_statements,
    next_period,
    patient,
    pay_statement,
    period_of,
)
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.group import Outcome, Request
from doudi.office.settlement.services import (
    Who,
    correct,
    reverse,
    settle_many,
)

FIRST_PERIOD, LAST_PERIOD = "201801", period_of(LAST_DAY)
"""The last month stays open; of the one before it the statements are confirmed and not paid."""

_AT_ONCE = 250
_CORRECTED_PERCENT, _REVERSED_PERCENT = 2, 1
_PAY_AT_ONCE_PERCENT, _PAY_HALF_PERCENT = 80, 10
_WHO = Who(ACTOR, REASON)


def write_settlements(league: League, count: int, progress: Callable[[int], None]) -> None:
    """Settle ``count`` bills month by month; all but the last month are closed and cleared.

    Every request has a key of its own that follows from its number, so that a run that was
    interrupted goes on where it stopped and does nothing twice.
    """
    by_month = {
        period: list(some)
        for period, some in groupby(bills(league, count), key=lambda bill: period_of(bill.day))
    }
    for period in _periods():
        for some in _groups(by_month.get(period, [])):
            # One transaction for many services: each of them is still all or nothing.
            with transaction.atomic():
                _settle_together(some, league.seed)
            progress(len(some))
        if period != LAST_PERIOD:
            _clear(period)


def _periods() -> Iterator[str]:
    period = FIRST_PERIOD
    while period <= LAST_PERIOD:
        yield period
        period = next_period(period)


def _groups(items: list[Bill]) -> Iterator[list[Bill]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def _settle_together(some: list[Bill], seed: int) -> None:
    """Bills to their ends: admitted and settled in one go, then paid or put right."""
    bills_by_key = {_key(bill): bill for bill in some}
    if Call.objects.filter(key=_key(some[0])).exists():
        # They were written in one transaction, all of them or none.
        return
    people = {bill.person: public_id(seed, bill.person) for bill in some}
    stays = admit_all(bills_by_key, people, _WHO)
    requests = [Request(stay.key, stay.admission, stay.bill.day, _WHO) for stay in stays]
    answers = [_answered(outcome) for outcome in settle_many(requests)]
    draws = [Draw("desk", seed, stay.bill.number) for stay in stays]
    for stay, answer, draw in zip(stays, answers, draws, strict=True):
        _put_right(stay, answer["claim"], draw)
    # Only now: putting one claim right also changes what is owed for later ones.
    owed = balances(patient(stay.admission) for stay in stays)
    payments = [
        _payment(stay, owed[patient(stay.admission)], draw)
        for stay, draw in zip(stays, draws, strict=True)
    ]
    pay_all([payment for payment in payments if payment is not None], _WHO)


def _answered(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _key(bill: Bill) -> str:
    return f"demo-{bill.number}"


def _put_right(stay: Stay, claim: str, draw: Draw) -> None:
    """Now and then a settlement is reversed or corrected."""
    if draw.chance(_REVERSED_PERCENT):
        reverse(key=f"{stay.key}-reverse", claim=claim, who=_WHO)
    elif draw.chance(_CORRECTED_PERCENT):
        lines = [_less_in_scope(stay.bill)]
        correct(key=f"{stay.key}-correct", claim=claim, lines=lines, who=_WHO)


def _payment(stay: Stay, owed_fen: int, draw: Draw) -> Payment | None:
    """The own part, paid at once, by half or not at all."""
    amount = _paid_at_once(max(owed_fen, 0), draw)
    return Payment(stay, amount, owed_fen - amount) if amount else None


def _less_in_scope(bill: Bill) -> FeeInput:
    """The first line of a bill put right: a twentieth of the whole bill less is in scope."""
    first = bill.lines[0]
    less = sum(line.in_scope_fen for line in bill.lines) // 20
    return replace(
        first,
        replaces=1,
        in_scope_fen=first.in_scope_fen - less,
        first_own_fen=first.first_own_fen + less,
    )


def _paid_at_once(own_fen: int, draw: Draw) -> int:
    share = draw.below(100)
    if share < _PAY_AT_ONCE_PERCENT:
        return own_fen
    if share < _PAY_AT_ONCE_PERCENT + _PAY_HALF_PERCENT:
        return own_fen // 2
    return 0


def _clear(period: str) -> None:
    """Close a month and draw its statements; payers confirm, and pay all but the last ones."""
    said = {"actor": ACTOR, "reason": REASON}
    close_month(key=f"close-{period}", period=period, **said)
    draw_statements(key=f"statements-{period}", period=period, **said)
    after = date(int(period[:4]), int(period[4:]), 28) + timedelta(days=14)
    numbers = Statement.objects.filter(period=period).order_by("pk").values_list("pk", flat=True)
    _step_all(numbers, confirm_statement, "confirm", after, said)
    if next_period(period) != LAST_PERIOD:
        _step_all(numbers, pay_statement, "pay", after, said)


def _step_all(
    numbers: Iterable[int],
    step: Callable[..., Any],
    name: str,
    day: date,
    said: dict[str, str],
) -> None:
    with transaction.atomic():
        for number in numbers:
            step(key=f"demo-{name}-{number}", statement=number, business_date=day, **said)
