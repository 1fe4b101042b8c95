"""The three batches and the check-ups in figures, each with the list behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import (
    divisions_in_scope,
    people_in_scope,
    people_in_scope_one_by_one,
)
from doudi.office.care.selectors import (
    Batch,
    CheckUpState,
    SeriousFigures,
    check_up_figures,
    chronic_figures,
    last_check_up_year,
    serious_figures,
    severe_patients,
)
from doudi.office.registry.models import Division, Person
from doudi.office.registry.selectors import codes_within
from doudi.office.settlement.policy import active_policy
from doudi.office.web.components import Badge, Cell, Column, Link, Pair, Table
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.rules.findings import percent_tenths, run_findings, tenths

_REPORTED = ("serious_treatment_rate", "all_contracts_signed", "backstop_rate")


def batch_words() -> dict[Batch, str]:
    """What each state of a serious disease is called."""
    return {
        Batch.TREATED: _("定点医院已治疗"),
        Batch.ELSEWHERE: _("在别的医院治疗"),
        Batch.PLANNED: _("有治疗方案"),
        Batch.UNPLANNED: _("没有治疗方案"),
    }


def asked_people(
    request: StaffRequest, within: Callable[[User], QuerySet[Person]] = people_in_scope
) -> tuple[Division | None, QuerySet[Person]]:
    """The people of the place that is asked for, within the account's scope; 404 outside.

    ``within`` is one of the two ways to ask of people in scope, as fits how many are asked of.
    """
    people = within(request.user)
    code = request.GET.get("place")
    if not code:
        return request.user.division, people
    place = get_object_or_404(divisions_in_scope(request.user), pk=code)
    return place, people.filter(household__division__code__range=codes_within(place))


@staff_page(Permission.SEE_CARE)
def home(request: StaffRequest) -> HttpResponse:
    """Every figure of care of a place today, and of its check-ups this year."""
    place, people = asked_people(request)
    _place, few = asked_people(request, people_in_scope_one_by_one)
    today = timezone.localdate()
    at = {"place": request.GET["place"]} if request.GET.get("place") else {}
    serious = serious_figures(few, today)
    year = last_check_up_year(today)
    shown: dict[str, Any] = {
        "place": place,
        "serious": _serious(serious, at),
        "diseases": _by_disease(serious),
        "chronic": _chronic(people, at),
        "severe": [
            Pair(
                _("核准兜底的重病患者"),
                _list("care_severe", severe_patients(few, today).count(), at),
            )
        ],
        "check_ups": _check_ups(few, year, at),
        "year": year,
        "reported": _reported(),
        "below": _below(place),
        "may_set_up": request.user.may(Permission.SET_UP_CARE),
    }
    return render(request, "desk/care.html", shown)


def share(part: int, whole: int) -> str:
    """``84.8%``, or a dash of nobody."""
    return f"{tenths(percent_tenths(part, whole))}%" if whole else "—"


def _list(name: str, count: int, at: dict[str, str], **query: str | int) -> Cell:
    """A number that opens the list behind it."""
    address = reverse(f"desk:{name}")
    asked = urlencode({**at, **query})
    return Link(f"{count:,}", f"{address}?{asked}" if asked else address)


def _serious(found: SeriousFigures, at: dict[str, str]) -> list[Pair]:
    words = batch_words()
    return [
        Pair(_("需要治疗"), _list("care_serious", found.needed, at)),
        *(
            Pair(words[state], _list("care_serious", found.by_state[state], at, state=state))
            for state in Batch
        ),
        Pair(_("救治率"), share(found.treated, found.needed)),
    ]


def _by_disease(found: SeriousFigures) -> Table:
    words = batch_words()
    return Table(
        _("按病种"),
        [
            Column(_("病种")),
            *(Column(words[state], numeric=True) for state in Batch),
        ],
        [[disease, *(states[state] for state in Batch)] for disease, states in found.diseases],
        empty=_("大病名单上没有人"),
        totals=[_("合计"), *(found.by_state[state] for state in Batch)],
    )


def _chronic(people: QuerySet[Person], at: dict[str, str]) -> list[Pair]:
    today = timezone.localdate()
    needed, signed = chronic_figures(people, today)
    return [
        Pair(_("需要签约的慢病患者"), _list("care_chronic", needed, at)),
        Pair(_("已签约"), _list("care_chronic", signed, at, signed="yes")),
        Pair(_("没有签约"), _list("care_chronic", needed - signed, at, signed="no")),
        Pair(_("签约率"), share(signed, needed)),
    ]


def _check_ups(people: QuerySet[Person], year: int, at: dict[str, str]) -> list[Pair]:
    found = check_up_figures(people, year)
    counts = (
        (_("自愿体检的人"), found.wishes, CheckUpState.WISHES),
        (_("重点人群中要体检的人"), found.key_persons, CheckUpState.KEY_PERSONS),
        (_("已体检"), found.done, CheckUpState.DONE),
        (_("查出疾病"), found.ill, CheckUpState.ILL),
        (_("还没有体检"), found.waiting, CheckUpState.WAITING),
    )
    return [
        Pair(label, _list("care_check_ups", count, at, state=state, year=year))
        for label, count, state in counts
    ]


def _reported() -> Table:
    """What the article says of the whole league in 2018, worked out again."""
    rows: list[list[Cell]] = [
        [
            either(found.zh, found.en),
            found.stated,
            found.computed,
            Badge(_("相符"), "good") if found.holds else Badge(_("不符"), "warning"),
        ]
        for found in run_findings(active_policy())
        if found.name in _REPORTED
    ]
    return Table(
        _("文章报道的全盟 2018 年数字，重新算一遍"),
        [Column(_("报道的事")), Column(_("文中写的")), Column(_("算出来的")), Column(_("结论"))],
        rows,
    )


def _below(place: Division | None) -> list[Link]:
    if place is None:
        return []
    address = reverse("desk:care")
    return [
        Link(row.name, f"{address}?place={row.code}") for row in place.children.order_by("code")
    ]
