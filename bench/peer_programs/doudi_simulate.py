"""Doudi itself, measured in the same way as its peers; runs in Doudi's own environment."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import measured
import pyarrow.parquet as pq

import doudi


def main() -> None:
    """The task ``file`` reads and writes Parquet; any other has the claims in memory before."""
    started = float(os.environ["STARTED"])
    task, folder = sys.argv[1], Path(sys.argv[2])
    claims, out = folder / "claims.parquet", folder / "doudi.parquet"
    policy = doudi.policy("hinggan-2018")
    policy.simulate(pq.read_table(claims).slice(0, 1200))
    ready = time.time() - started
    table = None if task == "file" else pq.read_table(claims)
    measured.forget_peak()
    before, began = measured.resident(), time.perf_counter()
    if task == "file":
        from doudi.population import simulate_file

        simulate_file(claims, out)
    else:
        settled = policy.simulate(table)
    seconds, peak = time.perf_counter() - began, measured.peak_resident() - before
    if task != "file":
        pq.write_table(settled.select(list(measured.OUTPUTS)), out)
    measured.report(folder, "doudi", ready=ready, seconds=seconds, peak_bytes=peak)


if __name__ == "__main__":
    main()
