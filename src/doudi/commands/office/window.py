"""The one-stop window: admit, enter the bill, preview and settle, take the own part, print."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from doudi.commands.common import DAY, YUAN, complain, print_json
from doudi.commands.office.common import (
    ADMISSION,
    CLAIM,
    PERSON,
    PlainText,
    as_json,
    change,
    read_bill_file,
    who,
)
from doudi.commands.office.show import settlement_text, slip_text
from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.money import read_yuan, yuan


@click.command("admit", help="入院，不收押金 · admit without a deposit")
@click.argument("person", type=PERSON)
@click.argument("institution")
@click.option("--date", "day", type=DAY, required=True, help="入院日期 · day of admission")
@click.option("--kind", default="inpatient", show_default=True, help="就医类别 · kind of care")
@click.option(
    "--agreement",
    type=PlainText(60),
    default=None,
    help="先诊疗后付费协议编号 · agreement to pay later",
)
@click.option("--deposit", type=YUAN, default="0", help="押金，元 · deposit taken, in yuan")
@change("入院登记")
@as_json
def admit(
    person: str,
    institution: str,
    kind: str,
    day: date,
    agreement: str | None,
    deposit: int,
    key: str,
    actor: str,
    reason: str,
    as_json: bool,
) -> None:
    """A registered person in a designated institution signs an agreement and pays no deposit."""
    from doudi.office.settlement.services import admit as admit_person  # noqa: PLC0415

    answer = admit_person(
        key=key,
        person=person,
        institution=institution,
        kind=kind,
        admitted_on=day,
        agreement=agreement or "",
        deposit_fen=deposit,
        who=who(actor, reason),
    )
    if as_json:
        print_json(answer)
        return
    text = _("就医 {admission}，押金 {deposit} 元")
    click.echo(text.format(admission=answer["admission"], deposit=yuan(deposit)))
    if not answer["enrolled"]:
        warning = _("注意：这个人没有登记 {year} 年参保，出院结算前要补登")
        click.echo(warning.format(year=day.year))


@click.command("fees", help="录入费用明细（CSV 或 Excel） · enter fee lines from CSV or Excel")
@click.argument("admission", type=ADMISSION)
@click.argument("file", type=click.Path(path_type=Path))
@change("录入费用")
@as_json
def fees(admission: str, file: Path, key: str, actor: str, reason: str, as_json: bool) -> None:
    """Add the lines of a file to a bill, all or none."""
    from doudi.office.settlement.services import enter_fees  # noqa: PLC0415

    lines = read_bill_file(file)
    answer = enter_fees(key=key, admission=admission, lines=lines, who=who(actor, reason))
    if as_json:
        print_json(answer)
        return
    total = sum(line.total_fen for line in lines)
    text = _("录入 {lines} 条，合计 {total} 元")
    click.echo(text.format(lines=answer["lines"], total=yuan(total)))


@click.command("settle", help="出院结算；--preview 只看不办 · settle, or preview")
@click.argument("admission", type=ADMISSION)
@click.option("--date", "day", type=DAY, required=True, help="结算日期 · business date")
@click.option("--before", type=CLAIM, help="补记：排在这一笔之前 · count before this claim")
@change("出院结算", can_preview=True)
@as_json
def settle(
    admission: str,
    day: date,
    before: str | None,
    preview: bool,
    key: str,
    actor: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Each payer's amount, the own part, and every difference to other claims of the year."""
    from doudi.office.settlement import services  # noqa: PLC0415

    answer = (
        services.preview_settle(admission=admission, day=day, before=before)
        if preview
        else services.settle(
            key=key, admission=admission, day=day, before=before, who=who(actor, reason)
        )
    )
    if as_json:
        print_json(answer)
    else:
        click.echo(settlement_text(answer, preview))


