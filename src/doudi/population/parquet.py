"""Parquet files: read piece by piece, written beside their place and then moved there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.population.arrow import is_text
from doudi.population.pipeline import one_ahead
from doudi.population.typed import POLICY
from doudi.rules.policy import KIND

ROWS_AT_A_TIME = 262_144
"""Rows of a piece, and of a row group that is written."""

_BYTES_AT_A_TIME = 1 << 20
"""Bytes of a column that are read from the disk at once."""


class AlreadyThere(Exception):
    """A file that would be written over, which nobody asked for."""


def opened(path: Path) -> pq.ParquetFile:
    """The file, with the words of a claim read as dictionaries. Use it in a ``with``."""
    schema = pq.read_schema(path)
    words = [name for name in (KIND, POLICY) if name in schema.names]
    texts = [name for name in words if is_text(schema.field(name).type)]
    # Read ahead by Arrow itself, the bytes of the whole file would stay in memory.
    return pq.ParquetFile(
        path, read_dictionary=texts, pre_buffer=False, buffer_size=_BYTES_AT_A_TIME
    )


def pieces(file: pq.ParquetFile, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The file in pieces of at most `ROWS_AT_A_TIME` rows, in its order, read one ahead."""
    yield from one_ahead(file.iter_batches(batch_size=ROWS_AT_A_TIME, columns=columns))


def writer(path: Path, schema: pa.Schema, more: Iterable[pa.Field]) -> pq.ParquetWriter:
    """A writer of tables of claims: the columns of ``schema``, and ``more`` behind them.

    Whole numbers are written as differences in as few bits as they take: smaller than the usual
    compression makes them, and about a quarter less work.
    """
    for field in more:
        schema = schema.append(field)
    whole = [
        field.name
        for field in schema
        if pa.types.is_int64(field.type) or pa.types.is_int32(field.type)
    ]
    return pq.ParquetWriter(
        path,
        schema,
        use_dictionary=[name for name in schema.names if name not in whole],
        column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED"),
        compression={name: "none" if name in whole else "snappy" for name in schema.names},
    )


@contextmanager
def placed(target: Path, overwrite: bool) -> Iterator[Path]:
    """A path beside ``target`` to write to, moved to ``target`` when all has gone well.

    Errors: AlreadyThere when something stands at ``target`` and may not be written over, also
    when it came there meanwhile. Whatever the error, nothing is left behind.
    """
    if not overwrite and target.exists():
        raise AlreadyThere(str(target))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        _make_readable_as_usual(unfinished)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        if overwrite:
            unfinished.replace(target)
        else:
            _move_unless_there(unfinished, target)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _move_unless_there(unfinished: Path, target: Path) -> None:
    try:
        target.hardlink_to(unfinished)
    except FileExistsError:
        raise AlreadyThere(str(target)) from None
    except OSError:  # no hard links on this file system
        if target.exists():
            raise AlreadyThere(str(target)) from None
        unfinished.replace(target)


def _make_readable_as_usual(path: Path) -> None:
    """A temporary file is its owner's alone; a result has the rights that any new file has."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
