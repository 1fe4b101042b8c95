"""`doudi policy`: the packs, how sure their values are, and a bureau's own values."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doudi.commands.common import (
    DEFAULT_POLICY,
    complain,
    describe,
    load,
    load_chosen,
    policy_options,
    print_json,
)
from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.money import percent, yuan
from doudi.rules.amounts import Schedule
from doudi.rules.errors import PolicyError
from doudi.rules.explain import plain
from doudi.rules.parameters import Parameter, Status, Value

if TYPE_CHECKING:
    from doudi.rules.duties import Duty
    from doudi.rules.policy import Policy

_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON · JSON")
_NAME = click.argument("name", default=DEFAULT_POLICY)


@click.group("policy", help="政策包：内容、可靠程度、采用本地数字 · the policy packs")
def command() -> None:
    """The packs and what they rest on."""


@command.command("list", help="有哪些政策包 · the packs")
@_JSON
def list_command(as_json: bool) -> None:
    """Name, title, validity and version of each pack."""
    from doudi.policies import policy_names  # noqa: PLC0415

    packs = [load(name) for name in policy_names()]
    if as_json:
        print_json([_pack(pack) for pack in packs])
        return
    for pack in packs:
        title = either(pack.zh, pack.en)
        click.echo(f"{pack.name}  {title}  {pack.valid_from} – {pack.valid_to}  {pack.version}")


def _pack(pack: Policy) -> dict[str, Any]:
    return {
        "name": pack.name,
        "zh": pack.zh,
        "en": pack.en,
        "valid_from": pack.valid_from.isoformat(),
        "valid_to": pack.valid_to.isoformat(),
        "version": pack.version,
        "parameters": len(pack.parameters),
        "rules": len(pack.all_rules),
        "promises": len(pack.promises),
        "targets": len(pack.targets),
        "duties": len(pack.duties),
        "entitlements": len(pack.entitlements),
    }


@command.command("show", help="一个政策包的全部数字和规则 · all values and rules of a pack")
@click.argument("name", required=False)
@policy_options
@_JSON
def show(
    name: str | None,
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    as_json: bool,
) -> None:
    """Every value with its status and clause, every reading, every rule."""
    pack = load(name or policy_name, readings, adoption)
    if as_json:
        print_json({**_pack(pack), "values": list(_values(pack)), "rules": _rules(pack)})
        return
    click.echo(f"{either(pack.zh, pack.en)}  {pack.version}")
    for parameter in pack.parameters.values():
        for value in parameter.values:
            click.echo(f"  {_value_line(parameter, value)}")
    for item in pack.interpretations.values():
        readings_text = either("，", ", ").join(
            f"{key}{'*' if key == pack.reading(item.name) else ''} {either(*text)}"
            for key, text in item.readings.items()
        )
        click.echo(f"  {item.name}  {either(item.zh, item.en)}{_colon()}{readings_text}")
    for rule in pack.all_rules:
        arguments = ", ".join(rule.signature.arguments)
        cited = " ".join(rule.card.clauses)
        name_text = either(rule.card.zh, rule.card.en)
        click.echo(f"  {rule.name}({arguments})  {name_text}  [{cited}]")


def _rules(pack: Policy) -> list[dict[str, Any]]:
    return [
        {
            "name": rule.name,
            "zh": rule.card.zh,
            "en": rule.card.en,
            "clauses": list(rule.card.clauses),
            "needs": list(rule.signature.arguments),
            "unit": rule.signature.returns.value,
        }
        for rule in pack.all_rules
    ]


def _values(pack: Policy) -> Iterator[dict[str, Any]]:
    for parameter in pack.parameters.values():
        for value in parameter.values:
            yield {
                "name": parameter.name,
                "zh": parameter.zh,
                "en": parameter.en,
                "unit": parameter.unit,
                "value": plain(value.value),
                "low": plain(value.low),
                "high": plain(value.high),
                "from": value.valid_from.isoformat(),
                "to": value.valid_to.isoformat(),
                "status": value.status.value,
                "clauses": list(value.clauses),
                "basis": either(value.basis, value.basis_en),
                "document": value.document,
            }


def _value_line(parameter: Parameter, value: Value) -> str:
    label = either(value.status.zh, value.status.value)
    source = " ".join(value.clauses) or value.document or either(value.basis, value.basis_en)
    days = f"{value.valid_from} – {value.valid_to}"
    shown = _amount(parameter.unit, value.value)
    if value.low is not None and not isinstance(value.low, Schedule):
        low, high = _amount(parameter.unit, value.low), _amount(parameter.unit, value.high)
        shown += _("（{low} 到 {high}）").format(low=low, high=high)
    if value.shift is not None:
        low, high = (f"{shift / 100:+g}" for shift in value.shift)
        shown += _("（{low} 到 {high} 个百分点）").format(low=low, high=high)
    name = either(parameter.zh, parameter.en)
    return f"{parameter.name}  {name}  {shown}  {label}  {days}  [{source}]"


def _amount(unit: str, value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, Schedule):
        return "/".join(percent(band.rate) for band in value.bands)
    if unit == "fen":
        unit_word = _("元")
        return f"{yuan(value)} {unit_word}"
    return percent(value) if unit == "rate" else str(value)


@command.command("check", help="数字可靠吗：原文、借用、假设、未载 · how sure the values are")
@click.argument("names", nargs=-1)
@policy_options
@_JSON
def check(
    names: tuple[str, ...],
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    as_json: bool,
) -> None:
    """Count the values by status and list those that are not confirmed."""
    packs = load_chosen(names, policy_name, readings, adoption)
    if as_json:
        print_json({pack.name: _checked(pack) for pack in packs})
        return
    for pack in packs:
        checked = _checked(pack)
        counts = either("，", ", ").join(
            f"{either(status.zh, status.value)} {checked['counts'][status.value]}"
            for status in Status
        )
        share = _("有出处或写明可靠程度：{share}").format(share=percent(checked["covered_bp"]))
        click.echo(f"{pack.name}  {share}  " + either(f"（{counts}）", f"({counts})"))
        for status in (Status.STAND_IN, Status.ASSUMPTION, Status.NOT_STATED, Status.ADOPTED):
            for parameter, value in _with_status(pack, status):
                click.echo(f"  {_value_line(parameter, value)}")


def _checked(pack: Policy) -> dict[str, Any]:
    values = [value for parameter in pack.parameters.values() for value in parameter.values]
    counts = Counter(value.status.value for value in values)
    covered = [value for value in values if value.clauses or value.basis or value.document]
    return {
        "values": len(values),
        "counts": {status.value: counts[status.value] for status in Status},
        "covered_bp": len(covered) * 10_000 // len(values) if values else 10_000,
        **{
            status.value: [parameter.name for parameter, _value in _with_status(pack, status)]
            for status in (Status.STAND_IN, Status.ASSUMPTION, Status.NOT_STATED, Status.ADOPTED)
        },
    }


def _with_status(pack: Policy, status: Status) -> list[tuple[Parameter, Value]]:
    return [
        (parameter, value)
        for parameter in pack.parameters.values()
        for value in parameter.values
        if value.status is status
    ]


@command.command("adopt", help="核对经办机构的采用文件 · check a bureau's adoption file")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--policy", "policy_name", default=DEFAULT_POLICY, show_default=True)
@_JSON
def adopt_command(file: Path, policy_name: str, as_json: bool) -> None:
    """Show what the file would change; every fault of it is reported (exit status 2)."""
    from doudi.rules.adoption import RefusedAdoption, adopt  # noqa: PLC0415

    pack = load(policy_name)
    try:
        after, changes = adopt(pack, file)
    except RefusedAdoption as error:
        complain(either(zh, en) for zh, en in error.faults)
    except PolicyError as error:
        complain([describe(error)])
    if as_json:
        print_json(
            {
                "policy": {"name": after.name, "version": after.version},
                "adopted": [
                    {
                        "name": change.parameter,
                        "before": plain(change.before.value) if change.before else None,
                        "before_status": change.before.status.value if change.before else None,
                        "after": plain(change.after.value),
                        "document": change.after.document,
                    }
                    for change in changes
                ],
            }
        )
        return
    for change in changes:
        parameter = after.parameters[change.parameter]
        before = change.before
        former = _amount(parameter.unit, before.value) if before else "—"
        label = either(before.status.zh, before.status.value) if before else "—"
        now = _amount(parameter.unit, change.after.value)
        click.echo(
            f"{change.parameter}  {either(parameter.zh, parameter.en)}{_colon()}{former}"
            + either(f"（{label}）", f" ({label}) ")
            + f"→ {now}  [{change.after.document}]"
        )
    click.echo(_("可以采用。使用时加 --adoption {file}，或设 DOUDI_ADOPTION").format(file=file))


@command.command("cases", help="原文里的案例与我们的计算 · the published cases")
@_NAME
@_JSON
def cases(name: str, as_json: bool) -> None:
    """What the source says, what we compute, and whether the two fit; exit status 1 if not."""
    from doudi.estimate.cases import read_cases, run_case  # noqa: PLC0415

    pack = load(name)
    results = [run_case(pack, case) for case in read_cases(pack)]
    if as_json:
        print_json(
            [
                {
                    "id": result.case.id,
                    "clauses": list(result.case.clauses),
                    "lines": list(result.case.lines),
                    "zh": result.case.zh,
                    "en": result.case.en,
                    "source_says": either(result.case.says_zh, result.case.says_en),
                    "computed": either(result.computed_zh, result.computed_en),
                    "agrees": result.agrees,
                    "default_estimate_agrees": result.usual_agrees,
                }
                for result in results
            ]
        )
    else:
        for result in results:
            case = result.case
            lines = ", ".join(f"L{line}" for line in case.lines)
            click.echo(f"{case.id} ({lines}) {either(case.zh, case.en)}")
            says = either(case.says_zh, case.says_en)
            computed = either(result.computed_zh, result.computed_en)
            click.echo("  " + _("原文：{says}").format(says=says))
            click.echo("  " + _("我们：{computed}").format(computed=computed))
            click.echo("  " + _verdict(result.agrees, result.usual_agrees))
    if not all(result.agrees for result in results):
        sys.exit(1)


def _verdict(agrees: bool, usual_agrees: bool | None) -> str:
    if not agrees:
        return _("不相符：原文的说法在我们的范围之外")
    if usual_agrees is False:
        return _(
            "相符：原文的说法在我们的范围之内，但按默认数字估计的结果达不到，说明当年的数字更优惠"
        )
    return _("相符")


@command.command("findings", help="原文自己的算术对不对 · the source's own arithmetic")
@click.argument("names", nargs=-1)
@_JSON
def findings(names: tuple[str, ...], as_json: bool) -> None:
    """Every sum of the source computed again: those that hold, and those that do not."""
    from doudi.policies import policy_names  # noqa: PLC0415
    from doudi.rules.findings import run_findings  # noqa: PLC0415

    found = [item for name in names or policy_names() for item in run_findings(load(name))]
    if as_json:
        print_json(
            [
                {
                    "name": item.name,
                    "zh": item.zh,
                    "en": item.en,
                    "stated": item.stated,
                    "computed": item.computed,
                    "holds": item.holds,
                    "clauses": list(item.clauses),
                }
                for item in found
            ]
        )
        return
    words = {True: _("相符"), False: _("不符"), None: _("原文未给结果")}
    for item in found:
        click.echo(
            f"{words[item.holds]}  {either(item.zh, item.en.rstrip('.'))}{_colon()}"
            f"{item.stated} | {item.computed}  [{' '.join(item.clauses)}]"
        )


@command.command("targets", help="规划指标 · the targets of a plan")
@click.argument("name", default="region-plan-2013")
@click.option("--year", type=int, help="只看这一年 · only this year")
@_JSON
def targets(name: str, year: int | None, as_json: bool) -> None:
    """Every indicator with its value, area and year."""
    shown = [item for item in load(name).targets if year is None or item.year == year]
    if as_json:
        print_json(
            [
                {
                    "id": item.id,
                    "task": item.task,
                    "zh": item.zh,
                    "en": item.en,
                    "area": either(item.area_zh, item.area_en),
                    "year": item.year,
                    "comparator": item.comparator.value if item.comparator else None,
                    "value": item.value,
                    "unit": item.unit,
                    "evidence": item.evidence,
                    "clauses": list(item.clauses),
                }
                for item in shown
            ]
        )
        return
    for item in shown:
        bound = _("以证据判断是否") if item.evidence else _bound(item)
        area = either(item.area_zh, item.area_en)
        when = "—" if item.year is None else str(item.year)
        name_text = either(item.zh, item.en)
        click.echo(f"{when}  {area}  {name_text}{_colon()}{bound}  [{' '.join(item.clauses)}]")


def _bound(item: Any) -> str:
    sign = either(item.comparator.zh, item.comparator.value)
    measure = either(item.measure_zh, item.measure_en)
    if item.unit == "hundredths":
        return f"{sign} {item.value // 100}.{item.value % 100:02d} {measure}".rstrip()
    amount = _amount(str(item.unit), item.value)
    return f"{sign} {amount}" if item.unit == "fen" else f"{sign} {amount} {measure}".rstrip()


@command.command("duties", help="谁要在何时之前做什么 · the duties and their triggers")
@click.argument("names", nargs=-1)
@policy_options
@_JSON
def duties(
    names: tuple[str, ...],
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    as_json: bool,
) -> None:
    """Every duty with who owes it, what triggers it and what deadline the source gives."""
    packs = load_chosen(names, policy_name, readings, adoption)
    rows = [(pack, duty) for pack in packs for duty in pack.duties]
    if as_json:
        print_json(
            [
                {
                    "id": duty.id,
                    "pack": pack.name,
                    "zh": duty.zh,
                    "en": duty.en,
                    "who": either(duty.who_zh, duty.who_en),
                    "trigger": duty.trigger,
                    "done": duty.done,
                    "within": duty.within,
                    "within_days": _days(pack, duty),
                    "prohibition": duty.prohibition,
                    "clauses": list(duty.clauses),
                }
                for pack, duty in rows
            ]
        )
        return
    for pack, duty in rows:
        who = either(duty.who_zh, duty.who_en)
        text = either(duty.zh, duty.en)
        click.echo(f"{who}{_colon()}{text}{_deadline(pack, duty)}  [{' '.join(duty.clauses)}]")


def _deadline(pack: Policy, duty: Duty) -> str:
    if duty.within is None:
        return ""
    days = _days(pack, duty)
    if days is None:
        return _("（期限原文未载）")
    return _("（{days} 天内）").format(days=days)


def _days(pack: Policy, duty: Duty) -> Any:
    """The days the duty allows on the pack's last day; None where nobody has stated any."""
    return None if duty.within is None else pack.value_on(duty.within, pack.valid_to).value


def _colon() -> str:
    return either("：", ": ")
