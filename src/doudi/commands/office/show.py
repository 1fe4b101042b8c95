"""The office's answers as a person reads them; money in yuan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from doudi.estimate.text import padded, width
from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.money import percent, yuan

_PAYERS = {
    "basic": "基本医保",
    "critical": "大病保险",
    "commercial": "商业补充保险",
    "assistance": "医疗救助",
    "backstop": "政府兜底",
}
_SORTS = {"settle": "结算", "difference": "差额", "reverse": "冲销"}
_MASKED = 2


def payer_name(payer: str) -> str:
    """The name of one of the five payers."""
    return either(_PAYERS.get(payer, payer), payer)


def output_name(output: str) -> str:
    """The name of an output of the pack, such as ``basic_pay``."""
    if output == "own_pay":
        return _("个人自付")
    return payer_name(output.removesuffix("_pay"))


def amounts_text(rows: Iterable[tuple[str, int]]) -> list[str]:
    """Names and amounts in two columns, with the unit."""
    shown = [(name, yuan(amount)) for name, amount in rows]
    names = max(width(name) for name, _amount in shown)
    amounts = max(len(amount) for _name, amount in shown)
    word = _("元")
    return [f"  {padded(name, names)}  {amount:>{amounts}} {word}" for name, amount in shown]


def paid_by(answer: Mapping[str, Any]) -> list[str]:
    """The bill, what each payer pays of it, and what is left to the person."""
    rows = [(_("总费用"), answer["bill_fen"])]
    # A stored answer comes back with its payers in any order; they pay in this one (H-14).
    rows += [(payer_name(payer), answer["payers"][payer]) for payer in _PAYERS]
    rows.append((_("个人自付"), answer["own_fen"]))
    return amounts_text(rows)


def settlement_text(answer: Mapping[str, Any], preview: bool = False) -> str:
    """A settlement, a reversal or a correction, with every difference it makes."""
    lines = [_("预览，没有保存任何改动")] if preview else []
    lines += [_("结算 {claim}，{date}").format(claim=_claim(answer, preview), date=answer["date"])]
    lines += paid_by(answer)
    if answer["differences"]:
        lines.append(_("其他分录："))
        lines += [difference_text(item) for item in answer["differences"]]
    return "\n".join(lines)


def reversal_text(answer: Mapping[str, Any], preview: bool = False) -> str:
    """A reversed claim, and what follows from it for the later claims of the year."""
    lines = [_("预览，没有保存任何改动")] if preview else []
    lines.append(_("冲销 {claim}，{date}").format(claim=answer["claim"], date=answer["date"]))
    if answer["differences"]:
        lines.append(_("其他分录："))
        lines += [difference_text(item) for item in answer["differences"]]
    return "\n".join(lines)


def refunds_text(answer: Mapping[str, Any]) -> list[str]:
    """A line for each stay of which more is paid than owed now."""
    text = _("应退：就医 {admission}，{amount} 元")
    return [
        text.format(admission=item["admission"], amount=yuan(item["amount_fen"]))
        for item in answer["refunds_due"]
    ]


def _claim(answer: Mapping[str, Any], preview: bool) -> str:
    return _("（尚无编号）") if preview else str(answer["claim"])


def difference_text(item: Mapping[str, Any]) -> str:
    """One entry: of which claim, what sort, and what it changed."""
    changes = _("，").join(
        f"{output_name(name)} {signed(change)}" for name, change in item["changes_fen"].items()
    )
    sort = either(_SORTS[item["sort"]], item["sort"])
    return f"  {sort} {item['claim']} ({item['date']}): {changes or _('金额不变')}"


def signed(fen: int) -> str:
    """An amount of a change: ``+1,200`` or ``-300.50``."""
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen)


def slip_text(slip: Mapping[str, Any]) -> str:
    """The stored slip with every step of its working; nothing is computed again."""
    policy = slip["policy"]
    lines = [
        _("结算单，按结算时存档打印，没有重新计算"),
        _("结算 {claim}").format(claim=slip["claim"]),
        _("就医 {admission}").format(admission=slip["admission"]),
        _("人员 {person}").format(person=slip["person"]),
        _("医疗机构 {institution}").format(institution=slip["institution"]),
        _("入院 {admitted}，结算 {settled}").format(
            admitted=slip["admitted_on"], settled=slip["settled_on"]
        ),
        _("政策 {name}，版本 {version}").format(name=policy["name"], version=policy["version"]),
    ]
    if slip["reversed"]:
        lines.append(_("这笔结算已经冲销"))
    lines += paid_by(slip)
    lines.append(_("这次就医尚欠 {owed} 元").format(owed=yuan(slip["owed_fen"])))
    lines.append(_("计算过程："))
    lines += [step_text(step) for step in slip["explanation"]["steps"]]
    return "\n".join(lines)


def step_text(step: Mapping[str, Any]) -> str:
    """One step of a stored explanation: what, how much, by which clauses, resting on what."""
    name = either(step["zh"], step.get("en", step["rule"]).rstrip("."))
    unsure = sorted(
        {f"{rest['name']} ({rest['status']})" for rest in step["rests_on"] if _unsure(rest)}
    )
    parts = [f"  {name} = {_result(step)}", f"[{' '.join(step['clauses'])}]", *unsure]
    return "  ".join(parts)


def _unsure(rest: Mapping[str, str]) -> bool:
    return rest["status"] in ("stand-in", "assumption")


def _result(step: Mapping[str, Any]) -> str:
    result, unit = step["result"], step["unit"]
    if isinstance(result, list):
        return "/".join(percent(band["rate_bp"]) for band in result)
    if unit == "fen":
        return f"{yuan(result)} {_('元')}"
    return percent(result) if unit == "rate" else str(result)


def masked_name(name: str) -> str:
    """A name with only its first character: ``合**``."""
    return name[:1] + "*" * max(len(name) - 1, _MASKED)


def person_text(person: Mapping[str, Any]) -> str:
    """A person as `find` shows one: enough to tell who it is, nothing unmasked."""
    lines = [
        _("人员 {person}").format(person=person["person"]),
        f"  {person['name']}  {person['id_number']}  {person['born']}",
    ]
    if person["household"]:
        lines.append(
            _("  户 {household}，{division}").format(
                household=person["household"], division=person["division"]
            )
        )
    if person["phone"]:
        lines.append(_("  联系电话 {phone}").format(phone=person["phone"]))
    if person["synthetic"]:
        lines.append(_("  合成数据，不是真人"))
    yes, no = _("是"), _("否")
    lines.append(
        _("  {day}：建档立卡 {registered}，参保 {enrolled}").format(
            day=person["day"],
            registered=yes if person["registered"] else no,
            enrolled=yes if person["enrolled"] else no,
        )
    )
    lines += [_registration(item) for item in person["registrations"]]
    lines += [_listing(item) for item in person["listings"]]
    return "\n".join(lines)


def _registration(item: Mapping[str, Any]) -> str:
    text = _("  登记 {id}：{days}，{cause}")
    return text.format(id=item["id"], days=_days(item), cause=_cause(item)) + _withdrawn(item)


def _withdrawn(item: Mapping[str, Any]) -> str:
    return _("（已撤回）") if item["withdrawn"] else ""


def _cause(item: Mapping[str, Any]) -> str:
    return either(item["cause_zh"], f"cause {item['cause']}")


def _listing(item: Mapping[str, Any]) -> str:
    name = either(item["list_zh"], item["list"])
    text = _("  名单 {id}：{name}，{disease}，{days}")
    shown = text.format(id=item["id"], name=name, disease=item["disease"], days=_days(item))
    return shown + _withdrawn(item)


def _days(item: Mapping[str, Any]) -> str:
    end = item["valid_to"] or _("未结束")
    return _("{begin} 至 {end}").format(begin=item["valid_from"], end=end)


def statements_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The statements of a month, one a line: number, payer, institution, amount, state."""
    if not rows:
        return _("这个月没有应付款")
    words = {None: _("待确认"), "confirmed": _("已确认"), "paid": _("已支付")}
    payers = max(width(payer_name(row["payer"])) for row in rows)
    numbers = max(len(str(row["id"])) for row in rows)
    amounts = max(len(yuan(row["amount_fen"])) for row in rows)
    word = _("元")
    return "\n".join(
        f"  {row['id']:>{numbers}}  {padded(payer_name(row['payer']), payers)}  "
        f"{row['institution']}  {yuan(row['amount_fen']):>{amounts}} {word}  "
        f"{words[row['state']]}"
        for row in rows
    )
