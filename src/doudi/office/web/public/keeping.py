"""Keeping an answer for later: a code, a picture of it to photograph, and opening it again."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from doudi.estimate.asking.structure import WAY
from doudi.office.enquiries.codes import in_groups, read_code
from doudi.office.enquiries.services import DAYS_KEPT, open_enquiry, save_enquiry
from doudi.office.web.pages import FORM, public_page
from doudi.office.web.public.answering import page_of
from doudi.office.web.public.replies_cookie import keep_replies, read_replies
from doudi.office.web.public.results import guide, result_of
from doudi.office.web.throttle import throttled


@public_page(("POST",))
@never_cache
@throttled("save", times=10, seconds=60)
def save(request: HttpRequest) -> HttpResponse:
    """Keep the answer because somebody asked for it; the code is shown this once."""
    walk = guide().walk(read_replies(request))
    if WAY not in walk.replies:
        return redirect("public:ask")
    code = save_enquiry(replies=walk.replies)
    address = request.build_absolute_uri(reverse("public:saved", args=[in_groups(code)]))
    context = {"code": in_groups(code), "days": DAYS_KEPT, "qr": _qr(address), "address": address}
    return render(request, "public/code.html", context)


@public_page(FORM)
@never_cache
@throttled("code", times=10, seconds=60)
def enter_code(request: HttpRequest) -> HttpResponse:
    """Type a code."""
    typed = request.POST.get("code", "")
    code = read_code(typed)
    if request.method == "POST" and code is not None:
        return redirect("public:saved", code=in_groups(code))
    faults = (
        [("#code", _("代码是 20 位字母和数字，请照着纸上或照片上的再输一次"))]
        if request.method == "POST"
        else []
    )
    return render(request, "public/enter_code.html", {"faults": faults, "typed": typed})


@public_page(FORM)
@never_cache
@throttled("saved", times=30, seconds=60)
def saved(request: HttpRequest, code: str) -> HttpResponse:
    """The answer behind a code; POST takes its replies over, to go on from there."""
    plain = read_code(code)
    replies = open_enquiry(code=plain) if plain is not None else None
    if plain is None or replies is None:
        return render(request, "public/no_code.html", {"days": DAYS_KEPT}, status=404)
    walk = guide().walk(replies)
    if request.method == "POST":
        response = redirect("public:check")
        keep_replies(response, walk.replies)
        return response
    template, context = page_of(result_of(walk.replies), walk)
    return render(request, template, {**context, "own": False, "code": in_groups(plain)})


def _qr(address: str) -> SafeString:
    code = segno.make(address, error="m")
    svg = code.svg_inline(scale=4, dark="#000", light="#fff", title=_("二维码"), lineclass=None)
    return mark_safe(svg)
