"""One way to read a table: the same cells from CSV and Excel, or what is wrong with the file."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from doudi.tables import UnreadableTable, cell_text, read_table

TOO_MANY = ("太多", "too many")
ROWS = [["项目", "单价"], ["床位费", "40.5"], ["西药", "220"]]


def read(path: Path, most: int = 10) -> list[list[str]]:
    rows = read_table(path, most_rows=most, too_many=TOO_MANY)
    return [[cell_text(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_people_save_it_in(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(row) for row in ROWS), encoding=encoding)
    assert read(path) == ROWS


def test_a_workbook_gives_the_same_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([ROWS[0], ["床位费", 40.5], ["西药", 220]]):
            sheet.write_row(place, 0, row)
    assert read(path) == ROWS


def test_a_number_of_a_workbook_is_as_it_was_typed() -> None:
    assert [cell_text(cell) for cell in (0.1, 12.35, 1e15, 2.0, None, " 甲 ", 7)] == [
        "0.1", "12.35", "1000000000000000", "2", "", "甲", "7",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "row", "words"),
    [
        ("a.csv", b"\xff\xff\xff", 1, "UTF-8 或 GB18030"),
        ("a.xlsx", b"no workbook", 1, "Excel"),
        ("a.csv", b"1\n2\n3\n4\n", 4, "太多"),
        ("a.csv", b'x\n"' + b"y" * 200_000, 2, "CSV"),
    ],
)
def test_what_is_no_table_is_refused_by_row(
    tmp_path: Path, name: str, content: bytes, row: int, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableTable) as error:
        read(path, most=2)
    assert error.value.fault.row == row
    assert words in error.value.fault.line_zh


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match=r"nothing\.csv"):
        read(tmp_path / "nothing.csv")
