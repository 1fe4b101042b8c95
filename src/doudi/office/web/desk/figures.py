"""The figures of a year: who paid, when and where, what people paid, what hospitals are owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doudi.money import yuan
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import institutions_in_scope, people_in_scope, place_in_scope
from doudi.office.ledger.advances import Advance, unpaid_advances
from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.figures import (
    Band,
    MonthOfHospital,
    bands_of,
    by_month_and_hospital,
    near_ceiling,
)
from doudi.office.settlement.kept_sums import YearSums, owed_to
from doudi.office.settlement.kept_unpaid import Unpaid, UnpaidMonth
from doudi.office.web.charts import BarChart, Measure, bar_chart
from doudi.office.web.components import Cell, Column, Link, Pair
from doudi.office.web.desk.figure_forms import OWN, YearForm, year_of
from doudi.office.web.desk.figure_hospitals import hospital_chart
from doudi.office.web.desk.figure_pages import list_address
from doudi.office.web.desk.figure_words import (
    age_of,
    age_words,
    own_band_words,
    share_band_words,
    this_month,
)
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.words import payer_words


@staff_page(Permission.SEE_FIGURES)
def home(request: StaffRequest) -> HttpResponse:
    """Every figure of the account's place for a year; each opens the list behind it."""
    form = YearForm(request.GET)
    place = place_in_scope(request.user)
    year = year_of(form, place)
    sums = YearSums(place, year)
    months, bands = by_month_and_hospital(sums), bands_of(sums)
    ceiling, near = near_ceiling(place, people_in_scope(request.user), year)
    institutions = list(institutions_in_scope(request.user).values_list("code", flat=True))
    owed = unpaid_advances(owed_to(institutions), institutions)
    near_link = Link(f"{len(near):,}", list_address("figures_near", year=year))
    bill, own = _bill(months), _own(months)
    with_own = _settlements(year, payer=OWN)
    facts = [
        Pair(_("结算笔数"), Link(f"{_count(months):,}", _settlements(year))),
        Pair(_("总费用"), Link(yuan(bill), _settlements(year))),
        Pair(_("各方支付"), Link(yuan(bill - own), _settlements(year))),
        Pair(_("个人自付"), Link(yuan(own), with_own)),
    ]
    if ceiling:
        label = _("自付接近 {ceiling} 元的人").format(ceiling=yuan(ceiling))
        facts.append(Pair(label, near_link))
    charts = [
        _by_payer(months, year),
        _by_month(months, year),
        hospital_chart(months, year),
        _by_own_part(bands, year),
        _by_share(bands, year),
        _owed_by_age(owed),
        _unpaid_by_age(Unpaid(institutions).months()),
    ]
    if form.is_valid():
        form = YearForm({"year": year})
    shown = {"form": form, "year": year, "facts": facts, "charts": charts}
    return render(request, "desk/figures.html", shown)


def _settlements(year: int, **query: str | int) -> str:
    return list_address("figures_settlements", year=year, **query)


def _count(rows: Iterable[MonthOfHospital]) -> int:
    return sum(row.claims for row in rows)


def _bill(rows: Iterable[MonthOfHospital]) -> int:
    return sum(row.bill_fen for row in rows)


def _own(rows: Iterable[MonthOfHospital]) -> int:
    return sum(row.own_fen for row in rows)


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
    own = _own(rows)
    paid = Link(yuan(own), _settlements(year, payer=OWN))
    measures.append(Measure(_("个人自付"), own, yuan(own), [_("个人自付"), paid]))
    columns = [Column(_("支付方")), Column(_("金额（元）"), numeric=True)]
    totals: list[Cell] = [_("合计"), Link(yuan(sum(sums.values()) + own), _settlements(year))]
    return bar_chart(_("各方支付的钱"), columns, measures, totals=totals)


def _by_month(rows: Sequence[MonthOfHospital], year: int) -> BarChart:
    months: dict[int, list[MonthOfHospital]] = {}
    for row in rows:
        months.setdefault(row.month, []).append(row)
    measures = [
        Measure(
            _("{month} 月").format(month=month),
            _bill(inside),
            yuan(_bill(inside)),
            _summed(_("{month} 月").format(month=month), inside, year, month=month),
        )
        for month, inside in sorted(months.items())
    ]
    columns = [Column(_("月份")), *_numbers(_("笔数"), _("总费用（元）"), _("个人自付（元）"))]
    return bar_chart(_("各月结算"), columns, measures, totals=_summed(_("合计"), rows, year))


def _summed(
    label: str, rows: Sequence[MonthOfHospital], year: int, **query: str | int
) -> list[Cell]:
    every = _settlements(year, **query)
    return [
        label,
        Link(f"{_count(rows):,}", every),
        Link(yuan(_bill(rows)), every),
        Link(yuan(_own(rows)), _settlements(year, **query, payer=OWN)),
    ]


def _by_own_part(bands: Sequence[Band], year: int) -> BarChart:
    return _banded(
        _("个人自付多少"),
        _("一次自付"),
        own_band_words(),
        [(band.own, band) for band in bands],
        lambda band: _settlements(year, **band),
        "own",
    )


def _by_share(bands: Sequence[Band], year: int) -> BarChart:
    return _banded(
        _("费用报了几成"),
        _("各方支付占总费用"),
        share_band_words(),
        [(band.share, band) for band in bands],
        lambda band: _settlements(year, **band),
        "share",
    )


def _banded(
    caption: str,
    head: str,
    words: Sequence[str],
    bands: Sequence[tuple[int, Band]],
    link: Callable[[dict[str, str | int]], str],
    field: str,
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
            [
                word,
                Link(f"{counts[at]:,}", link({field: at})),
                Link(yuan(own[at]), link({field: at, "payer": OWN})),
            ],
        )
        for at, word in enumerate(words)
    ]
    columns = [Column(head), *_numbers(_("笔数"), _("个人自付（元）"))]
    totals: list[Cell] = [
        _("合计"),
        Link(f"{counts.total():,}", link({})),
        Link(yuan(own.total()), link({"payer": OWN})),
    ]
    return bar_chart(caption, columns, measures, totals=totals)


def _owed_by_age(owed: Sequence[Advance]) -> BarChart:
    amounts = [(one.period, one.amount_fen) for one in owed]
    return _aged(_("各方还没有付给医院的垫付"), amounts, "figures_advances")


def _unpaid_by_age(unpaid: Sequence[UnpaidMonth]) -> BarChart:
    amounts = [(one.period, one.amount_fen) for one in unpaid]
    return _aged(_("患者还没有付给医院的自付"), amounts, "figures_unpaid")


def _aged(caption: str, amounts: Sequence[tuple[str, int]], behind: str) -> BarChart:
    now = this_month()
    sums: Counter[int] = Counter()
    for period, fen in amounts:
        sums[age_of(period, now)] += fen
    measures = [
        Measure(
            word,
            max(0, sums[at]),
            yuan(sums[at]),
            [word, Link(yuan(sums[at]), list_address(behind, age=at))],
        )
        for at, word in enumerate(age_words())
    ]
    columns = [Column(_("结算以来")), *_numbers(_("未付（元）"))]
    totals: list[Cell] = [_("合计"), Link(yuan(sums.total()), list_address(behind))]
    return bar_chart(caption, columns, measures, totals=totals)


def _numbers(*labels: str) -> list[Column]:
    return [Column(label, numeric=True) for label in labels]
