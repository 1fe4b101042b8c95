"""A solution as lines for a terminal, and as one HTML file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.population.compare import english_of
from doudi.population.report.charts import Mark, curve_chart
from doudi.population.report.page import (
    clauses_of,
    figure,
    finding,
    footer,
    grounds_section,
    page,
    section,
    tiles,
)
from doudi.population.report.table import Table, lines_of, table_html
from doudi.population.report.words import ground_lines, money, policy_line, signed, source_line
from doudi.population.solve import Outcome, Point, Solution


def solution_text(solution: Solution) -> str:
    """The answer for a terminal, with the points of the curve."""
    lines = [_title(solution), *_sentences(solution), *lines_of([_table(solution)]), ""]
    lines += [f"{status}{_('：')}{names}" for status, names in ground_lines(solution.grounds)]
    return "\n".join([*lines, *_sources(solution)])


def solution_html(solution: Solution, made: date) -> str:
    """The answer as one HTML file; ``made`` is the day it bears."""
    policy = solution.lever.policy
    kicker = _("在预算之内求一个数字 · {policy}").format(policy=either(policy.zh, policy.en))
    return page(kicker, _title(solution), _body(solution, made), solution.synthetic)


def _title(solution: Solution) -> str:
    lever = solution.lever
    return _("{payers}不超过 {budget}：{name}应是多少").format(
        payers=_payers(solution), budget=money(solution.budget), name=either(lever.zh, lever.en)
    )


def _payers(solution: Solution) -> str:
    policy = solution.lever.policy
    if len(solution.payers) == len(policy.outputs) - 1:
        return _("各支付方合计")
    cards = {rule.name: rule.card for rule in policy.all_rules}
    return _("、").join(either(cards[name].zh, english_of(name)) for name in solution.payers)


def _sentences(solution: Solution) -> list[str]:
    lever, answer, today = solution.lever, solution.answer, solution.today
    now = _("今天是 {value}，付出 {cost}，{room}。").format(
        value=lever.show(today.position), cost=money(today.cost), room=_room(solution)
    )
    if answer is None:
        least = min(solution.curve, key=lambda point: point.cost)
        none = _("没有这样的值：最省的是 {value}，也要付出 {cost}。").format(
            value=lever.show(least.position), cost=money(least.cost)
        )
        return [none, now]
    value, cost = lever.show(answer.position), money(answer.cost)
    if solution.outcome is Outcome.ALL_FIT:
        every = _("算过的每个值都在预算之内；付出最多的是 {value}，为 {cost}。")
        return [every.format(value=value, cost=cost), now]
    if solution.outcome is Outcome.FOUND:
        found = _("应为 {value}：付出 {cost}，再放宽 {step}就超出预算。").format(
            value=value, cost=cost, step=lever.show(1).removeprefix("+")
        )
        return [found, now]
    found = _("找到的最好的值是 {value}：付出 {cost}。").format(value=value, cost=cost)
    doubt = _("付出随它有升有降，只能逐段查找，间隔到 {step}；别处可能还有更好的值。").format(
        step=lever.show(solution.step).removeprefix("+")
    )
    return [found, doubt, now]


def _room(solution: Solution) -> str:
    over = solution.today.cost - solution.budget
    if over > 0:
        return _("超出预算 {amount}").format(amount=money(over))
    return _("比预算少 {amount}").format(amount=money(-over))


def _table(solution: Solution) -> Table:
    lever = solution.lever
    rows = tuple(
        (
            lever.show(point.position) + _mark(solution, point),
            money(point.cost),
            signed(point.cost - solution.budget),
            _("在预算之内") if point.cost <= solution.budget else _("超出预算"),
        )
        for point in solution.curve
    )
    head = (either(lever.zh, lever.en), _("付出"), _("同预算相比"), _("结果"))
    return Table(_("算过的每一个值"), head, rows)


def _mark(solution: Solution, point: Point) -> str:
    if point == solution.answer:
        return _("（答案）")
    return _("（今天）") if point.position == solution.today.position else ""


def _body(solution: Solution, made: date) -> Iterator[str]:
    lever, answer = solution.lever, solution.answer
    yield finding(_sentences(solution))
    value = "—" if answer is None else lever.show(answer.position)
    cost = "—" if answer is None else money(answer.cost)
    yield tiles(
        [
            (_("答案"), value, _("今天 {value}").format(value=lever.show(solution.today.position))),
            (_("付出"), cost, _("今天 {value}").format(value=money(solution.today.cost))),
            (_("预算"), money(solution.budget), _payers(solution)),
            (
                _("能改变的就医"),
                f"{solution.moved:,}",
                _("共 {claims} 笔").format(claims=f"{solution.claims:,}"),
            ),
        ]
    )
    yield section(_("付出怎样随它变化"), _curve(solution), table_html(_table(solution)))
    method = _("每个值都把全部就医记录重新结算一遍，没有抽样；假定大家看病的次数和费用不变。")
    yield grounds_section(solution.grounds, method)
    policy = lever.policy
    yield footer(_sources(solution), policy, clauses_of(policy), made)


def _curve(solution: Solution) -> str:
    lever = solution.lever
    points = _drawn(solution)
    marks = [Mark(solution.today.position, solution.today.cost, "today")]
    keys = [("today", _("今天 {value}").format(value=lever.show(solution.today.position)))]
    if solution.answer is not None:
        marks.append(Mark(solution.answer.position, solution.answer.cost, "answer"))
        shown = _("答案 {value}").format(value=lever.show(solution.answer.position))
        keys.insert(0, ("answer", shown))
    keys.append(("line", _("预算 {value}").format(value=money(solution.budget))))
    chart = curve_chart([(item.position, item.cost) for item in points], solution.budget, marks)
    first, last = lever.show(points[0].position), lever.show(points[-1].position)
    axis = f'<div class="axis"><span>{first}</span><span>{last}</span></div>'
    listed = "".join(f'<li class="{look}">{text}</li>' for look, text in keys)
    low, high = min(item.cost for item in points), max(item.cost for item in points)
    caption = _("横轴是{name}，纵轴是付出，从 {low} 到 {high}").format(
        name=either(lever.zh, lever.en), low=money(low), high=money(high)
    )
    return figure(f'{chart}{axis}<ul class="key">{listed}</ul>', caption)


def _drawn(solution: Solution) -> list[Point]:
    """The part of the curve worth drawing: without its flat ends, but for what is pointed at."""
    curve = solution.curve
    moving = [at for at in range(len(curve) - 1) if curve[at].cost != curve[at + 1].cost]
    shown = [solution.today.position]
    if solution.answer is not None:
        shown.append(solution.answer.position)
    shown += [place for at in moving for place in (curve[at].position, curve[at + 1].position)]
    first, last = min(shown), max(shown)
    if solution.lever.unit == "fen" and solution.answer is not None:
        last = min(last, 3 * max(shown[:2]))
    drawn = [point for point in curve if first <= point.position <= last]
    return drawn if len(drawn) > 1 else list(curve)


def _sources(solution: Solution) -> list[str]:
    return [
        source_line(solution.source, solution.synthetic, solution.claims),
        policy_line(solution.lever.policy),
    ]
