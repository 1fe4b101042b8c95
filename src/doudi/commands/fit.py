"""`doudi fit`: what the published cases say about a number that nobody published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doudi.commands.common import complain, describe, load, policy_options, print_json
from doudi.commands.tables import pair
from doudi.i18n import either
from doudi.rules.errors import BadInput, PolicyError

if TYPE_CHECKING:
    from doudi.estimate.cases import Case
    from doudi.population.lever import Lever
    from doudi.rules import Policy


@click.command("fit", help="公布的案例意味着某个数字是多少 · what published cases imply")
@click.option(
    "--parameter",
    required=True,
    metavar="NAME",
    help="要推算的数字，如 basic_schedule[3].band1 · the number to find",
)
@click.option(
    "--case",
    "cases",
    multiple=True,
    required=True,
    metavar="ID|FILE",
    help="案例编号（如 C-2）或案例文件，可多次给出 · a case of the pack, or a case file",
)
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="NAME=VALUE",
    help="案例没有说的情况，如 catalogue=12000 · a fact that the case leaves open",
)
@click.option(
    "--with",
    "others",
    multiple=True,
    metavar="NAME=VALUE",
    help="同时改变另一个数字，如 assistance_rate=0% · another number set besides",
)
@click.option(
    "--by",
    metavar="NAME=VALUE,VALUE,…",
    help="另一个数字取各值时分别推算 · once for each value of another number",
)
@click.option("--from", "low", metavar="VALUE", help="从哪个值起找 · the least value to try")
@click.option("--to", "high", metavar="VALUE", help="找到哪个值止 · the highest value to try")
@policy_options
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · JSON, rates in basis points")
def command(
    parameter: str,
    cases: tuple[str, ...],
    facts: tuple[str, ...],
    others: tuple[str, ...],
    by: str | None,
    low: str | None,
    high: str | None,
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    as_json: bool,
) -> None:
    """Find the values with which the cases come true; exit status 2 for what cannot be asked."""
    from doudi.population.fit import fit  # noqa: PLC0415
    from doudi.population.fit_text import fit_text  # noqa: PLC0415
    from doudi.population.lever import find_lever  # noqa: PLC0415

    policy = load(policy_name, readings, adoption)
    try:
        policy, turned = _turned(policy, others)
        chosen = [_case(policy, name) for name in cases]
        given = _facts(policy, facts)
        lever = find_lever(policy, parameter)
        least, most = lever.bounds
        tried = (
            (lever.read(low) if low else least, lever.read(high) if high else most)
            if low or high
            else None
        )
        fits = [
            (shown, fit(changed, parameter, chosen, facts=given, tried=tried))
            for shown, changed in _each(policy, by)
        ]
    except (BadInput, PolicyError, ValueError) as error:
        complain([describe(error, policy)])
    if as_json:
        results = [{"by": shown, **found.to_dict()} for shown, found in fits]
        print_json(results if by else fits[0][1].to_dict())
        return
    click.echo(fit_text(fits, given, turned))


def _turned(policy: Policy, others: Sequence[str]) -> tuple[Policy, list[tuple[Lever, int]]]:
    """The policy with the numbers of ``--with``, and what they are."""
    from doudi.population.lever import find_lever  # noqa: PLC0415

    turned = []
    for item in others:
        name, text = pair("--with", item)
        lever = find_lever(policy, name)
        position = lever.read(text)
        turned.append((lever, position))
        policy = lever.at(position)
    return policy, turned


def _each(policy: Policy, by: str | None) -> list[tuple[str, Policy]]:
    """The policy, or one for each value of the number named by ``--by``."""
    from doudi.population.lever import find_lever  # noqa: PLC0415

    if by is None:
        return [("", policy)]
    name, values = pair("--by", by)
    lever = find_lever(policy, name)
    positions = [lever.read(text) for text in values.split(",")]
    names = either(lever.zh, lever.en)
    return [(f"{names} = {lever.show(place)}", lever.at(place)) for place in positions]


def _case(policy: Policy, name: str) -> Case:
    from doudi.estimate.cases import read_case, read_cases  # noqa: PLC0415

    if name.endswith((".yaml", ".yml")):
        return read_case(Path(name))
    known = {case.id: case for case in read_cases(policy)}
    if name not in known:
        zh, en = "、".join(known), ", ".join(known)
        raise BadInput("case", name, f"没有这个案例；可选：{zh}", f"unknown; known: {en}")
    return known[name]


def _facts(policy: Policy, given: Sequence[str]) -> dict[str, Any]:
    """Facts as typed: amounts in yuan, yes or no, options by their names."""
    from doudi.money import read_yuan  # noqa: PLC0415
    from doudi.rules.units import Unit  # noqa: PLC0415

    flags = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}
    found: dict[str, Any] = {}
    for item in given:
        name, text = pair("--fact", item)
        declared = policy.inputs.get(name)
        if declared is None:
            zh, en = "、".join(policy.inputs), ", ".join(policy.inputs)
            raise BadInput(name, text, f"没有这一项；可填：{zh}", f"unknown; known: {en}")
        try:
            if declared.unit is Unit.FEN:
                found[name] = read_yuan(text)
            elif declared.unit is Unit.FLAG:
                found[name] = flags[text.lower()]
            else:
                found[name] = int(text) if text.isdecimal() else text
        except (KeyError, ValueError):
            zh, en = "应写成元，或 是/否", "write yuan, or yes or no"
            raise BadInput(name, text, zh, en) from None
    return found
