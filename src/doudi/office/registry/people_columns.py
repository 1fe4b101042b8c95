"""The columns of a file of people, and how their headings may be written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from doudi.estimate.claims_file import RowFault
from doudi.office.registry.people_rows import BadPeople

# By the Chinese heading that faults name them with.
HEADINGS = {
    "name": "姓名",
    "id_number": "身份证号",
    "household": "户编号",
    "relation": "与户主关系",
    "sex": "性别",
    "division": "村代码",
    "registered_from": "建档立卡日期",
    "registered_to": "退出日期",
    "cause": "致贫原因",
    "enrolled_years": "参保年度",
    "premium_own_fen": "个人缴费",
    "paid_by": "缴费人",
    "card": "社保卡号",
    "phone": "联系电话",
    "health": "健康状况",
    "serious_disease": "大病病种",
    "chronic_disease": "慢性病病种",
    "special_disease": "特殊慢性病病种",
    "severe_disease": "重病兜底病种",
    "listed_from": "列入名单日期",
    "document": "依据文件",
}
REQUIRED = ("name", "id_number", "household", "relation", "division")
OTHER_HEADINGS = {
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
    "电话": "phone",
    "手机号": "phone",
    "大病": "serious_disease",
    "慢性病": "chronic_disease",
    "特殊慢性病": "special_disease",
    "重病兜底": "severe_disease",
    "手机号码": "phone",
}


def columns_of(heading: Sequence[str]) -> dict[str, int]:
    """The place of each column by its name; BadPeople for unknown, doubled and missing ones."""
    known = {zh: name for name, zh in HEADINGS.items()} | {name: name for name in HEADINGS}
    known |= OTHER_HEADINGS
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
    for name in REQUIRED:
        if name not in columns:
            faults.append(
                RowFault(1, HEADINGS[name], "", "缺少这一列", f"column {name} is missing")
            )
    if faults:
        raise BadPeople(faults)
    return columns
