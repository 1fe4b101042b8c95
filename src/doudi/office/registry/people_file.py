"""Reading a file of people from CSV or Excel, with every fault by row and field.

The headings, in Chinese or English, in any order:

    姓名 name                        required
    身份证号 id_number               required; as text, Excel cuts numbers of more than 15 digits
    户编号 household                 required; rows with one number are one household
    与户主关系 relation              required; a code (01 is the head) or a word
    村代码 division                  required; 12 digits, a gacha, village or community
    建档立卡日期 registered_from     with 致贫原因 cause and, once they left, 退出日期 registered_to
    参保年度 enrolled_years          one or several; with 个人缴费 premium_own and 缴费人 paid_by
    社保卡号 card
    依据文件 document                the name of the file, when it is not given
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from doudi.estimate.claims_file import RowFault
from doudi.money import read_yuan
from doudi.office.registry import identity
from doudi.office.registry.models import (
    Cause,
    Division,
    Enrolment,
    Household,
    Person,
    Relation,
)
from doudi.rules.amounts import LARGEST_AMOUNT

MOST_ROWS = 200_000

# Columns, by the Chinese heading that faults name them with.
_HEADINGS = {
    "name": "姓名",
    "id_number": "身份证号",
    "household": "户编号",
    "relation": "与户主关系",
    "division": "村代码",
    "registered_from": "建档立卡日期",
    "registered_to": "退出日期",
    "cause": "致贫原因",
    "enrolled_years": "参保年度",
    "premium_own_fen": "个人缴费",
    "paid_by": "缴费人",
    "card": "社保卡号",
    "document": "依据文件",
}
_REQUIRED = ("name", "id_number", "household", "relation", "division")
_OTHER_HEADINGS = {
    "身份证号码": "id_number",
    "证件号码": "id_number",
    "id": "id_number",
    "户编码": "household",
    "household_number": "household",
    "嘎查村代码": "division",
    "village": "division",
    "registered": "registered_from",
    "exit": "registered_to",
    "参保年份": "enrolled_years",
    "enrolled_year": "enrolled_years",
    "year": "enrolled_years",
    "个人缴费金额": "premium_own_fen",
    "premium_own": "premium_own_fen",
    "社会保障卡号": "card",
}
_OTHER_WORDS = {
    "本人": Relation.HEAD,
    "本人或户主": Relation.HEAD,
    "丈夫": Relation.SPOUSE,
    "妻子": Relation.SPOUSE,
    "儿子": Relation.SON,
    "女儿": Relation.DAUGHTER,
    "儿媳": Relation.SONS_WIFE,
    "女婿": Relation.DAUGHTERS_HUSBAND,
    "父亲": Relation.FATHER,
    "母亲": Relation.MOTHER,
}

_DATE = re.compile(r"^(\d{4})(?:(\d{2})(\d{2})|([-/.年])\s*(\d{1,2})([-/.月])\s*(\d{1,2})\s*日?)$")
_CUT_SHORT = re.compile(r"^\d(\.\d+)?E\+?\d+$", re.IGNORECASE)
_HOUSEHOLD = re.compile(r"^[0-9A-Za-z]{1,20}$")
_DIVISION = re.compile(r"^[0-9]{12}$")
_YEAR = re.compile(r"^[0-9]{4}$")
_EXACT_IN_EXCEL = 10**15
_IN_A_QUERY = 900
_YEARS = range(2003, 2101)

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Registered:
    """Registered as poor from one day to another, both included, or until today."""

    valid_from: date
    valid_to: date | None
    cause: str


@dataclass(frozen=True)
class Insured:
    """Enrolled for these years, each at the same own premium."""

    years: tuple[int, ...]
    premium_own_fen: int
    paid_by: str


@dataclass(frozen=True)
class PersonRow:
    """One person of a file: ``row`` is its line in the file, counting the heading as 1."""

    row: int
    name: str
    id_number: identity.IdNumber
    household: str
    relation: str
    division: str
    document: str
    registration: Registered | None = None
    insured: Insured | None = None
    card: str | None = None


class BadPeople(ValueError):
    """A file of people with faults; nothing of it is recorded."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class _Fault(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def read_people(path: Path) -> list[PersonRow]:
    """The people of a CSV (UTF-8 or GB18030) or XLSX file, in the order of the file.

    BadPeople carries every fault of the file, those against the registry included; what would
    have told one person apart is masked in it.
    """
    table = _read_table(path)
    if not table:
        raise BadPeople([RowFault(1, "", "", "文件是空的", "the file is empty")])
    heading, *body = table
    columns = _columns([str(cell or "").strip() for cell in heading])
    faults: list[RowFault] = []
    rows: list[dict[str, Any]] = []
    for number, cells in enumerate(body, start=2):
        if all(_is_blank(cell) for cell in cells):
            continue
        stray = [str(cell) for cell in cells[len(heading) :] if not _is_blank(cell)]
        if stray:
            zh, en = "这一格没有表头；内容里有逗号时要加引号", "a cell without a heading"
            faults.append(RowFault(number, "", stray[0], zh, en))
        given = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        row = _read_row(number, given, faults)
        row["document"] = row["document"] or f"导入文件 {path.name}"[:120]
        rows.append(row)
    faults += faults_together(rows)
    if not rows:
        faults.append(RowFault(2, "", "", "文件里没有人员", "the file holds no person"))
    if faults:
        raise BadPeople(sorted(faults, key=lambda fault: fault.row))
    return [_person_row(row) for row in rows]


