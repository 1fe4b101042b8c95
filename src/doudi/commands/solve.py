"""`doudi solve`: the value of one number that keeps the cost within a budget."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from doudi.commands.common import (
    YUAN,
    complain,
    describe,
    load,
    policy_options,
    print_json,
    report_options,
)
from doudi.rules.errors import BadInput, PolicyError


@click.command("solve", help="给定预算，一个数字应是多少 · the value that fits a budget")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--parameter", required=True, metavar="NAME", help="要求的数字 · the number to find")
@click.option("--budget", required=True, type=YUAN, help="预算（元） · the budget in yuan")
@click.option(
    "--payers",
    default="",
    metavar="NAME,NAME",
    help="只算这些支付方，如 backstop（默认全部） · only these payers",
)
@click.option("--from", "low", metavar="VALUE", help="从哪个值起找 · the least value to try")
@click.option("--to", "high", metavar="VALUE", help="找到哪个值止 · the highest value to try")
@report_options
@policy_options
def command(
    file: Path,
    parameter: str,
    budget: int,
    payers: str,
    low: str | None,
    high: str | None,
    html: Path | None,
    made: date | None,
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    as_json: bool,
) -> None:
    """Find the value; exit status 1 where none fits, 2 for input that cannot be right."""
    from doudi.commands.tables import refuse_table, write_whole  # noqa: PLC0415
    from doudi.population.faults import BadTable  # noqa: PLC0415
    from doudi.population.lever import find_lever  # noqa: PLC0415
    from doudi.population.report.solution import solution_html, solution_text  # noqa: PLC0415
    from doudi.population.solve import solve  # noqa: PLC0415

    policy = load(policy_name, readings, adoption)
    try:
        lever = find_lever(policy, parameter)
        solution = solve(
            file,
            policy,
            parameter,
            budget,
            payers=[name.strip() for name in payers.split(",") if name.strip()],
            low=lever.read(low) if low else None,
            high=lever.read(high) if high else None,
        )
    except BadTable as error:
        refuse_table(error)
    except (BadInput, PolicyError) as error:
        complain([describe(error)])
    if html is not None:
        write_whole(html, solution_html(solution, made or date.today()))
    if as_json:
        print_json(solution.to_dict())
    else:
        click.echo(solution_text(solution))
    if solution.answer is None:
        sys.exit(1)
