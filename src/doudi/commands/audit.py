"""`doudi audit`: the sealed chain, the check of all years and the ledger, and who did what."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import click

from doudi.commands.common import DAY, complain, print_json
from doudi.commands.office.common import OfficeGroup, as_json, find_person, who_and_why
from doudi.i18n import either
from doudi.i18n import gettext as _


@click.group("audit", cls=OfficeGroup, help="审计：封存、验封、核对、谁办过 · seal, verify, check")
def command() -> None:
    """What proves that the records are whole."""


@command.command("seal", help="封存一天 · seal a day")
@click.argument("day", type=DAY)
@who_and_why("每日封存")
@as_json
def seal(day: date, actor: str, reason: str, as_json: bool) -> None:
    """Seal all that is recorded and not sealed yet; print its head on the day sheet.

    The sums behind the figures are kept up to now as well, so that the pages stay quick.
    """
    from doudi.office.audit.services import seal_day  # noqa: PLC0415
    from doudi.office.registry.figures import keep_counts  # noqa: PLC0415
    from doudi.office.settlement.keep_sums import keep  # noqa: PLC0415

    made = seal_day(day=day, actor=actor, reason=reason)
    keep()
    keep_counts()
    if as_json:
        print_json(
            {"seal": made.number, "day": str(made.day), "rows": made.rows, "head": made.head}
        )
        return
    text = _("第 {number} 号封条，{day}，{rows} 行")
    click.echo(text.format(number=made.number, day=made.day, rows=made.rows))
    click.echo(_("末环 {head}").format(head=made.head))


@command.command("verify", help="验封：找出第一处改动 · find the first change of a sealed row")
@as_json
def verify(as_json: bool) -> None:
    """Exit status 1 when a sealed row was changed or is missing, or the chain is broken."""
    from doudi.office.audit import chain, selectors  # noqa: PLC0415

    checked, tampered = chain.verify()
    seals, unsealed = selectors.number_of_seals(), selectors.number_unsealed()
    if as_json:
        fault = None if tampered is None else _named(tampered)
        print_json({"seals": seals, "rows": checked, "unsealed": unsealed, "tampered": fault})
    else:
        text = _("验过 {seals} 个封条中的 {rows} 行；尚未封存 {unsealed} 行")
        click.echo(text.format(seals=seals, rows=checked, unsealed=unsealed))
        click.echo(_("全部相符") if tampered is None else _tampered_text(tampered))
    if tampered is not None:
        sys.exit(1)


def _named(tampered: Any) -> dict[str, Any]:
    return {
        "seal": tampered.seal,
        "day": str(tampered.day),
        "table": tampered.table,
        "row": tampered.row,
        "zh": tampered.zh,
        "en": tampered.en,
    }


def _tampered_text(tampered: Any) -> str:
    text = _("第 {seal} 号封条（{day}）从这里起不符：{table} {row}，{what}")
    return text.format(
        seal=tampered.seal,
        day=tampered.day,
        table=tampered.table,
        row=tampered.row,
        what=either(tampered.zh, tampered.en),
    )


@command.command("check", help="核对所有年度和账目 · check all years and the ledger")
@as_json
def check(as_json: bool) -> None:
    """Exit status 1 when a year is not the fold of its claims, or the ledger does not follow."""
    from doudi.office.settlement.checks import check_everything  # noqa: PLC0415

    report = check_everything()
    if as_json:
        print_json(
            {
                "years": report.years,
                "claims": report.claims,
                "other_versions": report.other_versions,
                "postings": report.postings,
                "accounts": report.accounts,
                "faults": report.faults,
            }
        )
    else:
        for line in _checked_text(report):
            click.echo(line)
    if report.faults:
        sys.exit(1)


def _checked_text(report: Any) -> list[str]:
    other = _("其中 {count} 笔按别的政策版本结算，只与存档的计算过程比")
    return [
        _("{years} 个人的年度，逐笔重算 {claims} 笔在用的结算，与存档的累计和金额比").format(
            years=report.years, claims=report.claims
        ),
        *([other.format(count=report.other_versions)] if report.other_versions else []),
        _("{postings} 组分录，各笔转账的笔数和合计与分录所载比").format(postings=report.postings),
        _("{accounts} 个有发生额的账户，付方和患者所欠与结算所载比").format(
            accounts=report.accounts
        ),
        *report.faults,
        _("{count} 处不符").format(count=len(report.faults)) if report.faults else _("全部相符"),
    ]


@command.command("calls", help="谁、何时、为何办过 · who did what, when and why")
@click.argument("subject")
@as_json
def calls(subject: str, as_json: bool) -> None:
    """SUBJECT: a person, an institution, a stay, a claim, a month, a statement, or a request @KEY.

    A person may be given by public id, ID number or card; shown are also the stays and claims.
    """
    from doudi.office.audit.selectors import calls_about  # noqa: PLC0415

    rows = calls_about(_subject(subject))
    if not rows:
        complain([either(f"没有关于 {subject} 的记录", f"nothing is recorded about {subject}")])
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['at']}  {row['actor']}  {row['service']}  {row['subject']}")
        click.echo(f"    {row['reason']}")


def _subject(text: str) -> str:
    from doudi.office.audit.selectors import subject_of_key  # noqa: PLC0415
    from doudi.office.registry import identity  # noqa: PLC0415

    if text.startswith("@"):
        return subject_of_key(text[1:]) or text
    try:
        identity.read_id_number(text)
    except identity.BadNumber:
        return text
    return str(find_person(text).public_id)
