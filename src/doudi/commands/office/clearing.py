"""Between payers and hospitals: closing a month, statements, confirming and paying them."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from doudi.commands.common import DAY, complain, print_json
from doudi.commands.office.common import (
    LONGEST_KEY,
    STATEMENT,
    PlainText,
    as_json,
    change,
    who_and_why,
)
from doudi.commands.office.show import amounts_text, payer_name, statements_text
from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.money import yuan


@click.command("close-month", help="关账：这个月不再入账 · close a month")
@click.argument("period")
@click.option("--key", type=PlainText(LONGEST_KEY), help="请求编号 · the request's own number")
@who_and_why("月末关账")
@as_json
def close_month(period: str, key: str | None, actor: str, reason: str, as_json: bool) -> None:
    """PERIOD such as 201809. A closed month takes no further entry."""
    from doudi.office.ledger import services  # noqa: PLC0415

    answer = services.close_month(
        key=key or f"close-{period}", period=period, actor=actor, reason=reason
    )
    if as_json:
        print_json(answer)
    else:
        click.echo(_("{period} 已关账").format(period=period))


@click.command("statements", help="按付方和医院出对账单 · draw the month's statements")
@click.argument("period")
@click.option("--institution", help="只列这家医疗机构 · list this institution only")
@click.option("--key", type=PlainText(LONGEST_KEY), help="请求编号 · the request's own number")
@who_and_why("月末对账")
@as_json
def statements(
    period: str, institution: str | None, key: str | None, actor: str, reason: str, as_json: bool
) -> None:
    """One statement for each payer and institution, drawn once; then lists them."""
    from doudi.office.ledger.services import draw_statements  # noqa: PLC0415

    draw_statements(key=key or f"statements-{period}", period=period, actor=actor, reason=reason)
    rows = _statements(period, institution)
    if as_json:
        print_json(rows)
    else:
        click.echo(statements_text(rows))


def _statements(period: str, institution: str | None) -> list[dict[str, Any]]:
    from doudi.office.ledger.models import Statement  # noqa: PLC0415

    found = Statement.objects.filter(period=period).prefetch_related("steps").order_by("pk")
    if institution is not None:
        found = found.filter(institution=institution)
    return [
        {
            "id": row.pk,
            "payer": row.payer,
            "institution": row.institution,
            "period": row.period,
            "amount_fen": row.amount_fen,
            "state": _state({step.step for step in row.steps.all()}),
        }
        for row in found
    ]


def _state(steps: set[str]) -> str | None:
    return "paid" if "paid" in steps else "confirmed" if "confirmed" in steps else None


@click.command("confirm", help="付方确认对账单 · a payer confirms a statement")
@click.argument("statement", type=STATEMENT)
@click.option("--date", "day", type=DAY, required=True, help="确认日期 · day")
@change("付方确认")
@as_json
def confirm(statement: int, day: date, key: str, actor: str, reason: str, as_json: bool) -> None:
    """By number or as 201809:basic:INSTITUTION; once only."""
    from doudi.office.ledger.services import confirm_statement  # noqa: PLC0415

    answer = confirm_statement(
        key=key, statement=statement, business_date=day, actor=actor, reason=reason
    )
    _show_step(answer, as_json, _("对账单 {number} 已确认，{amount} 元"))


@click.command("pay-statement", help="付方付款 · a payer pays a statement")
@click.argument("statement", type=STATEMENT)
@click.option("--date", "day", type=DAY, required=True, help="付款日期 · day")
@change("付方付款")
@as_json
def pay_statement(
    statement: int, day: date, key: str, actor: str, reason: str, as_json: bool
) -> None:
    """By number or as 201809:basic:INSTITUTION; once only, and only when confirmed."""
    from doudi.office.ledger.services import pay_statement as pay  # noqa: PLC0415

    answer = pay(key=key, statement=statement, business_date=day, actor=actor, reason=reason)
    _show_step(answer, as_json, _("对账单 {number} 已支付，{amount} 元"))


def _show_step(answer: dict[str, Any], as_json: bool, text: str) -> None:
    if as_json:
        print_json(answer)
    else:
        click.echo(text.format(number=answer["statement"], amount=yuan(answer["amount_fen"])))


@click.command("owed", help="谁欠这家医院多少 · who owes an institution what")
@click.argument("institution")
@as_json
def owed(institution: str, as_json: bool) -> None:
    """Payers, confirmed or not, and patients; together it is what the hospital has advanced."""
    from doudi.office.settlement.models import Institution  # noqa: PLC0415

    if not Institution.objects.filter(pk=institution).exists():
        zh = f"没有这家医疗机构：{institution}"
        complain([either(zh, f"there is no institution {institution}")])
    found = _owed_to(institution)
    if as_json:
        print_json(found)
        return
    rows = [
        (_("{payer}，待确认").format(payer=payer_name(payer)), amount)
        for payer, amount in found["pending_fen"].items()
    ]
    rows += [
        (_("{payer}，已确认未付").format(payer=payer_name(payer)), amount)
        for payer, amount in found["confirmed_fen"].items()
    ]
    rows.append((_("患者"), found["patients_fen"]))
    rows.append((_("医院垫付合计"), found["advanced_fen"]))
    click.echo("\n".join(amounts_text(rows)))


def _owed_to(institution: str) -> dict[str, Any]:
    from doudi.office.ledger.models import PAYERS  # noqa: PLC0415
    from doudi.office.ledger.selectors import advanced, balance  # noqa: PLC0415
    from doudi.office.ledger.services import confirmed, pending  # noqa: PLC0415

    total = advanced(institution)
    known = {payer: balance(pending(payer, institution)) for payer in PAYERS}
    agreed = {payer: balance(confirmed(payer, institution)) for payer in PAYERS}
    return {
        "pending_fen": known,
        "confirmed_fen": agreed,
        "patients_fen": total - sum(known.values()) - sum(agreed.values()),
        "advanced_fen": total,
    }


@click.command("trial-balance", help="试算平衡 · the trial balance")
@click.option("--kind", "kinds", multiple=True, help="只列这类账户 · accounts of this kind only")
@as_json
def trial_balance(kinds: tuple[str, ...], as_json: bool) -> None:
    """Every account that moved. Over all accounts debits and credits are equal."""
    from doudi.office.ledger.selectors import trial_balance as balances  # noqa: PLC0415

    rows = balances(kinds or None)
    if as_json:
        print_json(
            [
                {
                    "account": row.account,
                    "debits_fen": row.debits_fen,
                    "credits_fen": row.credits_fen,
                    "balance_fen": row.balance_fen,
                }
                for row in rows
            ]
        )
        return
    for row in rows:
        click.echo(f"{yuan(row.balance_fen):>18}  {row.account}")
    debits, credits = sum(row.debits_fen for row in rows), sum(row.credits_fen for row in rows)
    text = _("{count} 个账户，借方 {debits} 元，贷方 {credits} 元")
    click.echo(text.format(count=len(rows), debits=yuan(debits), credits=yuan(credits)))
