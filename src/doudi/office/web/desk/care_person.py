"""Somebody's care: treatment, family doctor, services, check-ups; and recording one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import person_in_scope
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.care.models import CheckUp, Contract, Service, TreatmentPlan
from doudi.office.care.selectors import Batch, serious_patients, state_of
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Person
from doudi.office.web.components import Badge, Column, Link, Pair, Table
from doudi.office.web.desk import registry_words as words
from doudi.office.web.desk.care import batch_words
from doudi.office.web.desk.care_steps import STEPS, steps_for
from doudi.office.web.pages import FORM, StaffRequest, staff_page

_MOST_SERVICES = 100


@staff_page(Permission.SEE_CARE)
def one(request: StaffRequest, person: str) -> HttpResponse:
    """Everything recorded of somebody's care, and what can be recorded now."""
    found = _person(request, person)
    today = timezone.localdate()
    people = Person.objects.filter(pk=found.pk)
    listings = list(serious_patients(people, today).order_by("pk"))
    contracts = list(
        Contract.objects.filter(person=found, withdrawn_at=None)
        .select_related("team__institution", "package")
        .order_by("-valid_from")
    )
    now = next((row for row in contracts if row.valid_to is None), None)
    untreated = any(state_of(row) in (Batch.PLANNED, Batch.UNPLANNED) for row in listings)
    steps = steps_for(request.user, found, signed=now is not None, untreated=untreated)
    return render(
        request,
        "desk/care_person.html",
        {
            "person": found,
            "facts": _facts(found, now),
            "steps": [(name, STEPS[name].label) for name in steps],
            "tables": [
                *([_treatment(listings)] if listings else []),
                _services(found),
                _contracts(contracts),
                _check_ups(found),
            ],
        },
    )


@staff_page((Permission.RECORD_CARE, Permission.PLAN_TREATMENT), FORM)
def record(request: StaffRequest, person: str, step: str) -> HttpResponse:
    """One record of one sort about somebody."""
    found = _person(request, person)
    chosen = STEPS.get(step)
    if chosen is None or not request.user.may(chosen.permission):
        raise Http404
    form = chosen.form(request.POST or None, rows=chosen.rows(found))
    if form.is_valid():
        try:
            chosen.act(request.user, found, form.cleaned_data)
        except (RegistryRefused, ApprovalRefused) as refused:
            form.add_error(None, either(refused.zh, str(refused)))
        else:
            messages.success(request, _("已登记"))
            return redirect("desk:care_person", person=found.public_id)
    shown: dict[str, Any] = {"person": found, "form": form, "title": chosen.label}
    return render(request, "desk/care_record.html", shown)


def _person(request: StaffRequest, public_id: str) -> Person:
    found = person_in_scope(request.user, public_id)
    return get_object_or_404(found.select_related("household__division__parent"))


def _facts(person: Person, contract: Contract | None) -> list[Pair]:
    package = None if contract is None or contract.package is None else contract.package.name
    return [
        Pair(_("登记"), Link(_("登记库里的记录"), reverse("desk:person", args=[person.public_id]))),
        Pair(_("住址"), words.place(person.household)),
        Pair(
            _("家庭医生团队"),
            Badge(_("没有签约"))
            if contract is None
            else f"{contract.team.name}（{contract.team.institution.name}）",
        ),
        Pair(_("服务包"), package),
        Pair(_("体检名单"), _calls(person)),
    ]


def _calls(person: Person) -> str | None:
    calls = person.check_up_calls.filter(withdrawn_at=None).order_by("-year")
    return "、".join(f"{row.year} {row.get_why_display()}" for row in calls) or None


def _treatment(listings: list[Any]) -> Table:
    states = batch_words()
    plans = {
        plan.listing_id: plan
        for plan in TreatmentPlan.objects.filter(
            listing__in=[row.pk for row in listings], withdrawn_at=None
        )
        .select_related("institution")
        .order_by("pk")
    }
    return Table(
        _("大病治疗"),
        [Column(_("病种")), Column(_("治疗")), Column(_("方案"))],
        [
            [
                row.disease,
                states[state_of(row)],
                f"{plans[row.pk].planned_on.isoformat()} {plans[row.pk].institution.name}"
                if row.pk in plans
                else None,
            ]
            for row in listings
        ],
    )


def _services(person: Person) -> Table:
    rows = (
        Service.objects.filter(contract__person=person)
        .select_related("contract__team")
        .order_by("-day", "-pk")[:_MOST_SERVICES]
    )
    return Table(
        _("家庭医生的服务"),
        [
            Column(_("日期")),
            Column(_("服务项目")),
            Column(_("团队")),
            Column(_("说明")),
            Column(_("状态")),
        ],
        [
            [
                row.day.isoformat(),
                str(row.get_sort_display()),
                row.contract.team.name,
                row.note or None,
                Badge(_("有效"), "good") if row.withdrawn_at is None else Badge(_("已撤回"), "bad"),
            ]
            for row in rows
        ],
        empty=_("还没有服务记录"),
    )


def _contracts(contracts: list[Contract]) -> Table:
    return Table(
        _("签约经过"),
        [
            Column(_("起止")),
            Column(_("团队")),
            Column(_("服务包")),
            Column(_("谁同意的")),
            Column(_("登记")),
        ],
        [
            [
                words.days(row.valid_from, row.valid_to),
                row.team.name,
                None if row.package is None else row.package.name,
                str(row.get_agreed_by_display()),
                row.recorded_by,
            ]
            for row in contracts
        ],
        empty=_("没有签过约"),
    )


def _check_ups(person: Person) -> Table:
    rows = CheckUp.objects.filter(person=person, withdrawn_at=None).order_by("-day")
    return Table(
        _("健康体检"),
        [Column(_("日期")), Column(_("结果")), Column(_("病种"))],
        [
            [row.day.isoformat(), str(row.get_finding_display()), row.disease or None]
            for row in rows
        ],
        empty=_("没有体检记录"),
    )
