"""Reversing races settling for one person; what comes out is what one after the other gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.office.databases import KINDS
from tests.office.faults.effects import whole
from tests.office.faults.processes import Processes

ROUNDS = 8
STAYS = 6


@pytest.mark.parametrize("kind", KINDS)
def test_reversing_while_settling_equals_one_after_the_other_in_the_order_of_entries(
    kind: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    """A twin with the same bills goes through the same calls, in the order of the entries."""
    url = fresh_database(kind)
    orders = set()
    for number in range(ROUNDS):
        person, twin = processes.run(
            url, "people", numbers=[2 * number, 2 * number + 1], stays=STAYS
        )
        begun = [["settle", 0], ["settle", 1]]
        processes.run(url, "replay", calls=begun, stays=person)
        claims = processes.run(url, "all_claims")
        settling = [
            [{"service": "settle", "given": {"admission": stay, "day": "2018-05-09"}}, stay]
            for stay in person[2:]
        ]
        reversing = [
            [{"service": "reverse", "given": {"claim": claims[stay]}}, f"reverse {stay}"]
            for stay in person[:2]
        ]
        go = processes.file("go")
        racing = [
            processes.start(url, "calls_when", go=str(go), calls=calls)
            for calls in (settling[:2], reversing, settling[2:])
        ]
        go.touch()
        for process in racing:
            assert all(isinstance(answer, dict) for answer in process.wait().answered())

        history = processes.run(url, "history", stays=person)
        assert [entry[0] for entry in history] == [*range(1, 1 + len(history))]
        calls = [[sort, stay] for _n, sort, stay, *_amounts in history if sort != "difference"]
        assert len(calls) == STAYS + len(reversing)
        orders.add(str(calls))
        assert processes.run(url, "replay", calls=calls, stays=twin) == history
    whole(processes.run(url, "look"))
    assert len(orders) > 1, "they never raced: each round went in the same order"
