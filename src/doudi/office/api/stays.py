"""Admit, enter the bill, preview, settle, look at a settlement, propose its reversal."""

from __future__ import annotations

from typing import Any

from ninja import Router

from doudi.office.accounts.scope import admissions_in_scope, claims_in_scope
from doudi.office.api.guard import Bearer, ByToken, TokenRequest
from doudi.office.api.people import seen_person
from doudi.office.api.problems import PROBLEMS, not_found
from doudi.office.api.shapes import (
    AdmitGiven,
    Admitted,
    ClaimShown,
    Difference,
    FeesGiven,
    FeesTaken,
    InPathClaim,
    InPathStay,
    Key,
    Proposed,
    ReverseGiven,
    Settled,
    SettleGiven,
    payers_of,
)
from doudi.office.approvals.services import propose
from doudi.office.audit.services import once
from doudi.office.settlement import services, turns
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.selectors import slip
from doudi.office.settlement.services import Who
from doudi.office.tokens.scopes import Scope

router = Router(tags=["stays"], throttle=[ByToken()])
_SETTLE = Bearer(Scope.SETTLE)


@router.post("admissions", response={200: Admitted, **PROBLEMS}, auth=_SETTLE)
def admit(request: TokenRequest, key: Key, given: AdmitGiven) -> Admitted:
    """Admit a person to the token's institution, the registered without a deposit."""
    seen_person(request, given.person)
    answer = services.admit(
        key=_key(request, key), institution=_institution(request), who=_who(request), **dict(given)
    )
    return Admitted(**answer)


@router.post("admissions/{admission}/fees", response={200: FeesTaken, **PROBLEMS}, auth=_SETTLE)
def enter_fees(
    request: TokenRequest, admission: InPathStay, key: Key, given: FeesGiven
) -> FeesTaken:
    """Add lines to a bill that is not settled: all of them or none."""
    _check_stay(request, admission)
    lines = [FeeInput(**dict(line)) for line in given.lines]
    answer = services.enter_fees(
        key=_key(request, key), admission=admission, lines=lines, who=_who(request)
    )
    return FeesTaken(admission=answer["admission"], lines=answer["lines"])


@router.post("admissions/{admission}/preview", response={200: Settled, **PROBLEMS}, auth=_SETTLE)
def preview(request: TokenRequest, admission: InPathStay, given: SettleGiven) -> Settled:
    """What settling would answer; nothing is kept, and the claim's number is not one."""
    _check_stay(request, admission)
    return _settled(services.preview_settle(admission=admission, day=given.settled_on))


@router.post("admissions/{admission}/settlement", response={200: Settled, **PROBLEMS}, auth=_SETTLE)
def settle(request: TokenRequest, admission: InPathStay, key: Key, given: SettleGiven) -> Settled:
    """Settle a stay at discharge: what each payer gives and the person pays."""
    _check_stay(request, admission)
    return _settled(
        turns.settle(
            key=_key(request, key), admission=admission, day=given.settled_on, who=_who(request)
        )
    )


@router.get("claims/{claim}", response={200: ClaimShown, **PROBLEMS}, auth=Bearer(Scope.READ))
def claim(request: TokenRequest, claim: InPathClaim) -> ClaimShown:
    """A settlement as it stands now."""
    _check_claim(request, claim)
    shown = slip(claim)
    return ClaimShown(
        **{name: shown[name] for name in ClaimShown.model_fields if name != "payers"},
        payers=payers_of(shown["payers"]),
    )


@router.post(
    "claims/{claim}/reversal", response={200: Proposed, **PROBLEMS}, auth=Bearer(Scope.REVERSE)
)
def propose_reversal(
    request: TokenRequest, claim: InPathClaim, key: Key, given: ReverseGiven
) -> Proposed:
    """Propose to reverse a settlement; it is reversed when a second person approves it."""
    _check_claim(request, claim)

    def act() -> dict[str, Any]:
        proposal = propose(
            kind="reverse",
            subject=f"claim:{claim}",
            given={"claim": claim},
            reason=given.reason,
            by=request.auth.account,
            institution=_institution(request),
        )
        return {"proposal": proposal.public_id, "state": proposal.state}

    answer = once(
        key=_key(request, key),
        service="propose_reversal",
        subject=f"claim:{claim}",
        actor=request.auth.account.username,
        reason=given.reason,
        body={"reason": given.reason},
        act=act,
    )
    return Proposed(**answer)


def _key(request: TokenRequest, key: str) -> str:
    """The sender's key among those of its institution: nobody else's request answers to it."""
    return f"api:{_institution(request)}:{key}"


def _who(request: TokenRequest) -> Who:
    return Who(request.auth.account.username, f"接口：{request.auth.name}")


def _institution(request: TokenRequest) -> str:
    return str(request.auth.account.institution_id)


def _check_stay(request: TokenRequest, admission: str) -> None:
    if not admissions_in_scope(request.auth.account).filter(public_id=admission).exists():
        raise not_found("没有这次就医，或不在本机构", "no such admission in this institution")


def _check_claim(request: TokenRequest, claim: str) -> None:
    if not claims_in_scope(request.auth.account).filter(pk=claim).exists():
        raise not_found("没有这笔结算，或不在本机构", "no such claim in this institution")


def _settled(answer: dict[str, Any]) -> Settled:
    return Settled(
        **{name: answer[name] for name in ("claim", "admission", "date", "bill_fen", "own_fen")},
        payers=payers_of(answer["payers"]),
        differences=[Difference(**item) for item in answer["differences"]],
    )
