"""A workbook that a file is filled in with: headings, drop-downs, and how to fill it in."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doudi.office.registry.file_columns import FileColumns

_LAST_ROW = 20_000
_NOTES, _LISTS = "填写说明", "选项"


@dataclass(frozen=True)
class Template:
    """``sheet`` is filled in, ``a_row`` says what a row is; the rest is by the columns' names.

    ``explained`` tells how to fill a column in, ``choices`` what its drop-down offers; those
    ``as_text`` are kept from becoming numbers.
    """

    columns: FileColumns
    sheet: str
    a_row: str
    explained: Mapping[str, str]
    choices: Mapping[str, Sequence[str]]
    as_text: Collection[str]
    widths: Mapping[str, int]

    def workbook(self) -> bytes:
        """The empty workbook."""
        import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415

        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            entry = book.add_worksheet(self.sheet)
            notes = book.add_worksheet(_NOTES)
            lists = book.add_worksheet(_LISTS)
            _write_entry(self, book, entry)
            _write_notes(self, book, notes)
            for place, name in enumerate(self.choices):
                _offer(self, entry, lists, place, name)
            lists.hide()
        return content.getvalue()


def _write_entry(template: Template, book: Any, sheet: Any) -> None:
    plain = {"border": 1, "bold": True, "align": "center", "valign": "vcenter"}
    needed = book.add_format({**plain, "bg_color": "#0B5C46", "font_color": "#FFFFFF"})
    other = book.add_format({**plain, "bg_color": "#E4EAE6"})
    text = book.add_format({"num_format": "@"})
    for place, (name, heading) in enumerate(template.columns.headings.items()):
        as_text = text if name in template.as_text else None
        sheet.set_column(place, place, template.widths.get(name, 13), as_text)
        word = f"{heading}（必填）" if name in template.columns.required else heading
        sheet.write_string(0, place, word, needed if name in template.columns.required else other)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 1)
    number = list(template.columns.headings).index("id_number")
    sheet.data_validation(
        1,
        number,
        _LAST_ROW,
        number,
        {
            "validate": "length",
            "criteria": "==",
            "value": 18,
            "error_title": "身份证号",
            "error_message": "应为 18 位。",
        },
    )


def _write_notes(template: Template, book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 2, 80)
    for place, word in enumerate(("列", "必填", "怎么填")):
        sheet.write_string(0, place, word, bold)
    for row, (name, heading) in enumerate(template.columns.headings.items(), start=1):
        sheet.write_string(row, 0, heading, bold)
        sheet.write_string(row, 1, "是" if name in template.columns.required else "")
        sheet.write_string(row, 2, template.explained[name], wrapped)
    last = len(template.columns.headings) + 2
    for more, line in enumerate(
        (
            f"从第 2 行起{template.a_row}；空行会跳过。不要插入公式、宏或合并单元格。",
            "一个文件最多 200,000 行、30 MB。上传后先核对，逐格列出错误；由另一人核对后才入库。",
        )
    ):
        sheet.merge_range(last + more, 0, last + more, 2, line, wrapped)
        sheet.set_row(last + more, 32)


def _offer(template: Template, entry: Any, lists: Any, place: int, name: str) -> None:
    """Put a drop-down on a column; its choices stand on a sheet, as cells may hold only 255."""
    choices = template.choices[name]
    for row, choice in enumerate(choices):
        lists.write_string(row, place, choice)
    column = list(template.columns.headings).index(name)
    letter = chr(ord("A") + place)
    entry.data_validation(
        1,
        column,
        _LAST_ROW,
        column,
        {
            "validate": "list",
            "source": f"={_LISTS}!${letter}$1:${letter}${max(1, len(choices))}",
            # A code or another spelling is read as well: what is not in the list only warns.
            "error_type": "warning",
            "error_title": template.columns.headings[name],
            "error_message": "请从下拉框选择。",
        },
    )
