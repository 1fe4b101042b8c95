"""Family-doctor teams, service packages, and what teams have earned in a month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import (
    institutions_in_scope,
    people_in_scope,
    people_in_scope_one_by_one,
)
from doudi.office.care import services as care
from doudi.office.care.incentives import Earned, last_month, payable, services_of_month
from doudi.office.care.models import Contract, Service, ServicePackage, Team
from doudi.office.registry.errors import RegistryRefused
from doudi.office.web.components import Badge, Cell, Column, Link, Money, Table
from doudi.office.web.desk.care_forms import (
    CareForm,
    Choices,
    CloseForm,
    MonthForm,
    PackageForm,
    TeamForm,
)
from doudi.office.web.desk.care_lists import person_link
from doudi.office.web.pages import FORM, StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people

_ON_A_PAGE = 50


@staff_page(Permission.SEE_CARE, FORM)
def teams(request: StaffRequest) -> HttpResponse:
    """The teams of the account's place with how many people they have; a new one."""
    places = institutions_in_scope(request.user).order_by("code")
    shown = list(places.values_list("code", "name"))
    open_ones = Team.objects.filter(institution__in=places, closed_on=None)
    named = open_ones.order_by("institution", "name").values_list("public_id", "name")
    forms = _forms(request, TeamForm, {"institution": shown}, list(named))
    done = _acted(
        forms,
        lambda given: care.open_team(actor=request.user.username, **given),
        lambda reason, team: care.close_team(actor=request.user.username, reason=reason, team=team),
    )
    if done:
        messages.success(request, _("已登记"))
        return redirect("desk:care_teams")
    found = _teams_in_scope(request).select_related("institution").order_by("institution", "name")
    # All of them, for there are few: to count them takes as long as to read them.
    page = Paginator(list(found), _ON_A_PAGE).get_page(request.GET.get("page"))
    signed = _signed(list(page))
    table = Table(
        _("家庭医生团队"),
        [
            Column(_("团队")),
            Column(_("医疗机构")),
            Column(_("签约的人"), numeric=True),
            Column(_("状态")),
        ],
        [
            [
                team.name,
                team.institution.name,
                signed.get(team.pk, 0),
                _state(synthetic=team.synthetic, open_=team.closed_on is None),
            ]
            for team in page
        ],
        empty=_("还没有团队"),
        hide_caption=True,
    )
    return _setting_up(request, _("家庭医生团队"), "", table, forms, page)


@staff_page(Permission.SEE_CARE, FORM)
def packages(request: StaffRequest) -> HttpResponse:
    """The kinds of service package; a new one."""
    found = list(ServicePackage.objects.order_by("closed_on", "pk"))
    named = [(str(row.pk), row.name) for row in found if row.closed_on is None]
    forms = _forms(request, PackageForm, {}, named)
    done = _acted(
        forms,
        lambda given: care.name_package(actor=request.user.username, **given),
        lambda reason, package: care.close_package(
            actor=request.user.username, reason=reason, package_id=int(package)
        ),
    )
    if done:
        messages.success(request, _("已登记"))
        return redirect("desk:care_packages")
    rows: list[list[Cell]] = [
        [
            row.name,
            row.disease,
            row.content or None,
            _state(synthetic=row.synthetic, open_=row.closed_on is None),
        ]
        for row in found
    ]
    table = Table(
        _("签约服务包"),
        [Column(_("服务包")), Column(_("病种")), Column(_("内容")), Column(_("状态"))],
        rows,
        empty=_("还没有服务包"),
        hide_caption=True,
    )
    hint = _("文章只说有 10 种，没有写名称和内容：由主管单位填。")
    return _setting_up(request, _("签约服务包"), hint, table, forms, None)


@staff_page(Permission.SEE_CARE)
def incentives(request: StaffRequest) -> HttpResponse:
    """What each team has earned in a month by deliveries and family-bed visits."""
    form, services, period = _month_asked(request)
    earned = payable(services, period)
    month = f"{period[:4]}-{period[4:]}"
    table = Table(
        _("{month} 应付给团队").format(month=month),
        [
            Column(_("团队")),
            Column(_("医疗机构")),
            Column(_("送药次数"), numeric=True),
            Column(_("家庭病床出诊次数"), numeric=True),
            Column(_("应付"), numeric=True),
        ],
        [
            [
                row.team.name,
                row.team.institution.name,
                _behind(row, month, "drug_delivery", row.deliveries),
                _behind(row, month, "family_bed_visit", row.visits),
                Badge(_("没有这一天的政策，不能算"), "warning")
                if row.fen is None
                else Money(row.fen),
            ]
            for row in earned
        ],
        empty=_("这个月没有送药和家庭病床出诊"),
        totals=[
            _("合计"),
            "",
            sum(row.deliveries for row in earned),
            sum(row.visits for row in earned),
            Money(sum(row.fen or 0 for row in earned)),
        ],
    )
    shown = {"form": form if form.is_bound else MonthForm({"month": month}), "table": table}
    return render(request, "desk/care_incentives.html", shown)


