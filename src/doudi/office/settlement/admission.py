"""Admission without a deposit, and the lines of the bill that follow it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from doudi.office.ledger.services import open_patient_account
from doudi.office.registry.models import Person
from doudi.office.registry.selectors import standing_on
from doudi.office.settlement.bills import add_lines
from doudi.office.settlement.entries import Who
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.locks import lock_admission
from doudi.office.settlement.models import Admission, Institution
from doudi.office.settlement.own_part import post_own
from doudi.office.settlement.policy import active_policy, kinds_of_care
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.requests import do_once
from doudi.office.settlement.selectors import claim_in_force
from doudi.office.settlement.versions import keep_version

_LONGEST_AGREEMENT = 60


def admit(
    *,
    key: str,
    person: str,
    institution: str,
    kind: str,
    admitted_on: date,
    agreement: str,
    who: Who,
    deposit_fen: int = 0,
) -> dict[str, Any]:
    """Admit a person; a registered one in a designated institution without a deposit (H-53, H-56).

    ``person`` is a public id. Answers the admission's public id, and whether the person is
    insured that year: who is not can be treated, and settled once the enrolment is recorded.
    """

    def act() -> dict[str, Any]:
        admission = open_admission(person, institution, kind, admitted_on, agreement, deposit_fen)
        enrolled = standing_on(admission.person_id, admitted_on).enrolled
        return {"admission": admission.public_id, "enrolled": enrolled}

    body = {
        "person": person,
        "institution": institution,
        "kind": kind,
        "admitted_on": admitted_on.isoformat(),
        "agreement": agreement,
        "deposit_fen": deposit_fen,
    }
    return do_once(key, "admit", person, who, body, act)


def open_admission(
    person: str, institution: str, kind: str, day: date, agreement: str, deposit_fen: int
) -> Admission:
    """The admission itself, inside the caller's transaction; Refused as `admit` says."""
    # Locked, so that nobody is admitted whose import is being undone at this moment.
    found = Person.objects.select_for_update(no_key=True).filter(public_id=person).first()
    if found is None:
        raise Refused(f"没有这个人：{person}", f"there is no person {person}")
    place = Institution.objects.filter(code=institution).first()
    if place is None:
        raise Refused(f"没有这家医疗机构：{institution}", f"there is no institution {institution}")
    policy = active_policy()
    if kind not in kinds_of_care(policy):
        raise Refused(f"没有这种就医类别：{kind}", f"there is no kind of care {kind}")
    if len(agreement) > _LONGEST_AGREEMENT or not agreement.isprintable():
        raise Refused(
            f"协议编号最多 {_LONGEST_AGREEMENT} 个字，不能有控制字符",
            f"an agreement has at most {_LONGEST_AGREEMENT} plain characters",
        )
    if deposit_fen < 0:
        raise Refused("押金不能是负数", "a deposit is not below nothing")
    # Care outside the league is not promised to be without deposit (H-55, H-56).
    promised = kind == "inpatient" and place.designated and place.inside_league
    if promised and standing_on(found.pk, day).registered:
        if deposit_fen:
            raise Refused(
                "建档立卡贫困人口在定点医疗机构住院不交押金",
                "a registered person in a designated institution pays no deposit",
            )
        if not agreement:
            raise Refused(
                "先诊疗后付费须签协议，请填协议编号", "treat first, pay later needs an agreement"
            )
    # Here and not at the discharge, where every statement counts.
    keep_version(policy)
    number = uuid.uuid4().hex
    open_patient_account(admission=number, person=person, institution=institution)
    admission = Admission.objects.create(
        public_id=number,
        person=found,
        institution=place,
        kind=kind,
        admitted_on=day,
        agreement=agreement,
        deposit_fen=deposit_fen,
    )
    if deposit_fen:
        post_own(admission, deposit_fen, day, "deposit")
    return admission


def enter_fees(*, key: str, admission: str, lines: Sequence[FeeInput], who: Who) -> dict[str, Any]:
    """Add lines to the bill of a stay that no settlement in force covers; all of them or none.

    Every line is checked: quantity times price is its total, and its four parts add up to it.
    A line that ``replaces`` another takes its place; the old one stays and no longer counts.
    """

    def act() -> dict[str, Any]:
        found = lock_admission(admission)
        if claim_in_force(admission) is not None:
            raise Refused(
                "这次就医已经结算，不能再加费用；要改请更正结算，或先冲销",
                "the admission is settled already: correct the claim, or reverse it first",
            )
        add_lines(found, lines)
        return {"admission": admission, "lines": len(lines)}

    body = {"admission": admission, "lines": [line.to_dict() for line in lines]}
    return do_once(key, "enter_fees", admission, who, body, act)
