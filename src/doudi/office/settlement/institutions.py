"""Hospitals and health centres: entering one into the records, with its accounts."""

from __future__ import annotations

from django.db import transaction

from doudi.office.audit.services import note
from doudi.office.ledger.services import open_institution_accounts
from doudi.office.registry.models import Division
from doudi.office.settlement.entries import Who
from doudi.office.settlement.models import Institution
from doudi.office.settlement.refusals import Refused

SETTING_UP = Who("doudi", "set up")
LEVELS = (1, 2, 3)
_LONGEST_CODE, _LONGEST_NAME = 12, 80


def register_institution(
    *,
    code: str,
    name: str,
    level: int,
    designated: bool,
    inside_league: bool,
    serious_designated: bool = False,
    division: str | None = None,
    who: Who = SETTING_UP,
) -> Institution:
    """A new institution with its accounts; Refused when there is one, or no such division."""
    for zh, en, text, longest in (
        ("机构代码", "code", code, _LONGEST_CODE),
        ("机构名称", "name", name, _LONGEST_NAME),
    ):
        if not 0 < len(text.strip()) <= len(text) <= longest or not text.isprintable():
            raise Refused(f"{zh}应为 1 至 {longest} 个字", f"{en}: 1 to {longest} characters")
    if level not in LEVELS:
        raise Refused("医院级别应为 1、2 或 3", "a hospital's level is 1, 2 or 3")
    with transaction.atomic():
        if Institution.objects.filter(code=code).exists():
            raise Refused(f"已有医疗机构 {code}", f"there is an institution {code} already")
        if division is not None and not Division.objects.filter(code=division).exists():
            raise Refused(f"没有这个区划：{division}", f"there is no division {division}")
        institution = Institution.objects.create(
            code=code,
            name=name,
            level=level,
            division_id=division,
            designated=designated,
            inside_league=inside_league,
            serious_designated=serious_designated,
        )
        open_institution_accounts(institution=code)
        note(
            actor=who.actor,
            reason=who.reason,
            service="register_institution",
            subject=f"institution:{code}",
            detail={
                "name": name,
                "level": level,
                "designated": designated,
                "inside_league": inside_league,
                "serious_designated": serious_designated,
                "division": division,
            },
        )
    return institution
