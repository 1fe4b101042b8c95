"""The people behind the figures of care, and the lists of what is still to be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import people_in_scope_one_by_one
from doudi.office.audit.services import note
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
from doudi.office.web.desk.people_export import workbook_response
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people
from doudi.office.workbooks import table_workbook

_ON_A_PAGE = 50
_AT_ONCE = 1_000
_PLACE = "household__division__parent"
_SIGNED = {"": None, "yes": True, "no": False}
_LONGEST_YEAR = 4

Cells = list[list[Cell]]


@dataclass(frozen=True)
class _List:
    """A list: the keys of its rows in order, and what turns some of them into lines."""

    name: str
    hint: str
    columns: Sequence[str]
    keys: Sequence[Any]
    lines: Callable[[Sequence[Any]], Cells]


@staff_page(Permission.SEE_CARE)
def serious(request: StaffRequest) -> HttpResponse:
    """Patients of the serious list; ``state`` picks those of one, such as those without a plan."""
    state = _chosen(request, Batch)
    _place, people = asked_people(request, people_in_scope_one_by_one)
    found = serious_patients(people, timezone.localdate(), state)
    states = batch_words()

    def lines(keys: Sequence[Any]) -> Cells:
        rows = _in_order(found.select_related(f"person__{_PLACE}"), keys)
        plans = _newest_plans(rows)
        return [
            [
                person_link(row.person),
                words.place(row.person.household),
                row.disease,
                _badge(state_of(row), states),
                plans.get(row.pk),
            ]
            for row in rows
        ]

    name = _("大病患者") if state is None else _("大病患者：{state}").format(state=states[state])
    columns = [_("姓名"), _("住址"), _("病种"), _("治疗"), _("方案")]
    hint = _("没有治疗的病人，每人都要有治疗方案：哪一天、在哪家定点医院。")
    return _shown(request, _List(name, hint, columns, _keys(found, "disease"), lines))


@staff_page(Permission.SEE_CARE)
def chronic(request: StaffRequest) -> HttpResponse:
    """Patients with chronic disease; ``signed`` picks those with a contract or without."""
    asked = request.GET.get("signed", "")
    if asked not in _SIGNED:
        raise Http404
    _place, people = asked_people(request)
    today = timezone.localdate()
    found = chronic_patients(people, today, signed=_SIGNED[asked])

    def lines(keys: Sequence[Any]) -> Cells:
        rows = _in_order(Person.objects.select_related(_PLACE), keys)
        listed = standings_on(rows, today)
        contracts = {
            row.person_id: row
            for row in Contract.objects.filter(
                holds_on(today), withdrawn_at=None, person__in=keys
            ).select_related("team", "package")
        }
        return [
            [
                person_link(person),
                words.place(person.household),
                words.illnesses(listed[person.pk]),
                contracts[person.pk].team.name
                if person.pk in contracts
                else Badge(_("没有签约"), "warning"),
                _package(contracts.get(person.pk)),
            ]
            for person in rows
        ]

    names = {"": _("慢病患者"), "yes": _("慢病患者：已签约"), "no": _("慢病患者：没有签约")}
    columns = [_("姓名"), _("住址"), _("病种"), _("家庭医生团队"), _("服务包")]
    hint = _("签约自愿：个人或一家人自己选一个团队。")
    keys = _keys(found, "household__division", "household")
    return _shown(request, _List(names[asked], hint, columns, keys, lines))


@staff_page(Permission.SEE_CARE)
def severe(request: StaffRequest) -> HttpResponse:
    """Patients who are approved for the backstop."""
    _place, people = asked_people(request, people_in_scope_one_by_one)
    found = severe_patients(people, timezone.localdate())

    def lines(keys: Sequence[Any]) -> Cells:
        return [
            [
                person_link(row.person),
                words.place(row.person.household),
                row.disease,
                words.days(row.valid_from, row.valid_to),
            ]
            for row in _in_order(found.select_related(f"person__{_PLACE}"), keys)
        ]

    columns = [_("姓名"), _("住址"), _("病种"), _("起止")]
    hint = _("列入和移出名单在登记库里办，由另一人复核。")
    name = _("核准兜底的重病患者")
    return _shown(request, _List(name, hint, columns, _keys(found, "disease"), lines))


@staff_page(Permission.SEE_CARE)
def check_ups(request: StaffRequest) -> HttpResponse:
    """People of a year's check-ups in one state."""
    state = _chosen(request, CheckUpState) or CheckUpState.WAITING
    text = request.GET.get("year", "")
    if text and not (text.isascii() and text.isdecimal() and len(text) == _LONGEST_YEAR):
        raise Http404
    year = int(text) if text else timezone.localdate().year
    _place, people = asked_people(request, people_in_scope_one_by_one)
    found = checked_people(people, year, state)

    def lines(keys: Sequence[Any]) -> Cells:
        rows = _in_order(Person.objects.select_related(_PLACE), keys)
        listed = standings_on(rows, timezone.localdate())
        return [
            [
                person_link(person),
                words.place(person.household),
                words.sex_and_birth(person),
                words.illnesses(listed[person.pk]),
            ]
            for person in rows
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
    keys = _keys(found, "household__division", "household")
    return _shown(request, _List(name, "", columns, keys, lines))


def person_link(person: Person) -> Link:
    """Somebody's name, which opens the care records."""
    return Link(person.name, reverse("desk:care_person", args=[person.public_id]))


def _newest_plans(listings: Sequence[DiseaseListing]) -> dict[int, str]:
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


def _keys(found: QuerySet[Any], *order: str) -> list[Any]:
    """The keys of all rows in order: counted and cut into pages by looking at each once.

    A database would look at each of tens of thousands twice, and sort all that a line shows.
    """
    return list(found.order_by(*order, "pk").values_list("pk", flat=True))


def _in_order(rows: QuerySet[Any], keys: Sequence[Any]) -> list[Any]:
    found = rows.in_bulk(list(keys))
    return [found[key] for key in keys]


def _shown(request: StaffRequest, listed: _List) -> HttpResponse:
    may_export = request.user.may(Permission.EXPORT_PEOPLE)
    if request.GET.get("excel"):
        if not may_export:
            raise PermissionDenied
        return _workbook(request, listed)
    page = Paginator(listed.keys, _ON_A_PAGE).get_page(request.GET.get("page"))
    table = Table(
        listed.name,
        [Column(label) for label in listed.columns],
        listed.lines(list(page)),
        empty=_("没有人"),
        hide_caption=True,
    )
    query = request.GET.copy()
    query.pop("page", None)
    query["excel"] = "1"
    shown = {
        "name": listed.name,
        "hint": listed.hint,
        "table": table,
        "page": page,
        "count": len(listed.keys),
        "excel": f"?{query.urlencode()}" if may_export and listed.keys else "",
    }
    shows_people(request, len(table.rows))
    return render(request, "desk/care_list.html", shown)


def _workbook(request: StaffRequest, listed: _List) -> HttpResponse:
    """The whole list as Excel, which is recorded."""
    shows_people(request, len(listed.keys))
    note(
        actor=request.user.username,
        reason="export",
        service="export_care",
        subject=f"care:{request.resolver_match.url_name if request.resolver_match else ''}",
        detail={"people": len(listed.keys), "asked": request.GET.dict()},
    )
    rows = (
        [_plain(cell) for cell in line]
        for start in range(0, len(listed.keys), _AT_ONCE)
        for line in listed.lines(listed.keys[start : start + _AT_ONCE])
    )
    return workbook_response(table_workbook(listed.name, listed.columns, rows), listed.name)


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return str(cell.text) if isinstance(cell, Link | Badge) else str(cell)
