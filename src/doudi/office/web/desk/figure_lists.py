"""The lists behind the figures, within the account's scope, on a page or as Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from doudi.money import yuan
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import institutions_in_scope, people_in_scope, place_in_scope
from doudi.office.audit.services import note
from doudi.office.ledger.advances import unpaid_advances
from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.amounts import ListedClaim, listed
from doudi.office.settlement.figures import NEAR_PERCENT, near_ceiling, settlements
from doudi.office.settlement.kept_sums import owed_to
from doudi.office.settlement.models import Claim
from doudi.office.web.components import Cell, Column, Link, Table
from doudi.office.web.desk.figure_forms import FilterForm, YearForm, year_of
from doudi.office.web.desk.figures import age_of, age_words, this_month
from doudi.office.web.desk.people_export import workbook_response
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.words import kind_word, payer_words
from doudi.office.workbooks import table_workbook

_ON_A_PAGE = 50
MOST_EXPORTED = 50_000


@staff_page(Permission.SEE_FIGURES)
def settled(request: StaffRequest) -> HttpResponse:
    """The settlements behind a figure, newest first."""
    form = FilterForm(request.GET)
    place = place_in_scope(request.user)
    if not form.is_valid():
        raise Http404
    year = year_of(form, place)
    keys = settlements(place.claims, year, form.chosen()).values_list("pk", flat=True)
    name = _("{year} 年结算明细").format(year=year)
    words = payer_words()
    heading = [_("结算日期"), _("姓名"), _("医院"), _("就医类别"), _("总费用（元）")]
    heading += [*words.values(), _("个人自付")]
    columns = [Column(word, numeric=at > 3) for at, word in enumerate(heading)]  # noqa: PLR2004
    if request.GET.get("excel"):
        rows = [_settled_line(claim) for claim in _in_order(list(keys[:MOST_EXPORTED]))]
        return _workbook(request, name, heading, rows)
    page = Paginator(keys, _ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [_settled_line(claim) for claim in _in_order(list(page))]
    return _page(request, name, Table(name, columns, shown, hide_caption=True), page=page)


@staff_page(Permission.SEE_FIGURES)
def near(request: StaffRequest) -> HttpResponse:
    """Who has paid four fifths of the year's ceiling or more."""
    form = YearForm(request.GET)
    year = year_of(form, place_in_scope(request.user))
    ceiling, people = near_ceiling(people_in_scope(request.user), year)
    name = _("{year} 年自付接近封顶的人").format(year=year)
    heading = [_("姓名"), _("今年自付（元）"), _("封顶前余额（元）")]
    rows = [(one, yuan(one.own_fen), yuan(max(0, ceiling - one.own_fen))) for one in people]
    if request.GET.get("excel"):
        return _workbook(request, name, heading, [[one.name, *rest] for one, *rest in rows])
    shown: list[list[Cell]] = [
        [Link(one.name, reverse("desk:person", args=[one.person])), *rest] for one, *rest in rows
    ]
    columns = [Column(heading[0]), *(Column(word, numeric=True) for word in heading[1:])]
    table = Table(name, columns, shown, hide_caption=True)
    hint = _("建档立卡人口全年自付到 {ceiling} 元为止。这里是已达到 {percent}% 的人。").format(
        ceiling=yuan(ceiling), percent=NEAR_PERCENT
    )
    return _page(request, name, table, hint=hint)


@staff_page(Permission.SEE_FIGURES)
def advances(request: StaffRequest) -> HttpResponse:
    """What hospitals have advanced and the payers have not paid, by month of settlement."""
    ages, now = age_words(), this_month()
    asked = request.GET.get("age", "")
    if asked and asked not in [str(at) for at in range(len(ages))]:
        raise Http404
    places = institutions_in_scope(request.user)
    names = dict(places.values_list("code", "name"))
    codes = places.values("code")
    owed = unpaid_advances(owed_to(codes), codes)
    found = [(advance, age_of(advance, now)) for advance in owed]
    rows: list[list[Cell]] = [
        [
            names[one.institution],
            f"{one.period[:4]}-{one.period[4:]}",
            ages[at],
            yuan(one.amount_fen),
        ]
        for one, at in found
        if asked in ("", str(at))
    ]
    name = _("各方还没有付给医院的垫付")
    heading = [_("医院"), _("结算月份"), _("结算以来"), _("未付（元）")]
    if request.GET.get("excel"):
        return _workbook(request, name, heading, rows)
    columns = [Column(word, numeric=at == len(heading) - 1) for at, word in enumerate(heading)]
    return _page(request, name, Table(name, columns, rows, hide_caption=True))


def _in_order(keys: Sequence[Any]) -> list[ListedClaim]:
    """The claims of these keys in their order."""
    found = {claim.claim: claim for claim in listed(Claim.objects.filter(pk__in=keys))}
    return [found[str(key)] for key in keys]


def _settled_line(claim: ListedClaim) -> list[Any]:
    return [
        claim.day.isoformat(),
        claim.name,
        claim.institution,
        kind_word(claim.kind),
        yuan(claim.bill_fen),
        *(yuan(claim.payers[payer]) for payer in PAYERS),
        yuan(claim.own_fen),
    ]


def _page(request: StaffRequest, name: str, table: Table, **more: Any) -> HttpResponse:
    query = request.GET.copy()
    query.pop("page", None)
    back = f"{reverse('desk:figures')}?year={query['year']}" if "year" in query else ""
    query["excel"] = "1"
    shown = {
        "name": name,
        "table": table,
        "back": back or reverse("desk:figures"),
        "excel": f"?{query.urlencode()}",
        **more,
    }
    return render(request, "desk/figure_list.html", shown)


def _workbook(
    request: StaffRequest, name: str, heading: Sequence[str], rows: Sequence[Sequence[Any]]
) -> HttpResponse:
    """The list as Excel, which is recorded."""
    note(
        actor=request.user.username,
        reason="export",
        service="export_figures",
        subject=f"figures:{request.resolver_match.url_name if request.resolver_match else ''}",
        detail={"rows": len(rows), "asked": request.GET.dict()},
    )
    return workbook_response(table_workbook(name, heading, rows), name)
