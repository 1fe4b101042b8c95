"""`doudi manage`: a whole day at the office without a web page."""

from __future__ import annotations

import click

from doudi.commands.office import (
    accounts,
    backups,
    clearing,
    corrections,
    purge,
    registry,
    setup,
    tokens,
    window,
)
from doudi.commands.office.common import OfficeGroup


@click.group("manage", cls=OfficeGroup, help="办公：登记、窗口结算、对账、关账 · the office")
def command() -> None:
    """The office's services from the command line."""


for _part in (
    setup.migrate,
    setup.add_institution,
    backups.backup,
    backups.restore,
    backups.put_back_adoption,
    purge.purge,
    accounts.add_account,
    accounts.reset_account,
    tokens.add_token,
    tokens.list_tokens,
    tokens.revoke_token,
    registry.import_people,
    registry.find,
    registry.add_person,
    registry.register,
    registry.end_registration,
    registry.withdraw,
    registry.enrol,
    registry.list_disease,
    registry.end_listing,
    registry.withdraw_listing,
    window.admit,
    window.fees,
    window.settle,
    window.visit,
    window.slip,
    window.pay,
    window.refund,
    window.instalments,
    corrections.reverse,
    corrections.correct,
    corrections.reassess,
    clearing.close_month,
    setup.keep_sums,
    setup.renew_id_ciphers,
    setup.renew_indexes,
    clearing.statements,
    clearing.confirm,
    clearing.pay_statement,
    clearing.owed,
    clearing.trial_balance,
):
    command.add_command(_part)
