"""A copy of the whole database, and the way back from it."""

from __future__ import annotations

from pathlib import Path

import click

from doudi.commands.common import complain
from doudi.i18n import either
from doudi.i18n import gettext as _


@click.command("backup", help="备份整个数据库到文件 · copy the database to a file")
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
    if faults:
        complain([_("已恢复，但核对不符："), *faults])
    click.echo(_("已恢复；{rows} 行封存记录全部相符").format(rows=rows))
