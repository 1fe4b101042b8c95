"""How fast and how lean whole populations are settled.

Run with ``./doudi bench population``. Every result is checked to the fen before it is timed.
``--large`` settles a file ten times as large as well. Each measurement runs in a process of its
own; a time is the best of several runs, since whatever else the machine does only adds to it.
Seconds of processor are those of all threads together, which hold on a busy machine too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

PEOPLE, CLAIMS_EACH = 2_660_000, 4
SEQUENTIAL_PEOPLE, SEQUENTIAL_CLAIMS = 1_000_000, 12


def best_seconds(
    run: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The shortest duration of ``run`` by a clock; `time.process_time` adds up all threads."""
    durations = []
    for _ in range(times):
        start = clock()
        run()
        durations.append(clock() - start)
    return min(durations)


class Peak:
    """The most memory of this process, in MB, above what it had at the start of the block."""

    def __enter__(self) -> Peak:
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak until now
        self.before = self._read("VmRSS")
        return self

    def __exit__(self, *_: object) -> None:
        self.above = self._read("VmHWM") - self.before

    def _read(self, name: str) -> float:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        raise LookupError(name)


def claims_in_memory(people: int, claims_each: int, inpatient_only: bool) -> Any:
    """Synthetic claims in settlement order, checked and as numpy columns."""
    import doudi
    from doudi.population import Packs, read_claims
    from doudi.population.synthetic import synthetic_claims

    batches = synthetic_claims(people, claims_each, inpatient_only=inpatient_only)
    return read_claims(pa.Table.from_batches(batches), Packs.of(doudi.policy("hinggan-2018")))


