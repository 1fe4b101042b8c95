"""Reading a year of claims from CSV or Excel, with every fault by row and field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from doudi.estimate.unknowns import needed_inputs
from doudi.money import read_yuan, yuan
from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.errors import BadInput, NoVersionInForce
from doudi.rules.facts import Fact, Input, read_facts
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit
from doudi.tables import RowFault as RowFault  # noqa: PLC0414 - callers know it from here
from doudi.tables import UnreadableTable, read_table

MOST_ROWS = 100_000
"""More claims than this are for `doudi simulate`."""

_YES = {"是", "1", "true", "yes", "y", "t"}
_NO = {"否", "0", "false", "no", "n", "f"}
_DATES = (
    re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
)
_EXACT_IN_EXCEL = 10**15
_SHORTENED = re.compile(r"^\d(\.\d+)?E\+\d+$", re.IGNORECASE)
_LEVELS = {"一级": 1, "二级": 2, "三级": 3}
_PERSON, _DAY = "person", "date"

_OTHER_HEADERS = {
    "人员": _PERSON,
    "参保人": _PERSON,
    "日期": _DAY,
    "结算日期": _DAY,
    "类别": KIND,
    "级别": "hospital_level",
    "level": "hospital_level",
    "盟外": "outside_league",
    "outside": "outside_league",
    "目录内": "catalogue",
    "费用": "bill",
    "建档立卡": "registered",
    "大病": "serious",
}


@dataclass(frozen=True)
class ClaimRow:
    """One claim of a file: ``row`` is its line in the file, counting the heading as 1."""

    row: int
    person: str
    day: date
    facts: Mapping[str, Fact]


class BadClaims(ValueError):
    """A file of claims with faults; nothing of it is settled."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class _Fault(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def read_claims(path: Path, policy: Policy) -> list[ClaimRow]:
    """The claims of a CSV (UTF-8 or GB18030) or XLSX file, in the order of the file.

    Headings may be Chinese or English, amounts are yuan with at most two decimals. BadClaims
    carries every fault of the file.
    """
    rows = _rows_of(path)
    if not rows:
        raise BadClaims([RowFault(1, "", "", "文件是空的", "the file is empty")])
    heading, *body = rows
    columns = _columns(policy, [str(cell or "").strip() for cell in heading])
    faults: list[RowFault] = []
    claims = []
    for number, cells in enumerate(body, start=2):
        if all(cell is None or str(cell).strip() == "" for cell in cells):
            continue
        stray = _stray_cell(columns, cells)
        if stray:
            zh = "这一格没有表头；金额里有逗号时要加引号"
            en = "a cell without a heading; an amount with a comma needs quotes"
            faults.append(RowFault(number, "", stray, zh, en))
            continue
        given = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        claim = _read_row(policy, number, given, faults)
        if claim is not None:
            claims.append(claim)
    if faults:
        raise BadClaims(faults)
    if not claims:
        raise BadClaims([RowFault(2, "", "", "文件里没有就医记录", "the file holds no claim")])
    return claims


def _rows_of(path: Path) -> list[list[Any]]:
    zh, en = f"超过{MOST_ROWS}行，请用 doudi simulate", "too many rows; use doudi simulate"
    try:
        return read_table(path, most_rows=MOST_ROWS, too_many=(zh, en))
    except UnreadableTable as error:
        raise BadClaims([error.fault]) from error


def _columns(policy: Policy, heading: Sequence[str]) -> dict[str, int]:
    known = {_PERSON: _PERSON, _DAY: _DAY, KIND: KIND, policy.inputs[KIND].zh: KIND}
    for item in policy.claim_inputs:
        known |= {item.name: item.name, item.zh: item.name}
    known |= _OTHER_HEADERS
    columns: dict[str, int] = {}
    faults = []
    for place, text in enumerate(heading):
        plain = re.sub(r"[（(].*?[)）]$", "", text).strip()
        name = known.get(text) or known.get(plain) or known.get(plain.lower())
        if name is None:
            if text:
                zh, en = "不认识这一列", "unknown column"
                faults.append(RowFault(1, text, text, zh, en))
            continue
        if name in columns:
            faults.append(RowFault(1, text, text, "这一列重复了", "the column stands twice"))
        columns[name] = place
    for name in (_PERSON, _DAY, KIND, "bill"):
        if name not in columns:
            faults.append(RowFault(1, name, "", "缺少这一列", "the column is missing"))
    if faults:
        raise BadClaims(faults)
    return columns


def _needed(
    policy: Policy, number: int, kind: Fact | None, day: date | None, faults: list[RowFault]
) -> tuple[str, ...]:
    """What the row has to say; of a row with a faulty date or kind, what it has to say anyway."""
    if day is not None:
        try:
            policy.era_on(day)
        except NoVersionInForce as error:
            zh = f"政策 {policy.name} 在这一天没有有效版本"
            faults.append(RowFault(number, _DAY, day.isoformat(), zh, str(error)))
            day = None
    if kind is None:
        return ("bill",)
    try:
        check_kind(policy, kind, day or policy.valid_to)
    except BadInput as error:
        faults.append(RowFault(number, KIND, str(kind), error.zh, error.en))
        return ("bill",)
    return needed_inputs(policy, str(kind), day or policy.valid_to)


