"""Many made-up stays and visits at once, as the services of the office write one of them.

A league's year is a million bills; called one after the other, the services would take hours for
them. What is settled is settled by `settle_many`, whose amounts and entries are those of any
other settlement; only opening an admission, its bill and its payment are written in one go here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from doudi.office.audit.models import Call
from doudi.office.audit.services import request_hash
from doudi.office.demo.bills import INPATIENT, Bill
from doudi.office.ledger.models import Account
from doudi.office.ledger.selectors import last_closed
from doudi.office.ledger.services import Drafted, Leg, cash, draft, patient, write_with_postings
from doudi.office.registry.models import Person
from doudi.office.rows import Rows, insert_rows, values_of
from doudi.office.settlement.entries import Who
from doudi.office.settlement.fees import check_fee_lines, fee_line
from doudi.office.settlement.models import Admission, FeeLine
from doudi.office.settlement.policy import active_policy
from doudi.office.settlement.versions import keep_version


@dataclass(frozen=True)
class Stay:
    """A bill that was entered: the key its requests begin with, and its admission."""

    bill: Bill
    key: str
    admission: str


@dataclass(frozen=True)
class Payment:
    """So much of the own part of a stay, in fen, paid on the day it was settled."""

    stay: Stay
    amount_fen: int
    still_owed_fen: int


def admit_all(bills: Mapping[str, Bill], people: Mapping[int, str], who: Who) -> list[Stay]:
    """Admissions with their bills, by the key of each; ``people`` are public ids by number."""
    keep_version(active_policy())
    found = dict(
        Person.objects.filter(public_id__in=set(people.values())).values_list("public_id", "pk")
    )
    stays = [Stay(bill, key, uuid.uuid4().hex) for key, bill in bills.items()]
    named = {stay.admission: people[stay.bill.person] for stay in stays}
    insert_rows([_account(stay, named[stay.admission]) for stay in stays])
    insert_rows([_admission(stay, found[named[stay.admission]]) for stay in stays])
    numbers = [stay.admission for stay in stays]
    written = Admission.objects.filter(public_id__in=numbers).in_bulk(field_name="public_id")
    insert_rows([line for stay in stays for line in _fee_lines(stay, written[stay.admission])])
    insert_rows([_admitted(stay, named[stay.admission], who) for stay in stays])
    insert_rows([_entered(stay, who) for stay in stays])
    return stays


def pay_all(payments: Sequence[Payment], who: Who) -> None:
    """Take payments of own parts; each at most what is owed, as the caller has made sure."""
    closed = last_closed()
    drafted = [_posting(payment, closed) for payment in payments]
    calls = [values_of(_paid(payment, who)) for payment in payments]
    write_with_postings(
        [one for one in drafted if one is not None], after=[Rows(Call, calls)] if calls else []
    )


def _posting(payment: Payment, closed: str | None) -> Drafted | None:
    stay = payment.stay
    leg = Leg(cash(stay.bill.institution), patient(stay.admission), payment.amount_fen)
    return draft(
        code="own_payment",
        business_date=stay.bill.day,
        legs=[leg],
        closed=closed,
        memo=stay.admission,
    )


def _account(stay: Stay, person: str) -> Account:
    return Account(
        code=patient(stay.admission),
        kind=Account.Kind.PATIENT,
        institution=stay.bill.institution,
        party=person,
    )


def _admission(stay: Stay, person: int) -> Admission:
    return Admission(
        public_id=stay.admission,
        person_id=person,
        institution_id=stay.bill.institution,
        kind=stay.bill.kind,
        admitted_on=stay.bill.admitted_on,
        agreement=_agreement(stay.bill),
        recorded_at=timezone.now(),
    )


def _agreement(bill: Bill) -> str:
    return f"合成协议{bill.number}" if bill.kind == INPATIENT else ""


def _fee_lines(stay: Stay, admission: Admission) -> list[FeeLine]:
    check_fee_lines(stay.bill.lines)
    return [fee_line(admission, number, line) for number, line in enumerate(stay.bill.lines, 1)]


def _admitted(stay: Stay, person: str, who: Who) -> Call:
    bill = stay.bill
    body = {
        "person": person,
        "institution": bill.institution,
        "kind": bill.kind,
        "admitted_on": bill.admitted_on.isoformat(),
        "agreement": _agreement(bill),
        "deposit_fen": 0,
    }
    answer = {"admission": stay.admission, "enrolled": True}
    return _call(f"{stay.key}-admit", "admit", person, body, answer, who)


def _entered(stay: Stay, who: Who) -> Call:
    body = {
        "admission": stay.admission,
        "lines": [line.to_dict() for line in stay.bill.lines],
    }
    answer = {"admission": stay.admission, "lines": len(stay.bill.lines)}
    return _call(f"{stay.key}-fees", "enter_fees", stay.admission, body, answer, who)


def _paid(payment: Payment, who: Who) -> Call:
    stay = payment.stay
    body = {
        "admission": stay.admission,
        "amount_fen": payment.amount_fen,
        "day": stay.bill.day.isoformat(),
    }
    answer = {
        "admission": stay.admission,
        "paid_fen": payment.amount_fen,
        "still_owed_fen": payment.still_owed_fen,
    }
    return _call(f"{stay.key}-pay", "pay_own", stay.admission, body, answer, who)


def _call(
    key: str, service: str, subject: str, body: dict[str, Any], answer: dict[str, Any], who: Who
) -> Call:
    return Call(
        key=key,
        body_hash=request_hash(service, subject, body),
        service=service,
        subject=subject,
        actor=who.actor,
        reason=who.reason,
        detail=body,
        answer=answer,
    )