def faults_together(rows: Sequence[Mapping[str, Any]]) -> list[RowFault]:
    """What is wrong with rows among one another and with the registry; reads, changes nothing.

    Of a row it looks at the first fields of `PersonRow`, by their names; what could not be read
    is None and says nothing.
    """
    return [*_twice(rows), *_known_people(rows), *_bad_divisions(rows), *_bad_households(rows)]


def batched(items: Sequence[_Item]) -> Generator[Sequence[_Item]]:
    """As many at a time as one query may name."""
    for start in range(0, len(items), _IN_A_QUERY):
        yield items[start : start + _IN_A_QUERY]


# --- The rows together ---


def _fault(row: Mapping[str, Any], name: str, value: str, zh: str, en: str) -> RowFault:
    return RowFault(row["row"], _HEADINGS[name], value, zh, en)


def _numbers(rows: Sequence[Mapping[str, Any]]) -> Generator[tuple[Mapping[str, Any], str]]:
    for row in rows:
        number = row["id_number"]
        if number is not None:
            yield row, number.text


def _twice(rows: Sequence[Mapping[str, Any]]) -> Generator[RowFault]:
    first: dict[str, int] = {}
    for row, number in _numbers(rows):
        if number in first:
            zh, en = f"与第{first[number]}行重复", f"stands in row {first[number]} already"
            yield _fault(row, "id_number", identity.masked(number), zh, en)
        first.setdefault(number, row["row"])


def _known_people(rows: Sequence[Mapping[str, Any]]) -> Generator[RowFault]:
    found = {identity.id_index(number): (row, number) for row, number in _numbers(rows)}
    for indexes in batched(list(found)):
        known = Person.objects.filter(id_index__in=indexes)
        for index in known.values_list("id_index", flat=True):
            row, number = found[index]
            zh, en = "登记库里已有这个人", "this person is in the registry already"
            yield _fault(row, "id_number", identity.masked(number), zh, en)


def _bad_divisions(rows: Sequence[Mapping[str, Any]]) -> Generator[RowFault]:
    codes = list({row["division"] for row in rows if row["division"] is not None})
    levels: dict[str, str] = {}
    for some in batched(codes):
        levels |= dict(Division.objects.filter(pk__in=some).values_list("code", "level"))
    for row in rows:
        code = row["division"]
        if code is None or levels.get(code) == Division.Level.GACHA:
            continue
        if code in levels:
            yield _fault(row, "division", code, "应填到嘎查村一级", "must be a gacha or a village")
        else:
            yield _fault(row, "division", code, "没有这个区划代码", "there is no such division")


