"""Tables of any of the three libraries: settled, and given back as what they came as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import pyarrow as pa

from doudi.population.columns import read_claims
from doudi.population.faults import BadTable
from doudi.population.loops import Amounts
from doudi.population.named import packs_in_table
from doudi.population.packs import Packs
from doudi.population.run import settle
from doudi.rules.policy import Policy
from doudi.tables import RowFault

Table = TypeVar("Table")


def simulate(
    table: Table,
    policy: Policy | Mapping[str, Policy] | Packs,
    workers: int | None = None,
) -> Table:
    """The table with the amounts of every claim as further columns, int64 fen.

    ``table`` is a `pyarrow.Table`, a `polars.DataFrame` or a `pandas.DataFrame` with the columns
    that `doudi.population.columns` lists; rows and other columns stay as they are. ``policy`` is
    the pack of claims that name none, beside which a claim may name any pack that comes with
    Doudi; or all packs that a claim may name, of which the first is the default.
    Errors: BadTable with every fault by row, TypeError for any other kind of table.
    """
    arrow = as_arrow(table)
    packs = packs_in_table(arrow, policy) if isinstance(policy, Policy) else Packs.of(policy)
    refuse_taken(arrow.schema.names, packs)
    return cast(Table, _with_amounts(table, settle(read_claims(arrow, packs), workers=workers)))


def refuse_taken(names: list[str], packs: Packs) -> None:
    """BadTable where a column already bears the name of an amount."""
    faults = [
        RowFault(0, name, "", "已有这一列；请先删去或改名", "is there already; drop or rename it")
        for name in packs.outputs
        if name in names
    ]
    if faults:
        raise BadTable(faults)


def _library(table: object) -> str:
    """Which library's table this is, without importing any of them."""
    return type(table).__module__.partition(".")[0]


def as_arrow(table: Any) -> pa.Table:
    """A table of any of the three libraries as Arrow; TypeError for anything else."""
    if isinstance(table, pa.Table):
        return table
    library, kind = _library(table), type(table).__name__
    if (library, kind) == ("polars", "DataFrame"):
        return table.to_arrow()
    if (library, kind) == ("pandas", "DataFrame"):
        return _from_pandas(table)
    raise TypeError(
        "a table of claims is a pyarrow.Table, polars.DataFrame or pandas.DataFrame, "
        f"not {type(table).__module__}.{kind}"
    )


def _from_pandas(frame: Any) -> pa.Table:
    """Column by column: what no claim is read from may be of a type that Arrow does not know."""
    columns = {}
    for name in frame.columns:
        try:
            columns[str(name)] = pa.Array.from_pandas(frame[name])
        except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError):
            columns[str(name)] = pa.nulls(len(frame), pa.binary())  # a type that fits no column
    return pa.table(columns)


def _with_amounts(table: Any, amounts: Amounts) -> Any:
    if isinstance(table, pa.Table):
        for name, column in amounts.items():
            table = table.append_column(name, pa.array(column))
        return table
    if _library(table) == "polars":
        import polars as pl  # noqa: PLC0415 - only those who use it load it

        return table.with_columns(pl.Series(name, column) for name, column in amounts.items())
    return table.assign(**amounts)
