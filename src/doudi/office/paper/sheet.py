"""A sheet of facts and tables, such as a household's, as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doudi.i18n import language
from doudi.office.paper.slip import shown_name
from doudi.office.paper.typeset import typeset


@dataclass(frozen=True)
class SheetTable:
    """A table of words; the columns of ``numeric`` stand to the right."""

    caption: str
    heads: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[str]]
    empty: str = ""


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet, every amount and word as it appears on paper."""

    title: str
    place: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[SheetTable]
    marks: Sequence[str] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    wide: bool = False


def sheet_pdf(sheet: Sheet) -> bytes:
    """The PDF of a sheet on A4, ``wide`` across; characters that the font lacks are named."""
    data = {
        "lang": language(),
        "title": sheet.title,
        "place": sheet.place,
        "wide": sheet.wide,
        "marks": list(sheet.marks),
        "facts": [[name, shown_name(value)] for name, value in sheet.facts],
        "tables": [
            {
                "caption": table.caption,
                "heads": list(table.heads),
                "numeric": list(table.numeric),
                "rows": [[shown_name(cell) for cell in row] for row in table.rows],
                "empty": table.empty,
            }
            for table in sheet.tables
        ],
        "notes": list(sheet.notes),
        "signatures": list(sheet.signatures),
    }
    return typeset("sheet.typ", data)