def _bad_households(rows: Sequence[Mapping[str, Any]]) -> Generator[RowFault]:
    members: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["household"] is not None:
            members[row["household"]].append(row)
    known: dict[str, str] = {}
    with_head: set[str] = set()
    for numbers in batched(list(members)):
        households = Household.objects.filter(number__in=numbers)
        known |= dict(households.values_list("number", "division_id"))
        heads = households.filter(people__relation=Relation.HEAD)
        with_head |= set(heads.values_list("number", flat=True))
    for number, people in members.items():
        yield from _bad_places(people, known.get(number))
        yield from _bad_heads(people, number in with_head)


def _bad_places(people: Sequence[Mapping[str, Any]], known: str | None) -> Generator[RowFault]:
    places = [row["division"] for row in people if row["division"] is not None]
    expected = known or (places[0] if places else None)
    for row in people:
        if row["division"] not in (None, expected):
            zh = f"户 {row['household']} 在 {expected}，一户只能在一个村"
            en = f"household {row['household']} is in {expected}"
            yield _fault(row, "division", row["division"], zh, en)


def _bad_heads(people: Sequence[Mapping[str, Any]], has_head: bool) -> Generator[RowFault]:
    if any(row["relation"] is None for row in people):
        return
    heads = [row for row in people if row["relation"] == Relation.HEAD]
    number = people[0]["household"]
    if not heads and not has_head:
        zh, en = f"户 {number} 没有户主", f"household {number} has no head"
        yield _fault(people[0], "relation", people[0]["relation"], zh, en)
    for row in heads if has_head else heads[1:]:
        zh, en = f"户 {number} 已有户主", f"household {number} has a head already"
        yield _fault(row, "relation", row["relation"], zh, en)


# --- One row ---


def _read_row(number: int, given: Mapping[str, Any], faults: list[RowFault]) -> dict[str, Any]:
    """The row by its columns, None for what is blank or cannot be read."""

    def report(name: str, zh: str, en: str) -> None:
        shown = _shown(name, given.get(name))
        faults.append(RowFault(number, _HEADINGS[name], shown, zh, en))

    row: dict[str, Any] = {"row": number}
    for name, reader in _READERS.items():
        row[name] = None
        cell = given.get(name)
        if _is_blank(cell):
            if name in _REQUIRED:
                report(name, "没有填", "is missing")
            continue
        try:
            row[name] = reader(cell)
        except _Fault as fault:
            report(name, fault.zh, fault.en)
    for name, with_name in _NEED_EACH_OTHER:
        if not _is_blank(given.get(name)) and _is_blank(given.get(with_name)):
            wanted = _HEADINGS[with_name]
            report(with_name, f"填了{_HEADINGS[name]}就要填{wanted}", f"is needed with {name}")
    begun, ended = row["registered_from"], row["registered_to"]
    if begun is not None and ended is not None and ended < begun:
        report("registered_to", "早于建档立卡日期", "is before the registration")
    return row


def _person_row(row: Mapping[str, Any]) -> PersonRow:
    registration, insured = None, None
    if row["registered_from"] is not None:
        registration = Registered(row["registered_from"], row["registered_to"], row["cause"])
    if row["enrolled_years"] is not None:
        insured = Insured(row["enrolled_years"], row["premium_own_fen"], row["paid_by"])
    whole = {name: row[name] for name in ("row", *_REQUIRED, "document", "card")}
    return PersonRow(registration=registration, insured=insured, **whole)


_NEED_EACH_OTHER = (
    ("registered_from", "cause"),
    ("registered_to", "registered_from"),
    ("cause", "registered_from"),
    ("enrolled_years", "premium_own_fen"),
    ("enrolled_years", "paid_by"),
    ("premium_own_fen", "enrolled_years"),
)


