"""`doudi estimate`: what relief pays of one bill, or everything a household may get."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from doudi.commands.common import (
    DAY,
    YUAN,
    complain,
    describe,
    load,
    policy_options,
    print_json,
)
from doudi.i18n import either
from doudi.rules.errors import BadInput, PolicyError

_KINDS = (
    "inpatient",
    "chronic",
    "drug_purchase",
    "outpatient",
    "observation",
    "family_bed",
    "package",
)


@click.command("estimate", help="能给多少钱：一张账单，或一户人家 · how much relief pays")
@click.option("--bill", type=YUAN, help="总费用（元） · the whole bill in yuan")
@click.option("--household", type=click.Path(path_type=Path), help="一户的情况 · a household file")
@click.option("--kind", default="inpatient", show_default=True, help="、".join(_KINDS))
@click.option("--level", "hospital_level", type=int, help="医院级别 1、2、3 · hospital level")
@click.option("--catalogue", type=YUAN, help="医保目录内费用（元） · the part inside the catalogue")
@click.option("--registered/--not-registered", default=None, help="是否建档立卡 · registered poor")
@click.option("--serious/--not-serious", default=None, help="是否大病病种 · serious disease")
@click.option("--outside/--inside", "outside_league", default=None, help="是否盟外就医 · outside")
@click.option(
    "--own-so-far", type=YUAN, help="建档立卡后今年已自付（元） · own payments of this year so far"
)
@click.option("--date", "day", type=DAY, help="就医日期 · date of the bill")
@policy_options
@click.option("--explain", is_flag=True, help="列出每一步 · print every step")
@click.option(
    "--json", "as_json", is_flag=True, help="输出 JSON（金额以分计） · JSON, money in fen"
)
def command(
    bill: int | None,
    household: Path | None,
    day: date | None,
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    own_so_far: int | None,
    explain: bool,
    as_json: bool,
    **facts: Any,
) -> None:
    """Answer one bill or one household; exit status 2 for input that cannot be right."""
    if (bill is None) == (household is None):
        complain([either("请给 --bill 或 --household 之一", "give either --bill or --household")])
    if household is not None:
        from doudi.commands.household import answer_household  # noqa: PLC0415

        answer_household(household, policy_name, readings, adoption, as_json=as_json)
        return
    given = {name: fact for name, fact in facts.items() if fact is not None}
    answer_bill(
        {**given, "bill": bill},
        day,
        own_so_far,
        load(policy_name, readings, adoption),
        explain=explain,
        as_json=as_json,
    )


def answer_bill(
    facts: dict[str, Any],
    day: date | None,
    own_so_far: int | None,
    policy: Any,
    *,
    explain: bool = False,
    as_json: bool = False,
) -> None:
    """Print the answer to one bill."""
    from doudi.estimate.answer import answer  # noqa: PLC0415
    from doudi.estimate.text import answer_text, steps_text  # noqa: PLC0415

    faults = _faults(policy, facts, day or policy.valid_to)
    if faults:
        complain(faults)
    opening = {}
    if own_so_far:
        if policy.own_so_far is None:
            complain([either("这个政策包没有年度自付累计", "this policy has no own-so-far")])
        opening[policy.own_so_far] = own_so_far
    try:
        result = answer(policy, facts, day or policy.valid_to, opening)
    except (BadInput, PolicyError) as error:
        complain([describe(error, policy)])
    if as_json:
        print_json({**result.to_dict(), "date_assumed": day is None})
        return
    click.echo(answer_text(result, day_assumed=day is None))
    if explain:
        click.echo(steps_text(result.to_dict()["steps"]))


def _faults(policy: Any, facts: dict[str, Any], day: date) -> list[str]:
    """Everything wrong with the facts, one by one and against each other, and with the day."""
    from doudi.estimate.claims_file import check_kind  # noqa: PLC0415
    from doudi.rules.facts import read_facts  # noqa: PLC0415

    found = []
    right: dict[str, Any] = {}
    for name, fact in facts.items():
        try:
            right |= read_facts(policy.inputs, {name: fact})
        except BadInput as error:
            found.append(describe(error, policy))
    try:
        read_facts(policy.inputs, right)
    except BadInput as error:
        found.append(describe(error, policy))
    try:
        policy.era_on(day)
        if "kind" in right:
            check_kind(policy, right["kind"], day)
    except (BadInput, PolicyError) as error:
        found.append(describe(error))
    return found
