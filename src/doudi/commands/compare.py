"""`doudi compare`: a reform against the policy as it is, over a table of claims."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doudi.commands.common import (
    complain,
    describe,
    load,
    policy_options,
    print_json,
    report_options,
)
from doudi.i18n import either
from doudi.rules.errors import BadInput, PolicyError

if TYPE_CHECKING:
    from doudi.population.reform import Reform
    from doudi.rules import Policy


@click.command("compare", help="改革方案同今天相比：谁多付、谁受益 · a reform against today")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--reform",
    "reform_file",
    type=click.Path(path_type=Path),
    help="方案文件（.yaml，或只换规则的 .py） · the reform's file",
)
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="直接改一个数字，如 own_share_ceiling=8% · a changed number",
)
@click.option(
    "--today",
    "today_file",
    type=click.Path(path_type=Path),
    help="不同今天的政策比，而同另一个方案比 · another reform to compare with",
)
@click.option(
    "--by",
    "labels",
    multiple=True,
    metavar="COLUMN",
    help="再按这一列分组（默认 banner） · group by",
)
@report_options
@policy_options
def command(
    file: Path,
    reform_file: Path | None,
    values: tuple[str, ...],
    today_file: Path | None,
    labels: tuple[str, ...],
    html: Path | None,
    made: date | None,
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    as_json: bool,
) -> None:
    """Settle every claim under both, and print who pays more and who less."""
    from doudi.commands.tables import refuse_table, write_whole  # noqa: PLC0415
    from doudi.population.compare import compare  # noqa: PLC0415
    from doudi.population.dataset import columns_of  # noqa: PLC0415
    from doudi.population.faults import BadTable  # noqa: PLC0415
    from doudi.population.report.comparison import (  # noqa: PLC0415
        comparison_html,
        comparison_text,
    )

    if reform_file is None and not values:
        complain([either("请给 --reform 或 --value", "give --reform or --value")])
    today = load(policy_name, readings, adoption)
    if today_file is not None:
        today = _read(today, today_file).policy
    try:
        reform = _reform(today, reform_file, values)
        present = columns_of(file)
        by = labels or tuple(name for name in ("banner",) if name in present)
        comparison = compare(file, reform, by)
    except BadTable as error:
        refuse_table(error)
    except (BadInput, PolicyError) as error:
        complain([describe(error)])
    if html is not None:
        write_whole(html, comparison_html(comparison, made or date.today()))
    if as_json:
        print_json(comparison.to_dict())
    elif html is None:
        click.echo(comparison_text(comparison))
    else:
        from doudi.population.report.words import headline  # noqa: PLC0415

        click.echo("\n".join(headline(comparison)))


def _reform(today: Policy, path: Path | None, values: tuple[str, ...]) -> Reform:
    from doudi.commands.tables import pair  # noqa: PLC0415
    from doudi.population.reform import reform_of  # noqa: PLC0415

    base = None if path is None else _read(today, path)
    return reform_of(today, [pair("--value", item) for item in values], base)


def _read(today: Policy, path: Path) -> Reform:
    """The reform in a file; every fault of it is printed, and nothing is settled."""
    from doudi.population.reform import RefusedReform, read_reform  # noqa: PLC0415

    try:
        return read_reform(today, path)
    except RefusedReform as error:
        complain(either(zh, en) for zh, en in error.faults)