def _stray_cell(columns: Mapping[str, int], cells: Sequence[Any]) -> str:
    """What stands where no column is: ``1,234.50`` without quotes moves all that follows."""
    named = set(columns.values())
    for place, cell in enumerate(cells):
        if place not in named and cell is not None and str(cell).strip():
            return str(cell).strip()
    return ""


def check_kind(policy: Policy, kind: Fact, day: date) -> None:
    """BadInput when there is no bill to divide in this kind of case, such as an enrolment."""
    if "bill" in needed_inputs(policy, str(kind), day):
        return
    kinds = [str(one) for one in policy.kinds if "bill" in needed_inputs(policy, str(one), day)]
    zh, en = f"没有账单可算；只能是 {', '.join(kinds)}", f"has no bill; {', '.join(kinds)} have"
    raise BadInput(KIND, kind, zh, en)


def _read_row(
    policy: Policy, number: int, given: Mapping[str, Any], faults: list[RowFault]
) -> ClaimRow | None:
    before = len(faults)

    def read(name: str, reader: Callable[[Any], Any]) -> Any:
        cell = given.get(name)
        try:
            if cell is None or str(cell).strip() == "":
                raise _Fault("没有填", "is missing")
            return reader(cell)
        except _Fault as fault:
            shown = "" if cell is None else str(cell)
            faults.append(RowFault(number, name, shown, fault.zh, fault.en))
            return None

    person = read(_PERSON, _read_person)
    day = read(_DAY, _read_day)
    kind = read(KIND, lambda cell: _read_option(policy.inputs[KIND], cell))
    facts: dict[str, Fact] = {KIND: kind}
    for name in _needed(policy, number, kind, day, faults):
        fact = read(name, _reader(policy.inputs[name]))
        if fact is not None:
            facts[name] = fact
    if len(faults) > before:
        return None
    try:
        return ClaimRow(number, person, day, read_facts(policy.inputs, facts))
    except BadInput as error:
        value = error.value
        shown = yuan(value) if isinstance(value, int) else str(value)
        faults.append(RowFault(number, error.field, shown, error.zh, error.en))
        return None


def _reader(item: Input) -> Callable[[Any], Fact]:
    if item.unit is Unit.FEN:
        return _read_amount
    if item.unit is Unit.FLAG:
        return _read_flag
    return lambda cell: _read_option(item, cell)


def _plain_text(cell: Any) -> str:
    """Excel hands a whole number over as 1.0; a person called 1 is still the same person."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _read_person(cell: Any) -> str:
    """Excel keeps fifteen digits of a number: two long ID numbers may have become one."""
    rounded = isinstance(cell, float) and abs(cell) >= _EXACT_IN_EXCEL
    if rounded or _SHORTENED.match(_plain_text(cell)):
        zh = "超过15位的号码在 Excel 里要存为文本，否则末几位已经丢失"
        raise _Fault(zh, "a number of more than 15 digits has to be stored as text in Excel")
    return _plain_text(cell)


def _read_amount(cell: Any) -> int:
    # A workbook stores every number as a binary float; its shortest decimal form is what was
    # typed, and it is read as a decimal from there on.
    text = format(Decimal(repr(cell)), "f") if isinstance(cell, float) else str(cell)
    if isinstance(cell, float):
        text = text.removesuffix(".0")
    try:
        amount = read_yuan(text)
    except ValueError:
        zh, en = "应为不小于 0、最多两位小数的元", "must be yuan >= 0 with at most two decimals"
        raise _Fault(zh, en) from None
    if amount > LARGEST_AMOUNT:
        zh = f"不能超过 {yuan(LARGEST_AMOUNT)} 元"
        raise _Fault(zh, f"must not exceed {yuan(LARGEST_AMOUNT)} yuan")
    return amount


def _read_flag(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    text = _plain_text(cell).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise _Fault("应填 是 或 否", "must be yes or no")


def _read_option(item: Input, cell: Any) -> Fact:
    text = _plain_text(cell)
    for option, (zh, _en) in item.options.items():
        if text in (str(option), zh, re.sub(r"[（(].*", "", zh)):
            return option
    if item.unit is Unit.LEVEL and text in _LEVELS:
        return _LEVELS[text]
    allowed = "、".join(f"{option}（{zh}）" for option, (zh, _en) in item.options.items())
    raise _Fault(f"只能填 {allowed}", f"must be one of {', '.join(map(str, item.options))}")


def _read_day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _plain_text(cell)
    match = next((found for form in _DATES if (found := form.match(text))), None)
    if match is None:
        raise _Fault("日期应写成 2018-04-28", "write the date as 2018-04-28")
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        raise _Fault("没有这一天", "there is no such day") from None


def in_order(claims: Iterable[ClaimRow]) -> list[ClaimRow]:
    """By date, then by the order of the file: the order in which a batch is settled."""
    return sorted(claims, key=lambda claim: claim.day)
