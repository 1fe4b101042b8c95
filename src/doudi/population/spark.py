"""`simulate` on a Spark cluster: persons are spread over its workers, the loop is the same.

Two jobs. The first checks every claim where it lies and brings back the faults. The second brings
each person's claims together, in order of date and row, and settles them with the compiled loop
on Arrow batches; what comes back are the rows' numbers with their amounts, in order, which are
laid beside the rows of the input as a local run would write them. Spark runs anew what a lost
worker had in hand; as a claim's amounts depend on its person's claims alone, nothing changes.

The workers need Python with numpy, pyarrow and numba; Doudi itself is sent to them. Input and
output are paths that all of them can read.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import doudi
from doudi.population.columns import claim_columns, read_claims
from doudi.population.faults import FAULTS_SHOWN, BadTable, Faults
from doudi.population.files import Settled
from doudi.population.grouped import stretches
from doudi.population.loops import TOO_LARGE, Amounts
from doudi.population.packs import Packs
from doudi.population.parquet import opened, pieces, placed, writer
from doudi.population.run import Settler
from doudi.population.tables import refuse_taken
from doudi.population.typed import DATE, PERSON
from doudi.rules.graph import Rule
from doudi.rules.policy import Policy
from doudi.tables import RowFault

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROW = "row of the file"
_FAULT_FIELDS = "row long, field string, value string, zh string, en string, more long"
_STAYS = ("office", "commands")
"""What no worker needs, and could not load: the office's web framework is not there."""


def simulate_on_spark(
    source: Path,
    target: Path,
    policy: Policy | Mapping[str, Policy] | Packs,
    master: str,
    *,
    overwrite: bool = False,
) -> Settled:
    """As `simulate_file`, on the cluster at ``master``: ``spark://…``, ``local-cluster[2,1,1024]``.

    Errors: those of `simulate_file`; ModuleNotFoundError without the extra ``doudi[spark]``.
    """
    packs = Packs.of(policy)
    with opened(source) as file, placed(target, overwrite) as unfinished:
        refuse_taken(file.schema_arrow.names, packs)
        with warnings.catch_warnings(), _session(master) as spark:
            # That of pandas is not used here.
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
            return _Job(spark, source.resolve(), file, packs).write(unfinished)


class _Job:
    """One file on its way over a cluster."""

    def __init__(
        self, spark: SparkSession, source: Path, file: pq.ParquetFile, packs: Packs
    ) -> None:
        self.spark = spark
        self.source = source
        self.file = file
        self.packs = packs
        self.wanted = packs.outputs
        self.sent = pickle.dumps(_without_functions(packs))

    def write(self, path: Path) -> Settled:
        """Check, settle, and write the rows of the input with their amounts."""
        self._check()
        amounts_of = [pa.field(name, pa.int64()) for name in self.wanted]
        totals = dict.fromkeys(self.wanted, 0)
        with (
            tempfile.TemporaryDirectory(prefix=".doudi-", dir=path.parent) as folder,
            writer(path, self.file.schema_arrow, amounts_of) as out,
        ):
            settled = Path(folder).resolve() / "settled"
            self._settle(settled)
            for batch, amounts in self._side_by_side(settled):
                columns = [*batch.columns, *(pa.array(amounts[name]) for name in self.wanted)]
                table = pa.Table.from_arrays(columns, schema=out.schema)
                out.write_table(table, row_group_size=len(table))
                for name in totals:
                    totals[name] += int(amounts[name].sum())
        return Settled(self.file.metadata.num_rows, totals, self.packs)

    def _claims(self) -> DataFrame:
        """The columns of claims, each with its row in the file, counted from 0."""
        from pyspark.sql.functions import col  # noqa: PLC0415

        names = claim_columns(self.packs, self.file.schema_arrow.names)
        read = self.spark.read.parquet(self.source.as_uri())
        columns = [col(f"`{name}`") for name in names]
        return read.select(*columns, col("_metadata.row_index").alias(ROW))

    def _check(self) -> None:
        """BadTable with all faults of the file, as a local run would name them."""
        check = _Check(self.sent)
        found = self._claims().mapInArrow(check, _FAULT_FIELDS).collect()
        faults = [
            RowFault(row.row, row.field, row.value, row.zh, row.en)
            for row in found
            if row.field is not None
        ]
        if not faults:
            return
        whole_columns = list(dict.fromkeys(fault for fault in faults if not fault.row))
        rows = sorted((fault for fault in faults if fault.row), key=lambda fault: fault.row)
        listed = [*whole_columns, *rows]
        more = sum(row.more for row in found if row.field is None)
        shown = listed[:FAULTS_SHOWN]
        raise BadTable(shown, more + len(listed) - len(shown))

    def _settle(self, folder: Path) -> None:
        """Write the row and the amounts of each claim into ``folder``, in the order of the rows."""
        fields = ", ".join(f"`{name}` long" for name in (ROW, *self.wanted))
        settle = _Settle(self.sent)
        together = self._claims().repartition(PERSON)
        ordered = together.sortWithinPartitions(PERSON, DATE, f"`{ROW}`")
        settled = ordered.mapInArrow(settle, fields).orderBy(f"`{ROW}`")
        settled.write.parquet(folder.as_uri())

    def _side_by_side(self, folder: Path) -> Iterator[tuple[pa.RecordBatch, Amounts]]:
        """The pieces of the input with their amounts."""
        settled = _Sequence(sorted(folder.glob("part-*.parquet")), [ROW, *self.wanted])
        row = 0
        for batch in pieces(self.file):
            columns = settled.next(batch.num_rows)
            rows = columns.pop(ROW)
            if len(rows) and rows[0] < 0:
                raise BadTable([RowFault(1 + ~int(rows[0]), *TOO_LARGE)])
            if not np.array_equal(rows, np.arange(row, row + batch.num_rows)):
                raise RuntimeError(f"rows {row} to {row + batch.num_rows} did not all come back")
            row += batch.num_rows
            yield batch, columns