def _is_blank(cell: Any) -> bool:
    return cell is None or str(cell).strip() == ""


def _shown(name: str, cell: Any) -> str:
    """A cell as a fault repeats it: what would tell a person apart is masked."""
    text = "" if cell is None else _plain_text(cell)
    if name in ("id_number", "card") and not _CUT_SHORT.match(text):
        return identity.masked(identity.normalised(text))
    return text


def _plain_text(cell: Any) -> str:
    """Excel hands a whole number over as 1.0; one it has cut short stays in the form 1.5E+17."""
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < _EXACT_IN_EXCEL
        return str(int(cell)) if whole else f"{cell:.10G}"
    return str(cell).strip()


def _read_long_number(cell: Any) -> str:
    """The text of a long number, refused when a spreadsheet has cut its last digits off."""
    text = _plain_text(cell)
    as_number = isinstance(cell, int | float) and abs(cell) >= _EXACT_IN_EXCEL
    if as_number or _CUT_SHORT.match(identity.normalised(text)):
        raise _Fault(
            "被 Excel 当作数字，后几位已经丢失；请把这一列设为文本，再从原件重填",
            "Excel has cut off the last digits; make the column text and type the number again",
        )
    return text


def _read_id_number(cell: Any) -> identity.IdNumber:
    text = _read_long_number(cell)
    try:
        return identity.read_id_number(text)
    except identity.BadNumber as bad:
        hint = ("", "")
        if text.endswith("000"):
            hint = ("；末尾是 000，可能被 Excel 改过", "; ends in 000 as Excel's cut numbers do")
        raise _Fault(bad.zh + hint[0], bad.en + hint[1]) from None


def _read_card(cell: Any) -> str:
    try:
        return identity.read_card(_read_long_number(cell))
    except identity.BadNumber as bad:
        raise _Fault(bad.zh, bad.en) from None


def _read_household(cell: Any) -> str:
    text = identity.normalised(_read_long_number(cell))
    if not _HOUSEHOLD.match(text):
        raise _Fault("应为最多 20 位数字或字母", "must be at most 20 letters and digits")
    return text


def _read_division(cell: Any) -> str:
    text = identity.normalised(_plain_text(cell))
    if not _DIVISION.match(text):
        raise _Fault("应为 12 位区划代码", "must be an area code of 12 digits")
    return text


def _text_of(longest: int) -> Callable[[Any], str]:
    def read(cell: Any) -> str:
        text = _plain_text(cell)
        if len(text) > longest or not text.isprintable():
            zh = f"最多 {longest} 个字，不能有控制字符"
            raise _Fault(zh, f"must be at most {longest} plain characters")
        return text

    return read


def _read_relation(cell: Any) -> str:
    text = _plain_text(cell)
    if text in _OTHER_WORDS:
        return _OTHER_WORDS[text].value
    return _option(text, Relation.choices)


def _read_cause(cell: Any) -> str:
    return _option(_plain_text(cell), Cause.choices)


def _read_paid_by(cell: Any) -> str:
    text = _plain_text(cell).lower()
    return _option({"政府代缴": "政府", "个人": "本人"}.get(text, text), Enrolment.PaidBy.choices)


def _option(text: str, choices: Sequence[tuple[Any, Any]]) -> str:
    code = text.zfill(2) if text.isdigit() else text
    for value, label in choices:
        # 之子 is written 子 as well.
        if code == value or text in (label, str(label).removeprefix("之")):
            return str(value)
    allowed = "、".join(f"{value} {label}" for value, label in choices)
    codes = ", ".join(str(value) for value, _ in choices)
    raise _Fault(f"只能填 {allowed}", f"must be one of {codes}")


