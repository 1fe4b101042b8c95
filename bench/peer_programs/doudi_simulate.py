"""Doudi itself, measured in the same way as its peers; runs in Doudi's own environment."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import measured
import numpy as np
import pyarrow.parquet as pq

import doudi
from doudi.population import Claims, Packs, read_claims, settle, settle_in_parts
from doudi.population.files import simulate_file


def main() -> None:
    """See `measured.run_with`; tables take the place of numpy columns."""
    started = float(os.environ["STARTED"])
    task, folder = sys.argv[1], Path(sys.argv[2])
    claims, out = folder / "claims.parquet", folder / "doudi.parquet"
    packs = Packs.of(doudi.policy("hinggan-2018"))
    settle = {"claims": each_claim, "years": each_year}.get(task)
    (settle or each_claim)(read(claims, packs, 1200))
    ready = time.time() - started
    inputs = read(claims, packs) if settle else None
    measured.forget_peak()
    before, began = measured.resident(), time.perf_counter()
    amounts = settle(inputs) if settle else simulate_file(claims, out, packs, overwrite=True)
    seconds, peak = time.perf_counter() - began, measured.peak_resident() - before
    if settle:
        measured.write_amounts(out, amounts)
    measured.report(folder, "doudi", ready=ready, seconds=seconds, peak_bytes=peak)


def read(path: Path, packs: Packs, most: int | None = None) -> Claims:
    """The checked claims of a file."""
    table = pq.read_table(path)
    return read_claims(table.slice(0, most), packs)


def each_claim(claims: Claims) -> dict[str, Any]:
    """The six amounts of every claim."""
    return settle(claims)


def each_year(claims: Claims) -> dict[str, Any]:
    """The sums by person, in the order of the person's number; the claims stand by person."""
    people = 1 + np.count_nonzero(claims.person[1:] != claims.person[:-1])
    sums = {name: np.empty(people, np.int64) for name in measured.OUTPUTS}
    done = 0
    # One thread: quick enough, and there is never more than one part in hand.
    for part in settle_in_parts(claims, workers=1):
        person = claims.person[part.at]
        starts = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
        for name, amounts in part.amounts.items():
            np.add.reduceat(amounts, starts, out=sums[name][done : done + len(starts)])
        done += len(starts)
    return sums


if __name__ == "__main__":
    main()
