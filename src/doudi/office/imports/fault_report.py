"""The faults of a file as a workbook, to be put right beside the file itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.office.imports.cells import CellNote
from doudi.office.imports.models import PeopleImport, StagedRow
from doudi.office.imports.selectors import rows_with_faults, rows_with_warnings
from doudi.office.workbooks import table_workbook


def fault_report(people_import: PeopleImport) -> bytes:
    """Every fault and every warning of a file, a line each, by cell."""
    heading = [_("单元格"), _("列"), _("内容"), _("问题"), _("类别")]
    return table_workbook(_("核对结果"), heading, _lines(people_import))


def notes_of(row: StagedRow) -> Sequence[CellNote]:
    """What is wrong with a row; of one that only waits for its household, that."""
    if row.faults or row.state != StagedRow.State.HELD:
        notes: list[CellNote] = row.faults
        return notes
    zh = f"户 {row.household} 有别的行出错，全户暂不入库"
    en = f"household {row.household} waits for a row with a fault"
    return [CellNote(cell=str(row.row), heading="", value="", zh=zh, en=en)]


def _lines(people_import: PeopleImport) -> Iterator[list[str]]:
    for row in rows_with_faults(people_import).iterator(chunk_size=1_000):
        sort = _("错误") if row.state == StagedRow.State.FAULTY else _("同户有错")
        for note in notes_of(row):
            yield _line(note, sort)
    for row in rows_with_warnings(people_import).iterator(chunk_size=1_000):
        for note in row.warnings:
            yield _line(note, _("提示"))


def _line(note: CellNote, sort: str) -> list[str]:
    return [note["cell"], note["heading"], note["value"], either(note["zh"], note["en"]), sort]
