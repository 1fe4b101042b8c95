"""What is wrong in a table is said by row, field and reason: all of it, up to a limit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from tests.population.histories import Row, as_table
from tests.population.test_settle import STAY

from doudi.policies import policy
from doudi.population import BadTable, Packs, RowFault, read_claims
from doudi.population.faults import FAULTS_SHOWN, Faults

HINGGAN = policy("hinggan-2018")
PACKS = Packs.of(HINGGAN)


def faults_in(table: pa.Table) -> tuple[RowFault, ...]:
    with pytest.raises(BadTable) as caught:
        read_claims(table, PACKS)
    return caught.value.faults


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"person": None}, "person", "is missing"),
        ({"date": None}, "date", "is missing"),
        ({"date": date(2019, 1, 1)}, "date", "no version of hinggan-2018 in force"),
        ({"kind": None}, "kind", "is missing"),
        ({"kind": "surgery"}, "kind", "must be one of inpatient, chronic"),
        ({"kind": "enrolment"}, "kind", "must be one of inpatient, chronic"),
        ({"policy": "hinggan-2017"}, "policy", "known: hinggan-2018"),
        ({"hospital_level": 4}, "hospital_level", "must be one of 1, 2, 3"),
        ({"hospital_level": None}, "hospital_level", "is missing"),
        ({"bill": -1, "catalogue": None, "kind": "package"}, "bill", "must lie between 0 and"),
        ({"bill": 10**12 + 1}, "bill", "must lie between 0 and"),
        ({"catalogue": 1_200_001}, "catalogue", "must not exceed bill"),
        ({"registered": None}, "registered", "is missing"),
        ({"serious": None}, "serious", "is missing"),
    ],
)
def test_a_faulty_row_is_named_with_its_field_and_reason(
    more: Row, field: str, reason: str
) -> None:
    found = faults_in(as_table([STAY, {**STAY, **more}, STAY]))
    assert {fault.row for fault in found} == {2}
    mine = next(fault for fault in found if fault.field == field)
    assert reason in mine.en
    assert mine.line_zh.startswith(f"第2行 {field}")


def test_all_faults_are_found_at_once_in_the_order_of_the_rows() -> None:
    rows = [
        {**STAY, "kind": "surgery", "hospital_level": 9},
        STAY,
        {**STAY, "date": date(2017, 12, 31)},
        {**STAY, "catalogue": 1_200_001},
    ]
    found = [(fault.row, fault.field) for fault in faults_in(as_table(rows))]
    assert found == [(1, "kind"), (1, "hospital_level"), (3, "date"), (4, "catalogue")]


def test_faults_past_the_limit_are_counted() -> None:
    rows = [{**STAY, "hospital_level": 7, "bill": -1}] * 300
    with pytest.raises(BadTable) as caught:
        read_claims(as_table(rows), PACKS)
    faults = caught.value.faults
    assert len(faults) == FAULTS_SHOWN
    assert faults[-1].row <= 50
    # Level and bill of each row, and a catalogue part above the bill.
    assert caught.value.more == 900 - FAULTS_SHOWN
    assert str(caught.value).endswith("… and 800 more")


@pytest.mark.parametrize(
    ("name", "column", "right"),
    [
        ("person", pa.array([1.0]), "an integer or a string"),
        ("date", pa.array(["2018-04-28"]), "a date"),
        ("date", pa.array([datetime(2018, 4, 28)], pa.timestamp("us", "UTC")), "a date"),
        ("kind", pa.array([1]), "a string"),
        ("policy", pa.array([1]), "a string"),
        ("hospital_level", pa.array([3.0]), "a whole number"),
        ("bill", pa.array([12_000.0]), "a whole number (money in fen, int64)"),
        ("catalogue", pa.array(["1200000"]), "a whole number"),
        ("registered", pa.array([1]), "true or false"),
    ],
)
def test_a_column_of_the_wrong_type_is_one_fault(name: str, column: Any, right: str) -> None:
    table = as_table([STAY])
    table = table.set_column(table.schema.get_field_index(name), name, column)
    [fault] = faults_in(table)
    assert (fault.row, fault.field, fault.value) == (0, name, str(column.type))
    assert right in fault.en


def test_a_column_that_is_missing_or_there_twice_is_one_fault() -> None:
    table = as_table([STAY, STAY])
    [fault] = faults_in(table.drop_columns(["catalogue"]))
    assert (fault.field, fault.en) == ("catalogue", "the column is missing")
    [fault] = faults_in(table.append_column("bill", table["bill"]))
    assert (fault.field, fault.en) == ("bill", "there are several such columns")


def test_a_moment_of_the_day_is_no_date() -> None:
    moments = pa.array([datetime(2018, 4, 28), datetime(2018, 4, 28, 9, 30), None])
    table = as_table([STAY] * 3).set_column(1, "date", moments)
    found = [(fault.row, fault.en) for fault in faults_in(table)]
    assert found == [(2, "must be a date without a time"), (3, "is missing")]


def test_faults_of_later_parts_follow_those_before_and_a_column_is_named_once() -> None:
    table = as_table([{**STAY, "hospital_level": 4}]).drop_columns(["person"])
    faults = Faults()
    for first_row in (1, 2):
        read_claims(table, PACKS, part := Faults(), first_row)
        faults.take(part)
    assert [(fault.row, fault.field) for fault in faults] == [
        (0, "person"),
        (1, "hospital_level"),
        (2, "hospital_level"),
    ]
    assert len(faults) == 3
