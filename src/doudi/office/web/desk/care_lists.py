"""The people behind the figures of care, and the lists of what is still to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.office.accounts.permissions import Permission
from doudi.office.care.models import Contract, TreatmentPlan
from doudi.office.care.selectors import (
    Batch,
    CheckUpState,
    checked_people,
    chronic_patients,
    holds_on,
    serious_patients,
    severe_patients,
    state_of,
)
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.registry.standings import standings_on
from doudi.office.web.components import Badge, Cell, Column, Link, Table
from doudi.office.web.desk import registry_words as words
from doudi.office.web.desk.care import asked_people, batch_words
from doudi.office.web.pages import StaffRequest, staff_page

_ON_A_PAGE = 50
_PLACE = "household__division__parent"
_SIGNED = {"": None, "yes": True, "no": False}
_LONGEST_YEAR = 4


@staff_page(Permission.SEE_CARE)
def serious(request: StaffRequest) -> HttpResponse:
    """Patients of the serious list; ``state`` picks those of one, such as those without a plan."""
    state = _chosen(request, Batch)
    _place, people = asked_people(request)
    found = serious_patients(people, timezone.localdate(), state).select_related(
        f"person__{_PLACE}"
    )
    page = _page_of(request, found.order_by("disease", "pk"))
    plans = _newest_plans(page)
    states = batch_words()
    rows: list[list[Cell]] = [
        [
            person_link(row.person),
            words.place(row.person.household),
            row.disease,
            _badge(state_of(row), states),
            plans.get(row.pk),
        ]
        for row in page
    ]
    name = _("大病患者") if state is None else _("大病患者：{state}").format(state=states[state])
    columns = [_("姓名"), _("住址"), _("病种"), _("治疗"), _("方案")]
    hint = _("没有治疗的病人，每人都要有治疗方案：哪一天、在哪家定点医院。")
    return _shown(request, name, hint, columns, rows, page)


@staff_page(Permission.SEE_CARE)
def chronic(request: StaffRequest) -> HttpResponse:
    """Patients with chronic disease; ``signed`` picks those with a contract or without."""
    asked = request.GET.get("signed", "")
    if asked not in _SIGNED:
        raise Http404
    _place, people = asked_people(request)
    today = timezone.localdate()
    found = chronic_patients(people, today, signed=_SIGNED[asked]).select_related(_PLACE)
    page = _page_of(request, found.order_by("household__division", "household", "pk"))
    listed = standings_on(list(page), today)
    contracts = {
        row.person_id: row
        for row in Contract.objects.filter(
            holds_on(today), withdrawn_at=None, person__in=[person.pk for person in page]
        ).select_related("team", "package")
    }
    rows: list[list[Cell]] = [
        [
            person_link(person),
            words.place(person.household),
            words.illnesses(listed[person.pk]),
            contracts[person.pk].team.name
            if person.pk in contracts
            else Badge(_("没有签约"), "warning"),
            _package(contracts.get(person.pk)),
        ]
        for person in page
    ]
    names = {"": _("慢病患者"), "yes": _("慢病患者：已签约"), "no": _("慢病患者：没有签约")}
    columns = [_("姓名"), _("住址"), _("病种"), _("家庭医生团队"), _("服务包")]
    hint = _("签约自愿：个人或一家人自己选一个团队。")
    return _shown(request, names[asked], hint, columns, rows, page)


@staff_page(Permission.SEE_CARE)
def severe(request: StaffRequest) -> HttpResponse:
    """Patients who are approved for the backstop."""
    _place, people = asked_people(request)
    found = severe_patients(people, timezone.localdate()).select_related(f"person__{_PLACE}")
    page = _page_of(request, found.order_by("disease", "pk"))
    rows: list[list[Cell]] = [
        [
            person_link(row.person),
            words.place(row.person.household),
            row.disease,
            words.days(row.valid_from, row.valid_to),
        ]
        for row in page
    ]
    columns = [_("姓名"), _("住址"), _("病种"), _("起止")]
    hint = _("列入和移出名单在登记库里办，由另一人复核。")
    return _shown(request, _("核准兜底的重病患者"), hint, columns, rows, page)


@staff_page(Permission.SEE_CARE)
def check_ups(request: StaffRequest) -> HttpResponse:
    """People of a year's check-ups in one state."""
    state = _chosen(request, CheckUpState) or CheckUpState.WAITING
    text = request.GET.get("year", "")
    if text and not (text.isascii() and text.isdecimal() and len(text) == _LONGEST_YEAR):
        raise Http404
    year = int(text) if text else timezone.localdate().year
    _place, people = asked_people(request)
    found = checked_people(people, year, state).select_related(_PLACE)
    page = _page_of(request, found.order_by("household__division", "household", "pk"))
    listed = standings_on(list(page), timezone.localdate())
    rows: list[list[Cell]] = [
        [
            person_link(person),
            words.place(person.household),
            words.sex_and_birth(person),
            words.illnesses(listed[person.pk]),
        ]
        for person in page
    ]
    names = {
        CheckUpState.WISHES: _("自愿体检的人"),
        CheckUpState.KEY_PERSONS: _("重点人群中要体检的人"),
        CheckUpState.DONE: _("已体检"),
        CheckUpState.ILL: _("查出疾病"),
        CheckUpState.WAITING: _("还没有体检"),
    }
    name = _("{year} 年体检：{state}").format(year=year, state=names[state])
    columns = [_("姓名"), _("住址"), _("性别、出生"), _("病种名单")]
    return _shown(request, name, "", columns, rows, page)


def person_link(person: Person) -> Link:
    """Somebody's name, which opens the care records."""
    return Link(person.name, reverse("desk:care_person", args=[person.public_id]))


def _newest_plans(listings: Page[DiseaseListing]) -> dict[int, str]:
    plans = TreatmentPlan.objects.filter(
        listing__in=[row.pk for row in listings], withdrawn_at=None
    ).select_related("institution")
    return {
        plan.listing_id: f"{plan.planned_on.isoformat()} {plan.institution.name}"
        for plan in plans.order_by("pk")
    }


def _badge(state: Batch, states: dict[Batch, str]) -> Badge:
    if state is Batch.TREATED:
        return Badge(states[state], "good")
    return Badge(states[state], "warning" if state is Batch.UNPLANNED else "neutral")


def _package(contract: Contract | None) -> str | None:
    return None if contract is None or contract.package is None else contract.package.name


def _chosen(request: StaffRequest, states: Any) -> Any:
    """The state that is asked for, None where none is; 404 for one that there is not."""
    text = request.GET.get("state", "")
    if not text:
        return None
    try:
        return states(text)
    except ValueError:
        raise Http404 from None


def _page_of(request: StaffRequest, found: QuerySet[Any]) -> Page[Any]:
    return Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))


def _shown(
    request: StaffRequest,
    name: str,
    hint: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    page: Page[Any],
) -> HttpResponse:
    table = Table(
        name, [Column(label) for label in columns], rows, empty=_("没有人"), hide_caption=True
    )
    count = page.paginator.count
    shown = {"name": name, "hint": hint, "table": table, "page": page, "count": count}
    return render(request, "desk/care_list.html", shown)
