"""What hospitals have advanced and nobody has paid: by the payers, and by the patients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from doudi.money import yuan
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import institutions_in_scope, people_in_scope
from doudi.office.ledger.advances import unpaid_advances
from doudi.office.settlement.kept_sums import owed_to
from doudi.office.settlement.kept_unpaid import Unpaid, UnpaidStay
from doudi.office.web.components import Cell, Column, Link, Table
from doudi.office.web.desk.figure_forms import OwedForm
from doudi.office.web.desk.figure_pages import (
    MOST_EXPORTED,
    ON_A_PAGE,
    excel_yuan,
    list_address,
    list_page,
    list_workbook,
)
from doudi.office.web.desk.figure_words import age_of, age_words, periods_of_age, this_month
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.words import kind_word


@staff_page(Permission.SEE_FIGURES)
def advances(request: StaffRequest) -> HttpResponse:
    """By hospital and month of settlement: what the payers owe, and what the patients do."""
    asked = _asked(request)
    ages, now = age_words(), this_month()
    names = _names(request)
    owed = {
        (one.period, one.institution): one.amount_fen
        for one in unpaid_advances(owed_to(list(names)), list(names))
    }
    unpaid = {(one.period, one.institution): one.amount_fen for one in Unpaid(names).months()}
    found = [
        (period, code, age_of(period, now))
        for period, code in sorted({*owed, *unpaid})
        if asked["age"] in (None, age_of(period, now))
    ]
    rows = [
        (period, code, at, owed.get((period, code), 0), unpaid.get((period, code), 0))
        for period, code, at in found
    ]
    name = _("医院垫付、还没有收到的钱")
    heading = [_("医院"), _("结算月份"), _("结算以来"), _("各方未付（元）"), _("患者未付（元）")]
    if request.GET.get("excel"):
        lines = [
            [names[code], _month(period), ages[at], excel_yuan(payers), excel_yuan(patients)]
            for period, code, at, payers, patients in rows
        ]
        return list_workbook(request, name, heading, lines)
    by_page: Page[Any] = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    shown: list[list[Cell]] = [
        [
            names[code],
            _month(period),
            ages[at],
            Link(
                yuan(payers),
                list_address(
                    "figures_settlements",
                    year=int(period[:4]),
                    month=int(period[4:]),
                    hospital=code,
                ),
            ),
            Link(yuan(patients), list_address("figures_unpaid", period=period, hospital=code)),
        ]
        for period, code, at, payers, patients in by_page
    ]
    totals: list[Cell] = [
        _("合计"),
        "",
        "",
        yuan(sum(row[3] for row in rows)),
        yuan(sum(row[4] for row in rows)),
    ]
    columns = [Column(word, numeric=word in heading[3:]) for word in heading]
    hint = _("各方未付的，点开是这家医院这个月的结算；患者未付的，点开是还欠着的每一笔。")
    table = Table(name, columns, shown, totals=totals, hide_caption=True)
    return list_page(request, name, table, hint=hint, page=by_page)


@staff_page(Permission.SEE_FIGURES)
def unpaid(request: StaffRequest) -> HttpResponse:
    """The stays of which the patients have not paid their own part, the oldest first.

    The sum is the hospital's, so all of its stays are listed; who lives elsewhere is not named.
    """
    asked = _asked(request)
    names = _names(request)
    codes = [code for code in names if asked["hospital"] in ("", code)]
    periods = periods_of_age(asked["age"], this_month())
    if asked["period"]:
        periods = (asked["period"], asked["period"])
    owed = Unpaid(codes)
    found = owed.stays(periods)
    total = sum(one.amount_fen for one in owed.months() if periods[0] <= one.period <= periods[1])
    name = _("患者还没有付的自付")
    heading = [
        _("医院"),
        _("结算月份"),
        _("入院日期"),
        _("姓名"),
        _("就医类别"),
        _("未付（元）"),
    ]
    count = len(found)
    hint = _("共 {count} 笔，{total} 元。").format(count=f"{count:,}", total=yuan(total))
    if request.GET.get("excel") and count <= MOST_EXPORTED:
        lines = [
            [str(cell.text if isinstance(cell, Link) else cell) for cell in row]
            + [excel_yuan(stay.owed_fen)]
            for row, stay in _lines(request, found[:MOST_EXPORTED])
        ]
        return list_workbook(request, name, heading, lines)
    if count > MOST_EXPORTED:
        refused = _("超过 {most} 笔，不能一次导出；请先按月份或医院缩小范围。")
        hint += refused.format(most=f"{MOST_EXPORTED:,}")
    by_page: Any = found
    page: Page[UnpaidStay] = Paginator(by_page, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [[*row, yuan(stay.owed_fen)] for row, stay in _lines(request, list(page))]
    columns = [Column(word, numeric=word == heading[-1]) for word in heading]
    table = Table(name, columns, shown, hide_caption=True)
    return list_page(request, name, table, hint=hint, page=page)


def _lines(
    request: StaffRequest, stays: Sequence[UnpaidStay]
) -> list[tuple[list[Cell], UnpaidStay]]:
    """The stays with all but their amounts, in words; one SQL statement for each 5,000."""
    numbers = [stay.person for stay in stays]
    seen: set[str] = set()
    for start in range(0, len(numbers), 5_000):
        some = people_in_scope(request.user).filter(public_id__in=numbers[start : start + 5_000])
        seen.update(some.values_list("public_id", flat=True))
    return [
        (
            [
                stay.institution,
                _month(stay.period),
                stay.admitted_on.isoformat(),
                Link(stay.name, reverse("desk:person", args=[stay.person]))
                if stay.person in seen
                else _("住在别处"),
                kind_word(stay.kind),
            ],
            stay,
        )
        for stay in stays
    ]


def _asked(request: StaffRequest) -> dict[str, Any]:
    form = OwedForm(request.GET)
    if not form.is_valid():
        raise Http404
    return form.cleaned_data


def _names(request: StaffRequest) -> dict[str, str]:
    return dict(institutions_in_scope(request.user).values_list("code", "name"))


def _month(period: str) -> str:
    return f"{period[:4]}-{period[4:]}"
