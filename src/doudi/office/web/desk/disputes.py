"""Answers that the public thinks are wrong: the list, and each as a case file for the tests."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.office.accounts.permissions import Permission
from doudi.office.enquiries.case_file import case_file
from doudi.office.enquiries.models import Dispute
from doudi.office.web.components import Column, Link, Money, Table
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.public.disputing import WRONG
from doudi.office.web.public.results import guide

_ON_A_PAGE = 50


@staff_page(Permission.READ_CASES)
def listing(request: StaffRequest) -> HttpResponse:
    """All disputes, the latest first. They name nobody and no place, so no district owns them."""
    found = Dispute.objects.order_by("-filed_at", "-pk")
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    names = dict(WRONG)
    table = Table(
        _("公众提出的异议"),
        [
            Column(_("提出时间")),
            Column(_("哪里不对")),
            Column(_("说实际自付"), numeric=True),
            Column(_("说明")),
            Column(_("政策版本")),
            Column(_("案例文件")),
        ],
        [
            [
                timezone.localtime(one.filed_at).strftime("%Y-%m-%d %H:%M"),
                names[Dispute.Wrong(one.wrong)],
                None if one.own_paid is None else Money(one.own_paid),
                one.text or None,
                one.policy_version,
                Link(_("下载"), f"{reverse('desk:dispute_case')}?dispute={one.public_id}"),
            ]
            for one in page
        ],
        empty=_("还没有人提出异议"),
    )
    return render(request, "desk/disputes.html", {"page": page, "table": table})


@staff_page(Permission.READ_CASES)
def download(request: StaffRequest) -> HttpResponse:
    """One dispute, named in the query, as the YAML of a case."""
    found = get_object_or_404(Dispute, public_id=request.GET.get("dispute", ""))
    response = HttpResponse(case_file(guide(), found), content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="dispute-{found.public_id}.yaml"'
    return response
