"""Reading one cell of a file of people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from doudi.money import read_yuan
from doudi.office.registry import identity
from doudi.office.registry.diseases import LIST_COLUMNS
from doudi.office.registry.models import Cause, Enrolment, Health, Person, Relation
from doudi.office.registry.phones import read_phone
from doudi.rules.amounts import LARGEST_AMOUNT

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

_RELATIONS = tuple(Relation.choices)
_CAUSES = tuple(Cause.choices)
_PAID_BY = tuple(Enrolment.PaidBy.choices)
_SEXES = tuple(Person.Sex.choices)
_HEALTH = tuple(Health.choices)

_DATE = re.compile(r"^(\d{4})(?:(\d{2})(\d{2})|([-/.年])\s*(\d{1,2})([-/.月])\s*(\d{1,2})\s*日?)$")
_CUT_SHORT = re.compile(r"^\d(\.\d+)?E\+?\d+$", re.IGNORECASE)
_HOUSEHOLD = re.compile(r"^[0-9A-Za-z]{1,20}$")
# The template's drop-down writes the name after the code.
_DIVISION = re.compile(r"^([0-9]{12})(?:\s+\S.*)?$")
_YEAR = re.compile(r"^[0-9]{4}$")
_LONGEST_DISEASE = 60
_EXACT_IN_EXCEL = 10**15
_YEARS = range(2003, 2101)
# Excel counts days from the last day of 1899, and one too many before March 1900.
_DAY_ZERO = date(1899, 12, 30)
# From 1920 to 2099: other numbers in a column of dates are more likely mistakes than dates.
_SERIAL_DAYS = range(7306, 73051)
_NO_YEAR_FIRST = re.compile(r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})$")


class BadCell(Exception):
    """What is wrong with one cell."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def is_blank(cell: Any) -> bool:
    """Whether nothing stands in the cell."""
    return cell is None or str(cell).strip() == ""


def shown(name: str, cell: Any) -> str:
    """A cell as a fault repeats it: what would tell a person apart is masked."""
    text = "" if cell is None else plain_text(cell)
    if name == "phone":
        return "*" * len(text)
    if name in ("id_number", "card") and not _CUT_SHORT.match(text):
        return identity.masked(identity.normalised(text))
    return text


def plain_text(cell: Any) -> str:
    """Excel hands a whole number over as 1.0; one it has cut short stays in the form 1.5E+17."""
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < _EXACT_IN_EXCEL
        return str(int(cell)) if whole else f"{cell:.10G}"
    return str(cell).strip()


def _read_long_number(cell: Any) -> str:
    """The text of a long number, refused when a spreadsheet has cut its last digits off."""
    text = plain_text(cell)
    as_number = isinstance(cell, int | float) and abs(cell) >= _EXACT_IN_EXCEL
    if as_number or _CUT_SHORT.match(identity.normalised(text)):
        raise BadCell(
            "被 Excel 当作数字，后几位已经丢失；请把这一列设为文本，再从原件重填",
            "Excel has cut off the last digits; make the column text and type the number again",
        )
    return text


def read_id_number(cell: Any) -> identity.IdNumber:
    """An ID number; BadCell with what a spreadsheet may have done to it."""
    text = _read_long_number(cell)
    try:
        return identity.read_id_number(text)
    except identity.BadNumber as bad:
        hint = ("", "")
        if text.endswith("000"):
            hint = ("；末尾是 000，可能被 Excel 改过", "; ends in 000 as Excel's cut numbers do")
        raise BadCell(bad.zh + hint[0], bad.en + hint[1]) from None


def _read_card(cell: Any) -> str:
    try:
        return identity.read_card(_read_long_number(cell))
    except identity.BadNumber as bad:
        raise BadCell(bad.zh, bad.en) from None


def _read_phone(cell: Any) -> str:
    try:
        return read_phone(plain_text(cell))
    except identity.BadNumber as bad:
        raise BadCell(bad.zh, bad.en) from None


def _read_household(cell: Any) -> str:
    text = identity.normalised(_read_long_number(cell))
    if not _HOUSEHOLD.match(text):
        raise BadCell("应为最多 20 位数字或字母", "must be at most 20 letters and digits")
    return text


def _read_division(cell: Any) -> str:
    match = _DIVISION.match(unicodedata.normalize("NFKC", plain_text(cell)))
    if match is None:
        raise BadCell("应为 12 位区划代码", "must be an area code of 12 digits")
    return match[1]


def text_of(longest: int) -> Callable[[Any], str]:
    """Reads text of at most so many characters."""

    def read(cell: Any) -> str:
        text = plain_text(cell)
        if len(text) > longest or not text.isprintable():
            zh = f"最多 {longest} 个字，不能有控制字符"
            raise BadCell(zh, f"must be at most {longest} plain characters")
        return text

    return read


