"""The settlement slip that a patient takes home, as PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from doudi.i18n import either, language
from doudi.i18n import gettext as _
from doudi.money import percent, yuan
from doudi.office.ledger.models import PAYERS
from doudi.office.paper.typeset import not_in_font, typeset

_PAYERS = {
    "basic": ("基本医保", "Basic insurance"),
    "critical": ("大病保险", "Critical-illness insurance"),
    "commercial": ("商业补充保险", "Supplementary insurance"),
    "assistance": ("医疗救助", "Medical assistance"),
    "backstop": ("政府兜底", "Government backstop"),
}


def slip_pdf(
    slip: Mapping[str, Any],
    *,
    name: str,
    id_number: str,
    kind: str,
    instalments: Sequence[tuple[str, int]] = (),
    synthetic: bool = False,
    words: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The PDF of what `settlement.selectors.slip` gives.

    ``name`` is the person's, ``id_number`` is masked already, ``kind`` is the kind of care in
    words; ``instalments`` are (day, fen); ``words`` says what a parameter is called. A name with
    characters that the font lacks is followed by their code points: a box could be anybody's.
    """
    data = slip_data(
        slip,
        name=name,
        id_number=id_number,
        kind=kind,
        instalments=instalments,
        synthetic=synthetic,
        words=words,
    )
    return typeset("slip.typ", data)


def slip_data(
    slip: Mapping[str, Any],
    *,
    name: str,
    id_number: str,
    kind: str,
    instalments: Sequence[tuple[str, int]],
    synthetic: bool,
    words: Mapping[str, str],
) -> dict[str, Any]:
    """What the template prints, every amount and word as it appears on paper."""
    policy = slip["policy"]
    return {
        "lang": language(),
        "title": _("医疗费用一站式结算单"),
        "institution": slip["institution"],
        "marks": _marks(slip, synthetic),
        "facts": [
            [_("姓名"), shown_name(name)],
            [_("身份证号"), id_number],
            [_("就医类别"), kind],
            [_("入院日期"), slip["admitted_on"]],
            [_("结算日期"), slip["settled_on"]],
            [_("结算编号"), slip["claim"]],
        ],
        "bill": [_("总费用"), _money(slip["bill_fen"])],
        "payers": [[_payer(payer), _money(slip["payers"][payer])] for payer in PAYERS],
        "own": [_("个人自付"), _money(slip["own_fen"])],
        "owed": [_("尚未付清"), _money(slip["owed_fen"])],
        "instalments": [[day, _money(amount)] for day, amount in instalments],
        "instalments_title": _("分期付款约定"),
        "working_title": _("怎样算出来的"),
        "working": [
            [either(step["zh"], step["en"].rstrip(".")), _result(step), " ".join(step["clauses"])]
            for step in slip["explanation"]["steps"]
            if _is_shown(step)
        ],
        "heads": [_("项目"), _("金额（元）"), _("依据")],
        "notes": [
            _("政策 {name}，版本 {version}；按结算时存档打印，没有重新计算。").format(
                name=policy["name"], version=policy["version"]
            ),
            *_unsure(slip["explanation"]["steps"], words),
        ],
        "signatures": [_("经办人"), _("患者或家属"), _("日期")],
    }


def shown_name(name: str) -> str:
    """A name, with the code points of the characters that the font cannot print."""
    missing = not_in_font(name)
    if not missing:
        return name
    codes = "、".join(f"U+{ord(char):04X}" for char in missing)
    return _("{name}（字库缺字：{codes}，请手写）").format(name=name, codes=codes)


def _marks(slip: Mapping[str, Any], synthetic: bool) -> list[str]:
    marks = []
    if slip["reversed"]:
        marks.append(_("这笔结算已经冲销"))
    if synthetic:
        marks.append(_("合成数据，不是真人"))
    return marks


def _payer(payer: str) -> str:
    return either(*_PAYERS[payer])


def _money(fen: int) -> str:
    whole = yuan(fen)
    return whole if "." in whole else f"{whole}.00"


def _is_shown(step: Mapping[str, Any]) -> bool:
    """The amounts that lead to the payers' own, which stand above already."""
    named_above = step["rule"].removesuffix("_pay") in (*PAYERS, "own")
    return bool(step["result"]) and step["unit"] in ("fen", "rate") and not named_above


def _result(step: Mapping[str, Any]) -> str:
    return percent(step["result"]) if step["unit"] == "rate" else _money(step["result"])


def _unsure(steps: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> list[str]:
    names = {
        words.get(rest["name"], rest["name"])
        for step in steps
        for rest in step["rests_on"]
        if rest["status"] in ("stand-in", "assumption")
    }
    if not names:
        return []
    listed = _("、").join(sorted(names))
    return [_("以下数字是借用或假设的，尚未经主管部门确认：{names}").format(names=listed)]
