"""Writing to the ledger: postings, statements and clearing, closing a month."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import DatabaseError, connection
from django.db.models import Min
from django.utils import timezone

from doudi.office.audit.services import once
from doudi.office.ledger.models import (
    PAYERS,
    Account,
    ClosedMonth,
    Posting,
    Statement,
    StatementStep,
    Transfer,
)
from doudi.office.ledger.selectors import last_closed, month_amount
from doudi.office.rows import Held, Row, Rows, insert_together

_PERIOD_LENGTH = 6


class LedgerRefused(Exception):
    """A posting or a step that the ledger does not take; ``zh`` says why to people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


class Leg(NamedTuple):
    """``amount_fen`` to debit and credit; a negative amount goes the other way, 0 nowhere."""

    debit: str
    credit: str
    amount_fen: int


def billed(institution: str) -> str:
    """What an institution has billed."""
    return f"billed:{institution}"


def cash(institution: str) -> str:
    """What an institution has received."""
    return f"cash:{institution}"


def pending(payer: str, institution: str) -> str:
    """What a payer owes an institution and has not confirmed."""
    return f"pending:{payer}:{institution}"


def confirmed(payer: str, institution: str) -> str:
    """What a payer has confirmed to an institution and not paid."""
    return f"confirmed:{payer}:{institution}"


def patient(admission: str) -> str:
    """What the person owes the institution for one stay or visit."""
    return f"patient:{admission}"


def open_institution_accounts(*, institution: str) -> None:
    """The accounts of a new institution: billed, cash, and two for each payer."""
    kinds = Account.Kind
    accounts = [
        Account(code=billed(institution), kind=kinds.BILLED, institution=institution),
        Account(code=cash(institution), kind=kinds.CASH, institution=institution),
    ]
    for payer in PAYERS:
        for code, kind in (
            (pending(payer, institution), kinds.PENDING),
            (confirmed(payer, institution), kinds.CONFIRMED),
        ):
            accounts.append(Account(code=code, kind=kind, institution=institution, party=payer))
    Account.objects.bulk_create(accounts, ignore_conflicts=True)


def open_patient_account(*, admission: str, person: str, institution: str) -> None:
    """The account of what ``person`` owes ``institution`` for one stay or visit."""
    Account.objects.create(
        code=patient(admission),
        kind=Account.Kind.PATIENT,
        institution=institution,
        party=person,
    )


def period_of(day: date) -> str:
    """The month of a day as ``YYYYMM``."""
    return f"{day.year:04d}{day.month:02d}"


def next_period(period: str) -> str:
    """The month after ``period``."""
    year, month = int(period[:4]), int(period[4:])
    return f"{year + month // 12:04d}{month % 12 + 1:02d}"


def open_period(day: date, closed: str | None) -> str:
    """The month of ``day``, or the first open one when that is closed."""
    period = period_of(day)
    return period if closed is None or period > closed else next_period(closed)


@dataclass(frozen=True)
class Drafted:
    """A posting and its transfers as rows that are still to be written."""

    posting: Row
    transfers: list[Row]


def draft(
    *, code: str, business_date: date, legs: Iterable[Leg], closed: str | None, memo: str = ""
) -> Drafted | None:
    """One linked unit of transfers, not written yet; None when no money moves.

    ``closed`` is the last closed month as the caller read it.
    """
    moving = [leg for leg in legs if leg.amount_fen != 0]
    if not moving:
        return None
    period = open_period(business_date, closed)
    number = uuid.uuid4()
    transfers = [_transfer(number, place, leg, period) for place, leg in enumerate(moving, start=1)]
    posting = {
        "id": number,
        "code": code,
        "business_date": business_date,
        "period": period,
        "legs": len(transfers),
        "total_fen": sum(abs(leg.amount_fen) for leg in moving),
        "memo": memo,
        "recorded_at": timezone.now(),
    }
    return Drafted(posting, transfers)


def write_with_postings(
    drafted: Sequence[Drafted],
    *,
    held: Held | None = None,
    before: Sequence[Rows] = (),
    after: Sequence[Rows] = (),
) -> None:
    """Write postings with their transfers, and the rows that come before and after them.

    The database takes a posting only together with all of its transfers. LedgerRefused when the
    month was closed a moment ago.
    """
    transfers = [transfer for one in drafted for transfer in one.transfers]
    try:
        # SQLite takes them in this order: a posting that stands takes no further transfer.
        insert_together(
            *before,
            Rows(Transfer, transfers),
            Rows(Posting, [one.posting for one in drafted]),
            *after,
            held=held,
        )
    except DatabaseError as error:
        if "is closed" in str(error):
            raise LedgerRefused(
                "这个月份刚刚关账，请再办一次，会记入下一个月份",
                "the month was closed meanwhile; the same request again goes into the next one",
            ) from error
        raise


def post(
    *, code: str, business_date: date, legs: Iterable[Leg], closed: str | None, memo: str = ""
) -> Posting | None:
    """Draft and write one linked unit of transfers; None when no money moves."""
    drafted = draft(code=code, business_date=business_date, legs=legs, closed=closed, memo=memo)
    if drafted is None:
        return None
    write_with_postings([drafted])
    return Posting(**drafted.posting)


