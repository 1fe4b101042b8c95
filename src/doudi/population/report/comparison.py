"""A comparison as lines for a terminal, and as one HTML file for whoever decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.population.compare import OWN, Breakdown, Comparison
from doudi.population.report.charts import Bar, bar_chart
from doudi.population.report.page import (
    clauses_of,
    figure,
    finding,
    footer,
    grounds_section,
    note,
    page,
    section,
    tiles,
)
from doudi.population.report.table import (
    changes_table,
    lines_of,
    payers_table,
    people_table,
    table_html,
)
from doudi.population.report.words import (
    ground_lines,
    headline,
    money,
    name_of,
    per_person,
    policy_line,
    relative,
    share_of,
    signed,
    source_line,
    title,
)


def comparison_text(comparison: Comparison) -> str:
    """The comparison for a terminal: the finding, what was changed, and every table."""
    tables = [changes_table(comparison), payers_table(comparison)]
    tables += [people_table(item) for item in comparison.breakdowns]
    lines = [title(comparison), *headline(comparison), *lines_of(tables), ""]
    lines += [f"{status}{_('：')}{names}" for status, names in ground_lines(comparison.grounds)]
    return "\n".join([*lines, *_sources(comparison)])


def comparison_html(comparison: Comparison, made: date) -> str:
    """The comparison as one HTML file; ``made`` is the day it bears."""
    return page(
        _kicker(comparison), title(comparison), _body(comparison, made), comparison.synthetic
    )


def _kicker(comparison: Comparison) -> str:
    words = _("改革方案对比 · {policy} · {first} 至 {last} 的就医记录")
    policy = comparison.reform.today
    return words.format(
        policy=either(policy.zh, policy.en), first=comparison.first, last=comparison.last
    )


def _body(comparison: Comparison, made: date) -> Iterator[str]:
    yield finding(headline(comparison))
    yield _tiles(comparison)
    yield section(_("方案改了什么"), table_html(changes_table(comparison)))
    yield section(_("谁多付，谁少付"), _payers(comparison))
    decile, *others = comparison.breakdowns
    yield section(_("谁受益，谁受损"), _deciles(decile))
    for item in others:
        heading = _("{what}：自付增减").format(what=either(item.zh, item.en))
        yield section(heading, _own_by_group(item))
    method = _(
        "每一笔就医按今天的政策和方案的政策各结算一遍，一分不差，没有抽样；假定大家看病的次数和费用不变。"
    )
    yield grounds_section(comparison.grounds, method)
    clauses = clauses_of(comparison.reform.today)
    yield footer(_sources(comparison), comparison.reform.today, clauses, made)


def _tiles(comparison: Comparison) -> str:
    whole = comparison.whole
    return tiles(
        [
            (
                _("各支付方一共"),
                signed(whole.paid.change),
                f"{money(whole.paid.today)} → {money(whole.paid.reform)}",
            ),
            (
                _("个人自付一共"),
                signed(whole.own.change),
                f"{money(whole.own.today)} → {money(whole.own.reform)}",
            ),
            (
                _("自付减少的人"),
                f"{whole.better:,}",
                _("占 {share}，人均少付 {each}").format(
                    share=share_of(whole.better, whole.persons),
                    each=per_person(whole.better_by, whole.better),
                )
                if whole.better
                else _("没有人"),
            ),
            (
                _("自付增加的人"),
                f"{whole.worse:,}",
                _("占 {share}，人均多付 {each}").format(
                    share=share_of(whole.worse, whole.persons),
                    each=per_person(whole.worse_by, whole.worse),
                )
                if whole.worse
                else _("没有人"),
            ),
        ]
    )


def _payers(comparison: Comparison) -> str:
    bars = []
    for item in comparison.payers:
        look = "good" if item.name == OWN else "payer"
        shown = f"{signed(item.amount.change)}{_beside(relative(item.amount))}"
        right, left = _sides(item.amount.change)
        bars.append(Bar(name_of(item), shown, right, left, look, look))
    chart = bar_chart(bars, _("少付"), _("多付"))
    caption = _("方案使各方付出增减多少（蓝色是各支付方，绿色是个人）")
    return figure(chart, caption, table_html(payers_table(comparison)))


def _deciles(decile: Breakdown) -> str:
    bars = []
    for group in decile.groups:
        average = per_person(group.own.today, group.persons)
        name = _("{group}（今天人均自付 {average}）").format(
            group=either(group.zh, group.en), average=average
        )
        shown = _("少付 {better} · 多付 {worse}").format(
            better=share_of(group.better, group.persons), worse=share_of(group.worse, group.persons)
        )
        better, worse = (part * _WHOLE // group.persons for part in (group.better, group.worse))
        bars.append(Bar(name, shown, better, worse, "good", "bad"))
    chart = bar_chart(bars, _("多付的人"), _("少付的人"))
    caption = _(
        "把所有人按今天的自付从少到多分成十组，每组里多少人少付（绿色）、多少人多付（斜纹）"
    )
    remark = note(_("自付相同的人放在同一组，所以各组人数不等，有的组可能没有人。"))
    return figure(chart, caption, table_html(people_table(decile)), remark)


_WHOLE = 10_000


def _own_by_group(breakdown: Breakdown) -> str:
    bars = []
    for group in breakdown.groups:
        shown = f"{signed(group.own.change)}{_beside(relative(group.own))}"
        right, left = _sides(group.own.change)
        bars.append(Bar(either(group.zh, group.en), shown, right, left))
    chart = bar_chart(bars, _("自付减少"), _("自付增加"))
    caption = _("方案使个人自付一共增减多少（绿色是减少，斜纹是增加）")
    return figure(chart, caption, table_html(people_table(breakdown)))


def _sides(change: int) -> tuple[int, int]:
    """How far to the right, and how far to the left."""
    return max(0, change), max(0, -change)


def _beside(text: str) -> str:
    return either(f"（{text}）", f" ({text})")


def _sources(comparison: Comparison) -> list[str]:
    return [
        source_line(comparison.source, comparison.synthetic, comparison.whole.claims),
        policy_line(comparison.reform.today, comparison.reform.policy),
    ]
