"""A table of claims made ready to be settled again and again: checked, sorted and labelled once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from doudi.population.arrow import Flags, Ints, as_dictionary, is_text, one_piece, places_of
from doudi.population.columns import Claims, claim_columns, read_claims
from doudi.population.faults import BadTable
from doudi.population.order import starts_of_years
from doudi.population.packs import Packs
from doudi.population.tables import as_arrow
from doudi.rules.errors import BadInput
from doudi.tables import RowFault

_MARK = b"doudi"
"""The key of a file's metadata under which made-up claims say that they are ``synthetic``."""

BILL = "bill"


@dataclass(frozen=True)
class Label:
    """A further column of the table, such as ``banner``: a code a claim and what it stands for."""

    name: str
    codes: Ints
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """Claims in the order of settlement, with their labels. ``table`` is as it was read."""

    name: str
    table: Any
    claims: Claims
    labels: Mapping[str, Label]
    synthetic: bool

    @cached_property
    def starts(self) -> Flags:
        """True at the first claim of each person."""
        person = self.claims.person
        first = np.ones(len(person), np.bool_)
        np.not_equal(person[1:], person[:-1], out=first[1:])
        return first

    @cached_property
    def person_at(self) -> Ints:
        """For each claim the number of its person, counted from 0 in settlement order."""
        places: Ints = np.cumsum(self.starts, dtype=np.int64) - 1
        return places

    @cached_property
    def bill(self) -> int:
        """The whole of all bills, in fen."""
        return total(self.claims.columns[BILL])

    @cached_property
    def largest_year(self) -> int:
        """The largest bill of one person's year, in fen."""
        if not len(self.claims):
            return 0
        first = np.flatnonzero(starts_of_years(self.claims.person, self.claims.day))
        return int(np.add.reduceat(self.claims.columns[BILL], first).max())

    def under(self, packs: Packs) -> Claims:
        """The claims as other packs read them; BadTable where those need what is not there."""
        if packs.codes_alike(self.claims.packs):
            return self.claims
        return in_order(read_claims(self.table, packs))


def open_dataset(
    source: Any, packs: Packs, labels: Sequence[str] = (), also: Packs | None = None
) -> Dataset:
    """A Parquet file (by its path), or an Arrow, Polars or pandas table.

    ``also`` are packs under which the claims may be read later (`Dataset.under`).
    Errors: BadInput for a file that cannot be read, BadTable for faulty rows or a label's column
    that is not there, TypeError for no table.
    """
    if isinstance(source, str | Path):
        name, table = Path(source).name, _read_parquet(Path(source), (packs, also or packs), labels)
    else:
        name, table = "", as_arrow(source)
    claims = read_claims(table, packs)
    order = claims.order
    found = {label: _label(table, label, order) for label in labels}
    metadata = table.schema.metadata or {}
    synthetic = metadata.get(_MARK, b"").startswith(b"synthetic")
    return Dataset(name, table, in_order(claims), found, synthetic)


def in_order(claims: Claims) -> Claims:
    """The same claims in the order of settlement, so that settling them again is quicker."""
    return claims if claims.order is None else _taken(claims, claims.order)


def only(claims: Claims, kept: Flags) -> Claims:
    """Some of the claims."""
    return claims if kept.all() else _taken(claims, np.flatnonzero(kept))


def _taken(claims: Claims, at: Ints) -> Claims:
    """The claims at these places; column by column on all processors, which numpy allows."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pack = None if claims.pack is None else pool.submit(claims.pack.take, at)
        person, day = pool.submit(claims.person.take, at), pool.submit(claims.day.take, at)
        columns = {name: pool.submit(column.take, at) for name, column in claims.columns.items()}
    return replace(
        claims,
        person=person.result(),
        day=day.result(),
        pack=None if pack is None else pack.result(),
        columns={name: column.result() for name, column in columns.items()},
    )


def total(column: Ints) -> int:
    """The sum of a column of amounts, however large."""
    step = 1_000_000  # times the largest amount still is within 64 bits
    return sum(int(column[at : at + step].sum()) for at in range(0, len(column), step))


def columns_of(path: Path) -> list[str]:
    """The names of a Parquet file's columns; BadInput where there is no such file."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - not everybody has a file

    try:
        return list(pq.read_schema(path).names)
    except (OSError, ValueError) as error:
        zh, en = "不是能打开的 Parquet 文件", "is no Parquet file that can be opened"
        raise BadInput("file", str(path), zh, en) from error


def _read_parquet(path: Path, packs: Sequence[Packs], labels: Sequence[str]) -> Any:
    import pyarrow.parquet as pq  # noqa: PLC0415

    present = columns_of(path)
    wanted = {name for some in packs for name in claim_columns(some, present)} | set(labels)
    return pq.read_table(path, columns=[name for name in present if name in wanted])


def _label(table: Any, name: str, order: Ints | None) -> Label:
    array = one_piece(table, name)
    if array is None:
        raise BadTable([RowFault(0, name, "", "没有这一列", "there is no such column")])
    if not is_text(array.type):
        import pyarrow as pa  # noqa: PLC0415

        array = array.cast(pa.string())
    coded = as_dictionary(array)
    texts = [str(text) for text in coded.dictionary.to_pylist()]
    codes = places_of(coded, null=len(texts))
    sorted_texts = sorted(range(len(texts)), key=lambda place: texts[place])
    lookup = np.empty(len(texts) + 1, np.int32)
    lookup[sorted_texts] = np.arange(len(texts))
    lookup[len(texts)] = len(texts)
    codes = lookup[codes]
    if order is not None:
        codes = codes[order]
    return Label(name, codes, (*(texts[place] for place in sorted_texts), ""))
