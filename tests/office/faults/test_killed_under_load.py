"""Kill -9 of all clients, or of the PostgreSQL server, while settlements stream in.

A client writes a claim to a file on the disk once it is acknowledged and before it goes on. What
is in a file must be in the database, whatever was killed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.office.databases import POSTGRES, SQLITE
from tests.office.faults.processes import SECONDS, Hangs, Process, Processes
from tests.office.postgres import PostgresServer

WORKERS = 4
ROUNDS = 4
PEOPLE = 3
STAYS = 32


def acknowledged_in(files: list[Path]) -> dict[str, str]:
    """The claim of every stay that a client has acknowledged; a line cut short counts for none."""
    text = "".join(file.read_text(encoding="ascii") for file in files if file.exists())
    return dict(line.split() for line in text.splitlines(keepends=True) if line.endswith("\n"))


def wait_for(files: list[Path], number: int, workers: list[Process]) -> None:
    """Wait until so many settlements are acknowledged."""
    deadline = time.monotonic() + SECONDS
    while len(acknowledged_in(files)) < number:
        if time.monotonic() > deadline:
            for worker in workers:
                worker.kill()
            raise Hangs(f"no {number} acknowledgements")
        time.sleep(0.001)


def dealt(stays: list[str]) -> list[list[str]]:
    """The stays, dealt out to the workers; those of one person go to several."""
    return [stays[number::WORKERS] for number in range(WORKERS)]


@pytest.mark.parametrize(("kind", "callers"), [(SQLITE, 1), (POSTGRES, 1), (POSTGRES, 4)])
def test_every_acknowledged_settlement_is_there_after_all_clients_were_killed(
    kind: str, callers: int, fresh_database: Callable[[str], str], processes: Processes
) -> None:
    """Also when callers of one process are settled together."""
    url = fresh_database(kind)
    chance = random.Random(20180509)
    people = processes.run(url, "people", numbers=[*range(PEOPLE)], stays=STAYS)
    waiting = [stay for stays in people for stay in stays]
    chance.shuffle(waiting)
    acknowledged: dict[str, str] = {}
    for _ in range(ROUNDS):
        files = [processes.file("acknowledged") for _ in range(WORKERS)]
        workers = [
            processes.start(
                url, "settle_many", stays=stays, acknowledged=str(file), callers=callers
            )
            for stays, file in zip(dealt(waiting), files, strict=True)
        ]
        wait_for(files, chance.randint(1, len(waiting) // ROUNDS), workers)
        # Not at the very moment of an acknowledgement either.
        time.sleep(chance.uniform(0, 0.02))
        for worker in workers:
            worker.kill()
        ended = [worker.wait() for worker in workers]
        assert any(end.killed for end in ended), "the load ended before it was killed"
        acknowledged |= acknowledged_in(files)
        assert processes.run(url, "look")["faults"] == []
        assert processes.run(url, "lost", acknowledged=acknowledged) == []
        there = processes.run(url, "all_claims")
        assert acknowledged.items() <= there.items()
        waiting = [stay for stay in waiting if stay not in acknowledged]
    most = ROUNDS * WORKERS * callers
    assert len(there) - len(acknowledged) <= most, "each had one under way at most"

    # Everything once more under the same keys: what is there stays, what is not comes.
    file = processes.file("acknowledged")
    everything = [stay for stays in people for stay in stays]
    processes.run(url, "settle_many", stays=everything, acknowledged=str(file))
    assert acknowledged_in([file]).items() >= there.items()
    look = processes.run(url, "look")
    assert look["faults"] == []
    assert look["rows"]["settlement.Claim"] == look["rows"]["settlement.Entry"] == len(everything)
    _number, checked, tampered = processes.run(url, "seal_and_verify", day="2018-05-09")
    assert tampered is None
    assert checked > 4 * len(everything)


@pytest.mark.parametrize("callers", [1, 4])
def test_every_acknowledged_settlement_is_there_after_the_postgresql_server_was_killed(
    callers: int, processes: Processes
) -> None:
    chance = random.Random(20180510)
    with PostgresServer(durable=True) as server:
        server.sql("CREATE DATABASE killed")
        url = server.url("killed")
        processes.run(url, "migrate")
        people = processes.run(url, "people", numbers=[*range(PEOPLE)], stays=STAYS)
        stays = [stay for of_one in people for stay in of_one]
        chance.shuffle(stays)
        files = [processes.file("acknowledged") for _ in range(WORKERS)]
        workers = [
            processes.start(
                url,
                "settle_many",
                stays=mine,
                acknowledged=str(file),
                retry=True,
                callers=callers,
            )
            for mine, file in zip(dealt(stays), files, strict=True)
        ]
        acknowledged: dict[str, str] = {}
        for number in range(1, ROUNDS):
            wait_for(files, number * len(stays) // (ROUNDS + 1) + chance.randint(0, 5), workers)
            server.kill()
            before = acknowledged_in(files)
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url)
            server.start()
            # Whatever was acknowledged is there, while the clients go on.
            acknowledged |= before
            assert processes.run(url, "lost", acknowledged=acknowledged) == []
        errors = [error for worker in workers for error in worker.wait().answered()]
        assert errors, "nobody noticed: the load ended before the server was killed"
        assert {name for name, _text in errors} <= {"OperationalError", "InterfaceError"}
        assert all(text for _name, text in errors)
        acknowledged = acknowledged_in(files)
        assert acknowledged.keys() == set(stays)
        assert processes.run(url, "lost", acknowledged=acknowledged) == []
        look = processes.run(url, "look")
        assert look["faults"] == []
        assert look["rows"]["settlement.Claim"] == look["rows"]["settlement.Entry"] == len(stays)
        assert processes.run(url, "seal_and_verify", day="2018-05-09")[2] is None


def test_without_a_server_a_settlement_says_so_in_one_line_and_succeeds_later(
    processes: Processes,
) -> None:
    with PostgresServer() as server:
        server.sql("CREATE DATABASE killed")
        url = server.url("killed")
        processes.run(url, "migrate")
        [[stay]] = processes.run(url, "people", numbers=[0], stays=1)
        command = f"manage settle {stay} --date 2018-05-09 --by 窗口甲 --key one".split()
        server.kill()
        status, said, complaint = processes.run(url, "doudi", arguments=command)
        assert (status, said) == (2, "")
        assert complaint.count("\n") == 1
        server.start()
        assert processes.run(url, "all_claims") == {}
        assert processes.run(url, "doudi", arguments=command)[0] == 0
        assert processes.run(url, "doudi", arguments=command)[0] == 0
        assert [*processes.run(url, "all_claims")] == [stay]
