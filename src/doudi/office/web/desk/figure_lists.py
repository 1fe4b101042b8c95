"""The lists behind the figures, within the account's scope, on a page or as Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from doudi.money import yuan
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import claims_by_day, people_in_scope, place_in_scope
from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.amounts import ListedClaim, listed
from doudi.office.settlement.figures import (
    NEAR_PERCENT,
    ClaimFilter,
    counted,
    near_ceiling,
    settlements,
)
from doudi.office.settlement.kept_sums import Paid, YearSums
from doudi.office.settlement.models import Claim
from doudi.office.web.components import Cell, Column, Link, Table
from doudi.office.web.desk.figure_forms import FilterForm, YearForm, year_of
from doudi.office.web.desk.figure_pages import (
    MOST_EXPORTED,
    ON_A_PAGE,
    excel_yuan,
    list_page,
    list_workbook,
)
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.words import kind_word, payer_words

_IN_A_QUERY = 5_000
_MANY = 5_000
"""Of more settlements than this the newest are found by their days, of fewer by their stays."""


@staff_page(Permission.SEE_FIGURES)
def settled(request: StaffRequest) -> HttpResponse:
    """The settlements behind a figure, newest first."""
    form = FilterForm(request.GET)
    place = place_in_scope(request.user)
    if not form.is_valid():
        raise Http404
    year, chosen = year_of(form, place), form.chosen()
    name = _("{year} 年结算明细").format(year=year)
    words = payer_words()
    heading = [_("结算日期"), _("姓名"), _("医院"), _("就医类别"), _("总费用（元）")]
    heading += [*words.values(), _("个人自付")]
    columns = [Column(word, numeric=at > 3) for at, word in enumerate(heading)]  # noqa: PLR2004
    sums = YearSums(place, year)
    count = counted(sums, chosen)
    if request.GET.get("excel"):
        keys = _all_of(settlements(place.claims, year, chosen), count)
        if keys is not None:
            rows = [_settled_cells(claim) for claim in _in_order(keys)]
            return list_workbook(request, name, heading, rows)
    after = form.after_spot()
    walked = claims_by_day(request.user) if _many(sums) else place.claims
    found = settlements(walked, year, chosen, after).values_list("pk", "date")
    # No more than there are: else a database would go through the whole year for one more.
    most = ON_A_PAGE + 1 if count is None else min(ON_A_PAGE + 1, count)
    keys_of_page = list(found[:most])
    shown = keys_of_page[:ON_A_PAGE]
    lines = [_settled_line(claim) for claim in _in_order([key for key, _day in shown])]
    following = ""
    if len(keys_of_page) > ON_A_PAGE:
        query = request.GET.copy()
        query.pop("excel", None)
        query["after"] = f"{shown[-1][1]:%Y-%m-%d}_{shown[-1][0]}"
        following = f"?{query.urlencode()}"
    table = Table(name, columns, lines, hide_caption=True)
    hints = [] if count is None else [_("共 {count} 笔。").format(count=f"{count:,}")]
    if request.GET.get("excel") or (count or 0) > MOST_EXPORTED:
        refused = _("超过 {most} 笔，不能一次导出；请先按月份或医院缩小范围。")
        hints.append(refused.format(most=f"{MOST_EXPORTED:,}"))
    return list_page(request, name, table, hint="".join(hints), following=following)


@staff_page(Permission.SEE_FIGURES)
def near(request: StaffRequest) -> HttpResponse:
    """Who has paid four fifths of the year's ceiling or more."""
    form = YearForm(request.GET)
    place = place_in_scope(request.user)
    year = year_of(form, place)
    ceiling, people = near_ceiling(place, people_in_scope(request.user), year)
    name = _("{year} 年自付接近封顶的人").format(year=year)
    heading = [_("姓名"), _("今年自付（元）"), _("封顶前余额（元）")]
    if request.GET.get("excel"):
        rows = [
            [one.name, excel_yuan(one.own_fen), excel_yuan(max(0, ceiling - one.own_fen))]
            for one in people[:]
        ]
        return list_workbook(request, name, heading, rows)
    by_page: Any = people
    page: Page[Paid] = Paginator(by_page, ON_A_PAGE).get_page(request.GET.get("page"))
    shown: list[list[Cell]] = [
        [
            Link(one.name, reverse("desk:person", args=[one.person])),
            yuan(one.own_fen),
            yuan(max(0, ceiling - one.own_fen)),
        ]
        for one in page
    ]
    columns = [Column(heading[0]), *(Column(word, numeric=True) for word in heading[1:])]
    table = Table(name, columns, shown, hide_caption=True)
    hint = _("建档立卡人口全年自付到 {ceiling} 元为止。这里是已达到 {percent}% 的人。").format(
        ceiling=yuan(ceiling), percent=NEAR_PERCENT
    )
    return list_page(request, name, table, hint=hint, page=page)


def _many(sums: YearSums) -> bool:
    return (counted(sums, ClaimFilter()) or 0) > _MANY


def _all_of(found: QuerySet[Claim], count: int | None) -> list[Any] | None:
    """The keys of all settlements, or None when they are too many for a file."""
    if count is not None and count > MOST_EXPORTED:
        return None
    keys = list(found.values_list("pk", flat=True)[: MOST_EXPORTED + 1])
    return keys if len(keys) <= MOST_EXPORTED else None


def _in_order(keys: Sequence[Any]) -> list[ListedClaim]:
    """The claims of these keys in their order."""
    found: dict[str, ListedClaim] = {}
    for start in range(0, len(keys), _IN_A_QUERY):
        some = Claim.objects.filter(pk__in=keys[start : start + _IN_A_QUERY])
        found |= {claim.claim: claim for claim in listed(some)}
    return [found[str(key)] for key in keys]


def _settled_cells(claim: ListedClaim) -> list[Any]:
    """A line of the list for Excel: the amounts are numbers."""
    amounts = [claim.bill_fen, *(claim.payers[payer] for payer in PAYERS), claim.own_fen]
    texts = [claim.day.isoformat(), claim.name, claim.institution, kind_word(claim.kind)]
    return [*texts, *map(excel_yuan, amounts)]


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
