"""The figures of a year: who paid, when and where, what people paid, what hospitals are owed."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from doudi.money import yuan
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import institutions_in_scope, people_in_scope, place_in_scope
from doudi.office.ledger.advances import Advance, months_between, unpaid_advances
from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.bands import OWN_BANDS, SHARE_BANDS
from doudi.office.settlement.figures import (
    Band,
    MonthOfHospital,
    bands_of,
    by_month_and_hospital,
    near_ceiling,
)
from doudi.office.settlement.kept_sums import YearSums, owed_to
from doudi.office.web.charts import BarChart, Measure, bar_chart
from doudi.office.web.components import Cell, Column, Link, Money, Pair
from doudi.office.web.desk.figure_forms import YearForm, year_of
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.words import payer_words

AGES = (3, 6, 12)
"""Up to how many months old an advance is in each band; one more lies above."""


@staff_page(Permission.SEE_FIGURES)
def home(request: StaffRequest) -> HttpResponse:
    """Every figure of the account's place for a year; each opens the list behind it."""
    form = YearForm(request.GET)
    place = place_in_scope(request.user)
    year = year_of(form, place)
    sums = YearSums(place, year)
    months, bands = by_month_and_hospital(sums), bands_of(sums)
    ceiling, near = near_ceiling(place, people_in_scope(request.user), year)
    institutions = institutions_in_scope(request.user).values("code")
    owed = unpaid_advances(owed_to(institutions), institutions)
    near_link = Link(f"{len(near):,}", _list("figures_near", year=year))
    facts = [
        Pair(_("结算笔数"), Link(f"{_count(months):,}", _settlements(year))),
        Pair(_("总费用"), Money(sum(row.bill_fen for row in months))),
        Pair(_("各方支付"), Money(sum(sum(row.payers.values()) for row in months))),
        Pair(_("个人自付"), Money(sum(row.own_fen for row in months))),
    ]
    if ceiling:
        label = _("自付接近 {ceiling} 元的人").format(ceiling=yuan(ceiling))
        facts.append(Pair(label, near_link))
    charts = [
        _by_payer(months, year),
        _by_month(months, year),
        _by_hospital(months, year),
        _by_own_part(bands, year),
        _by_share(bands, year),
        _by_age(owed),
    ]
    if form.is_valid():
        form = YearForm({"year": year})
    shown = {"form": form, "year": year, "facts": facts, "charts": charts}
    return render(request, "desk/figures.html", shown)


def own_band_words() -> list[str]:
    """The bands of the own part, from nothing paid to more than the last amount."""
    ends = [yuan(most) for most in OWN_BANDS[1:]]
    words = [_("没有自付"), _("{most} 元以内").format(most=ends[0])]
    words += [
        _("{least} 至 {most} 元").format(least=least, most=most)
        for least, most in itertools.pairwise(ends)
    ]
    return [*words, _("{least} 元以上").format(least=ends[-1])]


def share_band_words() -> list[str]:
    """The bands of what the payers give of a bill."""
    words = [_("不到 {percent}%").format(percent=SHARE_BANDS[0])]
    words += [f"{least}%–{most}%" for least, most in itertools.pairwise(SHARE_BANDS)]
    return [*words, _("{percent}% 及以上").format(percent=SHARE_BANDS[-1])]


def age_words() -> list[str]:
    """The bands of how long an advance is not paid."""
    ends = itertools.pairwise(AGES)
    words = [_("{most} 个月以内").format(most=AGES[0])]
    words += [
        _("{least} 至 {most} 个月").format(least=least + 1, most=most) for least, most in ends
    ]
    return [*words, _("{least} 个月以上").format(least=AGES[-1])]


def age_of(advance: Advance, now: str) -> int:
    """The place of an advance among `age_words`."""
    months = months_between(advance.period, now)
    return sum(months > most for most in AGES)


def this_month() -> str:
    """``YYYYMM`` of today."""
    return f"{timezone.localdate():%Y%m}"


def _list(name: str, **query: str | int) -> str:
    return f"{reverse(f'desk:{name}')}?{urlencode(query)}"


def _settlements(year: int, **query: str | int) -> str:
    return _list("figures_settlements", year=year, **query)


def _count(rows: Iterable[MonthOfHospital]) -> int:
    return sum(row.claims for row in rows)


