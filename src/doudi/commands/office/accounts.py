"""Accounts from the server's own command line: the first administrator, and a way back in."""

from __future__ import annotations

import click

from doudi.commands.common import complain
from doudi.commands.office.common import PlainText, who_and_why
from doudi.i18n import either
from doudi.i18n import gettext as _

_ROLES = (
    "village",
    "sumu",
    "clerk",
    "hospital",
    "banner",
    "league",
    "auditor",
    "administrator",
)


@click.command("add-account", help="新建账号，显示一次性密码 · create an account")
@click.argument("username")
@click.argument("name", type=PlainText(60))
@click.option("--role", type=click.Choice(_ROLES), required=True, help="角色 · role")
@click.option("--place", required=True, help="区划或医疗机构代码 · code of the place")
@who_and_why("新建账号")
def add_account(username: str, name: str, role: str, place: str, actor: str, reason: str) -> None:
    """Print the password, which has to be changed at the first login."""
    from doudi.office.accounts.errors import AccountRefused  # noqa: PLC0415
    from doudi.office.accounts.services import create_account  # noqa: PLC0415

    try:
        _user, password = create_account(
            username=username,
            display_name=name,
            role=role,
            place=place,
            reason=f"{actor}：{reason}",
        )
    except AccountRefused as refused:
        complain([either(refused.zh, refused.en)])
    click.echo(_("一次性密码 {password}").format(password=password))


@click.command("reset-account", help="重设密码和第二道验证，解除锁定 · reset an account")
@click.argument("username")
@who_and_why("重设账号")
def reset_account(username: str, actor: str, reason: str) -> None:
    """For who lost both the password and the phone; ends every session of the account."""
    from doudi.office.accounts.models import User  # noqa: PLC0415
    from doudi.office.accounts.resets import reset_at_the_server  # noqa: PLC0415

    user = User.objects.filter(username=username).first()
    if user is None:
        complain([_("没有账号 {username}").format(username=username)])
    password = reset_at_the_server(user=user, reason=f"{actor}：{reason}")
    click.echo(_("一次性密码 {password}").format(password=password))
