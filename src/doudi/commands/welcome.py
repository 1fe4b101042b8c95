"""`doudi welcome`: the answer to the question the project is named after."""

from __future__ import annotations

import click

from doudi.commands.common import DEFAULT_POLICY, load
from doudi.commands.estimate import answer_bill
from doudi.i18n import gettext as _

_BILL = 1_200_000


@click.command("welcome", help="问一句：能给多少钱 · the headline answer")
def command() -> None:
    """Print what relief pays of a 12,000-yuan stay of a registered person, and the commands."""
    click.echo(_("问：建档立卡贫困人口在三级医院住院花了 12,000 元，能给多少钱？"))
    facts = {"kind": "inpatient", "bill": _BILL, "hospital_level": 3, "registered": True}
    answer_bill(facts, None, None, load(DEFAULT_POLICY))
    click.echo("")
    click.echo(_("换成自己的情况： ./doudi estimate --bill 12000 --level 3 --registered"))
    click.echo(_("一户能得到的全部：./doudi estimate --household examples/households/…"))
    click.echo(_("全部命令：       ./doudi --help"))
