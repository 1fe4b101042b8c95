"""The workbook that people are entered in."""

from __future__ import annotations

from doudi.office.imports.template import Template
from doudi.office.registry.diseases import TEN_DISEASES
from doudi.office.registry.models import Cause, Division, Enrolment, Health, Person, Relation
from doudi.office.registry.people_columns import PEOPLE
from doudi.office.registry.selectors import codes_within

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
    return Template(
        columns=PEOPLE,
        sheet="人员",
        a_row="一人一行，户主和家庭成员都要填",
        explained=_EXPLAINED,
        choices=_choices(division),
        as_text=("id_number", "household", "division", "card", "phone", "enrolled_years"),
        widths={
            "id_number": 24,
            "household": 18,
            "division": 30,
            "card": 20,
            "phone": 16,
            "document": 24,
        },
    ).workbook()


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
