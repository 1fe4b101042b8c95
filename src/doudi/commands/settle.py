"""`doudi settle`: a small file of claims, in order, with each person's year."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from doudi.commands.common import complain, load, policy_options, print_json
from doudi.i18n import either


@click.command("settle", help="按先后结算一个文件（CSV、XLSX） · settle a file of claims in order")
@click.argument("file", type=click.Path(path_type=Path))
@policy_options
@click.option("--explain", is_flag=True, help="列出每一步 · print every step of each claim")
@click.option(
    "--json", "as_json", is_flag=True, help="输出 JSON（金额以分计） · JSON, money in fen"
)
def command(
    file: Path,
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    explain: bool,
    as_json: bool,
) -> None:
    """Settle the file, or report all its faults and settle nothing (exit status 2)."""
    from doudi.estimate.claims_file import BadClaims, read_claims  # noqa: PLC0415
    from doudi.estimate.text import settled_text  # noqa: PLC0415
    from doudi.estimate.year import settle_file  # noqa: PLC0415

    policy = load(policy_name, readings, adoption)
    try:
        settled = settle_file(policy, read_claims(file, policy))
    except BadClaims as error:
        complain(either(fault.line_zh, fault.line_en) for fault in error.faults)
    if as_json:
        print_json(settled.to_dict(with_steps=explain))
    else:
        click.echo(settled_text(settled, explain))
    if settled.broken:
        click.echo(
            either("承诺未成立：", "broken promises: ") + ", ".join(settled.broken), err=True
        )
        sys.exit(1)