def _read_relation(cell: Any) -> str:
    text = plain_text(cell)
    if text in _OTHER_WORDS:
        return _OTHER_WORDS[text].value
    return _option(text, _RELATIONS)


def _read_cause(cell: Any) -> str:
    return _option(plain_text(cell), _CAUSES)


def _read_paid_by(cell: Any) -> str:
    text = plain_text(cell).lower()
    return _option({"政府代缴": "政府", "个人": "本人"}.get(text, text), _PAID_BY)


def _read_sex(cell: Any) -> str:
    return _option(plain_text(cell).removesuffix("性"), _SEXES)


def _read_health(cell: Any) -> str:
    text = plain_text(cell)
    return _option({"大病": "患有大病", "慢性病": "长期慢性病"}.get(text, text), _HEALTH)


# A file of 100,000 people says the same few words again and again.
@lru_cache(maxsize=1_000)
def _option(text: str, choices: tuple[tuple[Any, Any], ...]) -> str:
    width = len(str(choices[0][0]))
    code = text.zfill(width) if text.isdigit() else text
    for value, label in choices:
        # 之子 is written 子 as well.
        if code == value or text in (label, str(label).removeprefix("之")):
            return str(value)
    allowed = "、".join(f"{value} {label}" for value, label in choices)
    codes = ", ".join(str(value) for value, _ in choices)
    raise BadCell(f"只能填 {allowed}", f"must be one of {codes}")


def _read_diseases(cell: Any) -> tuple[str, ...]:
    """One disease or several with 、 between them."""
    words = [word.strip() for word in re.split(r"[、；;]", plain_text(cell)) if word.strip()]
    if not words or any(len(word) > _LONGEST_DISEASE or not word.isprintable() for word in words):
        raise BadCell(
            f"应为病种名称，每种最多 {_LONGEST_DISEASE} 个字，几种之间用顿号",
            f"must be diseases of at most {_LONGEST_DISEASE} characters, with 、 between them",
        )
    if len(set(words)) < len(words):
        raise BadCell("病种重复", "a disease stands twice")
    return tuple(words)


def read_day(cell: Any) -> date:
    """2016-01-05 (also with / or .), 2016年1月5日, 20160105, a date cell or its serial number.

    A day such as 4/5/2016 is refused: nobody can tell which number is the month.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = plain_text(cell)
    if text.isdigit() and len(text) <= 5 and int(text) in _SERIAL_DAYS:  # noqa: PLR2004 - digits
        return _DAY_ZERO + timedelta(days=int(text))
    if _NO_YEAR_FIRST.match(text):
        raise BadCell(
            "分不清哪个是月、哪个是日；应写成 2016-01-05",
            "which number is the month? write the date as 2016-01-05",
        )
    match = _DATE.match(text)
    if match is None:
        raise BadCell("日期应写成 2016-01-05", "write the date as 2016-01-05")
    year, month, day = match[1], match[2] or match[5], match[3] or match[7]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise BadCell("没有这一天", "there is no such day") from None


def _read_years(cell: Any) -> tuple[int, ...]:
    words = re.split(r"[、,，;；\s]+", plain_text(cell).replace("年", "").strip("、,，;； "))
    if not all(_YEAR.match(word) and int(word) in _YEARS for word in words):
        raise BadCell("应为年份，如 2018 或 2017、2018", "must be years, such as 2018 or 2017,2018")
    if len(set(words)) < len(words):
        raise BadCell("年份重复", "a year stands twice")
    return tuple(int(word) for word in words)


def _read_amount(cell: Any) -> int:
    # The shortest decimal form of a workbook's binary number is what was typed.
    text = format(Decimal(repr(cell)), "f").removesuffix(".0") if isinstance(cell, float) else cell
    try:
        amount = read_yuan(str(text))
    except ValueError:
        zh, en = "应为不小于 0、最多两位小数的元", "must be yuan >= 0 with at most two decimals"
        raise BadCell(zh, en) from None
    if amount > LARGEST_AMOUNT:
        raise BadCell("金额过大", "is too large an amount")
    return amount


READERS: dict[str, Callable[[Any], Any]] = {
    "name": text_of(60),
    "id_number": read_id_number,
    "household": _read_household,
    "relation": _read_relation,
    "sex": _read_sex,
    "division": _read_division,
    "registered_from": read_day,
    "registered_to": read_day,
    "cause": _read_cause,
    "enrolled_years": _read_years,
    "premium_own_fen": _read_amount,
    "paid_by": _read_paid_by,
    "card": _read_card,
    "phone": _read_phone,
    "health": _read_health,
    **dict.fromkeys(LIST_COLUMNS, _read_diseases),
    "listed_from": read_day,
    "document": text_of(120),
}
