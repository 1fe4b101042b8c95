"""Who opened which person's page, for whoever audits."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.office.accounts.models import PersonRead
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.person_reads import reads_in_scope
from doudi.office.web.components import Column, Link, Table
from doudi.office.web.moments import moment
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.person_reads import PAGES

_ON_A_PAGE = 50


class ReadsForm(forms.Form):
    """Of whom, by whom, on which day."""

    person = forms.CharField(
        label=gettext_lazy("人员编号或姓名全名"), max_length=60, required=False
    )
    reader = forms.CharField(label=gettext_lazy("谁看的（用户名）"), max_length=30, required=False)
    day = forms.DateField(
        label=gettext_lazy("哪一天"),
        help_text=gettext_lazy("不填人员和用户名时，看今天的"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
    )


@staff_page(Permission.SEE_READS)
def listing(request: StaffRequest) -> HttpResponse:
    """The reads, newest first; without a filter those of today."""
    form = ReadsForm(request.GET)
    found = _filtered(reads_in_scope(request.user), form)
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    labels = (_("时间"), _("谁看的"), _("看了谁"), _("哪一页"))
    table = Table(
        _("查阅记录"),
        [Column(label) for label in labels],
        [
            [
                moment(read.read_at),
                f"{read.reader.username} · {read.reader.display_name}",
                Link(read.person.name, reverse("desk:person", args=[read.person.public_id])),
                str(PAGES.get(read.page, read.page)),
            ]
            for read in page
        ],
        empty=_("没有查阅记录"),
    )
    return render(request, "desk/reads.html", {"form": form, "page": page, "table": table})


def _filtered(reads: QuerySet[PersonRead], form: ReadsForm) -> QuerySet[PersonRead]:
    if not form.is_valid():
        return reads.none()
    person, reader, day = (form.cleaned_data[name] for name in ("person", "reader", "day"))
    if person:
        reads = reads.filter(person__public_id=person) | reads.filter(person__name=person)
    if reader:
        reads = reads.filter(reader__username=reader)
    if day is None and not (person or reader):
        day = timezone.localdate()
    if day is not None:
        begins = timezone.make_aware(datetime.combine(day, time()))
        reads = reads.filter(read_at__gte=begins, read_at__lt=begins + timedelta(days=1))
    return reads
