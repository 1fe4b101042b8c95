"""Reading a table from CSV or Excel as rows of cells, and saying what is wrong with a row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True)
class RowFault:
    """One thing wrong in a table.

    ``row`` is counted as its reader does, in a file with the heading as 1; 0 is the whole column.
    """

    row: int
    field: str
    value: str
    zh: str
    en: str

    @property
    def line_zh(self) -> str:
        """Where, what and why, in Chinese."""
        return self._line(f"第{self.row}行", "：", self.zh)

    @property
    def line_en(self) -> str:
        """Where, what and why, in English."""
        return self._line(f"row {self.row}", ": ", self.en)

    def _line(self, row: str, colon: str, why: str) -> str:
        what = f"{self.field} = {self.value!r}" if self.value else self.field
        return " ".join(part for part in (row if self.row else "", what) if part) + colon + why

    def __str__(self) -> str:
        return f"{self.line_zh} | {self.line_en}"


class UnreadableTable(ValueError):
    """A file that is no table; ``fault`` says why."""

    def __init__(self, row: int, field: str, zh: str, en: str) -> None:
        self.fault = RowFault(row, field, "", zh, en)
        super().__init__(str(self.fault))


def read_table(path: Path, *, most_rows: int, too_many: tuple[str, str]) -> list[list[Any]]:
    """The rows of a CSV file (UTF-8 or GB18030) or of the first sheet of a workbook.

    ``too_many`` says in Chinese and English what to do with more than ``most_rows`` rows below
    the heading. Errors: UnreadableTable.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableTable(
            0, path.name, "文件打不开", f"cannot be opened: {error.strerror}"
        ) from error
    workbook = path.suffix.lower() in _WORKBOOKS
    rows = _read_workbook(content) if workbook else _read_csv(_decode(content))
    if len(rows) > most_rows + 1:
        raise UnreadableTable(most_rows + 2, "", *too_many)
    return rows


def cell_text(cell: Any) -> str:
    """A cell as it was typed: a workbook's binary number in its shortest decimal form."""
    if isinstance(cell, float):
        return format(Decimal(repr(cell)), "f").removesuffix(".0")
    return "" if cell is None else str(cell).strip()


def _decode(content: bytes) -> str:
    """Chinese Excel writes CSV in GB18030; everything else writes UTF-8."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    zh, en = "文字编码应为 UTF-8 或 GB18030", "the text must be UTF-8 or GB18030"
    raise UnreadableTable(1, "", zh, en)


def _read_csv(text: str) -> list[list[Any]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return [list(row) for row in reader]
    except csv.Error as error:
        zh, en = "不是能读的 CSV（引号可能没有成对）", f"not readable as CSV: {error}"
        raise UnreadableTable(reader.line_num, "", zh, en) from error


def _read_workbook(content: bytes) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        zh, en = "不是能读的 Excel 文件", f"not a readable workbook: {error}"
        raise UnreadableTable(1, "", zh, en) from error