@click.command("visit", help="门诊一步结算 · settle a visit in one step")
@click.argument("person", type=PERSON)
@click.argument("institution")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", required=True, help="就医类别 · kind of care")
@click.option("--date", "day", type=DAY, required=True, help="就诊日期 · day of the visit")
@change("门诊结算")
@as_json
def visit(
    person: str,
    institution: str,
    file: Path,
    kind: str,
    day: date,
    key: str,
    actor: str,
    reason: str,
    as_json: bool,
) -> None:
    """Enter and settle the bill of a visit together."""
    from doudi.office.settlement.services import settle_visit  # noqa: PLC0415

    answer = settle_visit(
        key=key,
        person=person,
        institution=institution,
        kind=kind,
        day=day,
        lines=read_bill_file(file),
        who=who(actor, reason),
    )
    if as_json:
        print_json(answer)
    else:
        click.echo(settlement_text(answer))


@click.command("slip", help="结算单，按当时存档 · the slip, as stored at settlement")
@click.argument("claim", type=CLAIM)
@click.option("--first", is_flag=True, help="最初结算时的，不计后来的差额 · before any difference")
@as_json
def slip(claim: str, first: bool, as_json: bool) -> None:
    """Everything printed for the patient, read from what was stored; nothing is computed."""
    from doudi.office.settlement.selectors import slip as stored_slip  # noqa: PLC0415

    try:
        stored = stored_slip(claim, first=first)
    except LookupError:
        complain([either(f"没有这笔结算：{claim}", f"there is no settlement {claim}")])
    if as_json:
        print_json(stored)
    else:
        click.echo(slip_text(stored))


@click.command("pay", help="收取自付部分 · take a payment of the own part")
@click.argument("admission", type=ADMISSION)
@click.argument("amount", type=YUAN)
@click.option("--date", "day", type=DAY, required=True, help="收款日期 · day of the payment")
@change("收取自付")
@as_json
def pay(
    admission: str, amount: int, day: date, key: str, actor: str, reason: str, as_json: bool
) -> None:
    """At once, later, or in instalments; never more than is owed."""
    from doudi.office.settlement.services import pay_own  # noqa: PLC0415

    answer = pay_own(
        key=key, admission=admission, amount_fen=amount, day=day, who=who(actor, reason)
    )
    if as_json:
        print_json(answer)
        return
    text = _("收到 {paid} 元，尚欠 {owed} 元")
    paid, owed = yuan(answer["paid_fen"]), yuan(answer["still_owed_fen"])
    click.echo(text.format(paid=paid, owed=owed))


@click.command("refund", help="退还多收的自付 · give back an overpayment")
@click.argument("admission", type=ADMISSION)
@click.option("--date", "day", type=DAY, required=True, help="退款日期 · day of the refund")
@change("退还多收的自付")
@as_json
def refund(admission: str, day: date, key: str, actor: str, reason: str, as_json: bool) -> None:
    """Give back what a correction left the person to have paid too much."""
    from doudi.office.settlement.services import refund_own  # noqa: PLC0415

    answer = refund_own(key=key, admission=admission, day=day, who=who(actor, reason))
    if as_json:
        print_json(answer)
    else:
        click.echo(_("退还 {amount} 元").format(amount=yuan(answer["refunded_fen"])))


@click.command("instalments", help="约定分期：日期=金额 … · agree instalments")
@click.argument("admission", type=ADMISSION)
@click.argument("parts", nargs=-1, required=True)
@change("约定分期")
@as_json
def instalments(
    admission: str, parts: tuple[str, ...], key: str, actor: str, reason: str, as_json: bool
) -> None:
    """Parts such as 2018-10-01=600 that add up to what is owed."""
    from doudi.office.settlement.services import plan_instalments  # noqa: PLC0415

    agreed = [_part(part) for part in parts]
    answer = plan_instalments(key=key, admission=admission, parts=agreed, who=who(actor, reason))
    if as_json:
        print_json(answer)
    else:
        click.echo(_("约定分 {parts} 期付清").format(parts=answer["parts"]))


def _part(text: str) -> tuple[date, int]:
    day, _sign, amount = text.partition("=")
    try:
        return date.fromisoformat(day), read_yuan(amount)
    except ValueError:
        complain([either(f"{text}：应写成 2018-10-01=600", f"{text}: write 2018-10-01=600")])
