"""What a proposal would do, in words: each value of its service with a label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.money import yuan
from doudi.office.accounts.roles import Role
from doudi.office.registry.models import (
    Cause,
    DiseaseListing,
    Division,
    Enrolment,
    Person,
    Relation,
)
from doudi.office.web.components import Cell, Pair
from doudi.office.web.desk.token_forms import uses_in_words
from doudi.office.web.labels import label


def _place(code: str) -> str:
    division = Division.objects.filter(pk=code).first()
    return code if division is None else f"{division.name} {code}"


def _members(relations: dict[str, str]) -> str:
    people = Person.with_withdrawn.in_bulk([int(key) for key in relations])
    return "；".join(
        f"{people[int(key)].name}（{label(Relation(relation))}）"
        for key, relation in relations.items()
    ) or _("没有")


_LABELS: dict[str, Promise] = {
    "valid_from": gettext_lazy("开始日期"),
    "valid_to": gettext_lazy("结束日期"),
    "cause": gettext_lazy("致贫原因"),
    "document": gettext_lazy("依据文件"),
    "year": gettext_lazy("年度"),
    "premium_own_fen": gettext_lazy("个人缴费"),
    "paid_by": gettext_lazy("缴费人"),
    "list": gettext_lazy("病种名单"),
    "name": gettext_lazy("姓名"),
    "relation": gettext_lazy("与户主关系"),
    "former_relation": gettext_lazy("原户主是新户主的什么人"),
    "phone": gettext_lazy("联系电话"),
    "id_number": gettext_lazy("身份证号"),
    "household_number": gettext_lazy("户编号"),
    "division_code": gettext_lazy("村代码"),
    "members": gettext_lazy("随迁"),
    "moved_on": gettext_lazy("迁移日期"),
    "disease": gettext_lazy("病种"),
    "claim": gettext_lazy("结算编号"),
    "text": gettext_lazy("采用文件"),
    "username": gettext_lazy("用户名"),
    "display_name": gettext_lazy("姓名"),
    "role": gettext_lazy("角色"),
    "place": gettext_lazy("单位代码"),
    "token_name": gettext_lazy("令牌名称"),
    "scopes": gettext_lazy("用途"),
    "days": gettext_lazy("有效天数"),
    "bill": gettext_lazy("总费用"),
    "catalogue": gettext_lazy("政策范围内费用"),
}
_WORDS: dict[str, Callable[[Any], str]] = {
    "cause": lambda value: label(Cause(value)),
    "list": lambda value: label(DiseaseListing.List(value)),
    "paid_by": lambda value: label(Enrolment.PaidBy(value)),
    "relation": lambda value: label(Relation(value)),
    "former_relation": lambda value: label(Relation(value)),
    "phone": lambda value: str(value) or _("删去"),
    "division_code": _place,
    "role": lambda value: str(Role(value).label),
    "place": _place,
    "members": _members,
    "scopes": uses_in_words,
}
_MONEY = ("premium_own_fen", "bill", "catalogue")


def given_pairs(given: Mapping[str, Any]) -> list[Pair]:
    """What was given for a change, in the order of the labels; a whole file stands elsewhere."""
    return [
        Pair(label, _shown(name, given[name]))
        for name, label in _LABELS.items()
        if given.get(name) is not None and name != "text"
    ]


def _shown(name: str, value: Any) -> Cell:
    if name in _MONEY:
        return f"{yuan(value)} {_('元')}"
    return _WORDS[name](value) if name in _WORDS else str(value)
