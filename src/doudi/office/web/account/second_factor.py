"""The second factor: six digits that the account's phone makes anew every half minute."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django_otp import login as otp_login

from doudi.office.accounts.devices import Authenticator
from doudi.office.accounts.login_failures import count_failure
from doudi.office.accounts.second_factor import (
    confirm_device,
    device_to_confirm,
    device_with_token,
    has_device,
)
from doudi.office.web.account.forms import TokenForm
from doudi.office.web.pages import FORM, HAS_DEVICE, StaffRequest, Step, staff_page
from doudi.office.web.preferences import here_or_home
from doudi.office.web.throttle import throttled

_TRIES, _SECONDS = 10, 60


@staff_page(None, FORM, after=Step.PASSWORD)
@throttled("second-factor", times=_TRIES, seconds=_SECONDS)
def ask(request: StaffRequest) -> HttpResponse:
    """Ask for the digits; a wrong answer makes the device refuse for a while, longer each time."""
    target = here_or_home(
        request, request.POST.get("next") or request.GET.get("next", ""), reverse("desk:home")
    )
    form = TokenForm(request.POST or None)
    if form.is_valid():
        device = device_with_token(user=request.user, token=form.cleaned_data["token"])
        if device is not None:
            otp_login(request, device)
            return redirect(target)
        count_failure(request.user.username, tokens=1)
        form.add_error("token", _("动态口令不对，或刚刚用过；请等下一个再试"))
    return render(request, "account/second_factor.html", {"form": form, "next": target})


@staff_page(None, FORM, after=Step.PASSWORD)
@throttled("enrol", times=_TRIES, seconds=_SECONDS)
def enrol(request: StaffRequest) -> HttpResponse:
    """Set a phone up; with one set up already, only for whoever holds it."""
    if has_device(request.user) and not request.user.is_verified():  # type: ignore[attr-defined]
        return redirect("account:second_factor")
    device = device_to_confirm(user=request.user)
    form = TokenForm(request.POST or None)
    if form.is_valid():
        codes = confirm_device(device=device, token=form.cleaned_data["token"])
        if codes:
            otp_login(request, device)
            request.session[HAS_DEVICE] = True
            messages.success(request, _("第二道验证已启用"))
            return render(request, "account/backup_codes.html", {"codes": codes})
        form.add_error("token", _("动态口令不对；请核对手机时间后再试"))
    return render(
        request,
        "account/enrol.html",
        {"form": form, "picture": _picture(device), "secret": _secret(device)},
    )


def _picture(device: Authenticator) -> str:
    """The QR code as SVG with neither script nor style in it."""
    code = segno.make(device.config_url, error="m")
    svg = code.svg_inline(scale=5, dark="#000", light="#fff", title=_("二维码"), lineclass=None)
    return mark_safe(svg)


def _secret(device: Authenticator) -> str:
    """The secret in groups of four, to be typed where no camera is."""
    text = device.base32
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))
