"""A request of every service that changes something, ready to be made under a key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.office.builders import (
    DAY,
    SAID,
    WHO,
    YUAN,
    admitted,
    corrected_lines,
    hospital,
    line,
    new_key,
    pay,
    register,
    reverse,
    settled,
    someone,
    stay,
)

from doudi.office.ledger import services as ledger
from doudi.office.ledger.models import Statement
from doudi.office.settlement import services

Request = Callable[[str], dict[str, Any]]


def admit() -> Request:
    person, place = someone().public_id, hospital()
    return lambda key: services.admit(
        key=key,
        person=person,
        institution=place,
        kind="inpatient",
        admitted_on=DAY,
        agreement="协议1",
        who=WHO,
    )


def enter_fees() -> Request:
    admission = admitted(someone())
    return lambda key: services.enter_fees(
        key=key, admission=admission, lines=[line(1_000)], who=WHO
    )


def settle() -> Request:
    admission = stay(someone(), 12_000 * YUAN)
    return lambda key: services.settle(key=key, admission=admission, day=DAY, who=WHO)


def settle_late() -> Request:
    person = someone()
    before = settled(person, 100_000 * YUAN, 0).claim
    admission = stay(person, 100_000 * YUAN, 0)
    return lambda key: services.settle(
        key=key, admission=admission, day=DAY, who=WHO, before=before
    )


def settle_visit() -> Request:
    person, place = someone().public_id, hospital()
    return lambda key: services.settle_visit(
        key=key,
        person=person,
        institution=place,
        kind="family_bed",
        day=DAY,
        lines=[line(4_200 * YUAN)],
        who=WHO,
    )


def reverse_claim() -> Request:
    claim = settled(someone(), 12_000 * YUAN).claim
    return lambda key: services.reverse(key=key, claim=claim, who=WHO)


def correct_claim() -> Request:
    claim = settled(someone(), 12_000 * YUAN).claim
    lines = corrected_lines(claim, None, 6_000 * YUAN)
    return lambda key: services.correct(key=key, claim=claim, lines=lines, who=WHO)


def reassess() -> Request:
    person = someone(registered=False)
    settled(person, 12_000 * YUAN)
    register(person, date(2018, 1, 1))
    return lambda key: services.reassess(key=key, person=person.public_id, year=2018, who=WHO)


def pay_own() -> Request:
    done = settled(someone(), 12_000 * YUAN)
    return lambda key: services.pay_own(
        key=key, admission=done.admission, amount_fen=done.own, day=DAY, who=WHO
    )


def refund_own() -> Request:
    done = settled(someone(), 12_000 * YUAN)
    pay(done.admission, done.own)
    reverse(done.claim)
    return lambda key: services.refund_own(key=key, admission=done.admission, day=DAY, who=WHO)


def plan_instalments() -> Request:
    done = settled(someone(), 12_000 * YUAN)
    parts = [(date(2018, 6, 1), done.own - 1), (date(2018, 7, 1), 1)]
    return lambda key: services.plan_instalments(
        key=key, admission=done.admission, parts=parts, who=WHO
    )


def close_month() -> Request:
    settled(someone(), 12_000 * YUAN)
    return lambda key: ledger.close_month(key=key, period="201805", **SAID)


def draw_statements() -> Request:
    close_month()(new_key())
    return lambda key: ledger.draw_statements(key=key, period="201805", **SAID)


def confirm_statement() -> Request:
    draw_statements()(new_key())
    number = Statement.objects.order_by("pk")[0].pk
    return lambda key: ledger.confirm_statement(
        key=key, statement=number, business_date=date(2018, 6, 5), **SAID
    )


def pay_statement() -> Request:
    confirm_statement()(new_key())
    number = Statement.objects.order_by("pk")[0].pk
    return lambda key: ledger.pay_statement(
        key=key, statement=number, business_date=date(2018, 6, 6), **SAID
    )


EVERY = [
    admit,
    enter_fees,
    settle,
    settle_late,
    settle_visit,
    reverse_claim,
    correct_claim,
    reassess,
    pay_own,
    refund_own,
    plan_instalments,
    close_month,
    draw_statements,
    confirm_statement,
    pay_statement,
]
