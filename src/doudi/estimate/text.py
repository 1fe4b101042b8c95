"""An answer as a person reads it, in under twenty lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from doudi.estimate.answer import INTERPRETATION, Answer, PayerLine, payer_lines
from doudi.estimate.source_note import source_note
from doudi.estimate.year import SettledFile, SettledRow
from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.money import percent, yuan
from doudi.rules.amounts import Schedule
from doudi.rules.facts import Fact, Input
from doudi.rules.parameters import Status
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit

_WIDE = ("W", "F")


def width(text: str) -> int:
    """Columns that ``text`` takes on a terminal; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text)


def padded(text: str, columns: int, right: bool = False) -> str:
    """``text`` filled with spaces to ``columns`` terminal columns."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def answer_text(answer: Answer, day_assumed: bool) -> str:
    """The default view of one estimated bill."""
    parts = [
        [_heading(answer, day_assumed)],
        _own(answer),
        _payers(answer),
        _grounds(answer),
    ]
    return "\n".join(line for part in parts for line in part)


def _heading(answer: Answer, day_assumed: bool) -> str:
    policy = answer.policy
    given = [
        _fact(item, answer.question.given[name])
        for name, item in policy.inputs.items()
        if name in answer.question.given and name != KIND
    ]
    kind = either(*policy.kinds[answer.question.kind])
    day = answer.question.day.isoformat()
    if day_assumed:
        day = _("{day}（没有给日期，按政策有效期的最后一天）").format(day=day)
    return " · ".join([kind, *given, day])


def _fact(item: Input, fact: Fact) -> str:
    name = either(item.zh, item.en)
    if item.unit is Unit.FLAG:
        return (
            name if fact else either(item.zh_no, item.en_no) or _("不是：{name}").format(name=name)
        )
    if item.options:
        return either(*item.options[fact])
    if item.unit is Unit.FEN and isinstance(fact, int):
        return _("{name} {amount} 元").format(name=name, amount=yuan(fact))
    return f"{name} {fact}"


def _own(answer: Answer) -> list[str]:
    lines = []
    if answer.guaranteed is not None:
        clauses = sorted(
            {
                clause
                for item in answer.policy.guarantees
                if item.runs_for(answer.question.kind)
                for clause in item.card.clauses
            }
        )
        line = _("最多自付 {amount} 元，有保证：借用和假设的数字怎样变都不会更多").format(
            amount=yuan(answer.guaranteed)
        )
        lines.append(f"{line}  [{' '.join(clauses)}]")
    low, high = answer.ranges["own_pay"]
    line = _("估计自付 {amount} 元").format(amount=yuan(answer.outputs["own_pay"]))
    if low != high:
        line += _("，可能在 {low} 元到 {high} 元之间").format(low=yuan(low), high=yuan(high))
    return [*lines, line]


def _payers(answer: Answer) -> list[str]:
    details: dict[str, list[PayerLine]] = {}
    for line in payer_lines(answer.explanation):
        details.setdefault(line.payer, []).append(line)
    rows = []
    for name, amount in answer.outputs.items():
        rule = answer.explanation.policy.era_on(answer.question.day).graph.by_name[name]
        used = [line for line in details.get(name, []) if line.pays] or details.get(name, [])[:1]
        working = _("；").join(_working(line) for line in used) if amount else ""
        clauses = sorted({clause for line in used for clause in line.clauses if line.pays})
        rows.append(
            (
                either(rule.card.zh, rule.card.en.rstrip(".")),
                yuan(amount),
                working,
                f"[{' '.join(clauses)}]" if clauses else "",
            )
        )
    name_width = max(width(row[0]) for row in rows)
    amount_width = max(width(row[1]) for row in rows)
    yuan_word = _("元")
    return [
        f"  {padded(name, name_width)}  {padded(amount, amount_width, right=True)} {yuan_word}"
        f"  {working}{'  ' if working and clauses else ''}{clauses}".rstrip()
        for name, amount, working, clauses in rows
    ]


def _working(line: PayerLine) -> str:
    parts = []
    if line.base is not None:
        parts.append(yuan(line.base))
    if line.deductible:
        parts[-1:] = [
            _("（{base} − 起付线 {deductible}）").format(
                base=parts[-1] if parts else "", deductible=yuan(line.deductible)
            )
            if line.payer == "basic_pay"
            else _("超过起付线 {deductible} 的 {base}").format(
                base=parts[-1] if parts else "", deductible=yuan(line.deductible)
            )
        ]
    if line.rate is not None:
        parts.append(f"× {_rate(line)}")
    text = " ".join(parts)
    if line.cap_before is not None and line.cap_after is not None:
        room = _("余额 {before} → {after}").format(
            before=yuan(line.cap_before), after=yuan(line.cap_after)
        )
        text = _("，").join([text, room]) if text else room
    if line.payer == "backstop_pay" or line.rule == "chronic_assistance":
        return f"{either(line.zh, line.en.rstrip('.'))} {yuan(line.pays)}"
    return text


def _rate(line: PayerLine) -> str:
    """The rate, or of a schedule only the bands that the amount reaches."""
    if not isinstance(line.rate, Schedule):
        return percent(line.rate)
    reached = [line.rate.bands[0]]
    for lower, band in pairwise(line.rate.bands):
        if lower.upper is not None and line.base is not None and lower.upper < line.base:
            reached.append(band)
    if len(reached) == 1:
        return percent(reached[0].rate)
    rates = "/".join(percent(band.rate) for band in reached)
    return _("分段 {rates}").format(rates=rates)


def _grounds(answer: Answer) -> list[str]:
    policy = answer.policy
    lines = []
    assumed = [_fact(policy.inputs[name], fact) for name, fact in answer.assumed.items()]
    if assumed:
        lines.append(_("没有给出、按常见情况估计：{what}").format(what=_("；").join(assumed)))
    if answer.question.opening:
        lines.append(_("今年已自付按给出的数计，其他年度累计按没有计"))
    else:
        lines.append(_("按今年第一次就医估计，此前没有累计"))
    if answer.narrows_most:
        most = answer.narrows_most
        words = (
            _("弄清“{name}”最能缩小范围：自付的范围从 {width} 元宽变为平均 {left} 元宽")
            if most.of_input
            else _(
                "经办机构确认“{name}”最能缩小范围：自付的范围从 {width} 元宽变为平均 {left} 元宽"
            )
        )
        lines.append(
            words.format(
                name=either(most.zh, most.en), width=yuan(most.width), left=yuan(most.left)
            )
        )
    for status in (Status.STAND_IN, Status.ASSUMPTION):
        names = [
            either(rest.zh, rest.en) for rest in answer.rests_on if rest.status == status.value
        ]
        if names:
            label = status.zh if either("zh", "en") == "zh" else status.value
            listed = _("；").join(names)
            lines.append(_("{status}的数字：{names}").format(status=label, names=listed))
    doubts = [either(rest.zh, rest.en) for rest in answer.rests_on if rest.status == INTERPRETATION]
    if doubts:
        lines.append(_("原文有不同读法：{doubts}").format(doubts=_("；").join(doubts)))
    lines.append(source_note(policy, [answer.explanation]))
    return lines


def steps_text(answer_steps: Sequence[dict[str, object]]) -> str:
    """Every step of an explanation, one a line: what, from what, how much, by which clause."""
    lines = []
    for step in answer_steps:
        inputs = step["inputs"]
        shown = (
            ", ".join(f"{name}={_plain(value)}" for name, value in inputs.items())
            if isinstance(inputs, dict)
            else ""
        )
        clauses = step["clauses"]
        cited = " ".join(clauses) if isinstance(clauses, list) else ""
        name = either(str(step["zh"]), str(step["en"]))
        lines.append(f"  {name}  {step['rule']}({shown}) = {_plain(step['result'])}  [{cited}]")
    return "\n".join(lines)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "/".join(percent(band["rate_bp"]) for band in value)
    return str(value)


def settled_text(settled: SettledFile, explain: bool) -> str:
    """A file of settled claims, and what each person's year came to."""
    lines: list[str] = []
    for row in settled.claims:
        lines.append(_settled_row(settled.policy, row))
        if explain:
            lines.append(steps_text(row.explanation.to_dict()["steps"]))
    lines.append("")
    lines.append(_("年度累计"))
    graph = settled.policy.eras[-1].graph
    for (person, year), totals in settled.years.items():
        shown = _("；").join(
            f"{either(graph.by_name[name].card.zh, graph.by_name[name].card.en.rstrip('.'))} "
            f"{yuan(total)}"
            for name, total in totals.items()
            if total and name in graph.by_name
        )
        lines.append(f"  {person} {year}: {shown or '0'}")
    lines.append(source_note(settled.policy, [row.explanation for row in settled.claims]))
    return "\n".join(lines)


def _settled_row(policy: Policy, row: SettledRow) -> str:
    outputs = row.explanation.outputs
    graph = policy.era_on(row.claim.day).graph
    payers = "  ".join(
        f"{either(graph.by_name[name].card.zh, name.removesuffix('_pay'))} {yuan(amount)}"
        for name, amount in outputs.items()
    )
    kind = either(*policy.kinds[row.claim.facts[KIND]])
    bill = row.claim.facts["bill"]
    total = yuan(bill) if isinstance(bill, int) else str(bill)
    row_word = _("第{row}行").format(row=row.claim.row)
    return (
        f"{row_word} {row.claim.person} {row.claim.day.isoformat()} {kind} "
        f"{_('总费用')} {total} = {payers}"
    )
