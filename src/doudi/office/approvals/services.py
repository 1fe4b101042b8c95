"""Proposing a change, approving or refusing it, taking it back; each is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from doudi.office.accounts.models import User
from doudi.office.accounts.scope import codes_within
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.kinds import KINDS
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.registry_changes import forget_secrets
from doudi.office.approvals.scope import proposals_in_scope
from doudi.office.audit.services import note

_State = Proposal.State


def propose(
    *,
    kind: str,
    subject: str,
    given: Mapping[str, Any],
    reason: str,
    by: User,
    division: str | None = None,
    institution: str | None = None,
) -> Proposal:
    """Put a change up for approval; nothing else happens yet.

    ``given`` are the keywords of the service, days as ``2018-05-09``; ``division`` or
    ``institution`` says who sees it: where the person lives, or the hospital of the stay.
    ApprovalRefused when the role may not propose it, or when one of the kind waits already.
    """
    if not by.may(KINDS[kind].propose):
        raise ApprovalRefused("您的账号不能提出这种变更", f"the role may not propose {kind}")
    if not reason.strip():
        raise ApprovalRefused("请写明原因", "a reason is needed")
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                kind=kind,
                subject=subject,
                given=dict(given),
                reason=reason.strip(),
                maker=by.username,
                division_id=division,
                institution_id=institution,
            )
            _note(proposal, by, reason, "propose")
    except IntegrityError as error:
        raise ApprovalRefused(
            "同样的变更已经提出，正等待复核", "the same change waits for approval already"
        ) from error
    return proposal


def approve(*, proposal: Proposal, by: User, remark: str = "") -> Proposal:
    """Do what was proposed. What its service refuses is raised, and it keeps waiting.

    ApprovalRefused too when whom it is about has gone where somebody else decides.
    """
    with transaction.atomic():
        waiting = _waiting(proposal, by)
        _check_place(KINDS[waiting.kind].place_now(waiting), by)
        waiting.checker = by.username
        waiting.answer = KINDS[waiting.kind].apply(waiting)
        return _decide(waiting, by, _State.APPROVED, remark)


def refuse(*, proposal: Proposal, by: User, remark: str) -> Proposal:
    """Decide against it, and say why. A number that waited with it is deleted."""
    if not remark.strip():
        raise ApprovalRefused("请写明不通过的理由", "a refusal needs a reason")
    with transaction.atomic():
        waiting = _waiting(proposal, by)
        forget_secrets(waiting)
        return _decide(waiting, by, _State.REFUSED, remark)


def take_back(*, proposal: Proposal, by: User) -> Proposal:
    """Whoever proposed it no longer wants it. A number that waited with it is deleted."""
    with transaction.atomic():
        waiting = _locked(proposal)
        if waiting.maker != by.username:
            raise ApprovalRefused("只有提出人可以撤回", "only its maker takes a proposal back")
        forget_secrets(waiting)
        waiting.state = _State.TAKEN_BACK
        waiting.decided_at = timezone.now()
        waiting.save(update_fields=["state", "decided_at"])
        _note(waiting, by, waiting.reason, "take_back")
        return waiting


def _check_place(place: str | None, by: User) -> None:
    if place is None or by.division is None:
        return
    first, last = codes_within(by.division)
    if not first <= place <= last:
        raise ApprovalRefused(
            "提出以后人或户迁到了别处，现在不归您管：请不通过，由管得着那里的单位重新提出",
            "whom it is about has moved meanwhile and is not in your charge: refuse it, "
            "and have it proposed anew where they live",
        )


def _decide(waiting: Proposal, by: User, state: str, remark: str) -> Proposal:
    waiting.state = state
    waiting.checker = by.username
    waiting.remark = remark.strip()
    waiting.decided_at = timezone.now()
    waiting.save(update_fields=["state", "checker", "remark", "decided_at", "answer"])
    _note(waiting, by, waiting.remark or waiting.reason, f"proposal_{state}")
    return waiting


def _waiting(proposal: Proposal, by: User) -> Proposal:
    """The proposal, locked, that this account may decide about."""
    waiting = _locked(proposal)
    if not by.may(KINDS[waiting.kind].approve):
        raise ApprovalRefused(
            "您的账号不能复核这种变更", f"the role may not approve {waiting.kind}"
        )
    if not proposals_in_scope(by).filter(pk=waiting.pk).exists():
        raise ApprovalRefused("这项变更不归您管", "the proposal is not in your charge")
    if waiting.maker == by.username:
        raise ApprovalRefused("自己提出的变更要由别人复核", "who made it cannot check it")
    return waiting


def _locked(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if found.state != _State.WAITING:
        raise ApprovalRefused("这项变更已经处理过了", "the proposal is decided already")
    return found


def _note(proposal: Proposal, by: User, reason: str, service: str) -> None:
    note(
        actor=by.username,
        reason=reason,
        service=service,
        subject=proposal.subject,
        detail={"proposal": proposal.public_id, "kind": proposal.kind, "maker": proposal.maker},
    )
