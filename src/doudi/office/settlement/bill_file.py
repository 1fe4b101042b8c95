"""Reading the lines of a bill from CSV or Excel, with every fault by row and column."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from doudi.i18n import either
from doudi.money import read_yuan
from doudi.office.settlement.fees import FeeInput
from doudi.tables import UnreadableTable, cell_text, read_table

_HEADINGS = {
    "项目": "item",
    "目录类别": "catalogue",
    "数量": "quantity",
    "单价": "unit_price",
    "总额": "total",
    "全自费": "full_own",
    "超限价": "over_limit",
    "先行自付": "first_own",
    "政策范围": "in_scope",
}
_OPTIONAL = {"更正行": "replaces"}
_KNOWN = _HEADINGS | _OPTIONAL
_AMOUNTS = ("unit_price", "total", "full_own", "over_limit", "first_own", "in_scope")
_THOUSANDTHS = 3
_LONGEST_ITEM = 120
_MOST_DIGITS = 9
_MOST_ROWS = 10_000


class BadBill(ValueError):
    """A file that is no bill; ``faults`` say by row and column why, in the reader's language."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_bill(file: Path) -> list[FeeInput]:
    """The lines of a CSV file or a workbook, money in yuan; a blank amount is 0.

    ``更正行`` (replaces), a column that may be left out, is the number of the line in whose place
    a line comes. Errors: BadBill with every fault; what the lines add up to is checked by the
    service that enters them.
    """
    rows = _rows(file)
    faults: list[str] = []
    lines = [_line(number, row, faults) for number, row in rows]
    if not rows:
        faults.append(either(f"{file.name}：没有费用明细", f"{file.name}: no lines"))
    if faults:
        raise BadBill(faults)
    return lines


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows by their number in the file, with what stands in each column."""
    zh, en = f"超过 {_MOST_ROWS} 行，请分成几个文件", "too many rows; split the file"
    try:
        table = read_table(file, most_rows=_MOST_ROWS, too_many=(zh, en))
    except UnreadableTable as error:
        raise BadBill([either(error.fault.line_zh, error.fault.line_en)]) from error
    heading, *body = table or [[]]
    names = {place: _name(cell_text(cell)) for place, cell in enumerate(heading)}
    faults = [
        either(f"第1行 {heading[place]}：不认识这一列", f"row 1 {heading[place]}: unknown column")
        for place, name in names.items()
        if name and name not in _KNOWN.values()
    ]
    faults += [
        either(f"第1行：缺少{zh}这一列", f"row 1: column {name} is missing")
        for zh, name in _HEADINGS.items()
        if name not in names.values()
    ]
    if faults:
        raise BadBill(faults)
    rows = []
    for number, cells in enumerate(body, start=2):
        texts = [cell_text(cell) for cell in cells]
        if any(texts):
            rows.append((number, {names.get(place, ""): text for place, text in enumerate(texts)}))
    return rows


def _name(heading: str) -> str:
    return _KNOWN.get(heading.strip(), heading.strip().lower())


def _line(number: int, row: Mapping[str, str], faults: list[str]) -> FeeInput:
    heading = {name: zh for zh, name in _HEADINGS.items()}
    amounts = {"quantity": 0, **dict.fromkeys(_AMOUNTS, 0)}
    for name in amounts:
        text = row.get(name) or "0"
        try:
            amounts[name] = _thousandths(text) if name == "quantity" else read_yuan(text)
        except ValueError:
            zh = "应为不小于 0 的数，金额最多两位小数，数量最多三位"
            en = "must be a number >= 0, amounts with two decimals and quantities with three"
            faults.append(
                either(
                    f"第{number}行 {heading[name]} = {text}：{zh}",
                    f"row {number} {name} = {text}: {en}",
                )
            )
    item = row.get("item", "")
    if not item or len(item) > _LONGEST_ITEM or not item.isprintable():
        zh = f"第{number}行 项目：应为 1 至 {_LONGEST_ITEM} 个字"
        faults.append(either(zh, f"row {number} item: 1 to {_LONGEST_ITEM} plain characters"))
    return FeeInput(
        item=item,
        catalogue=row.get("catalogue", "").upper(),
        replaces=_place(number, row.get("replaces", ""), faults),
        quantity_thousandths=amounts["quantity"],
        **{f"{name}_fen": amounts[name] for name in _AMOUNTS},
    )


def _place(number: int, text: str, faults: list[str]) -> int | None:
    """The number of the line in whose place this one comes."""
    if not text:
        return None
    if _digits(text) and len(text) <= _MOST_DIGITS:
        return int(text)
    zh = f"第{number}行 更正行 = {text}：应为账单里那一条的序号"
    faults.append(either(zh, f"row {number} replaces = {text}: the number of a line of the bill"))
    return None


def _thousandths(text: str) -> int:
    """A quantity such as ``1.5`` in thousandths; ValueError."""
    whole, _dot, rest = text.partition(".")
    if not _digits(whole) or (rest and not _digits(rest)) or len(rest) > _THOUSANDTHS:
        raise ValueError(text)
    return int(whole + rest.ljust(_THOUSANDTHS, "0"))


def _digits(text: str) -> bool:
    # Not str.isdigit alone: it takes the digits of every script.
    return text.isascii() and text.isdigit()