def _read_day(cell: Any) -> date:
    """2016-01-05 (also with / or .), 2016年1月5日, 20160105, or a date cell of a workbook."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = _DATE.match(_plain_text(cell))
    if match is None:
        raise _Fault("日期应写成 2016-01-05", "write the date as 2016-01-05")
    year, month, day = match[1], match[2] or match[5], match[3] or match[7]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _Fault("没有这一天", "there is no such day") from None


def _read_years(cell: Any) -> tuple[int, ...]:
    words = re.split(r"[、,，;；\s]+", _plain_text(cell).replace("年", "").strip("、,，;； "))
    if not all(_YEAR.match(word) and int(word) in _YEARS for word in words):
        raise _Fault("应为年份，如 2018 或 2017、2018", "must be years, such as 2018 or 2017,2018")
    if len(set(words)) < len(words):
        raise _Fault("年份重复", "a year stands twice")
    return tuple(int(word) for word in words)


def _read_amount(cell: Any) -> int:
    # The shortest decimal form of a workbook's binary number is what was typed.
    text = format(Decimal(repr(cell)), "f").removesuffix(".0") if isinstance(cell, float) else cell
    try:
        amount = read_yuan(str(text))
    except ValueError:
        zh, en = "应为不小于 0、最多两位小数的元", "must be yuan >= 0 with at most two decimals"
        raise _Fault(zh, en) from None
    if amount > LARGEST_AMOUNT:
        raise _Fault("金额过大", "is too large an amount")
    return amount


_READERS: dict[str, Callable[[Any], Any]] = {
    "name": _text_of(60),
    "id_number": _read_id_number,
    "household": _read_household,
    "relation": _read_relation,
    "division": _read_division,
    "registered_from": _read_day,
    "registered_to": _read_day,
    "cause": _read_cause,
    "enrolled_years": _read_years,
    "premium_own_fen": _read_amount,
    "paid_by": _read_paid_by,
    "card": _read_card,
    "document": _text_of(120),
}


# --- The file ---


def _columns(heading: Sequence[str]) -> dict[str, int]:
    known = {zh: name for name, zh in _HEADINGS.items()} | {name: name for name in _HEADINGS}
    known |= _OTHER_HEADINGS
    columns: dict[str, int] = {}
    faults = []
    for place, text in enumerate(heading):
        plain = re.sub(r"[（(].*?[)）]$", "", text).strip().lower()
        name = known.get(plain)
        if name is None:
            if text:
                faults.append(RowFault(1, text, text, "不认识这一列", "unknown column"))
        elif name in columns:
            faults.append(RowFault(1, text, text, "这一列重复了", "the column stands twice"))
        else:
            columns[name] = place
    for name in _REQUIRED:
        if name not in columns:
            faults.append(
                RowFault(1, _HEADINGS[name], "", "缺少这一列", f"column {name} is missing")
            )
    if faults:
        raise BadPeople(faults)
    return columns


def _read_table(path: Path) -> list[list[Any]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        zh, en = "文件打不开", f"cannot be opened: {error.strerror}"
        raise BadPeople([RowFault(0, path.name, "", zh, en)]) from error
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
        rows = _read_workbook(content)
    else:
        rows = [list(row) for row in csv.reader(io.StringIO(_decode(content), newline=""))]
    if len(rows) > MOST_ROWS + 1:
        zh, en = f"超过 {MOST_ROWS} 行，请分成几个文件", "too many rows; split the file"
        raise BadPeople([RowFault(MOST_ROWS + 2, "", "", zh, en)])
    return rows


def _decode(content: bytes) -> str:
    """Chinese Excel writes CSV in GB18030; everything else writes UTF-8."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    zh, en = "文字编码应为 UTF-8 或 GB18030", "the text must be UTF-8 or GB18030"
    raise BadPeople([RowFault(1, "", "", zh, en)])


def _read_workbook(content: bytes) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        zh, en = "不是能读的 Excel 文件", f"not a readable workbook: {error}"
        raise BadPeople([RowFault(1, "", "", zh, en)]) from error
