"""`simulate` from one Parquet file to another, in memory that does not grow with the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.population.columns import claim_columns, read_claims
from doudi.population.faults import Faults
from doudi.population.grouped import NotGrouped, Stretch, stretches
from doudi.population.loops import Amounts
from doudi.population.packs import Packs
from doudi.population.parquet import opened, pieces, placed, writer
from doudi.population.pipeline import in_order
from doudi.population.run import Settler
from doudi.population.spill import Scattered, settle_scattered
from doudi.population.tables import refuse_taken
from doudi.rules.policy import Policy

Progress = Callable[[str, int, int], None]
"""Told the step (``part``, ``settle`` or ``write``), the rows done in it, and all rows."""


@dataclass(frozen=True)
class Settled:
    """What settling a file came to: its claims, and the sum of each amount in fen."""

    claims: int
    totals: Mapping[str, int]
    packs: Packs


def simulate_file(
    source: Path,
    target: Path,
    policy: Policy | Mapping[str, Policy] | Packs,
    *,
    overwrite: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Settled:
    """Settle the claims of ``source`` and write its rows, in their order, with their amounts.

    A file whose persons stand in rising order is settled as it is read. Otherwise the claims are
    first parted by person into files beside the target, so that all of a person's meet. Errors:
    BadTable with every fault by row, AlreadyThere, OSError, pyarrow.ArrowInvalid for what is no
    Parquet file; after any of them nothing is written.
    """
    with opened(source) as file:
        job = _Job(file, Packs.of(policy), workers or os.cpu_count() or 1, progress)
        refuse_taken(file.schema_arrow.names, job.packs)
        with placed(target, overwrite) as unfinished:
            with suppress(NotGrouped):
                return job.write(unfinished, job.as_it_is_read())
            # Only here: while the error is being handled, the first reading has not let go.
            return job.write(unfinished, job.parted_by_person(target.parent))


class _Job:
    """One file on its way through."""

    def __init__(
        self, file: pq.ParquetFile, packs: Packs, workers: int, progress: Progress | None
    ) -> None:
        self.file = file
        self.packs = packs
        self.workers = workers
        self.progress = progress
        self.settler = Settler(packs)
        self.faults = Faults()
        self.done: dict[str, int] = {}

    def tell(self, step: str, rows: int) -> None:
        """So many more rows are through this step."""
        self.done[step] = self.done.get(step, 0) + rows
        if self.progress:
            self.progress(step, self.done[step], self.file.metadata.num_rows)

    def write(self, path: Path, settled: Iterator[tuple[pa.Table, Amounts]]) -> Settled:
        """Write the rows with their amounts as they come; BadTable at the end of a faulty file."""
        self.faults = Faults()
        self.done = {}
        amounts_of = [pa.field(name, pa.int64()) for name in self.settler.wanted]
        totals = dict.fromkeys(self.settler.wanted, 0)
        claims = 0
        with writer(path, self.file.schema_arrow, amounts_of) as out:
            for table, amounts in settled:
                columns = [*table.columns, *(pa.array(amounts[name]) for name in totals)]
                out.write_table(
                    pa.Table.from_arrays(columns, schema=out.schema), row_group_size=len(table)
                )
                for name in totals:
                    totals[name] += int(amounts[name].sum())
                claims += len(table)
                self.tell("write", len(table))
        self.faults.stop_if_any()
        return Settled(claims, totals, self.packs)

    def as_it_is_read(self) -> Iterator[tuple[pa.Table, Amounts]]:
        """Rows with amounts, of a file whose persons rise; NotGrouped when they turn out not to."""
        self.settler.warm_up()
        read = stretches(pieces(self.file))
        for stretch, found, amounts in in_order(self._settle, read, self.workers):
            self.faults.take(found)
            if not self.faults:
                yield stretch.table, amounts

    def _settle(self, stretch: Stretch) -> tuple[Stretch, Faults, Amounts]:
        found = Faults()
        claims = read_claims(stretch.table, self.packs, found, stretch.first_row)
        return stretch, found, {} if found else self.settler.settle(claims, workers=1)

    def parted_by_person(self, folder: Path) -> Iterator[tuple[pa.Table, Amounts]]:
        """Rows with amounts, of a file in which a person's claims lie anywhere."""
        columns = claim_columns(self.packs, self.file.schema_arrow.names)
        scattered = Scattered(
            self.file.metadata.num_rows,
            lambda: pieces(self.file, columns),
            lambda: pieces(self.file),
        )
        yield from settle_scattered(
            self.settler, scattered, folder, self.faults, self.workers, self.tell
        )
