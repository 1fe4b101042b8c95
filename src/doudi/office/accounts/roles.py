"""The roles of staff, and where each of them works."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from doudi.office.registry.models import Division


class Role(models.TextChoices):
    """What an account is for; `permissions` says what that allows."""

    VILLAGE = "village", _("嘎查村")
    SUMU = "sumu", _("苏木乡镇")
    CLERK = "clerk", _("窗口经办")
    HOSPITAL = "hospital", _("医院医保办")
    BANNER = "banner", _("旗县市")
    LEAGUE = "league", _("盟")
    AUDITOR = "auditor", _("审计")
    ADMINISTRATOR = "administrator", _("账号管理")


OF_AN_INSTITUTION = (Role.CLERK, Role.HOSPITAL)
"""Roles that work for a hospital and see its patients; all others work for a division."""

LEVELS: dict[str, tuple[str, ...]] = {
    Role.VILLAGE: (Division.Level.GACHA,),
    Role.SUMU: (Division.Level.SUMU,),
    Role.BANNER: (Division.Level.BANNER,),
    Role.LEAGUE: (Division.Level.LEAGUE,),
    Role.AUDITOR: (Division.Level.BANNER, Division.Level.LEAGUE),
    Role.ADMINISTRATOR: (Division.Level.BANNER, Division.Level.LEAGUE),
}
"""The levels of division that a role may work for."""

SECOND_FACTOR = (Role.BANNER, Role.LEAGUE, Role.AUDITOR, Role.ADMINISTRATOR)
"""Banner and above: they see so many people that a password alone is not enough."""
