"""Amounts, counts and sentences of the reports; every number is rounded only when it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.money import yuan
from doudi.population.compare import OWN, Before, Comparison, Payer
from doudi.population.groundwork import READING, Ground
from doudi.population.lever import show_amount
from doudi.population.reform import Change
from doudi.rules.parameters import Status
from doudi.rules.policy import Policy

_FEN_IN_YUAN = 100
_WAN, _MILLION = 10**4, 10**6
MINUS = "−"
_MOVERS = 3


def money(fen: int) -> str:
    """An amount with its unit, large ones in 万元 (English: million yuan)."""
    sign = MINUS if fen < 0 else ""
    return sign + _unsigned(abs(fen))


def signed(fen: int) -> str:
    """A change: with its sign, or 0."""
    return "+" + money(fen) if fen > 0 else money(fen)


def _unsigned(fen: int) -> str:
    zh = either("zh", "en") == "zh"
    scale, unit = (_WAN, "万元") if zh else (_MILLION, "million yuan")
    if fen < scale * _FEN_IN_YUAN:
        return f"{yuan(fen)} {_('元')}"
    # To the hundredth of a 万元, or of a million yuan; yuan() writes hundredths.
    return f"{yuan(_round(fen, scale))} {unit}"


def _round(number: int, divisor: int) -> int:
    """``number`` ÷ ``divisor``, half up."""
    return (2 * number + divisor) // (2 * divisor)


def per_person(fen: int, persons: int) -> str:
    """An amount a head, to the fen; a dash for nobody."""
    if not persons:
        return "—"
    sign = MINUS if fen < 0 else ""
    return f"{sign}{yuan(_round(abs(fen), persons))} {_('元')}"


def share_of(part: int, whole: int) -> str:
    """A share in percent with one decimal; a dash of nothing."""
    if not whole:
        return "—"
    if not part:
        return "0%"
    tenths = _round(abs(part) * 1_000, whole)
    if not tenths:
        return _("不到 0.1%")
    return f"{tenths // 10}.{tenths % 10}%"


def relative(amount: Before) -> str:
    """By how much it changes, in percent of today with its sign."""
    if not amount.change:
        return "0%"
    if not amount.today:
        return "—"
    shown = share_of(amount.change, amount.today)
    sign = "+" if amount.change > 0 else MINUS
    return sign + shown if shown[0].isdigit() else shown


def name_of(payer: Payer) -> str:
    """A payer's name."""
    return either(payer.zh, payer.en)


def title(comparison: Comparison) -> str:
    """The reform by its own name, or by what it changes."""
    given = either(comparison.reform.zh, comparison.reform.en)
    return given or _("；").join(change_text(item) for item in comparison.reform.changes)


def change_text(change: Change) -> str:
    """What is changed, from what to what."""
    name = either(change.zh, change.en.rstrip("."))
    if change.sort == "rule":
        return _("规则“{name}”换成方案的写法").format(name=name)
    return f"{name}{_('：')}{before_text(change)} → {after_text(change)}"


def before_text(change: Change) -> str:
    """The value or reading as it is."""
    if change.sort == "reading":
        return either(*change.before_words)
    if change.sort == "rule" or change.before is None:
        return "—"
    return show_amount(change.unit, change.before)


def after_text(change: Change) -> str:
    """The value or reading of the reform."""
    if change.sort == "rule":
        return _("按方案的规则")
    if change.sort == "reading":
        return either(*change.after_words)
    return show_amount(change.unit, change.after)


def headline(comparison: Comparison) -> list[str]:
    """The finding in two or three sentences, the cost first and then the people."""
    return [_cost_sentence(comparison), *_people_sentences(comparison)]


def _cost_sentence(comparison: Comparison) -> str:
    paid = comparison.whole.paid
    if not paid.change:
        same = _("各支付方一共付出的不变，仍是 {amount}").format(amount=money(paid.today))
        return same + _movers(comparison.payers) + _("。")
    words = (
        _("各支付方一共多付 {amount}（{share}）")
        if paid.change > 0
        else _("各支付方一共少付 {amount}（{share}）")
    )
    sentence = words.format(amount=money(abs(paid.change)), share=relative(paid))
    return sentence + _movers(comparison.payers) + _("。")


def _movers(payers: Sequence[Payer]) -> str:
    """Who bears the change: the payer alone, or those who move most, each with its sign."""
    moved = [item for item in payers if item.name != OWN and item.amount.change]
    if not moved:
        return ""
    if len(moved) == 1:
        return _("，全部是{payer}").format(payer=name_of(moved[0]))
    moved.sort(key=lambda item: -abs(item.amount.change))
    told = either("、", ", ").join(
        f"{name_of(item)} {signed(item.amount.change)}" for item in moved[:_MOVERS]
    )
    return _("，其中{payers}").format(payers=told)


def _people_sentences(comparison: Comparison) -> list[str]:
    whole = comparison.whole
    if not whole.better and not whole.worse:
        return [_("没有人的自付改变。")]
    better = (
        _("{persons} 人自付减少（占 {share}），平均每人少付 {each}。").format(
            persons=f"{whole.better:,}",
            share=share_of(whole.better, whole.persons),
            each=per_person(whole.better_by, whole.better),
        )
        if whole.better
        else _("没有人自付减少。")
    )
    worse = (
        _("{persons} 人自付增加（占 {share}），平均每人多付 {each}。").format(
            persons=f"{whole.worse:,}",
            share=share_of(whole.worse, whole.persons),
            each=per_person(whole.worse_by, whole.worse),
        )
        if whole.worse
        else _("没有人自付增加。")
    )
    return [better, worse]


def ground_lines(grounds: Sequence[Ground]) -> list[tuple[str, str]]:
    """What the figures rest on: a status, and all names with that status."""
    lines = []
    for status in (Status.STAND_IN, Status.ASSUMPTION, Status.NOT_STATED):
        names = [either(item.zh, item.en) for item in grounds if item.status == status.value]
        if names:
            lines.append((either(status.zh, status.value), _("；").join(names)))
    readings = [
        f"{either(item.zh, item.en)}{_('：')}{either(item.basis_zh, item.basis_en)}"
        for item in grounds
        if item.status == READING
    ]
    if readings:
        lines.append((_("读法"), _("；").join(readings)))
    return lines


def source_line(source: str, synthetic: bool, claims: int) -> str:
    """Which claims were settled."""
    words = (
        _("合成数据（不是真实的人）：{source}，{claims} 笔就医记录")
        if synthetic
        else _("数据：{source}，{claims} 笔就医记录")
    )
    return words.format(source=source or _("给定的表"), claims=f"{claims:,}")


def policy_line(policy: Policy, reform: Policy | None = None) -> str:
    """Which policy, by name and version."""
    name = either(policy.zh, policy.en)
    if reform is None or reform.version == policy.version:
        return _("政策：{name}，版本 {version}").format(name=name, version=policy.version)
    return _("政策：{name}，今天的版本 {version}，方案的版本 {reform}").format(
        name=name, version=policy.version, reform=reform.version
    )
