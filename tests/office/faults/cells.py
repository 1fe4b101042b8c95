"""What the faults meet: a call of a service that is still to be made, and all that it needs.

A *cell* is a person in a hospital of its own with one such call: the service and what it is
given, as plain data. Everything is made over the services; nothing is written past them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from django.db import transaction

from doudi.office.accounts.models import User
from doudi.office.accounts.services import look_up
from doudi.office.ledger import services as ledger
from doudi.office.ledger.models import Statement
from doudi.office.ledger.selectors import balance, last_closed
from doudi.office.registry import services as registry
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import Person
from doudi.office.settlement import services as window
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.group import Request
from doudi.office.settlement.policy import active_policy
from doudi.office.settlement.services import Who
from doudi.office.settlement.versions import keep_version

DAY = date(2018, 5, 9)
SAID: dict[str, Any] = {"actor": "窗口甲", "reason": "测试"}
WHO = Who(**SAID)
BILLS = (5_000_000, 4_000_000, 3_000_000)
TOGETHER = "settle_many"
MUCH_EVIDENCE = "settle with much evidence"
_OTHERS = 2_000
_keys = count()


def cells(service: str, numbers: list[int]) -> list[dict[str, Any]]:
    """A cell for each number, ready for a call of ``service``."""
    with transaction.atomic():
        _keep_the_text()
        made = [_CELLS[service](number) for number in numbers]
        if service == "pay_statement":
            _confirm_all(made)
    return made


def people(numbers: list[int], stays: int) -> list[list[str]]:
    """Registered people with so many stays each, billed and not settled."""
    with transaction.atomic():
        _keep_the_text()
        hospital = _hospital(numbers[0])
        persons = [_person(number) for number in numbers]
        return [[_stay(person, hospital, 1_200_000) for _ in range(stays)] for person in persons]


def _keep_the_text() -> None:
    """The first settlement of all also writes the text of the policy; here none is the first."""
    keep_version(active_policy())


def a_full_year() -> None:
    """Something in every table that is sealed: stays, corrections, payments, a closed month."""
    with transaction.atomic():
        somebody, hospital, stays, claims = _settled(0)
        clerk = User.objects.create(username="window", role="clerk", institution_id=hospital)
        look_up(user=clerk, person=Person.objects.get(public_id=somebody), by="id_number")
        window.correct(key=_key(), claim=claims[0], lines=[correction(BILLS[0] // 2)], who=WHO)
        window.reverse(key=_key(), claim=claims[1], who=WHO)
        owed = balance(ledger.patient(stays[0]))
        parts = [(date(2018, 6, 1), 100), (date(2018, 7, 1), owed - 100)]
        window.plan_instalments(key=_key(), admission=stays[0], parts=parts, who=WHO)
        window.pay_own(key=_key(), admission=stays[0], amount_fen=100, day=DAY, who=WHO)
        made = [{"given": {"hospital": hospital}}]
        _confirm_all(made)
        call({"service": "pay_statement", "given": made[0]["given"]}, _key())


def _hospital(number: int) -> str:
    code = f"1522{number:06d}"
    window.register_institution(
        code=code, name="合成医院", level=3, designated=True, inside_league=True
    )
    return code


def _person(number: int) -> str:
    made_up = made_up_id_number(born=date(1961, 5, 4), sex="1", serial=number)
    person = registry.register_person(**SAID, name="甲", id_number=made_up.text, synthetic=True)
    registry.enrol(
        **SAID,
        person_id=person.pk,
        year=DAY.year,
        premium_own_fen=0,
        paid_by="government",
        document="参保〔2018〕1号",
    )
    registry.add_registration(
        **SAID,
        person_id=person.pk,
        valid_from=date(2016, 1, 1),
        cause="01",
        document="扶贫办〔2016〕1号",
    )
    return str(person.public_id)


def _stay(person: str, hospital: str, bill: int) -> str:
    admission = window.admit(
        key=_key(),
        person=person,
        institution=hospital,
        kind="inpatient",
        admitted_on=DAY,
        agreement="协议1",
        who=WHO,
    )["admission"]
    window.enter_fees(key=_key(), admission=admission, lines=[line(bill)], who=WHO)
    return str(admission)


def line(bill: int) -> FeeInput:
    """A bill of one line, a tenth of it first paid by the person."""
    first = bill // 10
    return FeeInput("床位费", "B", 1_000, bill, bill, 0, 0, first, bill - first)


def correction(bill: int) -> FeeInput:
    """A line in the place of the first one of a bill."""
    return replace(line(bill), replaces=1)


def _key() -> str:
    return f"made-{os.getpid()}-{next(_keys)}"


def _settled(number: int, stays: int = len(BILLS)) -> tuple[str, str, list[str], list[str]]:
    """Person, hospital, and the first stays of the year with their claims."""
    person, hospital = _person(number), _hospital(number)
    admissions = [_stay(person, hospital, bill) for bill in BILLS[:stays]]
    claims = [
        str(window.settle(key=_key(), admission=stay, day=DAY, who=WHO)["claim"])
        for stay in admissions
    ]
    return person, hospital, admissions, claims


def _to_settle(number: int) -> dict[str, Any]:
    person, hospital, _stays, _claims = _settled(number, 1)
    stay = _stay(person, hospital, BILLS[1])
    return {"service": "settle", "given": {"admission": stay, "day": DAY.isoformat()}}


def _first_of_the_year(number: int) -> dict[str, Any]:
    stay = _stay(_person(number), _hospital(number), BILLS[1])
    return {"service": "settle", "given": {"admission": stay, "day": DAY.isoformat()}}


def _with_much_evidence(number: int) -> dict[str, Any]:
    """Somebody on a list with so many diseases that the claim takes pages of its own."""
    somebody = _person(number)
    for disease in range(40):
        registry.list_disease(
            **SAID,
            person_id=Person.objects.get(public_id=somebody).pk,
            list="chronic",
            disease=f"合成慢性病{disease}",
            valid_from=date(2016, 1, 1),
            document="卫健〔2016〕2号（虚构）",
        )
    stay = _stay(somebody, _hospital(number), BILLS[1])
    return {"service": "settle", "given": {"admission": stay, "day": DAY.isoformat()}}


def _to_settle_together(number: int) -> dict[str, Any]:
    """Two stays of one person and one of another, who has no year yet."""
    person, hospital, _stays, _claims = _settled(number, 1)
    stays = [_stay(person, hospital, bill) for bill in BILLS[1:]]
    stays.insert(1, _stay(_person(_OTHERS + number), hospital, BILLS[0]))
    return {"service": TOGETHER, "given": {"admissions": stays, "day": DAY.isoformat()}}


def _to_settle_before(number: int) -> dict[str, Any]:
    person, hospital, _stays, claims = _settled(number, 2)
    stay = _stay(person, hospital, BILLS[2])
    given = {"admission": stay, "day": DAY.isoformat(), "before": claims[0]}
    return {"service": "settle", "given": given}


def _to_reverse(number: int) -> dict[str, Any]:
    *_, claims = _settled(number)
    _has_a_cascade(window.preview_reverse(claim=claims[0]))
    return {"service": "reverse", "given": {"claim": claims[0]}}


def _to_correct(number: int) -> dict[str, Any]:
    *_, claims = _settled(number)
    _has_a_cascade(window.preview_correct(claim=claims[0], lines=[correction(1_000_000)]))
    return {"service": "correct", "given": {"claim": claims[0], "bill": 1_000_000}}


def _has_a_cascade(answer: dict[str, Any]) -> None:
    others = {item["claim"] for item in answer["differences"]} - {answer["claim"]}
    assert len(others) >= 2, f"the later claims of the year do not follow: {answer}"


def _to_pay_own(number: int) -> dict[str, Any]:
    _somebody, _somewhere, stays, _claims = _settled(number, 1)
    owed = balance(ledger.patient(stays[0]))
    given = {"admission": stays[0], "amount_fen": owed, "day": DAY.isoformat()}
    return {"service": "pay_own", "given": given}


def _to_visit(number: int) -> dict[str, Any]:
    given = {
        "person": _person(number),
        "institution": _hospital(number),
        "kind": "outpatient",
        "day": DAY.isoformat(),
        "bill": 30_000,
    }
    return {"service": "settle_visit", "given": given}


def _to_enter_fees(number: int) -> dict[str, Any]:
    stay = _stay(_person(number), _hospital(number), BILLS[0])
    return {"service": "enter_fees", "given": {"admission": stay, "bill": BILLS[1]}}


def _to_admit(number: int) -> dict[str, Any]:
    given = {
        "person": _person(number),
        "institution": _hospital(number),
        "kind": "inpatient",
        "admitted_on": DAY.isoformat(),
        "agreement": "协议2",
    }
    return {"service": "admit", "given": given}


def _to_close(number: int) -> dict[str, Any]:
    _settled(number, 1)
    return {"service": "close_month", "given": {"period": _next_to_close()}}


def _to_pay_statement(number: int) -> dict[str, Any]:
    _somebody, hospital, _stays, _claims = _settled(number, 1)
    return {"service": "pay_statement", "given": {"hospital": hospital}}


def _confirm_all(made: list[dict[str, Any]]) -> None:
    """Close the month and let the basic insurance confirm what it owes each hospital."""
    period = _next_to_close()
    ledger.close_month(key=_key(), period=period, **SAID)
    ledger.draw_statements(key=_key(), period=period, **SAID)
    day = date(2018, 12, 5)
    for cell in made:
        hospital = cell["given"].pop("hospital")
        number = Statement.objects.get(institution=hospital, payer="basic").pk
        ledger.confirm_statement(key=_key(), statement=number, business_date=day, **SAID)
        cell["given"] |= {"statement": number, "business_date": day.isoformat()}


def _next_to_close() -> str:
    last = last_closed()
    return "201805" if last is None else ledger.next_period(last)


_CELLS: dict[str, Callable[[int], dict[str, Any]]] = {
    "settle": _to_settle,
    "settle the first of the year": _first_of_the_year,
    "settle before another": _to_settle_before,
    TOGETHER: _to_settle_together,
    MUCH_EVIDENCE: _with_much_evidence,
    "settle_visit": _to_visit,
    "reverse": _to_reverse,
    "correct": _to_correct,
    "pay_own": _to_pay_own,
    "enter_fees": _to_enter_fees,
    "admit": _to_admit,
    "close_month": _to_close,
    "pay_statement": _to_pay_statement,
}

_LEDGER = ("close_month", "pay_statement", "confirm_statement", "draw_statements")
_DAYS = ("day", "admitted_on", "business_date")


def call(cell: dict[str, Any], key: str) -> dict[str, Any]:
    """Make the call of a cell under a key; what the service answers."""
    given: dict[str, Any] = dict(cell["given"])
    for name in _DAYS:
        if name in given:
            given[name] = date.fromisoformat(given[name])
    if "bill" in given:
        bill = given.pop("bill")
        given["lines"] = [correction(bill) if cell["service"] == "correct" else line(bill)]
    if cell["service"] == TOGETHER:
        return _settle_together(given["admissions"], given["day"], key)
    if cell["service"] in _LEDGER:
        answer: dict[str, Any] = getattr(ledger, cell["service"])(key=key, **given, **SAID)
    else:
        answer = getattr(window, cell["service"])(key=key, **given, who=WHO)
    return answer


def _settle_together(admissions: list[str], day: date, key: str) -> dict[str, Any]:
    """Each under a key of its own; what all of them are answered, or the error of one."""
    requests = [
        Request(f"{key} {number}", admission, day, WHO)
        for number, admission in enumerate(admissions)
    ]
    answers: dict[str, Any] = {}
    for request, outcome in zip(requests, window.settle_many(requests), strict=True):
        if isinstance(outcome, Exception):
            raise outcome
        answers[request.admission] = outcome
    return answers
