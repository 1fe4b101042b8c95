"""Taking a settlement back or putting another in its place; the later ones of the year follow."""

from __future__ import annotations

from pathlib import Path

import click

from doudi.commands.common import complain, print_json
from doudi.commands.office.common import CLAIM, PERSON, as_json, change, read_bill_file, who
from doudi.commands.office.show import (
    difference_text,
    refunds_text,
    reversal_text,
    settlement_text,
)
from doudi.i18n import gettext as _


@click.command("reverse", help="冲销一笔结算；--preview 只看不办 · reverse, or preview")
@click.argument("claim", type=CLAIM)
@change("冲销", can_preview=True)
@as_json
def reverse(
    claim: str, preview: bool, key: str, actor: str | None, reason: str, as_json: bool
) -> None:
    """Take a claim back and settle the later ones of its year again."""
    from doudi.office.settlement import services  # noqa: PLC0415

    answer = (
        services.preview_reverse(claim=claim)
        if preview
        else services.reverse(key=key, claim=claim, who=who(actor, reason))
    )
    if as_json:
        print_json(answer)
    else:
        click.echo("\n".join([reversal_text(answer, preview), *refunds_text(answer)]))


@click.command("correct", help="更正一笔结算；--preview 只看不办 · correct, or preview")
@click.argument("claim", type=CLAIM)
@click.option(
    "--fees",
    type=click.Path(path_type=Path),
    help="更正的费用明细（CSV，用“更正行”一列指明更正哪一条） · corrected fee lines",
)
@click.option("--kind", help="就医类别 · kind of care")
@change("更正", can_preview=True)
@as_json
def correct(
    claim: str,
    fees: Path | None,
    kind: str | None,
    preview: bool,
    key: str,
    actor: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Put a corrected claim in the place of another and settle the later ones again."""
    from doudi.office.settlement import services  # noqa: PLC0415

    lines = [] if fees is None else read_bill_file(fees)
    facts = {} if kind is None else {"kind": kind}
    if not lines and not facts:
        complain([_("没有说要更正什么：--fees 或 --kind")])
    answer = (
        services.preview_correct(claim=claim, lines=lines, facts=facts)
        if preview
        else services.correct(
            key=key, claim=claim, lines=lines, facts=facts, who=who(actor, reason)
        )
    )
    if as_json:
        print_json(answer)
    else:
        click.echo("\n".join([settlement_text(answer, preview), *refunds_text(answer)]))


@click.command("reassess", help="按登记重新核定一年 · settle a year again by the registry")
@click.argument("person", type=PERSON)
@click.argument("year", type=int)
@click.option(
    "--under-today",
    is_flag=True,
    help="全年改按今天的政策（记录在案） · the whole year under today's policy, recorded",
)
@change("按登记重新核定")
@as_json
def reassess(
    person: str, year: int, under_today: bool, key: str, actor: str, reason: str, as_json: bool
) -> None:
    """Look up every claim's standing again and correct those that changed."""
    from doudi.office.settlement import services  # noqa: PLC0415

    answer = services.reassess(
        key=key, person=person, year=year, who=who(actor, reason), under_today=under_today
    )
    if as_json:
        print_json(answer)
        return
    lines = [difference_text(item) for item in answer["differences"]]
    lines += refunds_text(answer)
    click.echo("\n".join(lines) or _("没有变化"))
