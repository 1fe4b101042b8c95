"""Entering the bill of a stay: line by line, or from a file."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect

from doudi.office.accounts.permissions import Permission
from doudi.office.settlement.bill_file import BadBill
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.services import enter_fees
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.asking import asked, by_clerk, key_of
from doudi.office.web.window.bill_upload import lines_of
from doudi.office.web.window.forms import FileForm, LineForm, OnceForm
from doudi.office.web.window.settling import stay_of, stay_page


@staff_page(Permission.SETTLE, ("POST",))
def add_line(request: StaffRequest, admission: str) -> HttpResponse:
    """One line; its total and the part within the policy's scope follow from what is typed."""
    stay = stay_of(request, admission)
    form = LineForm(request.POST)
    if form.is_valid():
        line = asked(form, form.line)
        if line is not None and _entered(request, form, admission, [line]):
            return redirect("window:stay", admission=admission)
    return stay_page(request, stay, line_form=form)


@staff_page(Permission.SETTLE, ("POST",))
def add_file(request: StaffRequest, admission: str) -> HttpResponse:
    """All lines of a file or none, with every fault by row and column."""
    stay = stay_of(request, admission)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            lines = lines_of(form.cleaned_data["file"])
        except BadBill as bad:
            for text in bad.faults:
                form.add_error("file", text)
        else:
            if _entered(request, form, admission, lines):
                return redirect("window:stay", admission=admission)
    return stay_page(request, stay, file_form=form)


def _entered(
    request: StaffRequest, form: OnceForm, admission: str, lines: Sequence[FeeInput]
) -> bool:
    answer = asked(
        form,
        lambda: enter_fees(
            key=key_of(form),
            admission=admission,
            lines=lines,
            who=by_clerk(request.user, "enter the bill at the window"),
        ),
    )
    return answer is not None
