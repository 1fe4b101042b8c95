"""`doudi prove`: what a pack promises, for every claim, history and value, or where it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from doudi.commands.common import (
    YUAN,
    complain,
    describe,
    load,
    load_chosen,
    policy_options,
    print_json,
)
from doudi.rules.errors import BadInput, PolicyError


@click.command(
    "prove",
    help="证明承诺对任何情形都成立，或举出反例 · prove the promises, or show where they fail",
)
@click.argument("promises", nargs=-1, metavar="[PROMISE]...")
@policy_options
@click.option(
    "--bill",
    type=YUAN,
    default="10000",
    show_default=True,
    help="在多大的费用以内找断崖（元） · up to which bill cliffs are looked for, in yuan",
)
@click.option(
    "--json", "as_json", is_flag=True, help="输出 JSON（金额以分计） · JSON, money in fen"
)
def command(
    promises: tuple[str, ...],
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    bill: int,
    as_json: bool,
) -> None:
    """Decide every promise and guarantee; exit status 1 if one that is made is not proved."""
    from doudi.commands.prove_text import report_text  # noqa: PLC0415
    from doudi.rules.prove import prove  # noqa: PLC0415

    # A promise is looked for in the chosen pack; without one every pack is proved.
    packs = (
        [load(policy_name, readings, adoption)]
        if promises
        else load_chosen((), policy_name, readings, adoption)
    )
    try:
        reports = [prove(pack, promises, bill=bill) for pack in packs]
    except (BadInput, PolicyError) as error:
        complain([describe(error)])
    if as_json:
        print_json(
            reports[0].to_dict()
            if len(reports) == 1
            else {"packs": [report.to_dict() for report in reports]}
        )
    else:
        click.echo("\n\n".join(report_text(report) for report in reports))
    if not all(report.is_kept for report in reports):
        sys.exit(1)
