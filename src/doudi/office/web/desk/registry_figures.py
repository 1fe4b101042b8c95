"""The registry in figures: why people are poor, who is insured, and the people behind a number."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.money import percent
from doudi.office.accounts.permissions import Permission
from doudi.office.registry.figures import (
    YearCounts,
    basis_points,
    counts_of,
    day_of,
)
from doudi.office.registry.models import Cause, Household, RegistrationPeriod
from doudi.office.registry.registered_people import ON_A_PAGE, Asked, Position, page_of
from doudi.office.registry.selectors import masked_id_number
from doudi.office.web.charts import BarChart, Measure, bar_chart
from doudi.office.web.components import Cell, Column, Link, Pair, Table
from doudi.office.web.desk import registry_words as words
from doudi.office.web.desk.figure_pages import (
    MOST_EXPORTED,
    list_address,
    list_page,
    list_workbook,
)
from doudi.office.web.labels import label
from doudi.office.web.pages import StaffRequest, staff_page

_FIRST_YEAR, _LAST_YEAR = 2003, 2100
_WHOLE = 10_000
_INSURED = (("yes", "yes"), ("no", "no"))


class PeopleForm(forms.Form):
    """Which of the registered: of a year, for a cause, insured or not; left out
    means this year, and all."""

    year = forms.IntegerField(min_value=_FIRST_YEAR, max_value=_LAST_YEAR, required=False)
    cause = forms.ChoiceField(choices=Cause.choices, required=False)
    insured = forms.ChoiceField(choices=_INSURED, required=False)
    after = forms.IntegerField(min_value=1, required=False)
    others = forms.ChoiceField(choices=(("yes", "yes"),), required=False)


@staff_page(Permission.SEE_PEOPLE)
def home(request: StaffRequest) -> HttpResponse:
    """Every figure of the account's place; an institution has none, and looks for people."""
    division = request.user.division
    if division is None:
        return redirect("desk:people")
    years = counts_of(division, timezone.localdate())
    newest = years[-1] if years else None
    charts = [_by_illness(years), _insured(years)]
    facts: list[Pair] = []
    if newest is not None:
        charts.append(_by_cause(newest))
        every = newest.all
        facts = [
            Pair(_("建档立卡人数"), _people(every.registered, year=newest.year)),
            Pair(_("因病致贫占比"), _share(newest.by_illness, every.registered)),
            Pair(_("参保比例"), _share(every.enrolled, every.registered)),
        ]
    shown = {
        "place": division,
        "charts": charts,
        "facts": facts,
        "counted_on": None if newest is None else newest.counted_on,
    }
    return render(request, "desk/registry_figures.html", shown)


@staff_page(Permission.SEE_PEOPLE)
def people(request: StaffRequest) -> HttpResponse:
    """The registered people behind a number, on a page or as Excel, masked."""
    division = request.user.division
    form = PeopleForm(request.GET)
    if division is None or not form.is_valid():
        raise Http404
    given, today = form.cleaned_data, timezone.localdate()
    year = given["year"] or today.year
    insured = {"yes": True, "no": False}.get(given["insured"])
    asked = Asked(division, year, today, given["cause"], insured)
    day = day_of(year, today)
    name = _("{day} 建档立卡的人").format(day=day)
    hints = [_words_of(given["cause"], insured)] if given["cause"] or insured is not None else []
    heading = [_("姓名"), _("身份证号"), _("致贫原因"), _("起止"), _("户编号"), _("住址")]
    if request.GET.get("excel"):
        if not request.user.may(Permission.EXPORT_PEOPLE):
            raise Http404
        found = list(asked.rows()[: MOST_EXPORTED + 1])
        if len(found) <= MOST_EXPORTED:
            lines = [[str(cell or "") for cell in _texts(row)] for row in found]
            return list_workbook(request, name, heading, lines)
        most = f"{MOST_EXPORTED:,}"
        hints.append(_("超过 {most} 人，不能一次导出。").format(most=most))
    begin = _begin(given["after"], others=bool(given["others"]))
    page = page_of(asked, begin)
    if page.following is not None and len(page.rows) < ON_A_PAGE // 2:
        hints.append(_("户数多，一页只查一部分：后面可能还有，请看下一页。"))
    columns = [Column(word) for word in heading]
    table = Table(name, columns, [_cells(row) for row in page.rows], hide_caption=True)
    return list_page(
        request,
        name,
        table,
        hint="；".join(hints),
        following=_following(request, page.following),
        back=reverse("desk:registry_figures"),
        back_words=_("返回登记看板"),
        may_export=request.user.may(Permission.EXPORT_PEOPLE),
    )


