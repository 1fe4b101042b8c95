"""What was proved of a pack, as a page for a person."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from doudi.i18n import either
from doudi.money import percent, yuan
from doudi.rules.amounts import Schedule
from doudi.rules.policy import KIND, Policy
from doudi.rules.prove import Example, Means, Outcome, Report, Scope, Sort, Status
from doudi.rules.prove.cliffs import Cliff
from doudi.rules.units import Unit

_WIDTH = 110

_STATUS = {
    Status.PROVED: ("成立", "proved"),
    Status.REFUTED: ("不成立", "refuted"),
    Status.UNDECIDED: ("未定", "undecided"),
}
_MEANS = {
    Means.LAWS: ("任何比例的通则", "laws of any rate"),
    Means.BOUNDED: ("通则，已知比例精确", "laws, known rates exact"),
    Means.EXACT: ("逐分精确", "exact to the fen"),
}
_SORT = {
    Sort.CLAIM: ("每一笔，不论此前如何", "each claim, any history"),
    Sort.YEAR: ("全年合计，从零起归纳", "a whole year, by induction from nothing"),
    Sort.COMPARISON: ("两种情形相比", "two ways compared"),
    Sort.GUARANTEE: ("“最多自付”确是上限", "the guarantee is an upper bound"),
}


def report_text(report: Report) -> str:
    """The table of all statements, then the counterexamples, then the cliffs."""
    policy = report.policy
    title = f"{either(policy.zh, policy.en)}  {policy.version}"
    blocks = [title, _table(report), _legend()]
    for outcome in report.outcomes:
        blocks += list(_failures(policy, outcome))
    blocks += [_cliff(report, cliff) for cliff in report.cliffs]
    return "\n\n".join(block.rstrip() for block in blocks)


def _table(report: Report) -> str:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for heading in (
        either("说法", "statement"),
        either("现用数字", "today"),
        either("范围之内", "in range"),
        either("任何数字", "any values"),
        either("涵盖", "covered"),
        either("怎样判定", "how"),
    ):
        table.add_column(heading, overflow="fold")
    for outcome in report.outcomes:
        table.add_row(*_row(report.policy, outcome))
    file = io.StringIO()
    Console(file=file, width=_WIDTH, color_system=None, highlight=False).print(table, markup=False)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def _row(policy: Policy, outcome: Outcome) -> list[str]:
    card = outcome.statement.rule.card
    name = f"{either(card.zh, card.en)} [{' '.join(card.clauses)}]"
    if not outcome.statement.claimed:
        name += either("（原文未许诺，待判定）", " (not claimed; to be decided)")
    return [
        name,
        *(_status(outcome, scope) for scope in Scope),
        _covered(policy, outcome),
        _how(outcome),
    ]


def _status(outcome: Outcome, scope: Scope) -> str:
    status = outcome.status(scope)
    if status is None:
        return either("此读法下未许诺", "not claimed so")
    return either(*_STATUS[status])


def _covered(policy: Policy, outcome: Outcome) -> str:
    kinds = len(outcome.kinds)
    sets = len({tuple(part.readings.items()) for part in outcome.parts})
    eras = len(policy.eras)
    sort = either(*_SORT[outcome.statement.sort])
    return either(
        f"{sort}；{kinds} 类，{sets} 种读法，{eras} 个时段",
        f"{sort}; kinds {kinds}, readings {sets}, eras {eras}",
    )


def _how(outcome: Outcome) -> str:
    means = dict.fromkeys(one for scope in Scope for one in outcome.means(scope))
    return either("；", "; ").join(either(*_MEANS[one]) for one in means)


def _legend() -> str:
    return either(
        "现用数字：原文、借用和假设的数字都照现在的；范围之内：凡不是原文或已采用的，在其范围内任取；\n"
        "任何数字：起付线和封顶线为任何不小于 0 的金额，比例为 0% 到 100%，分段不限。",
        "today: all values as they stand; in range: whatever is not cited or adopted lies\n"
        "anywhere in its range; any values: deductibles and caps are any amount from 0 on,\n"
        "rates 0% to 100%, schedules of any bands.",
    )


def _failures(policy: Policy, outcome: Outcome) -> Iterator[str]:
    """One block for the first counterexample of each sort of values, and for what is open."""
    shown: list[Example] = []
    for scope in Scope:
        decision = outcome.decision(scope)
        if decision is None or decision.status is Status.PROVED:
            continue
        card = outcome.statement.rule.card
        head = f"{either(card.zh, card.en)}{either('：', ': ')}{_status(outcome, scope)}"
        if decision.example is None:
            reason = either("在限定的计算量内，既没有证成，也没有找到真实的反例", decision.reason)
            yield f"{head} – {reason}"
        elif decision.example not in shown:
            shown.append(decision.example)
            yield "\n".join([head, *_example(policy, outcome, decision.example)])


def _example(policy: Policy, outcome: Outcome, example: Example) -> Iterator[str]:
    if example.values:
        changed = either("、", ", ").join(
            f"{either(policy.parameters[name].zh, policy.parameters[name].en)} "
            f"{_value(policy.parameters[name].unit, value)}"
            for name, value in example.values.items()
        )
        yield either("  设 ", "  with ") + changed
    for facts in example.earlier:
        yield either("  此前 ", "  after ") + _claim(policy, facts)
    last = example.working(policy)
    yield either("  反例 ", "  when ") + _claim(policy, example.facts) + _pays(last.outputs)
    for name, others in example.others(policy, outcome.statement).items():
        variant = next(one for one in outcome.statement.rule.card.variants if one.name == name)
        for other in others:
            yield (
                f"  {either(variant.zh, 'if ' + variant.name)} "
                + _claim(policy, other.facts)
                + _pays(other.outputs)
            )
    yield (
        either("  费用再小就找不到反例", "  no smaller bill does it")
        if example.smallest
        else (either("  这是找到的最小的一例", "  the smallest that was found"))
    )


def _claim(policy: Policy, facts: Mapping[str, Any]) -> str:
    words = [either(*policy.kinds[facts[KIND]])]
    for name, value in facts.items():
        item = policy.inputs[name]
        if name == KIND:
            continue
        if item.unit is Unit.FLAG:
            words.append(either(item.zh, item.en) if value else either(item.zh_no, item.en_no))
        elif item.options:
            words.append(either(*item.options[value]))
        else:
            words.append(f"{either(item.zh, item.en)} {_value(item.unit.value, value)}")
    return " · ".join(word for word in words if word)


def _pays(outputs: Mapping[str, int]) -> str:
    if "own_pay" not in outputs:
        return ""
    own = yuan(outputs["own_pay"])
    return either(f" → 自付 {own} 元", f" → pays {own} yuan")


def _value(unit: str, value: Any) -> str:
    if isinstance(value, Schedule):
        return either("，", ", ").join(_bands(value))
    if unit == "fen":
        return f"{yuan(value)} {either('元', 'yuan')}"
    return percent(value) if unit == "rate" else str(value)


def _bands(schedule: Schedule) -> Iterator[str]:
    for band in schedule.bands:
        rate = percent(band.rate)
        if band.upper is None:
            yield either(f"以上 {rate}", f"above {rate}")
        else:
            top = yuan(band.upper)
            yield either(f"到 {top} 元 {rate}", f"to {top} yuan {rate}")


def _cliff(report: Report, cliff: Cliff) -> str:
    statement = report.outcome(cliff.comparison).statement
    variant = next(one for one in statement.rule.card.variants if one.name == cliff.variant)
    amount = yuan(cliff.most)
    head = either(f"断崖 · {variant.zh}：", f"cliff · if {variant.name}: ")
    if cliff.everywhere:
        head += either(
            f"最多多付 {amount} 元；对任何一笔、任何历史、任何数字都已证明",
            f"at most {amount} yuan more; proved for any claim, history and values",
        )
    else:
        bill = yuan(cliff.bill)
        head += either(
            f"费用不超过 {bill} 元的当年第一笔，最多多付 {amount} 元",
            f"at most {amount} yuan more for a first claim of the year of at most {bill} yuan",
        )
        if not cliff.certain:
            head += either("（找到的最大值）", " (the most that was found)")
    if cliff.example is None:
        return head
    claim = _claim(report.policy, cliff.example.facts)
    own = cliff.example.working(report.policy).outputs
    others = cliff.example.others(report.policy, statement)[cliff.variant]
    return "\n".join(
        [
            head,
            either("  例 ", "  as in ") + claim + _pays(own),
            *(
                either("  变为 ", "  becomes ")
                + _claim(report.policy, other.facts)
                + _pays(other.outputs)
                for other in others
            ),
        ]
    )
