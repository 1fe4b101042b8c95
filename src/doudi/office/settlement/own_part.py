"""What a person pays themselves: at once, later or in parts, and what is given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from doudi.money import yuan
from doudi.office.ledger.selectors import balance, balances, last_closed
from doudi.office.ledger.services import Leg, cash, patient, post
from doudi.office.settlement.entries import Who
from doudi.office.settlement.locks import lock_admission
from doudi.office.settlement.models import Admission
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.requests import do_once


def pay_own(*, key: str, admission: str, amount_fen: int, day: date, who: Who) -> dict[str, Any]:
    """Take a payment of the own part, at once, later or in instalments; never more than is owed."""

    def act() -> dict[str, Any]:
        found = lock_admission(admission)
        owed = owed_by(found)
        if not 0 < amount_fen <= owed:
            raise Refused(
                f"应收 {yuan(owed)} 元，不能收 {yuan(amount_fen)} 元",
                f"{yuan(owed)} yuan are owed, not {yuan(amount_fen)}",
            )
        post_own(found, amount_fen, day, "own_payment")
        return {"admission": admission, "paid_fen": amount_fen, "still_owed_fen": owed - amount_fen}

    body = {"admission": admission, "amount_fen": amount_fen, "day": day.isoformat()}
    return do_once(key, "pay_own", admission, who, body, act)


def refund_own(*, key: str, admission: str, day: date, who: Who) -> dict[str, Any]:
    """Give back what a correction left the person to have paid too much."""

    def act() -> dict[str, Any]:
        found = lock_admission(admission)
        owed = owed_by(found)
        if owed >= 0:
            raise Refused("没有多收的钱可退", "nothing was paid too much")
        post_own(found, owed, day, "refund")
        return {"admission": admission, "refunded_fen": -owed}

    body = {"admission": admission, "day": day.isoformat()}
    return do_once(key, "refund_own", admission, who, body, act)


def refunds_due(admissions: Sequence[str]) -> list[dict[str, Any]]:
    """Of which of these stays more is paid than owed, and how much, in fen."""
    owed = balances(patient(admission) for admission in admissions)
    return [
        {"admission": admission, "amount_fen": -owed[patient(admission)]}
        for admission in admissions
        if owed[patient(admission)] < 0
    ]


def owed_by(admission: Admission) -> int:
    """What the person still owes for this stay; below 0 when a correction made it less."""
    return balance(patient(admission.public_id))


def post_own(admission: Admission, amount_fen: int, day: date, code: str) -> None:
    """Money from the person to the institution; a negative amount goes back to the person."""
    place = admission.institution_id
    leg = Leg(cash(place), patient(admission.public_id), amount_fen)
    post(code=code, business_date=day, legs=[leg], closed=last_closed(), memo=admission.public_id)
