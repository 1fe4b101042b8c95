"""The columns of a file of people, and how their headings may be written."""

from __future__ import annotations

from doudi.office.registry.file_columns import FileColumns
from doudi.office.registry.people_cells import READERS

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

PEOPLE = FileColumns(HEADINGS, REQUIRED, READERS, OTHER_HEADINGS)
