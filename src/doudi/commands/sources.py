"""`doudi sources`: the source page made readable, and every cited figure found on it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from doudi.commands.common import complain, print_json
from doudi.i18n import either
from doudi.i18n import gettext as _


@click.command("sources", help="核对原文网页与引用的数字 · check cited figures on the source page")
@click.argument("page", type=click.Path(path_type=Path))
@click.option("--line", "numbers", type=int, multiple=True, help="只看这一行 · print this line")
@click.option("--text", is_flag=True, help="打印可读的全文 · print the readable text")
@click.option("--raw", is_flag=True, help="同时打印原样文字 · print the raw text beside it")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · JSON")
def command(page: Path, numbers: tuple[int, ...], text: bool, raw: bool, as_json: bool) -> None:
    """Check the page at PAGE; exit status 1 when a cited figure does not stand where it should."""
    from doudi.policies import policy, policy_names  # noqa: PLC0415
    from doudi.policies.figures import cited_figures  # noqa: PLC0415
    from doudi.policies.sources import (  # noqa: PLC0415
        SourceError,
        check_figures,
        read_page,
        strange_characters,
    )

    try:
        source = read_page(page)
    except SourceError as error:
        complain([either(error.zh, error.en)])
    wanted = [line for line in source.lines if text or line.number in numbers]
    figures = [figure for name in policy_names() for figure in cited_figures(policy(name))]
    faults = check_figures(source, figures)
    strange = strange_characters(source)
    if as_json:
        print_json(
            {
                "figures": len(figures),
                "faults": [{"parameter": f.name, "zh": f.zh, "en": f.en} for f in faults],
                "unresolved": [
                    {"line": s.line, "character": s.character, "context": s.context}
                    for s in strange
                ],
                "lines": [
                    {"number": line.number, "readable": line.readable, "raw": line.raw}
                    for line in wanted
                ],
            }
        )
    else:
        for line in wanted:
            click.echo(f"L{line.number} {line.readable}")
            if raw and line.raw != line.readable:
                label = _("原样")
                click.echo(f"     {label} {line.raw}")
        for item in strange:
            click.echo(
                _("L{line} 有读不出的字“{character}”：{context}").format(
                    line=item.line, character=item.character, context=item.context
                )
            )
        for fault in faults:
            click.echo(either(fault.zh, fault.en))
        click.echo(
            _("引用的数字 {all} 个，与原文不符 {bad} 个").format(all=len(figures), bad=len(faults))
        )
    if faults:
        sys.exit(1)