class _Sequence:
    """Some columns of whole numbers that lie in several files, taken a number of rows at a time."""

    def __init__(self, paths: Iterable[Path], names: list[str]) -> None:
        self.names = names
        self.batches = (
            batch
            for path in paths
            for batch in pq.ParquetFile(path).iter_batches(columns=names)
            if batch.num_rows
        )
        self.left: dict[str, Any] = {name: np.empty(0, np.int64) for name in names}

    def next(self, count: int) -> dict[str, Any]:
        """The next ``count`` rows, or as many as there still are."""
        held = [self.left]
        missing = count - len(self.left[self.names[0]])
        while missing > 0 and (batch := next(self.batches, None)) is not None:
            held.append({name: batch.column(name).to_numpy() for name in self.names})
            missing -= batch.num_rows
        joined = {name: np.concatenate([part[name] for part in held]) for name in self.names}
        self.left = {name: column[count:] for name, column in joined.items()}
        return {name: column[:count] for name, column in joined.items()}


class _Check:
    """On a worker: the faults of the claims in a partition, and how many more there are."""

    def __init__(self, sent: bytes) -> None:
        self.sent = sent

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        packs: Packs = pickle.loads(self.sent)
        faults = Faults()
        for batch in batches:
            if not batch.num_rows:
                continue
            found = Faults()
            rows = batch.column(ROW).to_numpy()
            read_claims(batch, packs, found, first_row=1)
            found.number(rows + 1)
            faults.take(found)
        listed = list(faults)
        if listed:
            yield _fault_batch(listed, len(faults) - len(listed))


def _fault_batch(listed: list[RowFault], more: int) -> pa.RecordBatch:
    """One row a fault, and a last one, without a field, with the number of those not shown."""
    return pa.RecordBatch.from_pydict(
        {
            "row": pa.array([*(fault.row for fault in listed), 0], pa.int64()),
            "field": pa.array([*(fault.field for fault in listed), None], pa.string()),
            "value": pa.array([*(fault.value for fault in listed), ""], pa.string()),
            "zh": pa.array([*(fault.zh for fault in listed), ""], pa.string()),
            "en": pa.array([*(fault.en for fault in listed), ""], pa.string()),
            "more": pa.array([*(0 for _ in listed), more], pa.int64()),
        }
    )


class _Settle:
    """On a worker: the amounts of the claims in a partition, which has all of its persons."""

    def __init__(self, sent: bytes) -> None:
        self.sent = sent

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        packs: Packs = pickle.loads(self.sent)
        settler = Settler(packs)
        for stretch in stretches(batches):
            claims = read_claims(stretch.table, packs)
            rows = stretch.table.column(ROW).to_numpy()
            try:
                amounts = settler.settle(claims, workers=1)
            except BadTable as error:
                # Below 0, so that it is the first of all rows that come back.
                found = np.array([~rows[error.faults[0].row - 1]])
                rows, amounts = found, dict.fromkeys(packs.outputs, np.zeros(1, np.int64))
            columns = {ROW: rows, **amounts}
            yield pa.RecordBatch.from_pydict(
                {name: pa.array(column, pa.int64()) for name, column in columns.items()}
            )


# ---- Sending ------------------------------------------------------------------------------------


def _without_functions(packs: Packs) -> Packs:
    """The packs as the loop needs them: syntax trees and values, which any worker can read."""
    return Packs({name: _portable(pack) for name, pack in packs.by_name.items()}, packs.default)


def _portable(policy: Policy) -> Policy:
    def bare(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(
            replace(rule, function=_stays_at_home, card=replace(rule.card, variants=()))
            for rule in rules
        )

    return replace(
        policy,
        all_rules=bare(policy.all_rules),
        promises=bare(policy.promises),
        guarantees=bare(policy.guarantees),
        findings=(),
        entitlements=(),
    )


def _stays_at_home(*_: Any) -> Any:
    """Stands for the Python function of a rule on a worker, where only its text is used."""
    raise RuntimeError("a rule is not explained on a worker")


@contextmanager
def _session(master: str) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra, and slow to load

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
    }
    if master.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.master(master).appName("doudi simulate")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    with tempfile.TemporaryDirectory(prefix="doudi-") as folder:
        sent = Path(folder) / "doudi.zip"
        sent.write_bytes(_own_source())
        session.sparkContext.addPyFile(str(sent))
        try:
            yield session
        finally:
            session.stop()


def _own_source() -> bytes:
    """What workers need of Doudi, as a zip that Python imports from."""
    root = Path(doudi.__file__).parent
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(root.rglob("*.py")):
            inside = path.relative_to(root)
            if inside.parts[0] not in _STAYS:
                archive.write(path, "doudi" / inside)
    return content.getvalue()