def _begin(after: int | None, *, others: bool) -> Position:
    if after is None:
        return Position(others=others)
    last = Household.objects.filter(pk=after).first()
    if last is None:
        raise Http404
    return Position(last, others)


def _following(request: StaffRequest, following: Position | None) -> str:
    if following is None:
        return ""
    query = request.GET.copy()
    for name in ("excel", "after", "others"):
        query.pop(name, None)
    if following.after is not None:
        query["after"] = str(following.after.pk)
    if following.others:
        query["others"] = "yes"
    return f"?{query.urlencode()}"


def _texts(row: RegistrationPeriod) -> list[str | None]:
    person = row.person
    return [
        person.name,
        masked_id_number(person),
        words.cause(row.cause),
        words.days(row.valid_from, row.valid_to),
        None if person.household is None else person.household.number,
        words.place(person.household),
    ]


def _cells(row: RegistrationPeriod) -> list[Cell]:
    name, *others = _texts(row)
    return [Link(name or "", reverse("desk:person", args=[row.person.public_id])), *others]


def _words_of(cause: str, insured: bool | None) -> str:
    parts = [words.cause(cause) or ""] if cause else []
    if insured is not None:
        parts.append(_("当年已参保") if insured else _("当年未参保"))
    return "，".join(parts)


def _people(count: int, **query: str | int) -> Link:
    return Link(f"{count:,}", list_address("registry_figures_people", **query))


def _share(part: int, whole: int) -> str:
    share = basis_points(part, whole)
    return "—" if share is None else percent(share)


def _by_illness(years: Sequence[YearCounts]) -> BarChart:
    measures = [
        Measure(
            str(one.year),
            basis_points(one.by_illness, one.all.registered) or 0,
            _share(one.by_illness, one.all.registered),
            [
                str(one.year),
                _people(one.all.registered, year=one.year),
                _people(one.by_illness, year=one.year, cause=Cause.ILLNESS.value),
                _share(one.by_illness, one.all.registered),
            ],
        )
        for one in years
    ]
    columns = [Column(_("年份")), *_numbers(_("建档立卡人数"), _("因病"), _("占比"))]
    return bar_chart(_("因病致贫占建档立卡人口"), columns, measures, whole=_WHOLE)


def _insured(years: Sequence[YearCounts]) -> BarChart:
    measures = []
    for one in years:
        every = one.all
        share = _share(every.enrolled, every.registered)
        cells: list[Cell] = [
            str(one.year),
            _people(every.enrolled, year=one.year, insured="yes"),
            _people(every.registered - every.enrolled, year=one.year, insured="no"),
            share,
        ]
        length = basis_points(every.enrolled, every.registered) or 0
        measures.append(Measure(str(one.year), length, share, cells))
    columns = [Column(_("年份")), *_numbers(_("已参保"), _("未参保"), _("参保比例"))]
    return bar_chart(_("建档立卡人口参加居民医保"), columns, measures, whole=_WHOLE)


def _by_cause(year: YearCounts) -> BarChart:
    every = year.all.registered
    measures = [
        Measure(
            label(cause),
            one.registered,
            f"{one.registered:,}",
            [
                words.cause(cause.value),
                _people(one.registered, year=year.year, cause=cause.value),
                _share(one.registered, every),
            ],
        )
        for cause in Cause
        if (one := year.causes.get(cause.value)) is not None
    ]
    columns = [Column(_("致贫原因")), *_numbers(_("人数"), _("占比"))]
    totals: list[Cell] = [_("合计"), _people(every, year=year.year), _share(every, every)]
    caption = _("{year} 年致贫原因").format(year=year.year)
    return bar_chart(caption, columns, measures, totals=totals)


def _numbers(*labels: str) -> list[Column]:
    return [Column(word, numeric=True) for word in labels]
