"""Synthetic claims for the population benches: deterministic by seed, nobody's."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

KINDS = (
    "inpatient",
    "chronic",
    "drug_purchase",
    "outpatient",
    "observation",
    "family_bed",
    "package",
)
_FIRST_DAY = (date(2018, 1, 1) - date(1970, 1, 1)).days
_DAYS = 365
_MOST_STAY_FEN = 5_000_000
_MOST_CARE_FEN = 300_000


def claims(people: int, each: int, *, mixed: bool, seed: int = 2018) -> pa.Table:
    """``each`` claims in 2018 of every person, sorted by person and date.

    With ``mixed`` about a third are stays and the rest is spread over the six other kinds.
    Columns and units are those of semantics.md §2; bills reach 50,000 yuan, so that caps, the
    critical deductible and the 5,000-yuan ceiling all come to bear within a year.
    """
    draw = np.random.default_rng(seed)
    count = people * each
    days = np.sort(draw.integers(0, _DAYS, (people, each)), axis=1).ravel()
    kinds = draw.integers(0, len(KINDS), count) if mixed else np.zeros(count, np.int64)
    if mixed:
        kinds[draw.random(count) < 0.2] = 0
    bill = np.where(
        kinds == 0,
        (draw.random(count) ** 2 * _MOST_STAY_FEN).astype(np.int64),
        draw.integers(0, _MOST_CARE_FEN, count),
    )
    inside = bill * draw.integers(80, 101, count) // 100
    person = np.repeat(np.arange(people, dtype=np.int64), each)
    registered = np.repeat(draw.random(people) < 0.5, each)
    codes = pa.array(kinds.astype(np.int8))
    return pa.table(
        {
            "person": person,
            "date": pa.array((_FIRST_DAY + days).astype(np.int32)).cast(pa.date32()),
            "kind": pa.DictionaryArray.from_arrays(codes, pa.array(KINDS)),
            "policy": pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(count, np.int8)), pa.array(["hinggan-2018"])
            ),
            "hospital_level": draw.integers(1, 4, count).astype(np.int8),
            "outside_league": draw.random(count) < 0.1,
            "bill": bill,
            "catalogue": inside,
            "registered": registered,
            "serious": draw.random(count) < 0.1,
        }
    )


def write_claims(path: Path, people: int, each: int, *, mixed: bool) -> None:
    """The same as a Parquet file."""
    pq.write_table(claims(people, each, mixed=mixed), path)


def values_of(policy: Any, day: date) -> dict[str, Any]:
    """The pack's values on a day as plain numbers: fen, basis points, or (upper, rate) bands."""
    plain: dict[str, Any] = {}
    for name, value in policy.era_on(day).values.items():
        found = value.value
        plain[name] = (
            [[band.upper, band.rate] for band in found.bands] if hasattr(found, "bands") else found
        )
    return plain
