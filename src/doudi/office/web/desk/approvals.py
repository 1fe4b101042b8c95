"""Changes that wait for a second person: who made them, what they are, yes or no."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.i18n import either
from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.permissions import MAKERS_AND_CHECKERS, Permission
from doudi.office.approvals import services
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.kinds import KINDS
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.registry_changes import PERSON_SERVICES, SEALED, effects_of, person_of
from doudi.office.approvals.scope import proposals_in_scope
from doudi.office.approvals.secret_halves import is_first
from doudi.office.approvals.token_changes import ISSUE_TOKEN
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Person
from doudi.office.registry.sealed_numbers import reveal_sealed_number
from doudi.office.settlement.refusals import Refused
from doudi.office.web.components import Badge, Column, Link, Pair, Table, Tone
from doudi.office.web.desk.effects import effects_table
from doudi.office.web.desk.proposal_words import given_pairs
from doudi.office.web.pages import FORM, StaffRequest, staff_page

_ON_A_PAGE = 50
_TONES: dict[str, Tone] = {"waiting": "warning", "approved": "good", "refused": "bad"}
_REFUSALS = (AccountRefused, ApprovalRefused, RegistryRefused, Refused)


class DecisionForm(forms.Form):
    """Yes or no; a no says why."""

    remark = forms.CharField(
        label=gettext_lazy("复核意见"),
        help_text=gettext_lazy("不通过时必填"),
        max_length=200,
        required=False,
    )


@staff_page(MAKERS_AND_CHECKERS)
def listing(request: StaffRequest) -> HttpResponse:
    """The changes of one's place and one's own, those that wait first."""
    found = proposals_in_scope(request.user).order_by("-state", "-made_at")
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    labels = (_("变更"), _("原因"), _("提出人"), _("提出时间"), _("状态"))
    table = Table(
        _("变更"),
        [Column(label) for label in labels],
        [
            [
                Link(KINDS[row.kind].label, reverse("desk:approval", args=[row.public_id])),
                row.reason,
                row.maker,
                _moment(row.made_at),
                _state(row),
            ]
            for row in page
        ],
        empty=_("没有等待复核的变更"),
    )
    return render(request, "desk/approvals.html", {"page": page, "table": table})


@staff_page(MAKERS_AND_CHECKERS, FORM)
def one(request: StaffRequest, proposal: str) -> HttpResponse:
    """One change, and the decision about it."""
    found = get_object_or_404(proposals_in_scope(request.user), public_id=proposal)
    form = DecisionForm(request.POST or None)
    may_reveal = _has_number(found) and request.user.may(Permission.UNMASK)
    number = None
    if request.POST.get("decision") == "reveal":
        number = _revealed(request, found, form) if may_reveal else None
    elif form.is_valid():
        try:
            _decide(request, found, form.cleaned_data["remark"])
        except _REFUSALS as refused:
            form.add_error(None, either(refused.zh, str(refused)))
        else:
            messages.success(request, _("已办理"))
            return _after(request, found)
    person = person_of(found)
    mine = found.maker == request.user.username
    return render(
        request,
        "desk/approval.html",
        {
            "form": form,
            "title": KINDS[found.kind].label,
            "facts": [*([Pair(_("完整号码"), number)] if number else []), *_facts(found, person)],
            "may_reveal": may_reveal,
            "text": found.given.get("text"),
            **_half(request, found),
            **_effects(found, person),
            "waiting": found.state == Proposal.State.WAITING,
            "mine": mine,
            "may_decide": not mine and request.user.may(KINDS[found.kind].approve),
        },
    )


def _after(request: StaffRequest, proposal: Proposal) -> HttpResponse:
    """The page of a change that gave a password or a token, where the checker sees a half of it."""
    proposal.refresh_from_db()
    if _half(request, proposal)["half"] is not None:
        return redirect("desk:approval", proposal=proposal.public_id)
    return redirect("desk:approvals")


def _half(request: StaffRequest, proposal: Proposal) -> dict[str, Any]:
    """The half of a one-time password or a token that is the viewer's to hand over."""
    return {
        "half": KINDS[proposal.kind].half(proposal, request.user),
        "first": is_first(proposal, request.user),
        "of_a_token": proposal.kind == ISSUE_TOKEN,
    }


def _has_number(proposal: Proposal) -> bool:
    """Whether a number is kept with it: that of a change which was not approved is deleted."""
    return SEALED in proposal.given and proposal.state in (
        Proposal.State.WAITING,
        Proposal.State.APPROVED,
    )


def _revealed(request: StaffRequest, proposal: Proposal, form: DecisionForm) -> str | None:
    """The number that was proposed, in full; the remark says why it is needed."""
    reason = form.cleaned_data["remark"].strip() if form.is_valid() else ""
    if not reason:
        form.add_error("remark", _("查看完整号码要写明原因"))
        return None
    return reveal_sealed_number(
        actor=request.user.username, reason=reason, public_id=proposal.given[SEALED]
    )


def _effects(proposal: Proposal, person: Person | None) -> dict[str, Any]:
    """What the change would do to settled claims if it were approved now."""
    if proposal.state != Proposal.State.WAITING or proposal.kind not in PERSON_SERVICES:
        return {}
    try:
        return {"effects": effects_table(effects_of(proposal, person))}
    except _REFUSALS as refused:
        return {"hindrance": either(refused.zh, str(refused))}


def _decide(request: StaffRequest, proposal: Proposal, remark: str) -> None:
    decision = request.POST.get("decision")
    if decision == "approve":
        services.approve(proposal=proposal, by=request.user, remark=remark)
    elif decision == "refuse":
        services.refuse(proposal=proposal, by=request.user, remark=remark)
    else:
        services.take_back(proposal=proposal, by=request.user)


def _facts(proposal: Proposal, person: Person | None) -> list[Pair]:
    given = dict(proposal.given) | dict(proposal.given.get("facts", {}))
    return [
        _subject(proposal, person),
        *given_pairs(given),
        Pair(_("原因"), proposal.reason),
        Pair(_("提出人"), proposal.maker),
        Pair(_("提出时间"), _moment(proposal.made_at)),
        Pair(_("状态"), _state(proposal)),
        *([Pair(_("复核人"), proposal.checker)] if proposal.checker else []),
        *([Pair(_("复核意见"), proposal.remark)] if proposal.remark else []),
    ]


def _subject(proposal: Proposal, person: Person | None) -> Pair:
    if person is None:
        return Pair(_("对象"), proposal.subject)
    return Pair(_("对象"), Link(person.name, reverse("desk:person", args=[person.public_id])))


def _state(proposal: Proposal) -> Badge:
    label = str(Proposal.State(proposal.state).label)
    return Badge(label, _TONES.get(proposal.state, "neutral"))


def _moment(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
