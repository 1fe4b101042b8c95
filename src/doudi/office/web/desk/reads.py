"""Who opened which person's page, and who looked through which list, for whoever audits."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TypeVar

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.office.accounts.list_reads import list_reads_in_scope
from doudi.office.accounts.models import ListRead, PersonRead
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.person_reads import reads_in_scope
from doudi.office.web.components import Column, Link, Table
from doudi.office.web.moments import moment
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.person_reads import CALLS, LISTS, PAGES, shows_people

_ON_A_PAGE = 50
_Read = TypeVar("_Read", PersonRead, ListRead)


_NAMES = {**PAGES, **CALLS, **LISTS}


class ListsForm(forms.Form):
    """By whom, on which day."""

    reader = forms.CharField(label=gettext_lazy("谁看的（用户名）"), max_length=30, required=False)
    day = forms.DateField(
        label=gettext_lazy("哪一天"),
        help_text=gettext_lazy("其他都不填时，看今天的"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
    )


class ReadsForm(ListsForm):
    """Of whom, by whom, on which day."""

    person = forms.CharField(
        label=gettext_lazy("人员编号或姓名全名"), max_length=60, required=False
    )
    field_order = ("person", "reader", "day")


@staff_page(Permission.SEE_READS)
def listing(request: StaffRequest) -> HttpResponse:
    """The reads, newest first; without a filter those of today."""
    form = ReadsForm(request.GET)
    found = _of_person(reads_in_scope(request.user), form)
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    labels = (_("时间"), _("谁看的"), _("看了谁"), _("哪一页"))
    table = Table(
        _("查阅记录"),
        [Column(label) for label in labels],
        [
            [
                moment(read.read_at),
                _reader(read),
                Link(read.person.name, reverse("desk:person", args=[read.person.public_id])),
                str(_NAMES.get(read.page, read.page)),
            ]
            for read in page
        ],
        empty=_("没有查阅记录"),
    )
    shows_people(request, len(table.rows))
    return render(request, "desk/reads.html", {"form": form, "page": page, "table": table})


@staff_page(Permission.SEE_READS)
def lists(request: StaffRequest) -> HttpResponse:
    """The lists of people that somebody looked through or saved, newest first."""
    form = ListsForm(request.GET)
    found = _on_day(list_reads_in_scope(request.user), form)
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    labels = (_("时间"), _("谁看的"), _("哪个名单"), _("条件"))
    table = Table(
        _("名单查阅记录"),
        [*(Column(label) for label in labels), Column(_("几行"), numeric=True)],
        [
            [
                moment(read.read_at),
                _reader(read),
                str(_NAMES.get(read.page, read.page)),
                read.asked or None,
                read.rows,
            ]
            for read in page
        ],
        empty=_("没有查阅记录"),
    )
    return render(request, "desk/list_reads.html", {"form": form, "page": page, "table": table})


def _reader(read: PersonRead | ListRead) -> str:
    return f"{read.reader.username} · {read.reader.display_name} · {read.reader.place}"


def _of_person(reads: QuerySet[PersonRead], form: ReadsForm) -> QuerySet[PersonRead]:
    person = form.cleaned_data["person"] if form.is_valid() else ""
    if person:
        reads = reads.filter(person__public_id=person) | reads.filter(person__name=person)
    return _on_day(reads, form, asked=bool(person))


def _on_day(reads: QuerySet[_Read], form: ListsForm, *, asked: bool = False) -> QuerySet[_Read]:
    """What the form asks for; today's when that is nothing."""
    if not form.is_valid():
        return reads.none()
    reader, day = form.cleaned_data["reader"], form.cleaned_data["day"]
    if reader:
        reads = reads.filter(reader__username=reader)
    if day is None and not (asked or reader):
        day = timezone.localdate()
    if day is not None:
        begins = timezone.make_aware(datetime.combine(day, time()))
        reads = reads.filter(read_at__gte=begins, read_at__lt=begins + timedelta(days=1))
    return reads
