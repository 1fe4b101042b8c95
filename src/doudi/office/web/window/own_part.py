"""The own part at the window: paid now, later or in instalments, or given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from doudi.office.accounts.permissions import Permission
from doudi.office.settlement.monthly_parts import monthly_parts
from doudi.office.settlement.own_part import owed_by
from doudi.office.settlement.services import pay_own, plan_instalments, refund_own
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.asking import asked, by_clerk, key_of
from doudi.office.web.window.forms import InstalmentsForm, OnceForm, PayForm, RefundForm
from doudi.office.web.window.settling import stay_of, stay_page
from doudi.office.web.window.working_day import working_day


@staff_page(Permission.SETTLE, ("POST",))
def pay(request: StaffRequest, admission: str) -> HttpResponse:
    """Take a payment, never more than is owed."""
    stay = stay_of(request, admission)
    form = PayForm(request.POST)

    def act(fields: dict[str, Any]) -> dict[str, Any]:
        return pay_own(
            key=key_of(form),
            admission=admission,
            amount_fen=fields["amount"],
            day=working_day(request),
            who=by_clerk(request.user, "own part paid at the window"),
        )

    if _done(form, act):
        return redirect("window:stay", admission=admission)
    return stay_page(request, stay, pay_form=form)


@staff_page(Permission.SETTLE, ("POST",))
def instalments(request: StaffRequest, admission: str) -> HttpResponse:
    """Agree to pay what is owed in monthly parts; the hospital has advanced it (H-59)."""
    stay = stay_of(request, admission)
    form = InstalmentsForm(request.POST)

    def act(fields: dict[str, Any]) -> dict[str, Any]:
        return plan_instalments(
            key=key_of(form),
            admission=admission,
            parts=monthly_parts(owed_by(stay), fields["parts"], fields["first"]),
            who=by_clerk(request.user, "instalments agreed at the window"),
        )

    if _done(form, act):
        return redirect("window:stay", admission=admission)
    return stay_page(request, stay, instalments_form=form)


@staff_page(Permission.SETTLE, ("POST",))
def refund(request: StaffRequest, admission: str) -> HttpResponse:
    """Give back what a correction left to have been paid too much."""
    stay = stay_of(request, admission)
    form = RefundForm(request.POST)

    def act(_fields: dict[str, Any]) -> dict[str, Any]:
        return refund_own(
            key=key_of(form),
            admission=admission,
            day=working_day(request),
            who=by_clerk(request.user, "refund at the window"),
        )

    if _done(form, act):
        return redirect("window:stay", admission=admission)
    return stay_page(request, stay, refund_form=form)


def _done(form: OnceForm, act: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
    """Whether what the form asks for was done; what speaks against it stands in the form then."""
    return form.is_valid() and asked(form, lambda: act(form.cleaned_data)) is not None
