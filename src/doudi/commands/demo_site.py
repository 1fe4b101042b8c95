"""Plain `./doudi`: a synthetic league in a database of its own, the site, a login for each role."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from doudi.commands.common import complain
from doudi.commands.demo import PEOPLE, SEED, SETTLEMENTS
from doudi.commands.office.common import OfficeCommand
from doudi.commands.office.setup import prepare_database
from doudi.commands.serve import serve_at
from doudi.estimate.text import padded, width
from doudi.i18n import gettext
from doudi.i18n import gettext as _


@click.command("demo", cls=OfficeCommand, help="演示网站，带每种角色的登录 · the demo site")
@click.option("--people", type=click.IntRange(min=1), default=PEOPLE, show_default=True)
@click.option("--settlements", type=click.IntRange(min=0), default=SETTLEMENTS, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 · address")
@click.option("--port", type=click.IntRange(1, 65535), help="端口，默认 8000 起第一个空闲的 · port")
def command(people: int, settlements: int, host: str, port: int | None) -> None:
    """Make what is missing, with its progress shown, then serve."""
    from django.conf import settings  # noqa: PLC0415

    if settings.PRODUCTION:
        complain([_("正式运行请用 doudi serve；演示不在正式环境里运行")])
    click.echo(_("兜底 演示：这里的人和数据都是合成的"))
    click.echo(_("[1/3] 准备数据库……"))
    prepare_database()
    click.echo(_("[2/3] 准备合成的盟……"))
    _make_league(people, settlements)
    click.echo(_("[3/3] 准备账号……"))
    click.echo(_accounts())
    click.echo(_("不用网站、只问一句：./doudi welcome；全部命令：./doudi --help"))
    serve_at(host, port)


def _make_league(people: int, settlements: int) -> None:
    """Make it, or go on with it; whatever another command put there is left as it is."""
    from doudi.office.demo.make import make_league  # noqa: PLC0415
    from doudi.office.demo.selectors import other_data  # noqa: PLC0415

    asked = {"people": people, "seed": SEED, "settlements": settlements}
    if other_data(asked):
        click.echo(_("      已有数据，不另造"))
        return
    make_league(**asked, bar=_steps)


@contextmanager
def _steps(what: str, length: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; elsewhere a line for each tenth."""
    label = _("人员") if what == "people" else _("结算")
    if sys.stderr.isatty():
        with click.progressbar(length=length, label=f"      {label}", file=sys.stderr) as bar:
            yield bar.update
        return
    done = shown = 0

    def tell(more: int) -> None:
        nonlocal done, shown
        done += more
        if done * 10 // max(length, 1) > shown:
            shown = done * 10 // length
            click.echo(f"      {label} {done:,}/{length:,}")

    yield tell


def _accounts() -> str:
    from doudi.office.demo.accounts import make_accounts  # noqa: PLC0415

    head = (_("角色"), _("用户名"), _("密码"), _("单位"))
    rows = [head, *(_row(made) for made in make_accounts())]
    widths = [max(width(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join(
        "      " + "  ".join(padded(text, size) for text, size in zip(row, widths, strict=True))
        for row in rows
    )


def _row(made: Any) -> tuple[str, str, str, str]:
    label = gettext(str(made.user.get_role_display()))
    return label, made.user.username, made.password, made.user.place
