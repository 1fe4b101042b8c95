"""Tables of any of the three libraries: settled, and given back as what they came as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import pyarrow as pa

from doudi.population.columns import claim_columns, read_claims
from doudi.population.faults import BadTable, TableFault
from doudi.population.loops import Amounts
from doudi.population.packs import Packs
from doudi.population.run import settle
from doudi.rules.policy import Policy

Table = TypeVar("Table")


def simulate(
    table: Table,
    policy: Policy | Mapping[str, Policy] | Packs,
    workers: int | None = None,
) -> Table:
    """The table with the amounts of every claim as further columns, int64 fen.

    ``table`` is a `pyarrow.Table`, a `polars.DataFrame` or a `pandas.DataFrame` with the columns
    that `doudi.population.columns` lists; rows and other columns stay as they are. ``policy`` is
    one pack, or several by the names in the column ``policy`` (the first is the default).
    Errors: BadTable with every fault by row, TypeError for any other kind of table.
    """
    packs = Packs.of(policy)
    arrow = _as_arrow(table, packs)
    refuse_taken(arrow.schema.names, packs)
    return cast(Table, _with_amounts(table, settle(read_claims(arrow, packs), workers=workers)))


def refuse_taken(names: list[str], packs: Packs) -> None:
    """BadTable where a column already bears the name of an amount."""
    faults = [
        TableFault(0, name, "", "已有这一列；请先删去或改名", "is there already; drop or rename it")
        for name in packs.outputs
        if name in names
    ]
    if faults:
        raise BadTable(faults)


def _library(table: object) -> str:
    """Which library's table this is, without importing any of them."""
    return type(table).__module__.partition(".")[0]


def _as_arrow(table: Any, packs: Packs) -> pa.Table:
    """All names of the table, with the data of the columns that claims are read from."""
    if isinstance(table, pa.Table):
        return table
    library, kind = _library(table), type(table).__name__
    if (library, kind) == ("polars", "DataFrame"):
        taken = [name for name in packs.outputs if name in table.columns]
        return table.select(claim_columns(packs, table.columns) + taken).to_arrow()
    if (library, kind) == ("pandas", "DataFrame"):
        names = [str(name) for name in table.columns]
        taken = [name for name in packs.outputs if name in names]
        return pa.Table.from_pandas(
            table[claim_columns(packs, names) + taken], preserve_index=False
        )
    raise TypeError(
        f"a table of claims is a pyarrow.Table, polars.DataFrame or pandas.DataFrame, "
        f"not {type(table).__module__}.{kind}"
    )


def _with_amounts(table: Any, amounts: Amounts) -> Any:
    if isinstance(table, pa.Table):
        for name, column in amounts.items():
            table = table.append_column(name, pa.array(column))
        return table
    if _library(table) == "polars":
        import polars as pl  # noqa: PLC0415 - only those who use it load it

        return table.with_columns(pl.Series(name, column) for name, column in amounts.items())
    return table.assign(**amounts)
