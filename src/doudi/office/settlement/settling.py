"""Settling a stay at discharge, or a visit in one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import DatabaseError

from doudi.office.rows import insert_rows
from doudi.office.settlement.admission import open_admission
from doudi.office.settlement.eligibility import Eligibility, eligibility_on
from doudi.office.settlement.entries import Who, answer_of, settle_again, write_entry
from doudi.office.settlement.fees import FeeInput, check_fee_lines, fee_line
from doudi.office.settlement.instalments import plans_follow
from doudi.office.settlement.models import Admission, Claim, Entry, FeeLine, PersonYear
from doudi.office.settlement.policy import active_policy, guard
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.requests import do_once
from doudi.office.settlement.selectors import Stay, stay_with_fees
from doudi.office.settlement.versions import keep_version
from doudi.office.settlement.years import GAP, claims_in_force, lock_year, save_year, settle_claim


def settle(
    *, key: str, admission: str, day: date, who: Who, before: str | None = None
) -> dict[str, Any]:
    """Settle an admission on the business date ``day`` (discharge or treatment).

    A stay whose settlement was reversed is settled anew. It counts after the claims settled so
    far; ``before`` names a claim of the same year before which it should have counted, and the
    later ones are then settled again. Answers the claim,
    the payers' amounts and the own part in fen, and every difference to other claims.
    """
    body = {"admission": admission, "day": day.isoformat(), "before": before}
    return do_once(
        key, "settle", admission, who, body, lambda: settle_stay(admission, day, who, before)
    )


def settle_visit(
    *,
    key: str,
    person: str,
    institution: str,
    kind: str,
    day: date,
    lines: Sequence[FeeInput],
    who: Who,
) -> dict[str, Any]:
    """An outpatient kind in one step: its bill entered and settled together."""

    def act() -> dict[str, Any]:
        check_fee_lines(lines)
        admission = open_admission(person, institution, kind, day, "", 0)
        FeeLine.objects.bulk_create(
            [fee_line(admission, number, line) for number, line in enumerate(lines, start=1)]
        )
        return settle_stay(admission.public_id, day, who, None)

    body = {
        "person": person,
        "institution": institution,
        "kind": kind,
        "day": day.isoformat(),
        "lines": [line.to_dict() for line in lines],
    }
    return do_once(key, "settle_visit", person, who, body, act)


def settle_stay(admission: str, day: date, who: Who, before: str | None) -> dict[str, Any]:
    """The settlement itself, inside the caller's transaction; Refused as `settle` says."""
    policy = active_policy()
    stay = stay_with_fees(admission, policy.version)
    if stay is None:
        raise Refused(f"没有这次就医：{admission}", f"there is no admission {admission}")
    if stay.settled:
        raise _settled_already()
    if not stay.billed:
        raise Refused("账单没有费用明细，不能结算", "the bill has no lines")
    if day < stay.admitted_on:
        raise Refused(
            f"结算日期 {day} 早于入院日期 {stay.admitted_on}",
            f"settled on {day}, before the admission on {stay.admitted_on}",
        )
    guard(policy, day)
    if not stay.version_kept:
        keep_version(policy)
    eligible = eligibility_on(
        person=stay.person, day=day, serious_designated=stay.serious_designated
    )
    year = lock_year(stay.person, day.year)
    position = year.row.position + GAP if before is None else _position_before(year.row, before)
    claim = Claim(
        year=year.row,
        position=position,
        admission=Admission(pk=stay.admission, public_id=admission),
        institution_id=stay.institution,
        date=day,
        facts=_facts(stay, eligible),
        evidence=eligible.evidence,
        replaces_id=stay.last_claim,
    )
    if before is not None:
        _insert_claim(claim)
        entries = settle_again(year, position, who, None)
        plans_follow(entries)
        return answer_of(claim, entries)
    explanation = settle_claim(policy, claim, year.row.totals)
    _insert_claim(claim)
    entry = write_entry(year, claim, Entry.Sort.SETTLE, explanation, {}, who)
    year.row.totals = dict(explanation.closing)
    year.row.position = position
    save_year(year.row)
    if stay.last_claim is not None:
        plans_follow([entry])
    return answer_of(claim, [entry])


def _insert_claim(claim: Claim) -> None:
    """Insert the first claim of a stay; Refused when another clerk was there meanwhile."""
    try:
        insert_rows([claim])
    except DatabaseError as error:
        # Either it is the first claim of the stay, or it follows one that another followed.
        if any(name in str(error) for name in ("an_admission_is_settled_once", "replaces_id")):
            raise _settled_already() from error
        if "not for the whole bill" in str(error):
            raise Refused(
                "账单刚刚加了费用，请重新预览再结算", "fee lines were added meanwhile; settle again"
            ) from error
        raise


def _settled_already() -> Refused:
    return Refused("这次就医已经结算，不能再结算一次", "the admission is settled already")


def _facts(stay: Stay, eligible: Eligibility) -> dict[str, Any]:
    return {
        "kind": stay.kind,
        "hospital_level": stay.level,
        "outside_league": not stay.inside_league,
        "bill": stay.bill_fen,
        "catalogue": stay.catalogue_fen,
        **eligible.facts,
    }


def _position_before(year: PersonYear, before: str) -> int:
    """A place between the named claim and the one that counts before it."""
    claims = claims_in_force(year)
    places = [claim.position for claim in claims if str(claim.pk) == before]
    if not places:
        raise Refused(f"本年没有在用的结算 {before}", f"no claim {before} in force this year")
    earlier = max((claim.position for claim in claims if claim.position < places[0]), default=0)
    middle = (earlier + places[0]) // 2
    if middle <= earlier:
        raise Refused("这两笔之间排不下了", "no room between these two claims")
    return middle
