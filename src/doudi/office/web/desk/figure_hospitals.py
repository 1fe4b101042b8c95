"""Every hospital of a year with what was settled there, the largest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _

from doudi.money import yuan
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import place_in_scope
from doudi.office.settlement.figures import MonthOfHospital, by_month_and_hospital
from doudi.office.settlement.kept_sums import YearSums
from doudi.office.web.charts import BarChart, Measure, bar_chart
from doudi.office.web.components import Cell, Column, Link, Table
from doudi.office.web.desk.figure_forms import YearForm, year_of
from doudi.office.web.desk.figure_pages import (
    ON_A_PAGE,
    excel_yuan,
    list_address,
    list_page,
    list_workbook,
)
from doudi.office.web.pages import StaffRequest, staff_page

LARGEST = 10
"""So many hospitals have a bar of their own; the others are summed in one row."""


@dataclass(frozen=True)
class Hospital:
    """What a hospital settled in a year, in fen."""

    code: str
    name: str
    claims: int
    bill_fen: int
    own_fen: int


def by_hospital(rows: Iterable[MonthOfHospital]) -> list[Hospital]:
    """The hospitals of some months, the largest bills first."""
    found: dict[str, Hospital] = {}
    for row in rows:
        before = found.get(row.institution, Hospital(row.institution, row.name, 0, 0, 0))
        found[row.institution] = Hospital(
            row.institution,
            row.name,
            before.claims + row.claims,
            before.bill_fen + row.bill_fen,
            before.own_fen + row.own_fen,
        )
    return sorted(found.values(), key=lambda one: (-one.bill_fen, one.code))


def sum_of(hospitals: Iterable[Hospital], name: str) -> Hospital:
    """Some hospitals as one."""
    some = list(hospitals)
    return Hospital(
        "",
        name,
        sum(one.claims for one in some),
        sum(one.bill_fen for one in some),
        sum(one.own_fen for one in some),
    )


def hospital_chart(rows: Iterable[MonthOfHospital], year: int) -> BarChart:
    """The largest hospitals, one row for the others, and the way to all of them."""
    found = by_hospital(rows)
    every = list_address("figures_hospitals", year=year)
    shown, others = found[:LARGEST], found[LARGEST:]
    measures = [_measure(one, _cells(one, year)) for one in shown]
    if others:
        rest = sum_of(others, _("其他 {count} 家").format(count=len(others)))
        cells: list[Cell] = [rest.name, *(Link(text, every) for text in _numbers(rest))]
        measures.append(_measure(rest, cells))
    more = Link(_("全部 {count} 家医院").format(count=len(found)), every) if found else None
    totals = _total_cells(found, year)
    return bar_chart(_("各医院结算"), _columns(), measures, totals=totals, more=more)


@staff_page(Permission.SEE_FIGURES)
def hospitals(request: StaffRequest) -> HttpResponse:
    """All hospitals of a year, page by page or as Excel."""
    place = place_in_scope(request.user)
    year = year_of(YearForm(request.GET), place)
    found = by_hospital(by_month_and_hospital(YearSums(place, year)))
    name = _("{year} 年各医院结算").format(year=year)
    if request.GET.get("excel"):
        heading = [str(column.label) for column in _columns()]
        lines = [
            [one.name, one.claims, excel_yuan(one.bill_fen), excel_yuan(one.own_fen)]
            for one in found
        ]
        return list_workbook(request, name, heading, lines)
    page: Page[Any] = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [_cells(one, year) for one in page]
    totals = _total_cells(found, year)
    table = Table(name, _columns(), shown, totals=totals, hide_caption=True)
    return list_page(request, name, table, page=page)


def _columns() -> list[Column]:
    labels = [_("笔数"), _("总费用（元）"), _("个人自付（元）")]
    return [Column(_("医院")), *(Column(label, numeric=True) for label in labels)]


def _numbers(one: Hospital) -> list[str]:
    return [f"{one.claims:,}", yuan(one.bill_fen), yuan(one.own_fen)]


def _measure(one: Hospital, cells: list[Cell]) -> Measure:
    return Measure(one.name, one.bill_fen, yuan(one.bill_fen), cells)


def _cells(one: Hospital, year: int, **query: str) -> list[Cell]:
    claims, bill, own = _numbers(one)
    asked = {"hospital": one.code} if one.code else query
    every = list_address("figures_settlements", year=year, **asked)
    with_own = list_address("figures_settlements", year=year, **asked, payer="own")
    return [one.name, Link(claims, every), Link(bill, every), Link(own, with_own)]


def _total_cells(found: list[Hospital], year: int) -> list[Cell]:
    return _cells(sum_of(found, _("合计")), year)
