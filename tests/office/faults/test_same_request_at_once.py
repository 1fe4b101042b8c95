"""The same request from many processes and many threads at once has one effect and one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.office.databases import KINDS
from tests.office.faults.effects import Effect, whole
from tests.office.faults.processes import Outcome, Processes

AT_ONCE = 6

CALLS = (
    "admit",
    "enter_fees",
    "settle",
    "settle the first of the year",
    "settle_visit",
    "reverse",
    "correct",
    "pay_own",
    "close_month",
    "pay_statement",
)


def at_once(
    processes: Processes, url: str, calls: list[tuple[dict[str, Any], str]]
) -> list[Outcome]:
    """The outcomes of calls (cell and key) that as many processes make at one moment."""
    go = processes.file("go")
    started = [
        processes.start(url, "call_when", go=str(go), cell=cell, key=key) for cell, key in calls
    ]
    go.touch()
    return [process.wait() for process in started]


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_request_at_once_has_one_effect_and_all_hear_of_it(
    kind: str, service: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    url = fresh_database(kind)
    [cell] = processes.run(url, "cells", service=service, numbers=[0])
    before = whole(processes.run(url, "look"))
    processes.run(url, "call", cell=cell, key="alone")
    effect = Effect.between(before, whole(processes.run(url, "look")))
    assert effect.rows["audit.Call"] == 1

    [cell] = processes.run(url, "cells", service=service, numbers=[1])
    before = whole(processes.run(url, "look"))
    answers = [
        outcome.answered()
        for outcome in at_once(processes, url, [(cell, "from processes")] * AT_ONCE)
    ]
    assert answers == [answers[0]] * AT_ONCE
    assert Effect.between(before, whole(processes.run(url, "look"))) == effect

    [cell] = processes.run(url, "cells", service=service, numbers=[2])
    before = whole(processes.run(url, "look"))
    answers = processes.run(url, "call_in_threads", cell=cell, key="from threads", threads=AT_ONCE)
    assert answers == [answers[0]] * AT_ONCE
    assert isinstance(answers[0], dict)
    assert Effect.between(before, whole(processes.run(url, "look"))) == effect


@pytest.mark.parametrize("service", ["settle", "reverse", "correct", "pay_own", "pay_statement"])
@pytest.mark.parametrize("kind", KINDS)
def test_of_two_clerks_who_do_the_same_at_once_one_is_refused(
    kind: str, service: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    """Each under a key of its own, so these are two requests and not one that is repeated."""
    url = fresh_database(kind)
    [cell] = processes.run(url, "cells", service=service, numbers=[0])
    before = whole(processes.run(url, "look"))
    outcomes = at_once(processes, url, [(cell, f"clerk {number}") for number in range(AT_ONCE)])
    refused = [outcome for outcome in outcomes if outcome.error]
    assert len(refused) == AT_ONCE - 1
    errors = {outcome.error for outcome in refused}
    assert errors <= {"Refused", "LedgerRefused"}, [outcome.trace for outcome in refused]
    effect = Effect.between(before, whole(processes.run(url, "look")))
    assert effect.rows["audit.Call"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_one_key_for_two_payments_takes_one_of_them(
    kind: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    url = fresh_database(kind)
    [cell] = processes.run(url, "cells", service="pay_own", numbers=[0])
    cells = [{**cell, "given": {**cell["given"], "amount_fen": part}} for part in (100, 101)]
    outcomes = at_once(processes, url, [(part, "one key") for part in cells])
    assert sorted(str(outcome.error) for outcome in outcomes) == ["KeyReused", "None"]
    assert whole(processes.run(url, "look"))
