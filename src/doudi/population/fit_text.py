"""What the cases imply, as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doudi.estimate.text import padded, width
from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.money import yuan
from doudi.population.fit import Fit, Interval
from doudi.population.lever import Lever
from doudi.rules.policy import Policy
from doudi.rules.units import Unit


def fit_text(
    fits: Sequence[tuple[str, Fit]], facts: Mapping[str, Any], others: Sequence[tuple[Lever, int]]
) -> str:
    """One answer, or a line for each value of another number."""
    first = fits[0][1]
    lines = [_heading(first.lever), *_cases(first)]
    if others:
        changed = _("；").join(
            f"{either(lever.zh, lever.en)} {lever.show(position)}" for lever, position in others
        )
        lines.append(_("同时改为：{changed}").format(changed=changed))
    if facts:
        lines.append(_("另外给定：{facts}").format(facts=_facts(first.lever.policy, facts)))
    if len(fits) > 1 or fits[0][0]:
        names = [name for name, _fit in fits]
        columns = max(width(name) for name in names)
        lines += [f"  {padded(name, columns)}  {fitting(fit, fit.usual)}" for name, fit in fits]
    else:
        lines.append(
            _("其他数字都按政策包的取值：{range}").format(range=fitting(first, first.usual))
        )
        if not first.today_fits:
            lines.append(
                _("按现在的取值 {value}，案例的说法不成立").format(
                    value=first.lever.show(first.lever.today)
                )
            )
        lines.append(
            _("其他未定的数字和情况取到对它最有利：{range}").format(
                range=fitting(first, first.possible)
            )
        )
    lines.append(
        _("{name} 版本 {version}").format(
            name=first.lever.policy.name, version=first.lever.policy.version
        )
    )
    return "\n".join(lines)


def fitting(fit: Fit, found: Sequence[Interval]) -> str:
    """Stretches of values in words; an end that is the end of the search is left open."""
    if not found:
        return _("没有任何值能使案例成立")
    if list(found) == [fit.tried]:
        return _("任何值都能使案例成立，案例说明不了它")
    return _("；").join(_stretch(fit, *stretch) for stretch in found)


def _stretch(fit: Fit, low: int, high: int) -> str:
    show = fit.lever.show
    if low > fit.tried[0] and high < fit.tried[1]:
        return _("在 {low} 和 {high} 之间").format(low=show(low), high=show(high))
    if low > fit.tried[0]:
        return _("不低于 {low}（{below} 就不够）").format(low=show(low), below=show(low - 1))
    return _("不高于 {high}（{above} 就太高）").format(high=show(high), above=show(high + 1))


def _heading(lever: Lever) -> str:
    name = either(lever.zh, lever.en)
    status = lever.value.status
    today = _("现按 {value}（{status}）").format(
        value=lever.show(lever.today), status=either(status.zh, status.value)
    )
    parts = [f"{name}  {lever.name}", today]
    if lever.expected is not None:
        low, high = (lever.show(place) for place in lever.expected)
        parts.append(_("预计在 {low} 和 {high} 之间").format(low=low, high=high))
    return _("，").join(parts)


def _cases(fit: Fit) -> list[str]:
    return [
        _("案例 {id}：{says}").format(id=case.id, says=either(case.says_zh, case.says_en))
        for case in fit.cases
    ]


def _facts(policy: Policy, facts: Mapping[str, Any]) -> str:
    shown = []
    for name, fact in facts.items():
        item = policy.inputs[name]
        value = f"{yuan(fact)} {_('元')}" if item.unit is Unit.FEN else str(fact)
        shown.append(f"{either(item.zh, item.en)} {value}")
    return _("；").join(shown)
