"""Locks taken in opposite orders: every call ends, and no database has to break a deadlock."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import pytest
from tests.office.databases import KINDS, POSTGRES, Databases
from tests.office.faults.effects import whole
from tests.office.faults.processes import SECONDS, Processes

DAY = "2018-05-09"
Call = list[Any]


@pytest.fixture(params=KINDS)
def url(
    request: pytest.FixtureRequest, fresh_database: Callable[[str], str], databases: Databases
) -> Generator[str]:
    """A database whose server, if there is one, must not have met a deadlock afterwards."""
    made = fresh_database(request.param)
    if request.param != POSTGRES:
        yield made
        return
    before = databases.server.log.stat().st_size
    yield made
    with databases.server.log.open("rb") as log:
        log.seek(before)
        assert b"deadlock detected" not in log.read()


def race(processes: Processes, url: str, *lines: list[Call]) -> list[list[Any]]:
    """Lines of calls at once, each line in a process; the answers of each, errors among them.

    A process that does not end makes `Processes` fail the test.
    """
    go = processes.file("go")
    racing = [processes.start(url, "calls_when", go=str(go), calls=calls) for calls in lines]
    go.touch()
    answers = [process.wait().answered() for process in racing]
    whole(processes.run(url, "look"))
    return answers


def settle(stay: str) -> Call:
    return [{"service": "settle", "given": {"admission": stay, "day": DAY}}, f"settle {stay}"]


def reverse(claim: str) -> Call:
    return [{"service": "reverse", "given": {"claim": claim}}, f"reverse {claim}"]


def correct(claim: str, bill: int) -> Call:
    cell = {"service": "correct", "given": {"claim": claim, "bill": bill}}
    return [cell, f"correct {claim} {bill}"]


def pay(stay: str, amount: int, key: str) -> Call:
    given = {"admission": stay, "amount_fen": amount, "day": DAY}
    return [{"service": "pay_own", "given": given}, key]


def close(period: str) -> Call:
    return [{"service": "close_month", "given": {"period": period}}, f"close {period}"]


def draw(period: str) -> Call:
    return [{"service": "draw_statements", "given": {"period": period}}, f"draw {period}"]


def enter(stay: str, key: str) -> Call:
    return [{"service": "enter_fees", "given": {"admission": stay, "bill": 100_000}}, key]


def is_answer(found: Any) -> bool:
    return isinstance(found, dict)


def test_two_processes_that_take_two_people_in_opposite_orders_both_end(
    url: str, processes: Processes
) -> None:
    people = processes.run(url, "people", numbers=[0, 1], stays=16)
    first_stays = [stays[:4] for stays in people]
    for stays in first_stays:
        processes.run(url, "replay", calls=[["settle", number] for number in range(4)], stays=stays)
    claims = processes.run(url, "all_claims")

    def line(order: list[int], part: int) -> list[Call]:
        calls = []
        for round_ in range(6):
            for person in order:
                calls.append(settle(people[person][4 + 2 * round_ + part]))
                if round_ < 2:
                    calls.append(reverse(claims[people[person][2 * round_ + part]]))
        return calls

    for answers in race(processes, url, line([0, 1], 0), line([1, 0], 1)):
        assert all(is_answer(answer) for answer in answers), answers


def test_paying_and_correcting_one_stay_while_months_are_closed_ends(
    url: str, processes: Processes
) -> None:
    """Correcting holds the ledger and wants the stay; paying holds the stay, wants the ledger."""
    [[stay, other]] = processes.run(url, "people", numbers=[0], stays=2)
    processes.run(url, "replay", calls=[["settle", 0], ["settle", 1]], stays=[stay, other])
    for round_ in range(6):
        claims = processes.run(url, "claims_in_force")
        answers = race(
            processes,
            url,
            [correct(claims[stay], 1_000_000 + 10_000 * round_), correct(claims[other], 900_000)],
            [pay(stay, 1, f"pay {round_} {number}") for number in range(4)],
            [close(f"2018{5 + round_:02d}")],
        )
        for answer in [answer for line in answers for answer in line]:
            assert is_answer(answer) or "Refused" in answer or a_month_was_closed(answer), answer


def a_month_was_closed(answer: list[str]) -> bool:
    """The transfer met a month that was closed while it waited; asking again is right."""
    return "LedgerRefused" in answer and "the month was closed meanwhile" in answer[-1]


def test_closing_a_month_while_claims_are_settled_into_it_ends_and_a_retry_succeeds(
    url: str, processes: Processes
) -> None:
    """Nothing slips into a month that is closed: its statements, drawn at once, stay right."""
    people = processes.run(url, "people", numbers=[0, 1], stays=24)
    lines = [[settle(stay) for stay in stays] for stays in people]
    periods = [f"2018{month:02d}" for month in range(5, 11)]
    months = [call for period in periods for call in (close(period), draw(period))]
    *answers, closed = race(processes, url, *lines, months)
    assert all(is_answer(answer) for answer in closed), closed
    for answer in [answer for line in answers for answer in line]:
        assert is_answer(answer) or a_month_was_closed(answer), answer
    again = race(processes, url, *lines)
    assert all(is_answer(answer) for line in again for answer in line), again
    assert len(processes.run(url, "all_claims")) == 48
    assert processes.run(url, "statements_that_differ") == []


def test_a_month_is_closed_after_what_is_being_settled_into_it(
    fresh_database: Callable[[str], str], processes: Processes
) -> None:
    """On SQLite there is one writer at a time anyway."""
    url = fresh_database(POSTGRES)
    [[first, held]] = processes.run(url, "people", numbers=[0], stays=2)
    cell, key = settle(first)
    place = len(processes.run(url, "statements", cell=cell, key=key)) - 1
    cell, key = settle(held)
    waits, go = processes.file("waits"), processes.file("go")
    settling = processes.start(
        url,
        "hold_before_the_end",
        cell=cell,
        key=key,
        place=place,
        held=str(waits),
        go=str(go),
    )
    until(waits.exists)
    calls = [close("201805"), draw("201805")]
    closing = processes.start(url, "calls_when", go=str(waits), calls=calls)
    until(lambda: closing.ended or processes.run(url, "somebody_waits"))
    go.touch()
    settling.wait().answered()
    assert all(is_answer(answer) for answer in closing.wait().answered())
    assert processes.run(url, "statements_that_differ") == []
    assert len(processes.run(url, "all_claims")) == 2


def test_a_registration_withdrawn_and_recorded_again_while_stays_are_settled_ends(
    url: str, processes: Processes
) -> None:
    """Both hold the person first, and then want the year."""
    [stays] = processes.run(url, "people", numbers=[0], stays=16)
    go = processes.file("go")
    changing = processes.start(url, "change_standing_when", go=str(go), stay=stays[0], rounds=8)
    lines = [[settle(stay) for stay in stays[part::2]] for part in range(2)]
    settling = [processes.start(url, "calls_when", go=str(go), calls=calls) for calls in lines]
    go.touch()
    for process in settling:
        for answer in process.wait().answered():
            assert is_answer(answer) or "RegistryChanged" in answer, answer
    assert changing.wait().answered() == [{}] * 16
    whole(processes.run(url, "look"))
    assert processes.run(url, "settled_against_the_registry") == []
    [again] = race(processes, url, [settle(stay) for stay in stays])
    assert all(is_answer(answer) for answer in again), again
    assert len(processes.run(url, "all_claims")) == 16


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def test_entering_fees_while_the_stay_is_settled_ends_and_the_claim_is_for_the_whole_bill(
    url: str, processes: Processes
) -> None:
    [stays] = processes.run(url, "people", numbers=[0], stays=16)
    settling, entering = race(
        processes,
        url,
        [settle(stay) for stay in stays],
        [enter(stay, f"fees {stay}") for stay in stays],
    )
    for answer in settling:
        assert is_answer(answer) or "fee lines were added meanwhile" in answer[-1], answer
    for answer in entering:
        assert is_answer(answer) or "Refused" in answer, answer
    # Whoever was first: a claim is for what the bill holds, and a refused one comes on a retry.
    [answers] = race(processes, url, [settle(stay) for stay in stays])
    for answer, entered in zip(answers, entering, strict=True):
        assert answer["bill_fen"] == (1_300_000 if is_answer(entered) else 1_200_000)
