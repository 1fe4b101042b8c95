"""Arrow, Polars and pandas in, the same out: rows and other columns as they were."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.population.histories import as_table
from tests.population.test_settle import STAY, many

import doudi
from doudi.population import BadTable, simulate
from doudi.population.order import is_in_order

HINGGAN = doudi.policy("hinggan-2018")
OUTPUTS = list(HINGGAN.outputs)


def mixed() -> pa.Table:
    """Claims in no order, with a column that settling knows nothing of."""
    table = many(500, 60)
    days = np.datetime64("2018-01-01") + np.arange(500) * 7 % 365
    table = table.set_column(1, "date", pa.array(days))
    return table.append_column("banner", pa.array([f"旗{number % 5}" for number in range(500)]))


def test_arrow_comes_back_with_its_columns_and_rows_as_they_were() -> None:
    table = mixed()
    assert not is_in_order(table["person"].to_numpy(), table["date"].to_numpy())
    settled = HINGGAN.simulate(table)
    assert settled.select(table.schema.names).equals(table)
    assert settled.schema.names == table.schema.names + OUTPUTS
    assert {settled.schema.field(name).type for name in OUTPUTS} == {pa.int64()}
    paid = sum(settled[name].to_numpy() for name in OUTPUTS)
    assert (paid == table["bill"].to_numpy()).all()


def test_polars_and_pandas_get_the_same_amounts_in_their_own_tables() -> None:
    table = mixed()
    expected = HINGGAN.simulate(table)
    from_polars = HINGGAN.simulate(pl.DataFrame(table))
    assert isinstance(from_polars, pl.DataFrame)
    assert from_polars.select(OUTPUTS).equals(pl.DataFrame(expected.select(OUTPUTS)))
    frame = table.to_pandas()
    frame.index = pd.Index(range(1_000, 1_500), name="claim")
    from_pandas = HINGGAN.simulate(frame)
    assert isinstance(from_pandas, pd.DataFrame)
    assert from_pandas.index.equals(frame.index)
    assert from_pandas[OUTPUTS].to_numpy().tolist() == [
        list(row.values()) for row in expected.select(OUTPUTS).to_pylist()
    ]
    assert "own_pay" not in frame.columns


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.set_column(0, "person", table["person"].cast(pa.string())),
        lambda table: table.set_column(0, "person", table["person"].cast(pa.uint64())),
        lambda table: table.set_column(
            0, "person", table["person"].cast(pa.string()).dictionary_encode()
        ),
        lambda table: table.set_column(2, "kind", table["kind"].dictionary_encode()),
        lambda table: table.set_column(2, "kind", table["kind"].cast(pa.string_view())),
        lambda table: table.set_column(1, "date", table["date"].cast(pa.timestamp("us"))),
        lambda table: table.set_column(1, "date", table["date"].cast(pa.date64())),
        lambda table: table.set_column(3, "hospital_level", table["hospital_level"].cast("int8")),
        lambda table: table.set_column(5, "bill", table["bill"].cast(pa.int32())),
        lambda table: pa.concat_tables([table.slice(0, 100), table.slice(100)]),
        lambda table: table.append_column("policy", pa.nulls(500, pa.string())),
    ],
)
def test_a_column_of_another_fitting_type_means_the_same(change: Any) -> None:
    table = mixed()
    expected = HINGGAN.simulate(table).select(OUTPUTS)
    assert HINGGAN.simulate(change(table)).select(OUTPUTS).equals(expected)


def test_a_pandas_column_of_objects_that_arrow_cannot_hold_is_left_alone() -> None:
    frame = as_table([STAY, {**STAY, "person": 2}]).to_pandas()
    frame["remark"] = [{1, 2}, object()]
    assert HINGGAN.simulate(frame)["own_pay"].tolist() == [15_525, 15_525]


def test_what_a_kind_of_claim_does_not_need_may_be_missing() -> None:
    rows = [{**STAY, "kind": "package", "hospital_level": None, "serious": None}, STAY]
    assert HINGGAN.simulate(as_table(rows))["own_pay"].to_pylist() == [120_000, 15_525]
    lean = as_table(rows[:1]).drop_columns(["hospital_level", "serious", "outside_league"])
    assert HINGGAN.simulate(lean)["own_pay"].to_pylist() == [120_000]


def test_a_claim_names_its_pack_and_else_has_the_default() -> None:
    reading = HINGGAN.with_readings({"floor_base": "catalogue", "commercial_base": "bill"})
    rows = [
        {**STAY, "policy": name, "person": person, "catalogue": 900_000}
        for person, name in enumerate(["other", None, "today"])
    ]
    packs = {"today": HINGGAN, "other": reading}
    found = simulate(as_table(rows), packs)["own_pay"].to_pylist()
    expected = [
        pack.settle(STAY | {"catalogue": 900_000})["own_pay"] for pack in (reading, HINGGAN)
    ]
    assert found == [*expected, expected[1]]
    assert expected[0] != expected[1]


def test_an_amount_that_is_there_already_is_not_written_over() -> None:
    with pytest.raises(BadTable, match="own_pay"):
        HINGGAN.simulate(HINGGAN.simulate(as_table([STAY])))


def test_another_kind_of_table_is_refused() -> None:
    with pytest.raises(TypeError, match=r"not builtins\.list"):
        HINGGAN.simulate([STAY])


def test_the_date_of_a_claim_is_needed() -> None:
    assert STAY["date"] == date(2018, 4, 28)
    with pytest.raises(BadTable, match="date: the column is missing"):
        HINGGAN.simulate(as_table([STAY]).drop_columns(["date"]))
