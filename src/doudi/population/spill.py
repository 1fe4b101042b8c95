"""Claims of a person that lie anywhere in a file: parted by person on disk, settled, put back.

Three passes, each of them straight through its files. First every piece of the input is checked
and its claims go to the file of their part, which a hash of the person chooses; what goes there
are the numbers that the loop takes. Then each part, small enough for memory, is settled, and its
amounts are written in the order of its claims. At last the input is read again, and each piece
takes its amounts from the parts: within a part claims keep the order of the input, so there they
lie one after the other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from doudi.population.arrow import Ints, as_dictionary, numbers_of, one_piece, places_of
from doudi.population.columns import Claims, read_claims
from doudi.population.faults import BadTable, Faults
from doudi.population.loops import Amounts
from doudi.population.packs import Packs
from doudi.population.pipeline import in_order
from doudi.population.run import Settler
from doudi.population.typed import PERSON
from doudi.tables import RowFault

ROWS_IN_A_PART = 500_000
MOST_PARTS = 512
"""Each part has a file open while the input is parted, and systems allow about a thousand."""

Told = Callable[[str, int], None]


@dataclass(frozen=True)
class Scattered:
    """A file to settle: how to read it from its beginning, wholly or only what claims need."""

    rows: int
    claim_pieces: Callable[[], Iterable[pa.RecordBatch]]
    whole_pieces: Callable[[], Iterable[pa.RecordBatch]]

    @property
    def parts(self) -> int:
        """How many parts the claims go to."""
        return max(1, min(MOST_PARTS, -(-self.rows // ROWS_IN_A_PART)))


def settle_scattered(
    settler: Settler,
    scattered: Scattered,
    folder: Path,
    faults: Faults,
    workers: int,
    tell: Told,
) -> Iterator[tuple[pa.Table, Amounts]]:
    """The pieces of the file as tables with their amounts; none once ``faults`` has any.

    About 90 bytes a claim stand in ``folder`` meanwhile. ``tell`` hears how many more rows a pass
    is done with. Errors: BadTable for a year too large to compute.
    """
    with tempfile.TemporaryDirectory(prefix=".doudi-", dir=folder) as place:
        spill = _Spill(settler, scattered, Path(place), workers, tell)
        spill.part(faults)
        if not faults:
            spill.settle()
            yield from spill.put_back()


@dataclass(frozen=True)
class _Parted:
    """One piece of the input: the part of each claim, and the claims in the order of the parts."""

    faults: Faults
    part: Ints
    counts: Ints
    claims: pa.RecordBatch


class _Spill:
    def __init__(
        self, settler: Settler, scattered: Scattered, folder: Path, workers: int, tell: Told
    ) -> None:
        self.settler = settler
        self.scattered = scattered
        self.folder = folder
        self.workers = workers
        self.tell = tell

    def _claims(self, part: int) -> Path:
        return self.folder / f"{part}.claims"

    def _amounts(self, part: int) -> Path:
        return self.folder / f"{part}.amounts"

    @property
    def _parts_of_claims(self) -> Path:
        return self.folder / "parts"

    def part(self, faults: Faults) -> None:
        """The first pass: check every piece and send its claims to their parts."""
        pieces = _numbered(self.scattered.claim_pieces())
        with ExitStack() as stack:
            parts_of_claims = stack.enter_context(self._parts_of_claims.open("wb"))
            writers: list[pa.ipc.RecordBatchFileWriter] = []
            for parted in in_order(self._part_piece, pieces, self.workers):
                faults.take(parted.faults)
                self.tell("part", len(parted.part))
                if faults:
                    continue
                if not writers:
                    writers = [
                        stack.enter_context(
                            pa.ipc.new_file(self._claims(number), parted.claims.schema)
                        )
                        for number in range(self.scattered.parts)
                    ]
                parts_of_claims.write(parted.part.tobytes())
                start = 0
                for file, count in zip(writers, parted.counts.tolist(), strict=True):
                    if count:
                        file.write_batch(parted.claims.slice(start, count))
                    start += count

    def _part_piece(self, piece: tuple[int, pa.RecordBatch]) -> _Parted:
        first_row, batch = piece
        found = Faults()
        claims = read_claims(batch, self.settler.packs, found, first_row)
        if found:
            return _Parted(found, np.zeros(batch.num_rows, np.uint16), np.empty(0), batch)
        persons = one_piece(batch, PERSON)
        part = (_hash(persons) % np.uint64(self.scattered.parts)).astype(np.uint16)
        order = np.argsort(part, kind="stable")
        counts = np.bincount(part, minlength=self.scattered.parts)
        return _Parted(found, part, counts, _as_batch(claims, persons, order))

    def settle(self) -> None:
        """The second pass: settle part after part."""
        self.settler.warm_up()
        for count in in_order(self._settle_part, range(self.scattered.parts), self.workers):
            self.tell("settle", count)

    def _settle_part(self, part: int) -> int:
        path = self._claims(part)
        if not path.exists():  # there were no claims at all
            return 0
        with pa.memory_map(str(path)) as source:
            claims = _from_table(pa.ipc.open_file(source).read_all(), self.settler.packs)
            try:
                amounts = self.settler.settle(claims, workers=1)
            except BadTable as error:
                raise BadTable([self._in_input(part, fault) for fault in error.faults]) from error
        path.unlink()
        together = np.empty((len(claims), len(amounts)), np.int64)
        for place, column in enumerate(amounts.values()):
            together[:, place] = column
        self._amounts(part).write_bytes(together.data)
        return len(claims)

    def _in_input(self, part: int, fault: RowFault) -> RowFault:
        """A fault of a claim of this part, by its row in the input."""
        parts = np.fromfile(self._parts_of_claims, np.uint16)
        return replace(fault, row=1 + int(np.flatnonzero(parts == part)[fault.row - 1]))

    def put_back(self) -> Iterator[tuple[pa.Table, Amounts]]:
        """The third pass: the pieces of the input again, each with its amounts."""
        with ExitStack() as stack:
            parts_of_claims = stack.enter_context(self._parts_of_claims.open("rb"))
            paths = [self._amounts(number) for number in range(self.scattered.parts)]
            files = [stack.enter_context(path.open("rb")) for path in paths if path.exists()]
            found = (
                (batch, *self._take(batch.num_rows, parts_of_claims, files))
                for batch in self.scattered.whole_pieces()
            )
            yield from in_order(self._in_input_order, found, self.workers)

    def _take(
        self, rows: int, parts_of_claims: BinaryIO, files: Sequence[BinaryIO]
    ) -> tuple[Ints, bytes]:
        """The part of each of the next claims, and their amounts one part after the other."""
        part = np.frombuffer(parts_of_claims.read(2 * rows), np.uint16)
        counts = np.bincount(part, minlength=self.scattered.parts).tolist()
        width = 8 * len(self.settler.wanted)
        return part, b"".join(
            file.read(width * count) for file, count in zip(files, counts, strict=True)
        )

    def _in_input_order(
        self, taken: tuple[pa.RecordBatch, Ints, bytes]
    ) -> tuple[pa.Table, Amounts]:
        batch, part, content = taken
        by_part = np.frombuffer(content, np.int64).reshape(-1, len(self.settler.wanted))
        order = np.argsort(part, kind="stable")
        amounts: Amounts = {}
        for place, name in enumerate(self.settler.wanted):
            amounts[name] = np.empty(len(part), np.int64)
            amounts[name][order] = by_part[:, place]
        return pa.Table.from_batches([batch]), amounts


def _numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    row = 1
    for batch in batches:
        yield row, batch
        row += batch.num_rows


def _hash(persons: pa.Array) -> Ints:
    """A number that is the same for the same person and scatters different ones."""
    if pa.types.is_integer(persons.type):
        mixed = numbers_of(persons).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        return mixed >> np.uint64(32)
    import polars as pl  # noqa: PLC0415 - only for persons with names of letters

    if pa.types.is_dictionary(persons.type):
        persons = persons.dictionary_decode()
    hashed: Ints = pl.Series(persons).hash(0).to_numpy()
    return hashed


def _as_batch(claims: Claims, persons: pa.Array, order: Ints) -> pa.RecordBatch:
    """Coded claims in another order, as Arrow writes them to a file."""
    if pa.types.is_dictionary(persons.type):
        persons = persons.dictionary_decode()
    columns: dict[str, Any] = {PERSON: persons.take(pa.array(order)), "day": claims.day[order]}
    if claims.pack is not None:
        columns["pack"] = claims.pack[order]
    for name, column in claims.columns.items():
        taken = column[order]
        columns[f"in {name}"] = taken.view(np.uint8) if taken.dtype == np.bool_ else taken
    return pa.RecordBatch.from_pydict({name: pa.array(part) for name, part in columns.items()})


def _from_table(table: pa.Table, packs: Packs) -> Claims:
    """Coded claims back from a file."""
    columns: Mapping[str, Ints] = {
        name: numbers_of(table.column(name).combine_chunks())
        for name in table.schema.names
        if name != PERSON
    }
    persons = table.column(PERSON).combine_chunks()
    person = (
        numbers_of(persons).astype(np.int64)
        if pa.types.is_integer(persons.type)
        else places_of(as_dictionary(persons)).astype(np.int64)
    )
    inputs = {
        name.removeprefix("in "): column
        for name, column in columns.items()
        if name.startswith("in ")
    }
    return Claims(packs, person, columns["day"], columns.get("pack"), inputs)
