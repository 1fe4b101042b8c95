"""Taking the row that a change is about, so that nobody else changes it meanwhile."""

from __future__ import annotations

import uuid

from doudi.office.settlement.models import Admission, Claim, Entry
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.years import LockedYear, lock_year


def lock_admission(public_id: str) -> Admission:
    """The stay or visit with its row locked; Refused when there is none."""
    found = Admission.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise Refused(f"没有这次就医：{public_id}", f"there is no admission {public_id}")
    return found


def lock_claim(claim_id: str) -> tuple[Claim, LockedYear]:
    """The claim with its year locked; Refused when there is none or it is reversed already."""
    try:
        number = uuid.UUID(claim_id)
    except ValueError:
        raise Refused(f"没有这笔结算：{claim_id}", f"there is no claim {claim_id}") from None
    claim = Claim.objects.select_related("year", "admission").filter(pk=number).first()
    if claim is None:
        raise Refused(f"没有这笔结算：{claim_id}", f"there is no claim {claim_id}")
    year = lock_year(claim.year.person_id, claim.year.year)
    # Only now is it certain that nobody else reverses it at this moment.
    if claim.entries.filter(sort=Entry.Sort.REVERSE).exists():
        raise Refused("这笔结算已经冲销，不能再冲销一次", "the claim is reversed already")
    claim.year = year.row
    return claim, year
