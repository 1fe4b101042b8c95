"""The made-up institutions: one of the league, one a banner, one a sumu, and one outside."""

from __future__ import annotations

from django.db import transaction

from doudi.office.demo.write import ACTOR, REASON
from doudi.office.registry.models import Division
from doudi.office.settlement.models import Institution
from doudi.office.settlement.services import Who, register_institution

LEAGUE_HOSPITAL = "H15220000001"
OUTSIDE_HOSPITAL = "H99999900001"


def banner_hospital(division: str) -> str:
    """The code of the general hospital of the banner that a division lies in."""
    return f"H{division[:6]}00001"


def sumu_hospital(division: str) -> str:
    """The code of the hospital of the sumu or township that a division lies in."""
    return f"H{division[:9]}01"


def write_institutions() -> int:
    """Seven hospitals for serious diseases (H-33), one for each sumu, one outside; how many."""
    league = Division.objects.get(level=Division.Level.LEAGUE)
    with transaction.atomic():
        _register(LEAGUE_HOSPITAL, "合成盟医院", 3, league.code, serious=True)
        for banner in Division.objects.filter(level=Division.Level.BANNER).order_by("code"):
            code = banner_hospital(banner.code)
            _register(code, f"合成{banner.name}医院", 2, banner.code, serious=True)
        for sumu in Division.objects.filter(level=Division.Level.SUMU).order_by("code"):
            _register(sumu_hospital(sumu.code), f"合成{sumu.name}卫生院", 1, sumu.code)
        _register(OUTSIDE_HOSPITAL, "合成盟外医院", 3, None)
    count: int = Institution.objects.count()
    return count


def _register(
    code: str, name: str, level: int, division: str | None, serious: bool = False
) -> None:
    register_institution(
        code=code,
        name=name,
        level=level,
        designated=True,
        inside_league=division is not None,
        serious_designated=serious,
        division=division,
        who=Who(ACTOR, REASON),
    )
