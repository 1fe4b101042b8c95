"""A copy of the whole office, and the way back from it."""

from __future__ import annotations

from pathlib import Path

import click

from doudi.commands.common import complain
from doudi.commands.office.common import who_and_why
from doudi.i18n import either
from doudi.i18n import gettext as _


@click.command("backup", help="备份数据库和采用文件 · copy the office to a file")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """While everybody works on; an existing file is not overwritten."""
    from doudi.office.backup import BackupRefused, back_up  # noqa: PLC0415

    try:
        back_up(file)
    except BackupRefused as refused:
        complain([either(refused.zh, refused.en)])
    click.echo(_("已备份到 {file}；密钥不在其中，请另外保管").format(file=file))


@click.command("restore", help="从备份恢复到空库，并验封 · restore into an empty database")
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Then check the seals and the records, as `audit verify` and `audit check` do."""
    from doudi.office.approvals.adoption import lies_as_approved  # noqa: PLC0415
    from doudi.office.audit.chain import verify  # noqa: PLC0415
    from doudi.office.backup import BackupRefused  # noqa: PLC0415
    from doudi.office.backup import restore as restore_from  # noqa: PLC0415
    from doudi.office.settlement.checks import check_everything  # noqa: PLC0415

    try:
        restore_from(file)
    except BackupRefused as refused:
        complain([either(refused.zh, refused.en)])
    rows, tampered = verify()
    faults = list(check_everything().faults)
    if tampered is not None:
        faults.insert(0, either(tampered.zh, tampered.en))
    if not lies_as_approved():
        faults.append(_("采用文件不是最后复核通过的那一份：运行 doudi manage put-back-adoption"))
    if faults:
        complain([_("已恢复，但核对不符："), *faults])
    click.echo(_("已恢复；{rows} 行封存记录全部相符").format(rows=rows))


@click.command("put-back-adoption", help="放回复核通过的采用文件 · put the approved figures back")
@who_and_why("放回采用文件")
def put_back_adoption(actor: str, reason: str) -> None:
    """For an adoption file that was altered or lost; the record of its approval holds its text."""
    from doudi.office.approvals.adoption import put_back_adoption as put_back  # noqa: PLC0415
    from doudi.office.approvals.errors import ApprovalRefused  # noqa: PLC0415

    try:
        path = put_back(actor=actor, reason=reason)
    except ApprovalRefused as refused:
        complain([either(refused.zh, str(refused))])
    click.echo(_("已放回 {file}，一秒内起用").format(file=path))
