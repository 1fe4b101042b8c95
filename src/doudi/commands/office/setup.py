"""Setting the office up: the database, and the institutions."""

from __future__ import annotations

import click

from doudi.commands.common import complain
from doudi.commands.office.common import PlainText, who, who_and_why
from doudi.i18n import gettext as _


def prepare_database() -> None:
    """Create or upgrade the tables, triggers included, and load the divisions of the league."""
    from django.core.management import call_command  # noqa: PLC0415

    from doudi.office.registry.services import load_divisions  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    load_divisions()


@click.command("migrate", help="建立或升级数据库 · create or upgrade the database")
def migrate() -> None:
    """Prepare the database."""
    prepare_database()
    click.echo(_("数据库已就绪"))


@click.command("add-institution", help="登记一家医疗机构 · register an institution")
@click.argument("code", type=PlainText(12))
@click.argument("name", type=PlainText(80))
@click.option("--level", type=click.IntRange(1, 3), required=True, help="医院级别 · hospital level")
@click.option("--division", help="区划代码（12 位） · area code")
@click.option("--designated/--not-designated", default=True, help="医保定点 · designated")
@click.option("--serious/--not-serious", default=False, help="大病定点 · for serious diseases")
@click.option("--inside/--outside", "inside_league", default=True, help="盟内 · in the league")
@who_and_why("登记医疗机构")
def add_institution(
    code: str,
    name: str,
    level: int,
    division: str | None,
    designated: bool,
    serious: bool,
    inside_league: bool,
    actor: str,
    reason: str,
) -> None:
    """A new institution with its accounts."""
    from doudi.office.settlement.services import register_institution  # noqa: PLC0415

    register_institution(
        code=code,
        name=name,
        level=level,
        designated=designated,
        inside_league=inside_league,
        serious_designated=serious,
        division=division,
        who=who(actor, reason),
    )
    click.echo(_("已登记医疗机构 {code} {name}").format(code=code, name=name))


@click.command("renew-id-ciphers", help="用新密钥重新加密身份证号 · encrypt ID numbers anew")
@who_and_why("更换身份证号密钥")
def renew_id_ciphers(actor: str, reason: str) -> None:
    """Put a new key in front of DOUDI_ID_KEY, run this, then take the old key away.

    It can be stopped at any time; run it again, and it takes up what is left.
    """
    from doudi.office.registry.ciphertexts import count_under_old_keys  # noqa: PLC0415
    from doudi.office.registry.services import renew_ciphertexts  # noqa: PLC0415

    def told(number: int) -> None:
        click.echo(_("已换 {number} 个……").format(number=number), err=True)

    try:
        number = renew_ciphertexts(actor=actor, reason=reason, after_batch=told)
    except KeyboardInterrupt:
        left = count_under_old_keys()
        complain(
            [_("已中断，还有 {left} 个用旧密钥；旧密钥先留着，再运行一次接着办").format(left=left)]
        )
    click.echo(_("{number} 个号码和密钥已用新密钥加密，旧密钥可以撤掉").format(number=number))


@click.command("renew-indexes", help="用新密钥重做查找索引 · make the indexes of numbers anew")
@who_and_why("更换索引密钥")
def renew_indexes(actor: str, reason: str) -> None:
    """Put a new key in front of DOUDI_INDEX_KEY, restart, run this, then take the old key away.

    It can be stopped at any time; run it again, and it takes up what is left.
    """
    from doudi.office.registry import services  # noqa: PLC0415
    from doudi.office.registry.index_keys import (  # noqa: PLC0415
        cards_under_old_keys,
        ids_under_old_keys,
    )

    def told(number: int) -> None:
        click.echo(_("已换 {number} 个……").format(number=number), err=True)

    try:
        number = services.renew_indexes(actor=actor, reason=reason, after_batch=told)
    except KeyboardInterrupt:
        left = ids_under_old_keys()
        complain(
            [_("已中断，还有 {left} 个用旧密钥；旧密钥先留着，再运行一次接着办").format(left=left)]
        )
    click.echo(_("{number} 个身份证号的索引已用新密钥重做").format(number=number))
    cards = cards_under_old_keys()
    if cards:
        click.echo(
            _("还有 {cards} 个社保卡号只能用旧密钥找到：撤掉旧密钥后这些人要用身份证号找").format(
                cards=cards
            )
        )
    else:
        click.echo(_("旧密钥可以撤掉"))


@click.command("keep-sums", help="把统计数字的合计存到现在 · keep the sums behind the figures")
@click.option("--anew", is_flag=True, help="全部重新合计 · sum everything again")
def keep_sums(anew: bool) -> None:
    """What `audit seal` does every evening; --anew forgets what is kept first."""
    from doudi.office.registry.figures import keep_counts  # noqa: PLC0415
    from doudi.office.settlement import keep_sums  # noqa: PLC0415

    until = keep_sums.keep_anew() if anew else keep_sums.keep()
    keep_counts()
    click.echo(_("统计合计存到 {until}").format(until=f"{until:%Y-%m-%d %H:%M}"))
