"""The workbook that people who are registered already are put on disease lists with."""

from __future__ import annotations

from doudi.office.imports.template import Template
from doudi.office.registry.diseases import TEN_DISEASES
from doudi.office.registry.listings_file import LISTINGS
from doudi.office.registry.models import DiseaseListing

_EXPLAINED = {
    "name": "身份证上的姓名，与登记库核对。",
    "id_number": "18 位，最后一位可以是 X。这一列已设为文本，请勿改成数字：Excel 会丢掉后几位。",
    "list": "从下拉框选名单。一人在几个名单上就填几行。",
    "disease": "一行一种病。大病可从下拉框选，或写名称。",
    "valid_from": "2018-04-28、2018/4/28、2018年4月28日 都可以。4/28/2018 这样的写法不收。",
    "valid_to": "在名单上的最后一天；没有期限就空着。",
    "document": "列入名单所依据的文件名称和文号；不填就记导入文件的名称。",
}


def listings_template() -> bytes:
    """An empty workbook with the lists and the diseases of H-34 in drop-downs."""
    return Template(
        columns=LISTINGS,
        sheet="病种名单",
        a_row="一人在一个名单上的一种病填一行，只填登记库里已有的人",
        explained=_EXPLAINED,
        choices={
            "list": [str(label) for label in DiseaseListing.List.labels],
            "disease": list(TEN_DISEASES),
        },
        as_text=("id_number",),
        widths={"id_number": 24, "disease": 20, "document": 24},
    ).workbook()
