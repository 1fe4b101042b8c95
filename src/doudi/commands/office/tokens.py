"""Tokens by which a hospital's programs use the API: made, listed and revoked here."""

from __future__ import annotations

from typing import Any, NoReturn

import click

from doudi.commands.common import complain
from doudi.commands.office.common import PlainText, who_and_why
from doudi.i18n import either
from doudi.i18n import gettext as _

_SCOPES = ("read", "settle", "reverse")
_USUAL_DAYS = 90


@click.command("add-token", help="新建接口令牌，只显示一次 · make an API token")
@click.argument("username")
@click.argument("name", type=PlainText(60))
@click.option(
    "--scope", "scopes", type=click.Choice(_SCOPES), multiple=True, required=True, help="用途"
)
@click.option("--days", type=int, default=_USUAL_DAYS, show_default=True, help="有效天数 · days")
@who_and_why("新建令牌")
def add_token(
    username: str, name: str, scopes: tuple[str, ...], days: int, actor: str, reason: str
) -> None:
    """Print the token of an institution's account; it is kept as a hash only."""
    from doudi.office.accounts.errors import AccountRefused  # noqa: PLC0415
    from doudi.office.accounts.models import User  # noqa: PLC0415
    from doudi.office.tokens.services import issue_token  # noqa: PLC0415

    account = User.objects.filter(username=username).first()
    if account is None:
        complain([_("没有账号 {username}").format(username=username)])
    try:
        token, text = issue_token(
            account=account, name=name, scopes=scopes, days=days, reason=f"{actor}：{reason}"
        )
    except AccountRefused as refused:
        _complain(refused)
    click.echo(
        _("令牌 {number}，有效期至 {day}，只显示这一次：").format(
            number=token.public_id, day=token.expires_on
        )
    )
    click.echo(text)


@click.command("tokens", help="列出接口令牌 · list the API tokens")
def list_tokens() -> None:
    """One line a token: its number, account, name, uses, last day, and whether it is revoked."""
    from doudi.office.tokens.models import ApiToken  # noqa: PLC0415

    for token in ApiToken.objects.select_related("account").order_by("created_at", "pk"):
        state = "" if token.revoked_at is None else _("已作废")
        uses = ",".join(token.scopes)
        line = f"{token.public_id}  {token.account.username}  {token.name}  {uses}"
        click.echo(f"{line}  {token.expires_on}  {state}".rstrip())


@click.command("revoke-token", help="作废接口令牌 · revoke an API token")
@click.argument("number")
@who_and_why("作废令牌")
def revoke_token(number: str, actor: str, reason: str) -> None:
    """From now on the token is good for nothing."""
    from doudi.office.accounts.errors import AccountRefused  # noqa: PLC0415
    from doudi.office.tokens import services  # noqa: PLC0415
    from doudi.office.tokens.models import ApiToken  # noqa: PLC0415

    token = ApiToken.objects.filter(public_id=number).first()
    if token is None:
        complain([_("没有令牌 {number}").format(number=number)])
    try:
        services.revoke_token(token=token, reason=f"{actor}：{reason}")
    except AccountRefused as refused:
        _complain(refused)
    click.echo(_("令牌 {number} 已作废").format(number=number))


def _complain(refused: Any) -> NoReturn:
    complain([either(refused.zh, refused.en)])
