"""Reading a file of claims: what was written is what is read, or the cell is named as faulty."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.estimate.claims_file import (
    MOST_ROWS,
    BadClaims,
    ClaimRow,
    RowFault,
    in_order,
    read_claims,
)
from doudi.policies import policy
from doudi.rules.amounts import LARGEST_AMOUNT

HINGGAN = policy("hinggan-2018")
HEADING = ("person", "date", "kind", "hospital_level", "outside_league", "bill", "catalogue",
           "registered", "serious")  # fmt: skip
PLAIN = {
    "person": "甲", "date": "2018-05-01", "kind": "inpatient", "hospital_level": "3",
    "outside_league": "否", "bill": "100", "catalogue": "0", "registered": "是", "serious": "否",
}  # fmt: skip

YES = ("是", "1", "true", "True", "TRUE", "yes", "Y", "t")
NO = ("否", "0", "false", "False", "no", "N", "f")

FEN = st.integers(0, LARGEST_AMOUNT)
DAYS = st.dates(date(2018, 1, 1), date(2018, 12, 31))
SOME = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def read_bytes(content: bytes, name: str = "claims.csv") -> list[ClaimRow]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_claims(path, HINGGAN)


def as_csv(rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADING)
    writer.writeheader()
    writer.writerows([{**PLAIN, **row} for row in rows])
    return text.getvalue().encode(encoding)


def as_workbook(rows: Sequence[Mapping[str, Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        formats = {
            "date": book.add_format({"num_format": "yyyy/m/d"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
        }
        sheet.write_row(0, 0, HEADING)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate({**PLAIN, **row}.values()):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, formats["date"])
                elif isinstance(cell, float):
                    sheet.write_number(number, place, cell, formats["money"])
                else:
                    sheet.write(number, place, cell)
    return file.getvalue()


def faults_of(rows: Sequence[Mapping[str, str]]) -> tuple[RowFault, ...]:
    with pytest.raises(BadClaims) as caught:
        read_bytes(as_csv(rows))
    return caught.value.faults


# ---- What is written is what is read -------------------------------------------------------


@SOME
@given(st.lists(st.tuples(FEN, st.sampled_from(["{0}.{1:02}", "{0:,}.{1:02}", "{0}.{1:02}元"])),
                min_size=1))  # fmt: skip
def test_an_amount_of_a_csv_is_read_to_the_fen(written: list[tuple[int, str]]) -> None:
    rows = [{"bill": form.format(*divmod(fen, 100))} for fen, form in written]
    assert [claim.facts["bill"] for claim in read_bytes(as_csv(rows))] == [
        fen for fen, _ in written
    ]


@SOME
@given(st.lists(FEN, min_size=1))
def test_a_number_of_a_workbook_is_read_to_the_fen(written: list[int]) -> None:
    rows = [{"bill": float(f"{fen // 100}.{fen % 100:02}")} for fen in written]
    claims = read_bytes(as_workbook(rows), "claims.xlsx")
    assert [claim.facts["bill"] for claim in claims] == written


@SOME
@given(st.lists(DAYS, min_size=1))
def test_a_date_is_read_in_every_usual_form(days: list[date]) -> None:
    rows = [
        {"date": form}
        for day in days
        for form in (
            day.isoformat(),
            f"{day:%Y%m%d}",
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            f" {day.year}-{day.month:02}-{day.day} ",
        )
    ]
    found = [claim.day for claim in read_bytes(as_csv(rows))]
    assert found == [day for day in days for _ in range(6)]


@SOME
@given(st.lists(DAYS, min_size=1))
def test_a_date_of_a_workbook_is_read_as_that_day(days: list[date]) -> None:
    claims = read_bytes(as_workbook([{"date": day} for day in days]), "claims.xlsx")
    assert [claim.day for claim in claims] == days


@SOME
@given(st.lists(st.booleans(), min_size=1), st.data())
def test_yes_and_no_are_read_in_every_usual_form(flags: list[bool], data: st.DataObject) -> None:
    words = [data.draw(st.sampled_from(YES if flag else NO)) for flag in flags]
    claims = read_bytes(as_csv([{"registered": word, "serious": word} for word in words]))
    for name in ("registered", "serious"):
        assert [claim.facts[name] for claim in claims] == flags


def test_yes_and_no_of_a_workbook_may_be_its_own_truth_values() -> None:
    cells = [True, False, 1.0, 0.0, "是", "否"]
    claims = read_bytes(as_workbook([{"registered": cell} for cell in cells]), "claims.xlsx")
    assert [claim.facts["registered"] for claim in claims] == [True, False] * 3


@pytest.mark.parametrize(
    ("text", "level"),
    [("1", 1), ("2", 2), ("3", 3), ("一级", 1), ("二级", 2), ("三级", 3),
     ("三级（盟医院等）", 3)],
)  # fmt: skip
def test_a_level_may_be_a_number_or_its_name(text: str, level: int) -> None:
    [claim] = read_bytes(as_csv([{"hospital_level": text}]))
    assert claim.facts["hospital_level"] == level


def test_a_kind_may_be_written_in_either_language() -> None:
    names = {str(kind): zh for kind, (zh, _en) in HINGGAN.kinds.items()}
    for kind in ("inpatient", "chronic", "drug_purchase", "outpatient", "observation",
                 "family_bed", "package"):  # fmt: skip
        claims = read_bytes(as_csv([{"kind": kind}, {"kind": names[kind]}]))
        assert [claim.facts["kind"] for claim in claims] == [kind, kind]


def test_what_a_kind_does_not_need_is_not_taken_into_its_facts() -> None:
    [claim] = read_bytes(as_csv([{"kind": "family_bed", "hospital_level": "", "serious": ""}]))
    assert set(claim.facts) == {"kind", "bill", "catalogue", "registered"}


@SOME
@given(st.text(st.characters(codec="gb18030", exclude_categories=["C", "Z"]), min_size=1))
def test_a_name_in_chinese_is_read_from_either_encoding(name: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        content = as_csv([{"person": f"病人{name}"}], encoding)
        assert [claim.person for claim in read_bytes(content)] == [f"病人{name}"]


def test_a_whole_number_as_a_person_is_the_same_person_in_csv_and_workbook() -> None:
    [in_csv] = read_bytes(as_csv([{"person": "1042"}]))
    [in_workbook] = read_bytes(as_workbook([{"person": 1042.0}]), "claims.xlsx")
    assert in_csv.person == in_workbook.person == "1042"


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    content = as_csv([{}, {}, {}]).replace(b"\r\n", b"\r\n\r\n", 1)
    assert [claim.row for claim in read_bytes(content)] == [3, 4, 5]
    with_gap = as_workbook([{}, dict.fromkeys(HEADING, ""), {}])
    assert [claim.row for claim in read_bytes(with_gap, "claims.xlsx")] == [2, 4]


# ---- Or the cell is named ------------------------------------------------------------------


@SOME
@given(st.text(st.characters(exclude_categories=["C"]), max_size=8))
def test_any_text_as_an_amount_is_read_exactly_or_named_as_written(text: str) -> None:
    content = as_csv([{"catalogue": text, "bill": "10000000000"}])
    try:
        [claim] = read_bytes(content)
    except BadClaims as error:
        assert [(fault.row, fault.field) for fault in error.faults] == [(2, "catalogue")]
        assert error.faults[0].value == text
        return
    amount = claim.facts["catalogue"]
    assert isinstance(amount, int)
    digits = "".join(character for character in text if character.isdigit())
    assert int(digits) in (amount, amount // 10, amount // 100)


@SOME
@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), st.sampled_from("-/."))
def test_three_numbers_are_that_day_or_no_day_at_all(
    year: int, month: int, day: int, sign: str
) -> None:
    try:
        expected: date | None = date(year, month, day)
    except ValueError:
        expected = None
    text = f"{year:04}{sign}{month}{sign}{day}"
    if expected is not None and HINGGAN.valid_from <= expected <= HINGGAN.valid_to:
        assert [claim.day for claim in read_bytes(as_csv([{"date": text}]))] == [expected]
        return
    [fault] = faults_of([{"date": text}])
    assert fault.field == "date"


@SOME
@given(st.from_regex(r"\d{4}[-/.年 ]?\d{1,4}", fullmatch=True))
def test_two_numbers_are_never_completed_to_a_date(text: str) -> None:
    if len(text) == 8 and text.isdigit():
        return
    [fault] = faults_of([{"date": text}])
    assert (fault.field, fault.value) == ("date", text)


@pytest.mark.parametrize("name", ["registered", "serious", "outside_league"])
@pytest.mark.parametrize("word", ["也许", "2", "-", "是的", "none"])
def test_what_is_neither_yes_nor_no_is_named(name: str, word: str) -> None:
    [fault] = faults_of([{name: word}])
    assert (fault.row, fault.field, fault.value) == (2, name, word)


@pytest.mark.parametrize("name", HEADING)
def test_what_is_left_out_is_named(name: str) -> None:
    faults = faults_of([{}, {name: "  "}])
    assert (3, name) in [(fault.row, fault.field) for fault in faults]


@SOME
@given(st.binary(max_size=300))
def test_any_file_at_all_is_read_or_refused_with_its_faults(content: bytes) -> None:
    for name in ("claims.csv", "claims.xlsx"):
        with pytest.raises(BadClaims) as caught:
            read_bytes(content, name)
        assert caught.value.faults


@SOME
@given(st.lists(st.lists(st.text(max_size=6), max_size=10), max_size=4))
def test_any_cells_under_the_right_heading_are_read_or_refused(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADING, *rows])
    try:
        claims = read_bytes(text.getvalue().encode("utf-8", "replace"))
    except BadClaims as error:
        assert all(1 <= fault.row <= len(rows) * 7 + 2 for fault in error.faults)
        return
    assert claims


def test_more_rows_than_a_small_file_has_are_sent_elsewhere() -> None:
    line = b"1,2018-05-01,package,,,1,1,1,\r\n"
    content = (",".join(HEADING) + "\r\n").encode() + line * (MOST_ROWS + 1)
    with pytest.raises(BadClaims, match="doudi simulate") as caught:
        read_bytes(content)
    assert len(caught.value.faults) == 1


def test_a_fault_says_row_field_value_and_reason_in_both_languages() -> None:
    fault = RowFault(7, "bill", "1.005", "理由", "reason")
    assert fault.line_zh == "第7行 bill = '1.005'：理由"
    assert fault.line_en == "row 7 bill = '1.005': reason"
    assert str(fault) == "第7行 bill = '1.005'：理由 | row 7 bill = '1.005': reason"
    assert RowFault(7, "bill", "", "没有填", "is missing").line_en == "row 7 bill: is missing"
    assert RowFault(1, "", "", "空", "is empty").line_zh == "第1行：空"
    assert RowFault(0, "a.csv", "", "打不开", "cannot be opened").line_en == (
        "a.csv: cannot be opened"
    )


# ---- Order ---------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5)))
def test_claims_come_by_date_and_within_a_date_as_they_came(offsets: list[int]) -> None:
    claims = [
        ClaimRow(row, "甲", date(2018, 5, 1) + timedelta(offset), {})
        for row, offset in enumerate(offsets, start=2)
    ]
    ordered = in_order(claims)
    assert [(claim.day, claim.row) for claim in ordered] == sorted(
        (claim.day, claim.row) for claim in claims
    )
