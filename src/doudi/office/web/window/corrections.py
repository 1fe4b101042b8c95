"""Taking a settlement back or correcting its bill: the whole cascade first, then a second person.

What a clerk does here is a proposal. Somebody else of the hospital, or of the offices above it,
approves it at the desk; only then do entries change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import claims_in_scope
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.services import propose
from doudi.office.settlement.bills import lines_in_force
from doudi.office.settlement.models import Claim
from doudi.office.settlement.services import preview_correct, preview_reverse
from doudi.office.web.components import Column, Money, Table
from doudi.office.web.pages import FORM, StaffRequest, staff_page
from doudi.office.web.window.asking import asked, refusals_of
from doudi.office.web.window.forms import CorrectedLineForm, ReasonForm
from doudi.office.web.window.words import payer_words

PROPOSE = "propose"


@staff_page(Permission.CORRECT, FORM)
def reverse(request: StaffRequest, claim: UUID) -> HttpResponse:
    """What taking the settlement back would change, and putting it up for approval."""
    found = _claim(request, claim)
    form = ReasonForm(request.POST or None)
    shown, refused = _attempt(lambda: preview_reverse(claim=str(claim)))
    if form.is_valid() and not refused:
        given = {"claim": str(claim)}
        if _proposed(request, form, found, "reverse", given, form.cleaned_data["reason"]):
            return redirect("window:stay", admission=found.admission.public_id)
    context = {"claim": found, "form": form, "refusals": refused, "cascade": cascade_table(shown)}
    return render(request, "window/reverse.html", context)


@staff_page(Permission.CORRECT, FORM)
def correct(request: StaffRequest, claim: UUID) -> HttpResponse:
    """Another line in the place of a wrong one: look at what follows, then put it up."""
    found = _claim(request, claim)
    lines = list(lines_in_force(found.admission))
    form = CorrectedLineForm(request.POST or None, lines=lines, initial=_as_it_is(found))
    shown: dict[str, Any] = {}
    refused: list[str] = []
    if form.is_valid():
        line = asked(form, form.line)
        if line is not None:
            changed = [line]
            shown, refused = _attempt(lambda: preview_correct(claim=str(claim), lines=changed))
            given = {"claim": str(claim), "lines": [line.to_dict()]}
            reason = form.cleaned_data["reason"]
            wanted = request.POST.get("step") == PROPOSE and not refused
            if wanted and _proposed(request, form, found, "correct", given, reason):
                return redirect("window:stay", admission=found.admission.public_id)
    context = {
        "claim": found,
        "form": form,
        "refusals": refused,
        "answer": shown,
        "cascade": cascade_table(shown),
    }
    return render(request, "window/correct.html", context)


def _claim(request: StaffRequest, claim: UUID) -> Claim:
    claims = claims_in_scope(request.user).select_related("admission__person")
    return get_object_or_404(claims, pk=claim)


def _as_it_is(claim: Claim) -> dict[str, Any]:
    first = lines_in_force(claim.admission).first()
    if first is None:
        return {}
    return {
        "replaces": first.number,
        "item": first.item,
        "catalogue": first.catalogue,
        "quantity": first.quantity_thousandths,
        "unit_price": first.unit_price_fen,
        "full_own": first.full_own_fen,
        "over_limit": first.over_limit_fen,
        "first_own": first.first_own_fen,
    }


def _attempt(act: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    try:
        return act(), []
    except Exception as error:
        return {}, refusals_of(error)


def _proposed(
    request: StaffRequest,
    form: ReasonForm,
    claim: Claim,
    kind: str,
    given: Mapping[str, Any],
    reason: str,
) -> bool:
    try:
        propose(
            kind=kind,
            subject=f"claim:{claim.pk}",
            given=given,
            reason=reason,
            by=request.user,
            institution=claim.institution_id,
        )
    except ApprovalRefused as refused:
        form.add_error(None, either(refused.zh, str(refused)))
        return False
    messages.success(request, _("已提交，等另一个人复核"))
    return True


def cascade_table(answer: Mapping[str, Any]) -> Table | None:
    """The entries that the change would write of other claims; None when there are none."""
    rows = answer.get("differences", [])
    if not rows:
        return None
    words = payer_words()
    sorts = {"reverse": _("冲销"), "difference": _("差额"), "settle": _("结算")}
    return Table(
        _("会跟着变的结算"),
        [
            Column(_("结算日期")),
            Column(_("分录")),
            *(Column(word, numeric=True) for word in words.values()),
            Column(_("个人自付"), numeric=True),
        ],
        [
            [
                row["date"],
                sorts[row["sort"]],
                *(Money(row["changes_fen"].get(f"{payer}_pay", 0)) for payer in words),
                Money(row["changes_fen"].get("own_pay", 0)),
            ]
            for row in rows
        ],
    )