def _by_payer(rows: Sequence[MonthOfHospital], year: int) -> BarChart:
    words = payer_words()
    sums = {payer: sum(row.payers[payer] for row in rows) for payer in PAYERS}
    measures = [
        Measure(
            words[payer],
            fen,
            yuan(fen),
            [words[payer], Link(yuan(fen), _settlements(year, payer=payer))],
        )
        for payer, fen in sums.items()
    ]
    own = sum(row.own_fen for row in rows)
    measures.append(Measure(_("个人自付"), own, yuan(own), [_("个人自付"), yuan(own)]))
    columns = [Column(_("支付方")), Column(_("金额（元）"), numeric=True)]
    totals: list[Cell] = [_("合计"), yuan(sum(sums.values()) + own)]
    return bar_chart(_("各方支付的钱"), columns, measures, totals=totals)


def _by_month(rows: Sequence[MonthOfHospital], year: int) -> BarChart:
    return _grouped(
        _("各月结算"),
        _("月份"),
        rows,
        lambda row: (f"{row.month:02}", _("{month} 月").format(month=row.month)),
        lambda key: _settlements(year, month=int(key)),
    )


def _by_hospital(rows: Sequence[MonthOfHospital], year: int) -> BarChart:
    return _grouped(
        _("各医院结算"),
        _("医院"),
        rows,
        lambda row: (row.institution, row.name),
        lambda key: _settlements(year, hospital=key),
    )


def _grouped(
    caption: str,
    head: str,
    rows: Sequence[MonthOfHospital],
    group: Callable[[MonthOfHospital], tuple[str, str]],
    link: Callable[[str], str],
) -> BarChart:
    groups: dict[tuple[str, str], list[MonthOfHospital]] = {}
    for row in rows:
        groups.setdefault(group(row), []).append(row)
    measures = []
    for (key, label), inside in sorted(groups.items()):
        bill, own = sum(row.bill_fen for row in inside), sum(row.own_fen for row in inside)
        cells: list[Cell] = [label, Link(f"{_count(inside):,}", link(key)), yuan(bill), yuan(own)]
        measures.append(Measure(label, bill, yuan(bill), cells))
    columns = [Column(head), *_numbers(_("笔数"), _("总费用（元）"), _("个人自付（元）"))]
    bill, own = sum(row.bill_fen for row in rows), sum(row.own_fen for row in rows)
    totals: list[Cell] = [_("合计"), _count(rows), yuan(bill), yuan(own)]
    return bar_chart(caption, columns, measures, totals=totals)


def _by_own_part(bands: Sequence[Band], year: int) -> BarChart:
    return _banded(
        _("个人自付多少"),
        _("一次自付"),
        own_band_words(),
        [(band.own, band) for band in bands],
        lambda at: _settlements(year, own=at),
    )


def _by_share(bands: Sequence[Band], year: int) -> BarChart:
    return _banded(
        _("费用报了几成"),
        _("各方支付占总费用"),
        share_band_words(),
        [(band.share, band) for band in bands],
        lambda at: _settlements(year, share=at),
    )


def _banded(
    caption: str,
    head: str,
    words: Sequence[str],
    bands: Sequence[tuple[int, Band]],
    link: Callable[[int], str],
) -> BarChart:
    counts: Counter[int] = Counter()
    own: Counter[int] = Counter()
    for at, band in bands:
        counts[at] += band.claims
        own[at] += band.own_fen
    measures = [
        Measure(
            word,
            counts[at],
            f"{counts[at]:,}",
            [word, Link(f"{counts[at]:,}", link(at)), yuan(own[at])],
        )
        for at, word in enumerate(words)
    ]
    columns = [Column(head), *_numbers(_("笔数"), _("个人自付（元）"))]
    totals: list[Cell] = [_("合计"), counts.total(), yuan(own.total())]
    return bar_chart(caption, columns, measures, totals=totals)


def _by_age(owed: Sequence[Advance]) -> BarChart:
    now = this_month()
    sums: Counter[int] = Counter()
    for advance in owed:
        sums[age_of(advance, now)] += advance.amount_fen
    measures = [
        Measure(
            word,
            max(0, sums[at]),
            yuan(sums[at]),
            [word, Link(yuan(sums[at]), _list("figures_advances", age=at))],
        )
        for at, word in enumerate(age_words())
    ]
    columns = [Column(_("结算以来")), *_numbers(_("未付（元）"))]
    totals: list[Cell] = [_("合计"), yuan(sums.total())]
    return bar_chart(_("各方还没有付给医院的垫付"), columns, measures, totals=totals)


def _numbers(*labels: str) -> list[Column]:
    return [Column(label, numeric=True) for label in labels]
