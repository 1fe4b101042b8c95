"""The answer: what is certain first, then the estimate, then why, why not, and where to go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from doudi.estimate.asking import BillResult, HouseholdResult, LimitsResult, Result, Walk
from doudi.estimate.asking.structure import WAY
from doudi.office.web.pages import public_page
from doudi.office.web.public.asking import given
from doudi.office.web.public.bill_page import bill_page, limits_page, no_version_page
from doudi.office.web.public.household_page import household_page
from doudi.office.web.public.replies_cookie import read_replies
from doudi.office.web.public.results import guide, result_of


@public_page()
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The answer to what was answered so far; whatever is open counts as 不清楚."""
    walk = guide().walk(read_replies(request))
    if WAY not in walk.replies:
        return redirect("public:ask")
    template, context = page_of(result_of(walk.replies), walk)
    return render(request, template, {**context, "own": True, "open": walk.next})


def page_of(result: Result, walk: Walk) -> tuple[str, dict[str, Any]]:
    """The template that shows a result, with what it shows."""
    asked = {"given": given(walk)}
    if isinstance(result, BillResult):
        return "public/bill.html", {**asked, "page": bill_page(result, walk)}
    if isinstance(result, HouseholdResult):
        return "public/household.html", {**asked, "page": household_page(result)}
    if isinstance(result, LimitsResult):
        return "public/limits.html", {**asked, "page": limits_page(result, walk)}
    return "public/no_version.html", {**asked, "page": no_version_page(result)}
