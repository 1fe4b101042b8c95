"""Deleting what is kept for a time only, once that time is over."""

from __future__ import annotations

import click

from doudi.i18n import gettext as _


@click.command("purge", help="删除过期的保存结果和次数记录 · delete what has expired")
@click.option(
    "--reads-days",
    type=click.IntRange(min=180),
    default=365,
    show_default=True,
    help="查阅记录保留天数 · days that reads of people are kept",
)
def purge(reads_days: int) -> None:
    """Saved answers, counts behind the limits, logins, failures and reads, each after its time."""
    from doudi.office.accounts.list_reads import delete_old_lists  # noqa: PLC0415
    from doudi.office.accounts.login_failures import (  # noqa: PLC0415
        delete_old as delete_failures,
    )
    from doudi.office.accounts.person_reads import delete_old as delete_reads  # noqa: PLC0415
    from doudi.office.accounts.sessions import delete_expired as delete_sessions  # noqa: PLC0415
    from doudi.office.csp_reports.services import (  # noqa: PLC0415
        delete_old as delete_violations,
    )
    from doudi.office.enquiries.services import delete_expired as delete_answers  # noqa: PLC0415
    from doudi.office.limits.services import delete_expired as delete_counts  # noqa: PLC0415

    deleted = (
        (_("保存结果"), delete_answers()),
        (_("次数记录"), delete_counts()),
        (_("已结束的登录"), delete_sessions()),
        (_("登录失败的计数"), delete_failures()),
        (_("查阅记录"), delete_reads(days=reads_days)),
        (_("名单查阅记录"), delete_old_lists(days=reads_days)),
        (_("安全策略报告的计数"), delete_violations()),
    )
    click.echo(_("已删除过期的："))
    for what, number in deleted:
        click.echo(f"  {what} {number}")
