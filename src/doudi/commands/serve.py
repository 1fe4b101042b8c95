"""`doudi serve`: the site, for real or for a look."""

from __future__ import annotations

import click

from doudi.commands.common import complain
from doudi.commands.office.common import OfficeCommand
from doudi.i18n import either
from doudi.i18n import gettext as _

_WORKERS, _THREADS = 1, 8


@click.command("serve", cls=OfficeCommand, help="启动网站 · serve the site")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 · address")
@click.option("--port", type=click.IntRange(1, 65535), help="端口，默认 8000 起第一个空闲的 · port")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=_WORKERS, show_default=True, help="进程数"
)
@click.option(
    "--threads", type=click.IntRange(1, 256), default=_THREADS, show_default=True, help="线程数"
)
def command(host: str, port: int | None, workers: int, threads: int) -> None:
    """Refuse what must not run in production, then serve until it is stopped."""
    from doudi.office.serving import reasons_not_to_serve  # noqa: PLC0415

    reasons = [either(zh, en) for zh, en in reasons_not_to_serve()]
    if reasons:
        complain(reasons)
    serve_at(host, port, workers, threads)


def serve_at(host: str, port: int | None, workers: int = _WORKERS, threads: int = _THREADS) -> None:
    """Say where the site is, and serve it."""
    from doudi.office.serving import (  # noqa: PLC0415
        collect_static_files,
        free_port,
        prepare_answers,
        serve,
    )

    try:
        chosen = free_port(host, port)
    except OSError:
        complain([_("端口 {port} 已被占用").format(port=port)])
    collect_static_files()
    click.echo(_("正在准备计算规则（这台机器上第一次要十几秒）……"), err=True)
    prepare_answers()
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    click.echo(_("网站地址 http://{host}:{port}/ ，按 Ctrl+C 停止").format(host=shown, port=chosen))
    serve(host=host, port=chosen, workers=workers, threads=threads)
