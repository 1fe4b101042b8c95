"""Reading a file of people from CSV or Excel, with every fault by row and field.

The headings, in Chinese or English, in any order:

    姓名 name                        required
    身份证号 id_number               required; as text, Excel cuts numbers of more than 15 digits
    户编号 household                 required; rows with one number are one household
    与户主关系 relation              required; a code (01 is the head) or a word
    性别 sex                         only checked against the ID number
    村代码 division                  required; 12 digits, a gacha, village or community
    建档立卡日期 registered_from     with 致贫原因 cause and, once they left, 退出日期 registered_to
    参保年度 enrolled_years          one or several; with 个人缴费 premium_own and 缴费人 paid_by
    社保卡号 card
    联系电话 phone                   a mobile number, or one with its area code
    健康状况 health                  健康, 长期慢性病, 患有大病 or 残疾
    大病病种 serious_disease         on the serious list, from 列入名单日期 listed_from on; so with
    慢性病病种 chronic_disease, 特殊慢性病病种 special_disease, 重病兜底病种 severe_disease
    依据文件 document                the name of the file, when it is not given
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doudi.estimate.claims_file import RowFault
from doudi.office.registry.diseases import LIST_COLUMNS
from doudi.office.registry.models import Person
from doudi.office.registry.people_cells import is_blank
from doudi.office.registry.people_columns import HEADINGS, PEOPLE, REQUIRED
from doudi.office.registry.people_rows import BadPeople, Insured, Listed, PersonRow, Registered
from doudi.office.registry.people_together import faults_together
from doudi.tables import UnreadableTable
from doudi.tables import read_table as read_rows

MOST_ROWS = 200_000


def read_people(path: Path) -> list[PersonRow]:
    """The people of a CSV (UTF-8 or GB18030) or XLSX file, in the order of the file.

    BadPeople carries every fault of the file, those against the registry included; what would
    have told one person apart is masked in it.
    """
    table = read_table(path)
    if not table:
        raise BadPeople([RowFault(1, "", "", "文件是空的", "the file is empty")])
    heading, *body = table
    columns = PEOPLE.places([str(cell or "").strip() for cell in heading])
    faults: list[RowFault] = []
    rows: list[dict[str, Any]] = []
    for number, cells in enumerate(body, start=2):
        if all(is_blank(cell) for cell in cells):
            continue
        stray = [str(cell) for cell in cells[len(heading) :] if not is_blank(cell)]
        if stray:
            zh, en = "这一格没有表头；内容里有逗号时要加引号", "a cell without a heading"
            faults.append(RowFault(number, "", stray[0], zh, en))
        given = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        row = read_row(number, given, faults)
        row["document"] = row["document"] or f"导入文件 {path.name}"[:120]
        rows.append(row)
    faults += faults_together(rows)
    if not rows:
        faults.append(RowFault(2, "", "", "文件里没有人员", "the file holds no person"))
    if faults:
        raise BadPeople(sorted(faults, key=lambda fault: fault.row))
    return [person_row(row) for row in rows]


def read_row(number: int, given: Mapping[str, Any], faults: list[RowFault]) -> dict[str, Any]:
    """The row by its columns, None for what is blank or cannot be read; what is wrong is added."""

    def report(name: str, zh: str, en: str) -> None:
        faults.append(PEOPLE.fault(number, name, given.get(name), zh, en))

    row = PEOPLE.read(number, given, faults)
    for name, with_name in _NEED_EACH_OTHER:
        if not is_blank(given.get(name)) and is_blank(given.get(with_name)):
            wanted = HEADINGS[with_name]
            report(with_name, f"填了{HEADINGS[name]}就要填{wanted}", f"is needed with {name}")
    lists = [name for name in LIST_COLUMNS if not is_blank(given.get(name))]
    if lists and is_blank(given.get("listed_from")):
        zh = f"填了{HEADINGS[lists[0]]}就要填列入名单日期"
        report("listed_from", zh, f"is needed with {lists[0]}")
    if not lists and row["listed_from"] is not None:
        report("listed_from", "填了列入名单日期，没有填病种", "is given without a disease")
    begun, ended = row["registered_from"], row["registered_to"]
    if begun is not None and ended is not None and ended < begun:
        report("registered_to", "早于建档立卡日期", "is before the registration")
    if None not in (row["sex"], row["id_number"]) and row["sex"] != row["id_number"].sex:
        right = Person.Sex(row["id_number"].sex).label
        zh, en = f"按身份证号应为{right}", "differs from what the ID number says"
        report("sex", zh, en)
    return row


def person_row(row: Mapping[str, Any]) -> PersonRow:
    registration, insured = None, None
    if row["registered_from"] is not None:
        registration = Registered(row["registered_from"], row["registered_to"], row["cause"])
    if row["enrolled_years"] is not None:
        insured = Insured(row["enrolled_years"], row["premium_own_fen"], row["paid_by"])
    listed = _listed(row)
    whole = {name: row[name] for name in ("row", *REQUIRED, "document", "card", "phone", "health")}
    return PersonRow(registration=registration, insured=insured, listed=listed, **whole)


def diseases_of(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The lists that a row puts its person on, each with its disease."""
    return tuple(
        (str(kind), disease) for name, kind in LIST_COLUMNS.items() for disease in row[name] or ()
    )


def _listed(row: Mapping[str, Any]) -> Listed | None:
    diseases = diseases_of(row)
    return Listed(row["listed_from"], diseases) if diseases else None


_NEED_EACH_OTHER = (
    ("registered_from", "cause"),
    ("registered_to", "registered_from"),
    ("cause", "registered_from"),
    ("enrolled_years", "premium_own_fen"),
    ("enrolled_years", "paid_by"),
    ("premium_own_fen", "enrolled_years"),
)


def read_table(path: Path) -> list[list[Any]]:
    """The cells of a file by row, the heading first; BadPeople when it cannot be read."""
    zh, en = f"超过 {MOST_ROWS} 行，请分成几个文件", "too many rows; split the file"
    try:
        return read_rows(path, most_rows=MOST_ROWS, too_many=(zh, en))
    except UnreadableTable as error:
        raise BadPeople([error.fault]) from error
