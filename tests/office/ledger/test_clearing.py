"""Payers confirm and pay later: statements a month, each step once; months closed in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from tests.office.builders import (
    DAY,
    SAID,
    WHO,
    YUAN,
    close_and_draw,
    hospital,
    line,
    new_key,
    owes,
    pay,
    payers_owe,
    reverse,
    rows_of,
    settle,
    settled,
    someone,
    stay,
    visited,
)
from tests.office.databases import at_once

from doudi.office.ledger import services as ledger
from doudi.office.ledger.models import (
    PAYERS,
    ClosedMonth,
    Posting,
    Statement,
    StatementStep,
    Transfer,
)
from doudi.office.ledger.selectors import (
    advanced,
    balance,
    last_closed,
    month_amount,
    trial_balance,
)
from doudi.office.ledger.services import (
    LedgerRefused,
    billed,
    cash,
    confirmed,
    next_period,
    open_period,
    pending,
)
from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything

JUNE = date(2018, 6, 5)


def close(period: str) -> dict[str, Any]:
    return ledger.close_month(key=new_key(), period=period, **SAID)


def confirm(statement: Statement) -> dict[str, Any]:
    return ledger.confirm_statement(
        key=new_key(), statement=statement.pk, business_date=JUNE, **SAID
    )


def pay_statement(statement: Statement) -> dict[str, Any]:
    return ledger.pay_statement(key=new_key(), statement=statement.pk, business_date=JUNE, **SAID)


# ---- Who owes whom ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("H-27")
@pytest.mark.clause("H-57")
def test_who_owes_whom_is_known_from_discharge_to_the_last_payment() -> None:
    place = hospital()
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    amounts = dict(done.answer["payers"])
    assert payers_owe(place) == amounts
    assert balance(billed(place)) == -12_000 * YUAN
    assert advanced(place) == 12_000 * YUAN

    pay(done.admission, done.own)
    assert advanced(place) == 12_000 * YUAN - done.own

    statements = close_and_draw("201805")
    assert {payer: item.amount_fen for payer, item in statements.items()} == {
        payer: amount for payer, amount in amounts.items() if amount
    }
    for statement in statements.values():
        confirm(statement)
    assert not any(payers_owe(place).values())
    owed = {payer: balance(confirmed(payer, place)) for payer in PAYERS}
    assert owed == amounts
    assert advanced(place) == sum(amounts.values())

    for statement in statements.values():
        pay_statement(statement)
    assert advanced(place) == 0
    assert balance(cash(place)) == 12_000 * YUAN
    assert owes(done.admission) == 0


@pytest.mark.django_db
def test_the_trial_balance_is_nought_and_lists_every_account_that_moved() -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    rows = trial_balance()
    assert sum(row.debits_fen for row in rows) == sum(row.credits_fen for row in rows)
    assert sum(row.balance_fen for row in rows) == 0
    place = hospital()
    named = {row.account: row.balance_fen for row in rows}
    assert named == {
        billed(place): -1_200_000,
        f"patient:{done.admission}": 120_000,
        pending("basic", place): 765_000,
        pending("commercial", place): 173_250,
        pending("assistance", place): 127_575,
        pending("backstop", place): 14_175,
    }
    assert [row.account for row in trial_balance(["patient"])] == [f"patient:{done.admission}"]


@pytest.mark.django_db
def test_each_hospital_is_owed_its_own() -> None:
    person = someone()
    settled(person, 1_000 * YUAN, at=hospital(1))
    first = payers_owe(hospital(1))
    settled(person, 2_000 * YUAN, at=hospital(2))
    assert payers_owe(hospital(1)) == first
    assert payers_owe(hospital(2)) != first
    ledger.close_month(key=new_key(), period="201805", **SAID)
    ledger.draw_statements(key=new_key(), period="201805", **SAID)
    for place in (hospital(1), hospital(2)):
        drawn = Statement.objects.filter(institution=place).aggregate(sum=Sum("amount_fen"))
        assert drawn["sum"] == sum(payers_owe(place).values())


# ---- Statements: pending, confirmed, paid, each once --------------------------------------------


@pytest.fixture
def basic() -> Statement:
    """What basic insurance owes for May."""
    settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    return close_and_draw("201805")["basic"]


@pytest.mark.django_db
@pytest.mark.clause("H-51")
def test_a_statement_is_confirmed_first_and_then_paid(basic: Statement) -> None:
    with pytest.raises(LedgerRefused, match="not confirmed"):
        pay_statement(basic)
    assert confirm(basic)["amount_fen"] == 765_000
    assert pay_statement(basic)["amount_fen"] == 765_000
    assert [step.step for step in basic.steps.order_by("pk")] == ["confirmed", "paid"]


@pytest.mark.django_db
@pytest.mark.parametrize("step", [confirm, pay_statement])
def test_no_step_is_taken_twice(basic: Statement, step: Callable[[Statement], Any]) -> None:
    confirm(basic)
    pay_statement(basic)
    kept = rows_of(StatementStep, Posting, Transfer)
    with pytest.raises(LedgerRefused, match="already"):
        step(basic)
    assert rows_of(StatementStep, Posting, Transfer) == kept


@pytest.mark.real_commits
@pytest.mark.parametrize("step", ["confirm", "pay"])
def test_of_sixteen_that_clear_one_statement_at_once_one_does(step: str) -> None:
    settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    basic = close_and_draw("201805")["basic"]
    if step == "pay":
        confirm(basic)
    take = confirm if step == "confirm" else pay_statement
    answers = at_once(*[lambda: take(basic)] * 16)
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert sum(isinstance(answer, LedgerRefused) for answer in answers) == 15
    account = confirmed("basic", hospital()) if step == "confirm" else cash(hospital())
    assert balance(account) == 765_000


@pytest.mark.django_db
def test_an_unknown_statement_is_refused(basic: Statement) -> None:
    basic.pk += 1_000
    for step in (confirm, pay_statement):
        with pytest.raises(LedgerRefused, match="no statement"):
            step(basic)


@pytest.mark.django_db
def test_a_month_has_its_statements_once_and_only_when_it_is_closed() -> None:
    settled(someone(), 12_000 * YUAN)
    with pytest.raises(LedgerRefused, match="not closed"):
        ledger.draw_statements(key=new_key(), period="201805", **SAID)
    close_and_draw("201805")
    kept = rows_of(Statement)
    with pytest.raises(LedgerRefused, match="already"):
        ledger.draw_statements(key=new_key(), period="201805", **SAID)
    assert rows_of(Statement) == kept


@pytest.mark.django_db
def test_a_correction_of_a_closed_month_is_in_the_next_statement_and_takes_money_back() -> None:
    place = hospital()
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    may = close_and_draw("201805")["basic"]
    confirm(may)
    pay_statement(may)
    reverse(done.claim)
    assert payers_owe(place)["basic"] == -765_000
    assert month_amount(pending("basic", place), "201805") == 765_000
    june = close_and_draw("201806")["basic"]
    assert june.amount_fen == -765_000
    confirm(june)
    pay_statement(june)
    assert balance(cash(place)) == 0
    assert payers_owe(place)["basic"] == 0
    assert balance(confirmed("basic", place)) == 0


@pytest.mark.django_db
def test_confirming_and_paying_are_on_no_statement() -> None:
    settled(someone(), 12_000 * YUAN)
    for statement in close_and_draw("201805").values():
        confirm(statement)
        pay_statement(statement)
    assert close_and_draw("201806") == {}


# ---- Closing months -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_months_are_closed_in_order_over_new_year_too() -> None:
    close("201811")
    for wrong in ("201811", "201810", "201901", "201911"):
        with pytest.raises(LedgerRefused, match="201812"):
            close(wrong)
    close("201812")
    close("201901")
    assert last_closed() == "201901"


@pytest.mark.django_db
def test_closing_begins_with_the_first_month_that_has_entries() -> None:
    """Else what lies before would be closed too, and be on no statement."""
    person = someone()
    settled(person, 1_000 * YUAN, day=date(2018, 3, 5))
    settled(person, 1_000 * YUAN, day=DAY)
    with pytest.raises(LedgerRefused, match="201803"):
        close("201805")
    for period in ("201803", "201804", "201805"):
        close(period)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "period", ["", "2018", "2018-05", "201800", "201813", "20185", "2018051", "五月", "²01805"]
)
def test_what_is_no_month_is_not_closed(period: str) -> None:
    with pytest.raises(LedgerRefused):
        close(period)
    assert not ClosedMonth.objects.exists()


@pytest.mark.parametrize(
    ("day", "closed", "period"),
    [
        (date(2018, 5, 31), None, "201805"),
        (date(2018, 5, 31), "201804", "201805"),
        (date(2018, 5, 31), "201805", "201806"),
        (date(2018, 5, 31), "201812", "201901"),
        (date(2018, 12, 31), "201812", "201901"),
    ],
)
def test_the_period_of_an_entry_is_its_month_or_the_first_open_one(
    day: date, closed: str | None, period: str
) -> None:
    assert open_period(day, closed) == period
    assert next_period("201812") == "201901"


@pytest.mark.django_db
def test_what_happens_in_a_closed_month_counts_in_the_open_one() -> None:
    person = someone()
    settled(person, 1_000 * YUAN)
    close("201805")
    late = settled(person, 12_000 * YUAN)
    pay(late.admission, 100)
    periods = Posting.objects.order_by("recorded_at").values_list("period", flat=True)
    assert list(periods) == ["201805", "201806", "201806"]
    assert check_everything().faults == []


@pytest.mark.real_commits
def test_of_what_is_settled_while_the_month_is_closed_nothing_is_lost() -> None:
    """Each visit is in May's statements or in June; who is told no tries again and is in June."""
    place = hospital()
    people = [someone() for _number in range(12)]
    visited(people[0], "chronic", 1_000 * YUAN)
    alone = payers_owe(place)

    def visit(person: str, key: str) -> dict[str, Any]:
        return services.settle_visit(
            key=key,
            person=person,
            institution=place,
            kind="chronic",
            day=DAY,
            lines=[line(1_000 * YUAN)],
            who=WHO,
        )

    requests = [(person.public_id, new_key()) for person in people]
    calls: list[Callable[[], Any]] = [
        lambda request=request: visit(*request)  # type: ignore[misc]
        for request in requests
    ]
    calls.insert(6, lambda: close("201805"))
    answers = at_once(*calls)
    failed = [answer for answer in answers if isinstance(answer, Exception)]
    assert [error for error in failed if not isinstance(error, LedgerRefused)] == []
    for request in requests:
        visit(*request)
    ledger.draw_statements(key=new_key(), period="201805", **SAID)
    drawn = dict(Statement.objects.values_list("payer", "amount_fen"))
    owed = payers_owe(place)
    assert owed == {payer: amount * 13 for payer, amount in alone.items()}
    for payer in PAYERS:
        june = month_amount(pending(payer, place), "201806")
        assert drawn.get(payer, 0) + june == owed[payer]
    assert set(Posting.objects.values_list("period", flat=True)) <= {"201805", "201806"}
    assert check_everything().faults == []


@pytest.mark.real_commits
def test_closing_waits_for_what_is_being_settled_so_that_it_is_on_the_statement() -> None:
    place = hospital()
    admission = stay(someone(), 12_000 * YUAN, 10_800 * YUAN)
    written, closed = threading.Event(), threading.Event()

    def settle_slowly() -> bool:
        with transaction.atomic():
            settle(admission)
            written.set()
            return closed.wait(0.4)

    def close_meanwhile() -> None:
        written.wait(10)
        close("201805")
        closed.set()

    was_closed_before_the_commit, _closed = at_once(settle_slowly, close_meanwhile)
    assert was_closed_before_the_commit is False
    assert closed.is_set()
    ledger.draw_statements(key=new_key(), period="201805", **SAID)
    assert dict(Statement.objects.values_list("payer", "amount_fen")) == {
        payer: amount for payer, amount in payers_owe(place).items() if amount
    }


@pytest.mark.real_commits
def test_of_many_that_close_a_month_at_once_one_does() -> None:
    settled(someone(), 1_000 * YUAN)
    answers = at_once(*[lambda: close("201805")] * 8)
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert ClosedMonth.objects.count() == 1
