"""Deleting what is kept for a time only, once that time is over."""

from __future__ import annotations

import click

from doudi.i18n import gettext as _


@click.command("purge", help="删除过期的保存结果和次数记录 · delete what has expired")
def purge() -> None:
    """Saved answers after their days, counts behind the limits after their minute, logins."""
    from doudi.office.accounts.sessions import delete_expired as delete_sessions  # noqa: PLC0415
    from doudi.office.enquiries.services import delete_expired as delete_answers  # noqa: PLC0415
    from doudi.office.limits.services import delete_expired as delete_counts  # noqa: PLC0415

    answers, counts, sessions = delete_answers(), delete_counts(), delete_sessions()
    text = _("已删除过期的保存结果 {answers} 份，次数记录 {counts} 条，登录 {sessions} 次")
    click.echo(text.format(answers=answers, counts=counts, sessions=sessions))
