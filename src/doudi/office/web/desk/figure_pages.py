"""What the lists behind the figures have in common: a page of one, and one as Excel."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from doudi.office.audit.services import note
from doudi.office.web.components import Table
from doudi.office.web.desk.people_export import workbook_response
from doudi.office.web.pages import StaffRequest
from doudi.office.web.person_reads import LISTS, shows_people
from doudi.office.workbooks import table_workbook

ON_A_PAGE = 50
MOST_EXPORTED = 50_000
"""The most rows of one Excel file: more would keep the server busy for minutes."""


def list_address(name: str, **query: str | int) -> str:
    """The address of a list behind a figure, with what is asked for."""
    return f"{reverse(f'desk:{name}')}?{urlencode(query)}"


def list_page(request: StaffRequest, name: str, table: Table, **more: Any) -> HttpResponse:
    """A list with its way back, its export, and what else the template takes."""
    query = request.GET.copy()
    for name_of_place in ("page", "after"):
        query.pop(name_of_place, None)
    back = f"{reverse('desk:figures')}?year={query['year']}" if "year" in query else ""
    query["excel"] = "1"
    shown = {
        "name": name,
        "table": table,
        "back": back or reverse("desk:figures"),
        "excel": f"?{query.urlencode()}",
        **more,
    }
    _shows_people(request, len(table.rows))
    return render(request, "desk/figure_list.html", shown)


def list_workbook(
    request: StaffRequest, name: str, heading: Sequence[str], rows: Sequence[Sequence[Any]]
) -> HttpResponse:
    """The list as Excel, which is recorded."""
    _shows_people(request, len(rows))
    note(
        actor=request.user.username,
        reason="export",
        service="export_figures",
        subject=f"figures:{request.resolver_match.url_name if request.resolver_match else ''}",
        detail={"rows": len(rows), "asked": request.GET.dict()},
    )
    return workbook_response(table_workbook(name, heading, rows), name)


def _shows_people(request: StaffRequest, rows: int) -> None:
    # Some of these lists are of hospitals and months, and name nobody.
    if request.resolver_match and request.resolver_match.view_name in LISTS:
        shows_people(request, rows)


def excel_yuan(fen: int) -> Decimal:
    """An amount as a number of Excel; exact, as no float is."""
    return Decimal(fen).scaleb(-2)