@staff_page(Permission.SEE_CARE)
def services_behind(request: StaffRequest) -> HttpResponse:
    """The services of a team's month that are paid for."""
    _form, services, period = _month_asked(request)
    found = services_of_month(services, period)
    team, sort = request.GET.get("team"), request.GET.get("sort")
    if team:
        found = found.filter(contract__team__public_id=team)
    if sort:
        found = found.filter(sort=sort)
    page = Paginator(
        found.select_related("contract__person", "contract__team").order_by("day", "pk"),
        _ON_A_PAGE,
    ).get_page(request.GET.get("page"))
    name = _("{month} 的送药和家庭病床出诊").format(month=f"{period[:4]}-{period[4:]}")
    rows: list[list[Cell]] = [
        [
            row.day.isoformat(),
            str(row.get_sort_display()),
            person_link(row.contract.person),
            row.contract.team.name,
            row.recorded_by,
        ]
        for row in page
    ]
    labels = (_("日期"), _("服务项目"), _("姓名"), _("团队"), _("登记人"))
    table = Table(name, [Column(label) for label in labels], rows, hide_caption=True)
    shows_people(request, len(rows))
    shown = {"name": name, "table": table, "page": page, "count": page.paginator.count}
    return render(request, "desk/care_list.html", shown)


def _month_asked(request: StaffRequest) -> tuple[MonthForm, QuerySet[Service], str]:
    """The form, the services that the account sees, and the month asked for or the last one."""
    form = MonthForm(request.GET or None)
    services = _services_in_scope(request)
    return form, services, form.period() or last_month(services, timezone.localdate())


def _services_in_scope(request: StaffRequest) -> QuerySet[Service]:
    # Looked up row by row: as a list of people it would be the whole league for each page.
    people = people_in_scope_one_by_one(request.user).filter(pk=OuterRef("contract__person"))
    return Service.objects.filter(Exists(people))


def _teams_in_scope(request: StaffRequest) -> QuerySet[Team]:
    """Teams of institutions in the place, and those that people of the place have chosen."""
    people = people_in_scope(request.user).filter(pk=OuterRef("person"))
    chosen = Contract.objects.filter(Exists(people)).values("team")
    return Team.objects.filter(
        Q(institution__in=institutions_in_scope(request.user)) | Q(pk__in=chosen)
    )


def _signed(found: list[Team]) -> dict[int, int]:
    """How many people have a contract with each team."""
    contracts = Contract.objects.filter(team__in=found, valid_to=None, withdrawn_at=None)
    counted = contracts.values_list("team").annotate(count=Count("pk")).order_by()
    return {row[0]: row[1] for row in counted}


def _behind(row: Earned, month: str, sort: str, count: int) -> Cell:
    if not count:
        return 0
    asked = urlencode({"month": month, "team": row.team.public_id, "sort": sort})
    return Link(f"{count:,}", f"{reverse('desk:care_services')}?{asked}")


def _state(*, synthetic: bool, open_: bool) -> Badge:
    if not open_:
        return Badge(_("已停用"))
    return Badge(_("合成数据"), "warning") if synthetic else Badge(_("有效"), "good")


@dataclass(frozen=True)
class _Forms:
    """For something new, and to close something; None where one may not or there is nothing."""

    new: CareForm | None
    close: CareForm | None


def _forms(
    request: StaffRequest, new: type[CareForm], rows: dict[str, Choices], named: Choices
) -> _Forms:
    """The two forms of a page, the one that was sent with what is in it; 403 for who may not."""
    if not request.user.may(Permission.SET_UP_CARE):
        if request.method == "POST":
            raise PermissionDenied
        return _Forms(None, None)
    sent = request.POST or None
    closing = "closing" in request.POST
    return _Forms(
        new(None if closing else sent, rows=rows),
        CloseForm(sent if closing else None, rows={"closing": named}) if named else None,
    )


def _acted(
    forms: _Forms,
    make: Callable[[dict[str, Any]], object],
    close: Callable[[str, str], object],
) -> bool:
    """Do what was sent; False with the faults in the form where it was refused or not sent."""
    for form in (forms.new, forms.close):
        if form is None or not form.is_valid():
            continue
        given = form.cleaned_data
        try:
            if form is forms.close:
                close(given["reason"], given["closing"])
            else:
                make(given)
        except RegistryRefused as refused:
            form.add_error(None, either(refused.zh, str(refused)))
        else:
            return True
    return False


def _setting_up(
    request: StaffRequest, name: str, hint: str, table: Table, forms: _Forms, page: Any
) -> HttpResponse:
    shown = {
        "name": name,
        "hint": hint,
        "table": table,
        "form": forms.new,
        "close": forms.close,
        "page": page,
    }
    return render(request, "desk/care_set_up.html", shown)