def _transfer(posting: uuid.UUID, number: int, leg: Leg, period: str) -> Row:
    debit, credit = (leg.debit, leg.credit) if leg.amount_fen > 0 else (leg.credit, leg.debit)
    return {
        "posting_id": posting,
        "number": number,
        "debit_id": debit,
        "credit_id": credit,
        "amount_fen": abs(leg.amount_fen),
        "period": period,
    }


def close_month(*, key: str, period: str, actor: str, reason: str) -> dict[str, Any]:
    """Close ``period`` (``YYYYMM``); months are closed in order and stay closed."""
    digits = len(period) == _PERIOD_LENGTH and period.isascii() and period.isdigit()
    if not digits or not 1 <= int(period[4:]) <= 12:  # noqa: PLR2004
        raise LedgerRefused(f"月份应写成 201804，而不是 {period}", f"{period!r} is not a month")

    def act() -> dict[str, Any]:
        lock_months()
        last = last_closed()
        if last is not None and period != next_period(last):
            raise LedgerRefused(
                f"应按顺序关账：下一个月份是 {next_period(last)}",
                f"the next month to close is {next_period(last)}",
            )
        # Closing a month closes all before it, and what is in those would be on no statement.
        first = Posting.objects.aggregate(first=Min("period"))["first"]
        if last is None and first is not None and period > first:
            raise LedgerRefused(
                f"应按顺序关账：第一个有账的月份是 {first}", f"the first month to close is {first}"
            )
        ClosedMonth.objects.create(period=period)
        return {"period": period}

    return once(
        key=key,
        service="close_month",
        subject=period,
        actor=actor,
        reason=reason,
        body={"period": period},
        act=act,
    )


def lock_months() -> None:
    """Wait for every transfer under way; on SQLite the write lock is held already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('doudi closed months'))")


def draw_statements(*, key: str, period: str, actor: str, reason: str) -> dict[str, Any]:
    """A statement for each payer and institution with something owed for a closed month."""

    def act() -> dict[str, Any]:
        if not ClosedMonth.objects.filter(period=period).exists():
            raise LedgerRefused(f"{period} 还没有关账", f"month {period} is not closed")
        if Statement.objects.filter(period=period).exists():
            raise LedgerRefused(f"{period} 的对账单已经出过", f"{period} has statements already")
        drawn = []
        for account in Account.objects.filter(kind=Account.Kind.PENDING).order_by("code"):
            amount = month_amount(account.code, period)
            if amount == 0:
                continue
            drawn.append(
                Statement(
                    payer=account.party,
                    institution=account.institution,
                    period=period,
                    amount_fen=amount,
                )
            )
        Statement.objects.bulk_create(drawn)
        return {"period": period, "statements": len(drawn)}

    return once(
        key=key,
        service="draw_statements",
        subject=period,
        actor=actor,
        reason=reason,
        body={"period": period},
        act=act,
    )


def confirm_statement(
    *, key: str, statement: int, business_date: date, actor: str, reason: str
) -> dict[str, Any]:
    """The payer confirms what it owes for the month; once only."""
    return _step(
        StatementStep.Step.CONFIRMED, key, statement, business_date, actor=actor, reason=reason
    )


def pay_statement(
    *, key: str, statement: int, business_date: date, actor: str, reason: str
) -> dict[str, Any]:
    """The payer pays a confirmed statement; once only."""
    return _step(StatementStep.Step.PAID, key, statement, business_date, actor=actor, reason=reason)


_SERVICE_OF = {
    StatementStep.Step.CONFIRMED: "confirm_statement",
    StatementStep.Step.PAID: "pay_statement",
}


def _step(
    step: StatementStep.Step,
    key: str,
    number: int,
    day: date,
    *,
    actor: str,
    reason: str,
) -> dict[str, Any]:
    def act() -> dict[str, Any]:
        statement = Statement.objects.select_for_update().filter(pk=number).first()
        if statement is None:
            raise LedgerRefused(f"没有对账单 {number}", f"there is no statement {number}")
        taken = set(statement.steps.values_list("step", flat=True))
        _check_step(step, taken, number)
        payer, institution = statement.payer, statement.institution
        leg = (
            Leg(confirmed(payer, institution), pending(payer, institution), statement.amount_fen)
            if step == StatementStep.Step.CONFIRMED
            else Leg(cash(institution), confirmed(payer, institution), statement.amount_fen)
        )
        posting = post(
            code=step.value,
            business_date=day,
            legs=[leg],
            closed=last_closed(),
            memo=f"statement {number}",
        )
        StatementStep.objects.create(statement=statement, step=step, posting=posting)
        return {"statement": number, "step": step.value, "amount_fen": statement.amount_fen}

    return once(
        key=key,
        service=_SERVICE_OF[step],
        subject=str(number),
        actor=actor,
        reason=reason,
        body={"statement": number, "business_date": day.isoformat()},
        act=act,
    )


def _check_step(step: StatementStep.Step, taken: set[str], number: int) -> None:
    if step.value in taken:
        raise LedgerRefused(f"对账单 {number} {step.label}，不能再来一次", f"already {step.value}")
    if step == StatementStep.Step.PAID and StatementStep.Step.CONFIRMED.value not in taken:
        raise LedgerRefused(f"对账单 {number} 还没有确认", f"statement {number} is not confirmed")
