"""One stay explained by Doudi; runs in Doudi's own environment."""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import date
from pathlib import Path

import measured
from one_case import CASE, TIMES

import doudi


def main() -> None:
    """Report the median of many explanations, and the own part in fen."""
    policy = doudi.policy("hinggan-2018")
    claim = {**CASE, "date": date(2018, 5, 1)}
    explanation = policy.explain(claim)
    ready = time.time() - float(os.environ["STARTED"])
    durations = []
    for _ in range(TIMES):
        began = time.perf_counter()
        explanation = policy.explain(claim)
        durations.append(time.perf_counter() - began)
    measured.report(
        Path(sys.argv[2]),
        "doudi",
        ready=ready,
        seconds=statistics.median(durations),
        own_fen=explanation.outputs["own_pay"],
        lines=len(explanation.to_dict()["steps"]),
    )


if __name__ == "__main__":
    main()
