"""Reading the lines of a bill from a CSV file, with every fault by row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doudi.commands.common import complain
from doudi.i18n import either
from doudi.money import read_yuan

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
_AMOUNTS = ("unit_price", "total", "full_own", "over_limit", "first_own", "in_scope")
_THOUSANDTHS = 3
_LONGEST_ITEM = 120


def read_fees(file: Path) -> list[Any]:
    """The lines of a CSV file (UTF-8 or GB18030), money in yuan; a blank amount is 0.

    Complains with every fault and exits; what the lines add up to is checked by the service.
    """
    rows = _rows(file)
    faults: list[str] = []
    lines = [_line(number, row, faults) for number, row in enumerate(rows, start=2)]
    if not rows:
        faults.append(either(f"{file.name}：没有费用明细", f"{file.name}: no lines"))
    if faults:
        complain(faults)
    return lines


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        text = _decode(file.read_bytes())
    except OSError as error:
        complain([either(f"{file.name}：打不开", f"{file.name}: {error.strerror}")])
    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = {heading: _name(heading) for heading in reader.fieldnames or ()}
    faults = [
        either(f"第1行 {heading}：不认识这一列", f"row 1 {heading}: unknown column")
        for heading, name in names.items()
        if name not in _HEADINGS.values()
    ]
    faults += [
        either(f"第1行：缺少{heading}这一列", f"row 1: column {name} is missing")
        for heading, name in _HEADINGS.items()
        if name not in names.values()
    ]
    if faults:
        complain(faults)
    return [
        {names[heading]: (value or "").strip() for heading, value in row.items() if heading}
        for row in reader
    ]


def _decode(content: bytes) -> str:
    """Chinese Excel writes CSV in GB18030; everything else writes UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _name(heading: str) -> str:
    return _HEADINGS.get(heading.strip(), heading.strip().lower())


def _line(number: int, row: Mapping[str, str], faults: list[str]) -> Any:
    from doudi.office.settlement.fees import FeeInput  # noqa: PLC0415

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
        quantity_thousandths=amounts["quantity"],
        **{f"{name}_fen": amounts[name] for name in _AMOUNTS},
    )


def _thousandths(text: str) -> int:
    """A quantity such as ``1.5`` in thousandths; ValueError."""
    whole, _dot, rest = text.partition(".")
    if not _digits(whole) or (rest and not _digits(rest)) or len(rest) > _THOUSANDTHS:
        raise ValueError(text)
    return int(whole + rest.ljust(_THOUSANDTHS, "0"))


def _digits(text: str) -> bool:
    # Not str.isdigit alone: it takes the digits of every script.
    return text.isascii() and text.isdigit()
