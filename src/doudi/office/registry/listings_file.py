"""Reading a row of a file that puts people who are registered already on disease lists.

The headings, in Chinese or English, in any order:

    姓名 name             required; as the registry has it
    身份证号 id_number    required; somebody whom the registry has
    病种名单 list         required; 大病, 慢性病, 特殊慢性病, 购药 or 重病兜底
    病种 disease          required; one a row
    开始日期 valid_from   required
    最后一天 valid_to     until ended, when it is not given
    依据文件 document     the name of the file, when it is not given
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from doudi.estimate.claims_file import RowFault
from doudi.office.registry.diseases import TEN_DISEASES
from doudi.office.registry.file_columns import FileColumns
from doudi.office.registry.models import DiseaseListing
from doudi.office.registry.people_cells import (
    BadCell,
    plain_text,
    read_day,
    read_id_number,
    text_of,
)

_List = DiseaseListing.List
_LISTS = {str(label): value for value, label in _List.choices} | {
    "大病集中救治": _List.SERIOUS,
    "慢病": _List.CHRONIC,
    "特慢性病": _List.SPECIAL_CHRONIC,
    "代购药": _List.DRUG_PURCHASE,
    "重病": _List.SEVERE_BACKSTOP,
}


def _read_list(cell: Any) -> str:
    text = plain_text(cell)
    found = _LISTS.get(text, text)
    if found not in _List.values:
        zh, en = "、".join(_List.labels), ", ".join(_List.values)
        raise BadCell(f"只能填 {zh}", f"must be one of {en}")
    return str(found)


LISTINGS = FileColumns(
    headings={
        "name": "姓名",
        "id_number": "身份证号",
        "list": "病种名单",
        "disease": "病种",
        "valid_from": "开始日期",
        "valid_to": "最后一天",
        "document": "依据文件",
    },
    required=("name", "id_number", "list", "disease", "valid_from"),
    readers={
        "name": text_of(60),
        "id_number": read_id_number,
        "list": _read_list,
        "disease": text_of(60),
        "valid_from": read_day,
        "valid_to": read_day,
        "document": text_of(120),
    },
    others={
        "身份证号码": "id_number",
        "证件号码": "id_number",
        "名单": "list",
        "病种名称": "disease",
        "列入名单日期": "valid_from",
        "from": "valid_from",
        "结束日期": "valid_to",
        "to": "valid_to",
    },
)


def read_listing(number: int, given: Mapping[str, Any], faults: list[RowFault]) -> dict[str, Any]:
    """The row by its columns, None for what is blank or cannot be read; what is wrong is added."""
    row = LISTINGS.read(number, given, faults)
    begun, ended = row["valid_from"], row["valid_to"]
    if begun is not None and ended is not None and ended < begun:
        zh, en = "早于开始日期", "is before the first day"
        faults.append(LISTINGS.fault(number, "valid_to", ended, zh, en))
    return row


def odd_listings(rows: Sequence[Mapping[str, Any]], today: date) -> Iterator[RowFault]:
    """What is allowed and yet odd in rows of `read_listing`."""
    for row in rows:
        begun, disease, number = row["valid_from"], row["disease"], row["id_number"]
        if begun is not None and begun > today:
            zh, en = "是将来的日期", "lies in the future"
            yield LISTINGS.fault(row["row"], "valid_from", begun, zh, en)
        if begun is not None and number is not None and begun < number.born:
            zh, en = f"早于出生日期 {number.born}", "is before the birthday"
            yield LISTINGS.fault(row["row"], "valid_from", begun, zh, en)
        if row["list"] == _List.SERIOUS and disease not in (None, *TEN_DISEASES):
            zh, en = "不在文件列出的大病里，请核对写法", "is none of the diseases the source names"
            yield LISTINGS.fault(row["row"], "disease", disease, zh, en)
