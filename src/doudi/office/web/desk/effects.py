"""What a change of the registry does to settled claims, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from doudi.office.settlement.registry_effects import Effect
from doudi.office.web.components import Column, Money, Table


def effects_table(effects: Sequence[Effect]) -> Table:
    """The stays that are settled again, with the own part before and after."""
    return Table(
        _("对已结算费用的影响（批准时一并重新结算）"),
        [
            Column(_("结算日期")),
            Column(_("医院")),
            Column(_("总费用"), numeric=True),
            Column(_("自付：原来"), numeric=True),
            Column(_("自付：之后"), numeric=True),
        ],
        [
            [
                effect.after.day.isoformat(),
                effect.after.institution,
                Money(effect.after.bill_fen),
                Money(effect.before.own_fen),
                Money(effect.after.own_fen),
            ]
            for effect in effects
        ],
        empty=_("没有：这项变更不改变已结算的费用"),
    )
