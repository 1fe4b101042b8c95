"""A stream of tables in which each person's claims follow each other, cut between persons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.population.arrow import numbers_of, one_piece
from doudi.population.typed import PERSON


class NotGrouped(Exception):
    """The persons do not stand in rising order, so a person's claims may lie anywhere."""


@dataclass(frozen=True)
class Stretch:
    """Some rows that hold all claims of their persons; ``first_row`` counts from 1."""

    table: pa.Table
    first_row: int


def stretches(batches: Iterable[pa.RecordBatch]) -> Iterator[Stretch]:
    """The batches again, each up to the last person that surely ends in it.

    NotGrouped is raised as soon as a person is smaller than the one before. Rows without a person
    stay where they are, for the fault to be found; so do persons of an unreadable type.
    """
    kept: list[pa.Table] = []
    row = 1
    last: Any = None
    for batch in batches:
        table = pa.Table.from_batches([batch])
        persons = _persons(table)
        if persons is None:
            faulty = pa.concat_tables([*kept, table])
            yield Stretch(faulty, row)
            row += len(faulty)
            kept = []
            continue
        if not len(persons):
            continue
        _check_rising(persons, last)
        last = persons[len(persons) - 1].as_py()
        cut = _start_of_last(persons)
        if cut > 0:
            whole = pa.concat_tables([*kept, table.slice(0, cut)])
            yield Stretch(whole, row)
            row += len(whole)
            kept = []
        kept.append(table.slice(cut))
    if kept:
        yield Stretch(pa.concat_tables(kept), row)


def _persons(table: pa.Table) -> pa.Array | None:
    array = one_piece(table, PERSON)
    if array is None or array.null_count:
        return None
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    known = pa.types.is_integer(array.type) or pa.types.is_string(array.type)
    return array if known or pa.types.is_large_string(array.type) else None


def _check_rising(persons: pa.Array, last: Any) -> None:
    if last is not None and persons[0].as_py() < last:
        raise NotGrouped
    if pa.types.is_integer(persons.type):
        numbers = numbers_of(persons)
        falls = bool((numbers[1:] < numbers[:-1]).any())
    else:
        falls = bool(pc.any(pc.less(persons.slice(1), persons.slice(0, len(persons) - 1))).as_py())
    if falls:
        raise NotGrouped


def _start_of_last(persons: pa.Array) -> int:
    """Where the last person's claims begin; the persons rise."""
    last = persons[len(persons) - 1]
    if pa.types.is_integer(persons.type):
        return int(np.searchsorted(numbers_of(persons), last.as_py()))
    low, high = 0, len(persons) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if persons[middle].as_py() >= last.as_py() else (middle + 1, high)
    return low
