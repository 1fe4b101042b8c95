"""Kill -9 at every single SQL statement of a call: all of it is there afterwards, or nothing.

A moment is before or after a statement, COMMIT among them, and on PostgreSQL also between sending
it and hearing of it. At each one a process kills itself; then a new process looks at the
database, makes the same call under the same key, and looks again. The last statement commits:
it is COMMIT, or what a settlement without locks writes, which is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.office.databases import KINDS, POSTGRES
from tests.office.faults.cells import TOGETHER
from tests.office.faults.effects import Effect, Look, whole
from tests.office.faults.moments import AFTER, BEFORE, COMMIT, SENT
from tests.office.faults.processes import Processes

FINELY = "settle the first of the year"
ALONE = (FINELY, TOGETHER)
"""Settled without locks on PostgreSQL."""
"""Killed on every side of every statement. Elsewhere only where the database can differ: what it
has of a call after a statement is what it has before the next."""

CALLS = (FINELY, TOGETHER, "reverse", "correct", "pay_own", "pay_statement")


def moments_of(statements: int, kind: str, finely: bool) -> list[tuple[int, str]]:
    """Where to kill: statements by number with a side of each; the commit is the last one."""
    places, last = range(statements), statements - 1
    main = SENT if kind == POSTGRES else BEFORE
    moments = {(place, main) for place in places} | {(last, BEFORE), (last, AFTER)}
    if finely:
        moments |= {(place, side) for place in places for side in (BEFORE, AFTER)}
    return sorted(moments)


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_process_killed_at_any_statement_leaves_all_or_nothing_and_a_retry_has_one_effect(
    kind: str, service: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    url = fresh_database(kind)
    first = processes.run(url, "cells", service=service, numbers=[0])[0]
    before = whole(processes.run(url, "look"))
    statements = processes.run(url, "statements", cell=first, key="undisturbed")
    effect = Effect.between(before, whole(processes.run(url, "look")))
    assert effect.rows["audit.Call"] == (3 if service == TOGETHER else 1)
    unlocked = kind == POSTGRES and service in ALONE
    assert statements.count(COMMIT) == (0 if unlocked else 1)
    assert not unlocked or len(statements) == len(("what is met", "what is written"))
    assert unlocked or statements[-1] == COMMIT, "what is done after the commit is lost by a kill"
    last = len(statements) - 1

    moments = moments_of(len(statements), kind, service == FINELY)
    cells = processes.run(url, "cells", service=service, numbers=[*range(1, 1 + len(moments))])
    before = whole(processes.run(url, "look"))
    for number, (cell, (place, side)) in enumerate(zip(cells, moments, strict=True)):
        where = f"{side} {statements[place]}"
        key = f"call-{number}"
        ended = processes.start(url, "killed_at", cell=cell, key=key, place=place, side=side)
        assert ended.wait().killed, where
        seen = processes.run(url, "look_and_retry", cell=cell, key=key)
        found = Effect.between(before, whole(seen["found"]))
        if place == last and side == SENT:
            assert not found or found == effect, where
        else:
            done = place == last and side == AFTER
            assert found == (effect if done else Effect({}, [])), where
        then = whole(seen["then"])
        assert Effect.between(before, then) == effect, f"after a retry: {where}"
        assert not found or then == seen["found"], f"the retry acted again: {where}"
        before = then


@pytest.mark.parametrize("kind", KINDS)
def test_the_settlement_that_writes_the_policys_text_leaves_all_or_nothing(
    kind: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    """It is the first under a version that is younger than the admission. Only the first writes
    it, so each kill has a database of its own.
    """

    def begin() -> tuple[str, dict[str, Any], Look]:
        url = fresh_database(kind)
        [cell] = processes.run(url, "cells", service=FINELY, numbers=[0])
        processes.run(url, "forget_the_text")
        return url, cell, whole(processes.run(url, "look"))

    url, cell, before = begin()
    statements = processes.run(url, "statements", cell=cell, key="undisturbed")
    effect = Effect.between(before, whole(processes.run(url, "look")))
    assert effect.rows["settlement.PolicyText"] == effect.rows["settlement.Claim"] == 1
    assert statements[-1] == COMMIT
    assert statements.count(COMMIT) == 1
    last = len(statements) - 1
    for place, side in moments_of(len(statements), kind, finely=False):
        where = f"{side} {statements[place]}"
        url, cell, before = begin()
        ended = processes.start(url, "killed_at", cell=cell, key="call", place=place, side=side)
        assert ended.wait().killed, where
        seen = processes.run(url, "look_and_retry", cell=cell, key="call")
        found = Effect.between(before, whole(seen["found"]))
        if place == last and side != BEFORE:
            assert not found or found == effect, where
            assert found or side == SENT, where
        else:
            assert not found, where
        assert Effect.between(before, whole(seen["then"])) == effect, f"after a retry: {where}"


def test_a_process_killed_while_it_writes_leaves_all_or_nothing(
    fresh_database: Callable[[str], str], processes: Processes
) -> None:
    """SQLite writes a commit page by page: the kernel kills within a page and between pages."""
    url = fresh_database("sqlite")
    first = processes.run(url, "cells", service="settle", numbers=[0])[0]
    length = processes.run(url, "room_needed", cell=first, key="undisturbed")
    frame = 4_096 + 24
    frames = (length - 32) // frame
    assert frames > 10
    rooms = [0, 16, 32]
    for number in (0, 1, frames // 2, frames - 2, frames - 1):
        start = 32 + number * frame
        rooms += [start + 12, start + 24 + 1_000, start + frame]
    cells = processes.run(url, "cells", service="settle", numbers=[*range(1, 1 + len(rooms))])
    before = whole(processes.run(url, "look"))
    effects = []
    for number, (cell, room) in enumerate(zip(cells, rooms, strict=True)):
        key = f"call-{number}"
        ended = processes.start(url, "killed_writing", cell=cell, key=key, room=room).wait()
        assert ended.signal is not None or ended.error is None
        seen = processes.run(url, "look_and_retry", cell=cell, key=key)
        effects.append((ended.signal is not None, Effect.between(before, whole(seen["found"]))))
        then = whole(seen["then"])
        assert Effect.between(before, then).rows["settlement.Claim"] == 1
        before = then
    assert all(bool(effect) is not killed for killed, effect in effects)
    assert sum(killed for killed, _effect in effects) > 10