def loops() -> dict[str, float]:
    """The fused loop beside one written by hand, on one thread and on all."""
    from hand_written import INPUTS, OUTPUTS, settle, warm_up

    from doudi.population import Settler
    from doudi.population.order import starts_of_years
    from doudi.rules.fuse import era_row, fuse
    from doudi.rules.kernel import Batch, run_compiled

    claims = claims_in_memory(1_000_000, CLAIMS_EACH, False)
    policy = claims.packs.policies[0]
    fused = fuse(policy)
    first = starts_of_years(claims.person, claims.day)
    columns = {"kind": claims.columns["kind"].astype(np.int8)}
    for name in fused.inputs:
        kind = np.bool_ if name in fused.flags else np.int64
        columns[name] = claims.columns[name].astype(kind)
    count = len(claims)
    row = np.zeros(count, np.int64)
    rows = [era_row(policy, fused.layout, policy.eras[0])]
    batch = Batch(rows, row, row.astype(np.int8), first, columns, {})
    middle = int(np.flatnonzero(first)[len(np.flatnonzero(first)) // 2])

    def by_hand(low: int, high: int) -> Any:
        at = slice(low, high)
        inputs = [columns[name][at] for name in INPUTS]
        out = np.empty((6, high - low), np.int64)
        settle(first[at], columns["kind"][at], *inputs, out)
        return out

    def by_hand_on_two() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(by_hand, (0, middle), (middle, count)))

    warm_up()
    Settler(claims.packs).warm_up()
    out = by_hand(0, count)
    amounts = run_compiled(fused, batch)
    for place, name in enumerate(OUTPUTS):
        assert (amounts[name] == out[place]).all(), f"{name} differs from the loop by hand"
    million = count / 1e6
    return {
        "fused loop, seven kinds, one thread, million claims a second": million
        / best_seconds(lambda: run_compiled(fused, batch, workers=1), 7),
        "fused loop, seven kinds, two threads, million claims a second": million
        / best_seconds(lambda: run_compiled(fused, batch, workers=2), 7),
        "loop by hand, one thread, million claims a second": million
        / best_seconds(lambda: by_hand(0, count), 7),
        "loop by hand, two threads, million claims a second": million
        / best_seconds(by_hand_on_two, 7),
        "fused loop, million claims a second of processor": million
        / best_seconds(lambda: run_compiled(fused, batch, workers=1), 7, time.process_time),
        "loop by hand, million claims a second of processor": million
        / best_seconds(lambda: by_hand(0, count), 7, time.process_time),
    }


def sequential() -> dict[str, float]:
    """A million people with twelve stays each, in memory: time, and memory above the inputs."""
    from doudi.population import Settler

    claims = claims_in_memory(SEQUENTIAL_PEOPLE, SEQUENTIAL_CLAIMS, True)
    settler = Settler(claims.packs)
    settler.warm_up()
    assert claims.order is None
    bills = int(claims.columns["bill"].sum())

    def run() -> None:
        paid = sum(
            int(column.sum()) for part in settler.parts(claims) for column in part.amounts.values()
        )
        assert paid == bills

    run()
    with Peak() as peak:
        run()
    seconds = best_seconds(run, 5)
    return {
        "1 million people x 12 stays, s": seconds,
        "1 million people x 12 stays, million claims a second": len(claims) / seconds / 1e6,
        "1 million people x 12 stays, MB above the inputs": peak.above,
    }


def file_to_file(folder: Path, name: str, people: int, shuffled: bool) -> dict[str, float]:
    """Parquet to Parquet, mixed kinds: time after warm-up, and memory above an idle process."""
    import doudi
    from doudi.population import Settler, simulate_file
    from doudi.population.packs import Packs
    from doudi.population.synthetic import write_synthetic

    source, target = folder / "in.parquet", folder / "out.parquet"
    write_synthetic(source, people, CLAIMS_EACH, shuffled=shuffled, overwrite=True)
    packs = Packs.of(doudi.policy("hinggan-2018"))
    small = folder / "small.parquet"
    write_synthetic(small, 1_000, CLAIMS_EACH, shuffled=shuffled, overwrite=True)
    Settler(packs).warm_up()
    simulate_file(small, target, packs, overwrite=True)

    def run() -> None:
        settled = simulate_file(source, target, packs, overwrite=True)
        assert settled.claims == people * CLAIMS_EACH

    with Peak() as peak:
        run()
    times = 1 if people > PEOPLE else 4
    seconds = best_seconds(run, times)
    return {
        f"{name}, seconds of processor": best_seconds(run, 1, time.process_time),
        f"{name}, Parquet to Parquet, s": seconds,
        f"{name}, million claims a second": people * CLAIMS_EACH / seconds / 1e6,
        f"{name}, peak MB": peak.above,
    }


PARTS: dict[str, Callable[[Path], dict[str, float]]] = {
    "loops": lambda _: loops(),
    "sequential": lambda _: sequential(),
    "sorted": lambda folder: file_to_file(folder, "10.6 million claims by person", PEOPLE, False),
    "shuffled": lambda folder: file_to_file(folder, "10.6 million claims shuffled", PEOPLE, True),
    "sorted x10": lambda folder: file_to_file(
        folder, "106 million claims by person", 10 * PEOPLE, False
    ),
    "shuffled x10": lambda folder: file_to_file(
        folder, "106 million claims shuffled", 10 * PEOPLE, True
    ),
}


def main() -> None:
    """Print the figures, or write them as JSON with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="files ten times as large as well")
    parser.add_argument("--part", choices=PARTS, help="only this measurement")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.part:
        with tempfile.TemporaryDirectory(prefix="doudi-bench-") as folder:
            figures = PARTS[options.part](Path(folder))
    else:
        figures = {}
        for part in PARTS:
            if options.large or not part.endswith("x10"):
                command = [sys.executable, __file__, "--json", "--part", part]
                figures |= json.loads(subprocess.check_output(command))
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    print(f"{os.cpu_count()} processors, best of several runs")
    for name, figure in figures.items():
        print(f"{figure:12.2f}  {name}")


if __name__ == "__main__":
    main()
