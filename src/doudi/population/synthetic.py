"""Made-up claims of made-up people, as many as wanted and always the same for a seed.

They follow no statistics: kinds, levels and bills are spread so that every rule, cap and ceiling
is met. Nobody in them exists; a file of them says so in its metadata (`MARK`).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from doudi.population.parquet import ROWS_AT_A_TIME, placed

MARK = {b"doudi": b"synthetic: nobody in this file exists"}

KINDS = (
    "inpatient",
    "chronic",
    "drug_purchase",
    "outpatient",
    "observation",
    "family_bed",
    "package",
)
BANNERS = ("乌兰浩特市", "阿尔山市", "科右前旗", "科右中旗", "扎赉特旗", "突泉县")

_WORDS = pa.dictionary(pa.int8(), pa.string())
SCHEMA = pa.schema(
    [
        ("person", pa.int64()),
        ("date", pa.date32()),
        ("kind", _WORDS),
        ("hospital_level", pa.int8()),
        ("outside_league", pa.bool_()),
        ("bill", pa.int64()),
        ("catalogue", pa.int64()),
        ("registered", pa.bool_()),
        ("serious", pa.bool_()),
        ("banner", _WORDS),
    ],
    metadata=MARK,
)

_NEW_YEAR = 17_532
"""2018-01-01, in days since 1970-01-01."""

Numbers = NDArray[np.uint64]


def synthetic_claims(
    people: int,
    claims_each: int = 4,
    *,
    seed: int = 2018,
    shuffled: bool = False,
    inpatient_only: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Claims of 2018 in pieces: by person and date, or the same ones in no order at all."""
    count = people * claims_each
    step, start = _stride(count, seed) if shuffled else (1, 0)
    for low in range(0, count, ROWS_AT_A_TIME):
        places = np.arange(low, min(count, low + ROWS_AT_A_TIME), dtype=np.uint64)
        claim = (places * np.uint64(step) + np.uint64(start)) % np.uint64(count)
        yield _claims(claim, claims_each, seed, inpatient_only)


def write_synthetic(
    path: Path,
    people: int,
    claims_each: int = 4,
    *,
    seed: int = 2018,
    shuffled: bool = False,
    overwrite: bool = False,
) -> int:
    """A Parquet file of `synthetic_claims`; how many they are. AlreadyThere when one is there."""
    batches = synthetic_claims(people, claims_each, seed=seed, shuffled=shuffled)
    with placed(path, overwrite) as unfinished, pq.ParquetWriter(unfinished, SCHEMA) as out:
        for batch in batches:
            out.write_batch(batch, row_group_size=ROWS_AT_A_TIME)
    return people * claims_each


def _stride(count: int, seed: int) -> tuple[int, int]:
    """A step that meets every claim once, and far from where its neighbours lie."""
    step = max(1, (count * 618 // 1000 + seed % 97) | 1)
    while gcd(step, count) != 1:
        step += 1
    return step, seed % max(1, count)


def _claims(claim: Numbers, claims_each: int, seed: int, inpatient_only: bool) -> pa.RecordBatch:
    person = claim // np.uint64(claims_each)
    turn = (claim % np.uint64(claims_each)).astype(np.int64)
    day = _NEW_YEAR + (turn * 365 + _below(claim, 1, 365, seed)) // claims_each
    kind = _below(claim, 2, 1 if inpatient_only else len(KINDS), seed)
    # A few yuan to a few hundred thousand: each doubling as likely as the others.
    scale = _below(claim, 3, 12, seed) - 4 * (kind != 0)
    bill = (1_000 + _below(claim, 4, 15_000, seed)) << np.maximum(0, scale)
    catalogue = bill * (70 + _below(claim, 5, 31, seed)) // 100
    columns = [
        pa.array(person.astype(np.int64)),
        pa.array(day.astype(np.int32)).view(pa.date32()),
        _words(kind, KINDS),
        pa.array((1 + _below(claim, 6, 3, seed)).astype(np.int8)),
        pa.array(_below(claim, 7, 10, seed) == 0),
        pa.array(bill),
        pa.array(catalogue),
        pa.array(_below(person, 8, 3, seed) == 0),
        pa.array(_below(person, 9, 20, seed) == 0),
        _words(_below(person, 10, len(BANNERS), seed), BANNERS),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _words(places: NDArray[np.int64], words: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int8)), pa.array(words))


def _below(numbers: Numbers, of: int, bound: int, seed: int) -> NDArray[np.int64]:
    """For each number one below ``bound``, as if thrown; ``of`` tells one use from another."""
    mixed = numbers + np.uint64((seed * 1_000 + of) * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return ((mixed >> np.uint64(11)) % np.uint64(bound)).astype(np.int64)
