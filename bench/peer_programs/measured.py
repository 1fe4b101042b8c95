"""What every program of this folder does the same way: read, be measured, hand in its result.

A program is started as ``python PROGRAM TASK FOLDER`` in the peers' own environment. The folder
holds ``values.json`` (the pack's values), ``claims.parquet`` and, afterwards, what the program
hands in: ``OUT.parquet`` with the six amounts in the file's row order, and ``OUT.json``. It knows
nothing of Doudi.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

OUTPUTS = (
    "basic_pay",
    "critical_pay",
    "commercial_pay",
    "assistance_pay",
    "backstop_pay",
    "own_pay",
)
KINDS = (
    "inpatient",
    "chronic",
    "drug_purchase",
    "outpatient",
    "observation",
    "family_bed",
    "package",
)
INPATIENT, CHRONIC, DRUG_PURCHASE, OUTPATIENT, OBSERVATION, FAMILY_BED, PACKAGE = range(7)

Columns = dict[str, Any]
Amounts = dict[str, Any]
Settle = Callable[[dict[str, Any], Any, bool], Any]
"""The pack's values, the claims, and whether sums by person are wanted instead of claims."""


def read_claims(path: Path) -> Columns:
    """The claims as numpy columns, by name; money in fen, kinds as their place in KINDS."""
    table = pq.read_table(path)
    columns = {
        name: table[name].combine_chunks().to_numpy(zero_copy_only=False)
        for name in ("person", "hospital_level", "bill", "catalogue")
    }
    for name in ("outside_league", "registered", "serious"):
        columns[name] = table[name].combine_chunks().to_numpy(zero_copy_only=False).astype(bool)
    kinds = table["kind"].combine_chunks()
    places = np.array([KINDS.index(kind) for kind in kinds.dictionary.to_pylist()], np.int8)
    columns["kind"] = places[kinds.indices.to_numpy()]
    columns["date"] = table["date"].combine_chunks().cast(pa.int32()).to_numpy()
    return columns


def write_amounts(path: Path, amounts: Amounts) -> None:
    """The six amounts in fen, in the order of the claims."""
    pq.write_table(pa.table({name: amounts[name] for name in OUTPUTS}), path)


def run(settle: Settle, name: str) -> None:
    """Measure ``settle(values, columns, yearly)`` of a program that works on numpy columns."""
    run_with(name=name, read=read_claims, head=head_of, settle=settle, write=write_amounts)


def run_with(
    *,
    name: str,
    read: Callable[[Path], Any],
    head: Callable[[Any], Any],
    settle: Settle,
    write: Callable[[Path, Any], None],
) -> None:
    """Measure a program as the task asks: once on a few claims to warm up, then for the record.

    The task ``claims`` asks for the amounts of every claim, ``years`` for their sums by person in
    the order of the person's number; both have the claims in memory before. ``file`` is ``claims``
    with reading and writing.
    """
    started = float(os.environ["STARTED"])
    task, folder = sys.argv[1], Path(sys.argv[2])
    values = json.loads((folder / "values.json").read_text("utf-8"))
    claims, out = folder / "claims.parquet", folder / f"{name}.parquet"
    yearly = task == "years"
    settle(values, head(read(claims)), yearly)
    ready = time.time() - started
    inputs = None if task == "file" else read(claims)
    forget_peak()
    before, began = resident(), time.perf_counter()
    if task == "file":
        write(out, settle(values, read(claims), yearly))
    else:
        amounts = settle(values, inputs, yearly)
    seconds, peak = time.perf_counter() - began, peak_resident() - before
    if task != "file":
        write(out, amounts)
    report(folder, name, ready=ready, seconds=seconds, peak_bytes=peak)


def report(folder: Path, name: str, **figures: float) -> None:
    """Hand in the figures beside the amounts."""
    (folder / f"{name}.json").write_text(json.dumps(figures), "utf-8")


def head_of(columns: Columns, rows: int = 1200) -> Columns:
    """The first claims, for a warm-up that is not measured."""
    return {name: column[:rows] for name, column in columns.items()}


def resident() -> int:
    """Bytes that the process holds now."""
    return _status("VmRSS")


def peak_resident() -> int:
    """The most bytes that the process has held since `forget_peak`."""
    return _status("VmHWM")


def forget_peak() -> None:
    """Start the record of the most bytes anew (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(field)
