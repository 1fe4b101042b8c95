"""The day at the window: which day it is, its sheet, and whose own part is still open."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from doudi.office.accounts.permissions import Permission
from doudi.office.settlement.day_sheet import day_sheet
from doudi.office.settlement.kept_unpaid import Unpaid, UnpaidStay
from doudi.office.web.components import Column, Link, Money, Table
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people
from doudi.office.web.window.forms import DayForm
from doudi.office.web.window.home import day_table
from doudi.office.web.window.words import kind_word, payer_words
from doudi.office.web.window.working_day import choose_working_day, working_day

_ON_A_PAGE = 50


@staff_page(Permission.SETTLE, ("POST",))
def choose(request: StaffRequest) -> HttpResponse:
    """Work on another business date from now on."""
    form = DayForm(request.POST)
    if form.is_valid():
        choose_working_day(request, form.cleaned_data["day"])
    return redirect("window:home")


@staff_page(Permission.SETTLE)
def sheet(request: StaffRequest) -> HttpResponse:
    """The sheet of the day, to be printed and signed; with the head of the seal once sealed."""
    day = working_day(request)
    found = day_sheet(institution=str(request.user.institution_id), day=day)
    words = payer_words()
    totals = found.shown.totals
    payers = Table(
        _("各方应付"),
        [Column(_("支付方")), Column(_("金额"), numeric=True)],
        [[words[payer], Money(amount)] for payer, amount in totals.payers.items()],
        totals=[_("个人自付"), Money(totals.own_fen)],
    )
    context = {
        "day": day,
        "sheet": found,
        "table": day_table(found.shown, day),
        "payers": payers,
    }
    shows_people(request, len(found.shown.claims))
    return render(request, "window/sheet.html", context)


@staff_page(Permission.SETTLE)
def unpaid(request: StaffRequest) -> HttpResponse:
    """Own parts that this hospital has advanced, oldest first; and what is to be given back."""
    by_page: Any = Unpaid([str(request.user.institution_id)]).stays(refunds=True)
    page: Page[UnpaidStay] = Paginator(by_page, _ON_A_PAGE).get_page(request.GET.get("page"))
    table = Table(
        _("未付清的自付"),
        [
            Column(_("入院日期")),
            Column(_("姓名")),
            Column(_("类别")),
            Column(_("尚欠"), numeric=True),
            Column(_("应退"), numeric=True),
        ],
        [
            [
                row.admitted_on.isoformat(),
                Link(row.name, reverse("window:stay", args=[row.admission])),
                kind_word(row.kind),
                Money(max(0, row.owed_fen)),
                Money(row.refund_due_fen),
            ]
            for row in page
        ],
        empty=_("没有未付清的自付"),
    )
    shows_people(request, len(table.rows))
    return render(request, "window/unpaid.html", {"table": table, "page": page})
