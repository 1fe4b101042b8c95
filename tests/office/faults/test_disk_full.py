"""A full disk: a clear message, nothing written, and work goes on once there is space.

SQLite meets its own limit of pages and a limit of the kernel on the length of its files.
PostgreSQL raises its own error (SQLSTATE 53100, as for ENOSPC) at each row and statement.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.office.databases import KINDS, POSTGRES, SQLITE
from tests.office.faults.effects import Effect, whole
from tests.office.faults.moments import COMMIT
from tests.office.faults.processes import Processes

NOTHING = Effect({}, [])
MANY = 100


def command(stay: str) -> list[str]:
    settle = f"manage settle {stay} --date 2018-05-09 --by 窗口甲 --key one --json"
    return settle.split()


@pytest.mark.parametrize(
    ("kind", "limit", "words"),
    [
        (SQLITE, "pages", "database or disk is full"),
        (POSTGRES, "fail_at", "No space left on device"),
    ],
)
def test_doudi_settle_on_a_full_disk_says_so_in_one_line_and_writes_nothing(
    kind: str,
    limit: str,
    words: str,
    fresh_database: Callable[[str], str],
    processes: Processes,
) -> None:
    """One page, or one row, more at each attempt, until there is room for all of it."""
    url = fresh_database(kind)
    if kind == POSTGRES:
        processes.run(url, "full_disk_triggers")
    [cell] = processes.run(url, "cells", service="settle with much evidence", numbers=[0])
    arguments = command(cell["given"]["admission"])
    before = whole(processes.run(url, "look"))
    failures = 0
    for room in range(1 if kind == POSTGRES else 0, MANY):
        status, said, complaint = processes.run(url, "doudi", arguments=arguments, **{limit: room})
        if status == 0:
            break
        failures += 1
        assert (status, said) == (2, "")
        assert complaint.count("\n") == 1 and complaint.endswith("\n")
        assert "数据库没有接受，未作任何改动" in complaint and words in complaint
        after = whole(processes.run(url, "look"))
        assert Effect.between(before, after) == NOTHING
    else:
        pytest.fail("there was never room enough")
    # Year, claim, transfers, posting, entry, year, call, and the commit on PostgreSQL.
    assert failures >= (11 if kind == POSTGRES else 1)
    effect = Effect.between(before, whole(processes.run(url, "look")))
    assert effect.rows["settlement.Claim"] == effect.rows["audit.Call"] == 1
    # The answer is kept, so with no room at all it can still be told.
    status, again, _complaint = processes.run(url, "doudi", arguments=arguments, **{limit: 0})
    assert (status, json.loads(again)) == (0, json.loads(said))


@pytest.mark.parametrize("service", ["settle the first of the year", "correct", "pay_statement"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_at_any_statement_leaves_nothing_and_the_connection_goes_on(
    kind: str, service: str, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    url = fresh_database(kind)
    [cell] = processes.run(url, "cells", service=service, numbers=[0])
    before = whole(processes.run(url, "look"))
    statements = processes.run(url, "statements", cell=cell, key="undisturbed")
    effect = Effect.between(before, whole(processes.run(url, "look")))
    unlocked = kind == POSTGRES and service == "settle the first of the year"
    assert unlocked or statements[-1] == COMMIT
    cells = processes.run(url, "cells", service=service, numbers=[*range(1, 1 + len(statements))])
    before = whole(processes.run(url, "look"))
    for place, (cell, statement) in enumerate(zip(cells, statements, strict=True)):
        key = f"call-{place}"
        seen = processes.run(url, "disk_full_at", cell=cell, key=key, place=place)
        assert "OperationalError" in seen["error"], statement
        if kind == POSTGRES:
            assert "53100" in seen["error"]
        assert Effect.between(before, whole(seen["then"])) == NOTHING, statement
        assert Effect.between(before, whole(seen["at the end"])) == effect, statement
        before = seen["at the end"]


def test_a_write_that_the_kernel_refuses_leaves_nothing_and_the_connection_goes_on(
    fresh_database: Callable[[str], str], processes: Processes
) -> None:
    url = fresh_database(SQLITE)
    [cell] = processes.run(url, "cells", service="settle", numbers=[0])
    before = whole(processes.run(url, "look"))
    length = processes.run(url, "room_needed", cell=cell, key="undisturbed")
    effect = Effect.between(before, whole(processes.run(url, "look")))
    rooms = [*range(0, length, length // 12)]
    cells = processes.run(url, "cells", service="settle", numbers=[*range(1, 1 + len(rooms))])
    before = whole(processes.run(url, "look"))
    refused = 0
    for number, (cell, room) in enumerate(zip(cells, rooms, strict=True)):
        seen = processes.run(url, "without_room", cell=cell, key=f"call-{number}", room=room)
        if seen["error"] is not None:
            refused += 1
            assert "OperationalError" in seen["error"], seen["error"]
            assert Effect.between(before, whole(seen["then"])) == NOTHING
        assert Effect.between(before, whole(seen["at the end"])) == effect
        before = seen["at the end"]
    assert refused > 5
