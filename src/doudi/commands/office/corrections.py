"""Taking a settlement back or putting another in its place; the later ones of the year follow."""

from __future__ import annotations

import click

from doudi.commands.common import YUAN, complain, print_json
from doudi.commands.office.common import CLAIM, PERSON, as_json, change, who
from doudi.commands.office.show import difference_text, reversal_text, settlement_text
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
        click.echo(reversal_text(answer, preview))


@click.command("correct", help="更正一笔结算；--preview 只看不办 · correct, or preview")
@click.argument("claim", type=CLAIM)
@click.option("--bill", type=YUAN, help="总费用，元 · the whole bill in yuan")
@click.option("--catalogue", type=YUAN, help="目录内费用，元 · catalogue part in yuan")
@click.option("--serious/--not-serious", default=None, help="大病病种 · serious disease")
@change("更正", can_preview=True)
@as_json
def correct(
    claim: str,
    bill: int | None,
    catalogue: int | None,
    serious: bool | None,
    preview: bool,
    key: str,
    actor: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Put a corrected claim in the place of another and settle the later ones again."""
    from doudi.office.settlement import services  # noqa: PLC0415

    changes = {"bill": bill, "catalogue": catalogue, "serious": serious}
    facts = {name: value for name, value in changes.items() if value is not None}
    if not facts:
        complain([_("没有说要更正什么：--bill、--catalogue 或 --serious")])
    answer = (
        services.preview_correct(claim=claim, facts=facts)
        if preview
        else services.correct(key=key, claim=claim, facts=facts, who=who(actor, reason))
    )
    if as_json:
        print_json(answer)
    else:
        click.echo(settlement_text(answer, preview))


@click.command("reassess", help="按登记重新核定一年 · settle a year again by the registry")
@click.argument("person", type=PERSON)
@click.argument("year", type=int)
@change("按登记重新核定")
@as_json
def reassess(person: str, year: int, key: str, actor: str, reason: str, as_json: bool) -> None:
    """Look up every claim's standing again and correct those that changed."""
    from doudi.office.settlement import services  # noqa: PLC0415

    answer = services.reassess(key=key, person=person, year=year, who=who(actor, reason))
    if as_json:
        print_json(answer)
        return
    lines = [difference_text(item) for item in answer["differences"]]
    click.echo("\n".join(lines) or _("没有变化"))
