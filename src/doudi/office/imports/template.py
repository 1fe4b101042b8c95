"""The workbook that people are entered in: headings, drop-downs, and how to fill it in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from doudi.office.registry.diseases import TEN_DISEASES
from doudi.office.registry.models import Cause, Division, Enrolment, Health, Person, Relation
from doudi.office.registry.people_columns import HEADINGS, REQUIRED
from doudi.office.registry.selectors import codes_within

_LAST_ROW = 20_000
_ENTRY, _NOTES, _LISTS = "人员", "填写说明", "选项"
_TEXT_COLUMNS = ("id_number", "household", "division", "card", "phone", "enrolled_years")
_WIDTHS = {
    "id_number": 24,
    "household": 18,
    "division": 30,
    "card": 20,
    "phone": 16,
    "document": 24,
}

_EXPLAINED = {
    "name": "身份证上的姓名。",
    "id_number": "18 位，最后一位可以是 X。这一列已设为文本，请勿改成数字：Excel 会丢掉后几位。",
    "household": "一户一个编号，最多 20 位数字或字母；同一编号的几行是一户。",
    "relation": "一户有且只有一个户主。可从下拉框选，也可填代码（01 是户主）。",
    "sex": "可不填；填了就与身份证号核对。",
    "division": "从下拉框选嘎查村，或填 12 位统计用区划代码。一户只能在一个村。",
    "registered_from": "2018-04-28、2018/4/28、2018年4月28日 都可以。4/28/2018 这样的写法不收。",
    "registered_to": "脱贫退出的最后一天；还没有退出就空着。",
    "cause": "填了建档立卡日期就要填。",
    "enrolled_years": "参加居民医保的年份，如 2018，或 2017、2018。",
    "premium_own_fen": "本人应缴的元数，每年一样；政府代缴的填应缴数。",
    "paid_by": "本人或政府。",
    "card": "社会保障卡号，可不填。",
    "phone": "11 位手机号，或带区号的固定电话；可不填。",
    "health": "可不填；填了就核对致贫原因。",
    "serious_disease": "在大病名单上的，从下拉框选病种，或写名称；几种之间用顿号。",
    "chronic_disease": "在慢性病名单上的病种，如高血压；几种之间用顿号。",
    "special_disease": "在特殊慢性病名单上的病种；几种之间用顿号。",
    "severe_disease": "批准为重病兜底的病种。",
    "listed_from": "列入上述名单的第一天；填了病种就要填。",
    "document": "认定或参保所依据的文件名称和文号；不填就记导入文件的名称。",
}


def people_template(division: Division) -> bytes:
    """An empty workbook for the people of a division, its villages in the drop-down."""
    import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        entry = book.add_worksheet(_ENTRY)
        notes = book.add_worksheet(_NOTES)
        lists = book.add_worksheet(_LISTS)
        _write_entry(book, entry)
        _write_notes(book, notes)
        for place, (name, choices) in enumerate(_choices(division).items()):
            _offer(entry, lists, place, name, choices)
        lists.hide()
    return content.getvalue()


def _choices(division: Division) -> dict[str, list[str]]:
    villages = Division.objects.filter(
        code__range=codes_within(division), level=Division.Level.GACHA
    ).select_related("parent")
    return {
        "relation": [f"{label}" for label in Relation.labels],
        "sex": [f"{label}" for label in Person.Sex.labels],
        "division": [
            f"{village.code} {village.parent.name if village.parent else ''}{village.name}"
            for village in villages.order_by("code")
        ],
        "cause": [f"{label}" for label in Cause.labels],
        "paid_by": [f"{label}" for label in Enrolment.PaidBy.labels],
        "health": [f"{label}" for label in Health.labels],
        "serious_disease": list(TEN_DISEASES),
    }


def _write_entry(book: Any, sheet: Any) -> None:
    plain = {"border": 1, "bold": True, "align": "center", "valign": "vcenter"}
    needed = book.add_format({**plain, "bg_color": "#0B5C46", "font_color": "#FFFFFF"})
    other = book.add_format({**plain, "bg_color": "#E4EAE6"})
    text = book.add_format({"num_format": "@"})
    for place, (name, heading) in enumerate(HEADINGS.items()):
        as_text = text if name in _TEXT_COLUMNS else None
        sheet.set_column(place, place, _WIDTHS.get(name, 13), as_text)
        word = f"{heading}（必填）" if name in REQUIRED else heading
        sheet.write_string(0, place, word, needed if name in REQUIRED else other)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 1)
    number = list(HEADINGS).index("id_number")
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


def _write_notes(book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 2, 80)
    for place, word in enumerate(("列", "必填", "怎么填")):
        sheet.write_string(0, place, word, bold)
    for row, (name, heading) in enumerate(HEADINGS.items(), start=1):
        sheet.write_string(row, 0, heading, bold)
        sheet.write_string(row, 1, "是" if name in REQUIRED else "")
        sheet.write_string(row, 2, _EXPLAINED[name], wrapped)
    last = len(HEADINGS) + 2
    for more, line in enumerate(
        (
            "从第 2 行起一人一行，户主和家庭成员都要填；空行会跳过。不要插入公式、宏或合并单元格。",
            "一个文件最多 200,000 行、30 MB。上传后先核对，逐格列出错误；由另一人核对后才入库。",
        )
    ):
        sheet.merge_range(last + more, 0, last + more, 2, line, wrapped)
        sheet.set_row(last + more, 32)


def _offer(entry: Any, lists: Any, place: int, name: str, choices: Sequence[str]) -> None:
    """Put a drop-down on a column; its choices stand on a sheet, as cells may hold only 255."""
    for row, choice in enumerate(choices):
        lists.write_string(row, place, choice)
    column = list(HEADINGS).index(name)
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
            "error_title": HEADINGS[name],
            "error_message": "请从下拉框选择。",
        },
    )
