"""How fast the rules are: import, one explained case, one answer, the fused loop.

Run with ``./doudi bench rules``. Every result is checked before it is timed. Times are the median
of several runs; nothing here fails on a slow machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

CASE = {
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "bill": 1_200_000,
    "catalogue": 1_200_000,
    "registered": True,
    "serious": False,
}
OWN = 15_525
DAY = date(2018, 4, 28)


def median_seconds(run: Callable[[], object], times: int) -> float:
    """The median duration of ``run`` over ``times`` calls."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def process_seconds(arguments: list[str], environment: dict[str, str], times: int) -> float:
    """The median duration of a whole process."""

    def run() -> None:
        subprocess.run(
            [sys.executable, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )

    return median_seconds(run, times)


def population(claims: int, inpatient_only: bool) -> dict[str, Any]:
    """Claims of about a quarter as many people, four a person, sorted by person."""
    generator = np.random.default_rng(2018)
    person = np.sort(generator.integers(0, max(1, claims // 4), claims))
    first = np.concatenate([[True], person[1:] != person[:-1]])
    bill = generator.integers(0, 5_000_000, claims)
    kinds = generator.integers(0, 1 if inpatient_only else 7, claims)
    columns = {
        "kind": kinds.astype(np.int8),
        "hospital_level": generator.integers(1, 4, claims),
        "outside_league": generator.random(claims) < 0.1,
        "bill": bill,
        "catalogue": bill * 9 // 10,
        "registered": generator.random(claims) < 0.5,
        "serious": generator.random(claims) < 0.1,
    }
    return {"first": first, "columns": columns}


def check_loop(policy: Any, fused: Any, batch: Any, sample: int) -> None:
    """The loop must agree with the explained rules to the fen before its speed counts."""
    from doudi.rules import explain
    from doudi.rules.kernel import run_compiled

    amounts = run_compiled(fused, batch)
    kinds = list(policy.kinds)
    totals: dict[str, int] = {}
    for i in range(sample):
        if batch.first[i]:
            totals = {}
        facts = {name: batch.columns[name][i].item() for name in fused.inputs}
        facts["kind"] = kinds[batch.columns["kind"][i]]
        explained = explain(policy, facts, DAY, totals)
        totals = dict(explained.closing)
        for name, amount in explained.outputs.items():
            if amounts[name][i] != amount:
                raise SystemExit(f"claim {i}: {name} is {amounts[name][i]}, explained {amount}")


def loop_speed(policy: Any, claims: int, inpatient_only: bool) -> float:
    """Claims a second of the compiled loop on all processors."""
    from doudi.rules.fuse import era_row, fuse
    from doudi.rules.kernel import Batch, run_compiled, warm_up

    fused = fuse(policy)
    warm_up(fused)
    made = population(claims, inpatient_only)
    zeros = np.zeros(claims, dtype=np.int64)
    rows = [era_row(policy, fused.layout, policy.era_on(DAY))]
    batch = Batch(rows, zeros, zeros, made["first"], made["columns"], {})
    check_loop(policy, fused, batch, 2_000)
    return claims / median_seconds(lambda: run_compiled(fused, batch), 7)


def main() -> None:
    """Print the figures, or write them as JSON with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=4_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    from doudi.policies import policy as load
    from doudi.rules import explain

    policy = load("hinggan-2018")
    assert explain(policy, CASE, DAY).outputs["own_pay"] == OWN
    explained = median_seconds(lambda: explain(policy, CASE, DAY), 2_000)
    command = ["-m", "doudi", "estimate", "--bill", "12000", "--level", "3", "--registered"]
    with tempfile.TemporaryDirectory() as cache:
        fresh = {"DOUDI_CACHE": cache}
        figures = {
            "import doudi, ms": 1000 * process_seconds(["-c", "import doudi"], {}, 9),
            "import doudi and load a pack, ms": 1000
            * process_seconds(["-c", "import doudi; doudi.policy('hinggan-2018')"], {}, 9),
            "one explained case, ms": 1000 * explained,
            "doudi estimate, whole process, ms": 1000 * process_seconds(command, fresh, 9),
            "compiled loop, seven kinds, million claims a second": loop_speed(
                policy, options.claims, False
            )
            / 1e6,
            "compiled loop, inpatient only, million claims a second": loop_speed(
                policy, options.claims, True
            )
            / 1e6,
            "first compile, whole process, s": process_seconds(_warm_up(), fresh, 1),
            "from the disk cache, whole process, s": process_seconds(_warm_up(), fresh, 5),
        }
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    print(f"{os.cpu_count()} processors, {options.claims:,} claims, medians")
    for name, figure in figures.items():
        print(f"{figure:12.3f}  {name}")


def _warm_up() -> list[str]:
    text = (
        "from doudi.policies import policy; from doudi.rules.fuse import fuse;"
        "from doudi.rules.kernel import warm_up; warm_up(fuse(policy('hinggan-2018')))"
    )
    return ["-c", text]


if __name__ == "__main__":
    main()
