"""Logging in and out, and one's own password."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from doudi.office.accounts.models import User
from doudi.office.accounts.second_factor import has_device
from doudi.office.accounts.services import change_password
from doudi.office.accounts.session_store import BEGAN, BROWSER, SEEN
from doudi.office.web.account.browsers import kind_of_browser
from doudi.office.web.account.forms import LoginForm, PasswordForm
from doudi.office.web.errors import too_many
from doudi.office.web.pages import (
    FORM,
    HAS_DEVICE,
    StaffRequest,
    Step,
    public_page,
    staff_page,
)
from doudi.office.web.preferences import here_or_home
from doudi.office.web.throttle import throttled

_LOGINS, _SECONDS = 30, 60


@sensitive_post_parameters("password")
@public_page(FORM)
@throttled("login", times=_LOGINS, seconds=_SECONDS)
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; what is wrong of the two is not said."""
    target = here_or_home(
        request, request.POST.get("next") or request.GET.get("next", ""), reverse("desk:home")
    )
    if isinstance(request.user, User):
        return redirect(target)
    form = LoginForm(request.POST or None)
    if form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            login(request, user)
            request.session[HAS_DEVICE] = has_device(user)
            request.session[BROWSER] = kind_of_browser(request.headers.get("User-Agent", ""))
            request.session[BEGAN] = request.session[SEEN] = int(time.time())
            return redirect(target)
        form.add_error(None, _("用户名或密码不对"))
    return render(request, "account/login.html", {"form": form, "next": target})


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """After too many wrong passwords for one name; called by django-axes."""
    del response, credentials
    hint = _("这个用户名输错密码的次数太多，已锁定 15 分钟。忘记密码请找账号管理员重设。")
    return too_many(request, hint)


@staff_page(None, ("POST",), after=Step.PASSWORD)
def log_out(request: StaffRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("account:login")


@sensitive_post_parameters("current", "new", "again")
@staff_page(None, FORM, after=Step.SECOND_FACTOR)
def password(request: StaffRequest) -> HttpResponse:
    """A new password; all other sessions of the account end."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        if not request.user.check_password(form.cleaned_data["current"]):
            form.add_error("current", _("现在的密码不对"))
        elif _changed(request.user, form, request.session.session_key):
            update_session_auth_hash(request, request.user)
            messages.success(request, _("密码已修改"))
            return redirect("desk:home")
    return render(request, "account/password.html", {"form": form})


def _changed(user: User, form: PasswordForm, session: str | None) -> bool:
    try:
        change_password(user=user, password=form.cleaned_data["new"], keep=session)
    except ValidationError as error:
        form.add_error("new", error)
        return False
    return True
