"""Settling stays at discharge, one or many, or a visit in one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from doudi.office.audit.services import BadCall, KeyReused, kept_answer
from doudi.office.rows import insert_rows
from doudi.office.settlement.admission import open_admission
from doudi.office.settlement.entries import Who, answer_of, settle_again
from doudi.office.settlement.fees import FeeInput, check_fee_lines, fee_line
from doudi.office.settlement.group import (
    SERVICE,
    Outcome,
    Request,
    check_stay,
    eligible,
    facts_of,
    settle_stays,
    settle_stays_unlocked,
    settled_already,
)
from doudi.office.settlement.instalments import plans_follow
from doudi.office.settlement.meeting import meet
from doudi.office.settlement.models import Admission, Claim, FeeLine, PersonYear
from doudi.office.settlement.policy import active_policy, guard
from doudi.office.settlement.refusals import Refused, RegistryChanged
from doudi.office.settlement.requests import do_once
from doudi.office.settlement.versions import keep_version
from doudi.office.settlement.years import claims_in_force, lock_year

_LOOKS = 3
"""How often a settlement looks at a registry that is changed while it is worked out."""


def settle(
    *, key: str, admission: str, day: date, who: Who, before: str | None = None
) -> dict[str, Any]:
    """Settle an admission on the business date ``day`` (discharge or treatment).

    A stay whose settlement was reversed is settled anew. It counts after the claims settled so
    far; ``before`` names a claim of the same year before which it should have counted, and the
    later ones are then settled again. Answers the claim, the payers' amounts and the own part in
    fen, and every difference to other claims.
    """
    if before is None:
        return _settle_alone(Request(key, admission, day, who))
    body = {"admission": admission, "day": day.isoformat(), "before": before}
    return do_once(
        key, SERVICE, admission, who, body, lambda: settle_stay(admission, day, who, before)
    )


def settle_many(requests: Sequence[Request]) -> list[Outcome]:
    """Settle many stays in one transaction; for each what `settle` answers or raises.

    All that are settled are settled together, in the order given; what one is refused for does
    not touch the others. Errors of the database that are nobody's fault (OperationalError,
    InterfaceError) are raised, and then nothing was kept: the same requests may come again.
    """
    outcomes: dict[int, Outcome] = {}
    keys: set[str | None] = set()
    stays: set[str] = set()
    first: list[int] = []
    again: list[int] = []
    for number, request in enumerate(requests):
        try:
            request.check()
        except BadCall as refusal:
            outcomes[number] = refusal
            continue
        # One after the other, so that the second meets what the first one left.
        repeated = request.key in keys or request.admission in stays
        (again if repeated else first).append(number)
        keys.add(request.key)
        stays.add(request.admission)
    for numbers, act in ((first, _settle_different), (again, settle_many)):
        if numbers:
            found = act([requests[number] for number in numbers])
            outcomes |= zip(numbers, found, strict=True)
    return [outcomes[number] for number in range(len(requests))]


def _settle_different(requests: Sequence[Request]) -> list[Outcome]:
    for settle_all in (_unlocked, _locked) if len(requests) > 1 else ():
        try:
            outcomes = settle_all(requests)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            continue
        if outcomes is not None:
            return outcomes
    return [_outcome(request) for request in requests]


def _unlocked(requests: Sequence[Request]) -> list[Outcome] | None:
    """Settled without locks where that is possible; None where it is not."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return None
    return settle_stays_unlocked(requests)


def _locked(requests: Sequence[Request]) -> list[Outcome]:
    with transaction.atomic():
        return settle_stays(requests)


def _outcome(request: Request) -> Outcome:
    try:
        return _settle_alone(request)
    except (OperationalError, InterfaceError):
        raise
    except Exception as refusal:
        return refusal


def _settle_alone(request: Request) -> dict[str, Any]:
    request.check()
    try:
        found = _unlocked([request])
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # Whatever it was, with the year locked it is found again and can be told.
        found = None
    if found is not None:
        return _answered(found)
    try:
        return _settle_locked(request)
    except (KeyReused, OperationalError, InterfaceError):
        raise
    except Exception:
        # Another one with this key may have been done while this one waited for its locks.
        kept = None if request.key is None else kept_answer(request.key, request.digest)
        if kept is None:
            raise
        return kept


def _settle_locked(request: Request) -> dict[str, Any]:
    for _again in range(_LOOKS - 1):
        try:
            with transaction.atomic():
                return _settle_now(request)
        except RegistryChanged:
            continue
    with transaction.atomic():
        return _settle_now(request)


def _answered(outcomes: list[Outcome]) -> dict[str, Any]:
    [outcome] = outcomes
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _settle_now(request: Request) -> dict[str, Any]:
    try:
        outcomes = settle_stays([request])
    except DatabaseError as error:
        _explain_refusal(error)
        raise
    return _answered(outcomes)


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
    if before is None:
        return _settle_now(Request(None, admission, day, who))
    policy = active_policy()
    [met] = meet([(None, admission, day)], keep_version(policy))
    stay = check_stay(admission, day, met.stay)
    guard(policy, day)
    eligibility = eligible(stay, met, day)
    year = lock_year(stay.person, day.year)
    claim = Claim(
        year=year.row,
        position=_position_before(year.row, before),
        admission=Admission(pk=stay.admission, public_id=admission),
        institution_id=stay.institution,
        date=day,
        facts=facts_of(stay, eligibility),
        replaces_id=stay.last_claim,
        evidence=eligibility.evidence,
    )
    try:
        insert_rows([claim])
    except DatabaseError as error:
        _explain_refusal(error)
        raise
    entries = settle_again(year, claim.position, who, None)
    plans_follow(entries)
    return answer_of(claim, entries)


def _explain_refusal(error: DatabaseError) -> None:
    """Refused, in words for the clerk, when that is what the database refused."""
    # Either it is the first claim of the stay, or it follows one that another followed.
    if any(name in str(error) for name in ("an_admission_is_settled_once", "replaces_id")):
        raise settled_already() from error
    if "not for the whole bill" in str(error):
        raise Refused(
            "账单刚刚加了费用，请重新预览再结算", "fee lines were added meanwhile; settle again"
        ) from error
    if "registry says something else" in str(error):
        raise RegistryChanged from error


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
