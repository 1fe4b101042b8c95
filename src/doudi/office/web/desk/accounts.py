"""The accounts that an administrator looks after: make, disable, reset."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts import services
from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.login_failures import locked_until, unlock
from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import Permission, needs_two
from doudi.office.accounts.resets import reset_password, reset_second_factor
from doudi.office.accounts.scope import accounts_in_scope
from doudi.office.accounts.sessions import end_sessions, open_sessions
from doudi.office.approvals.account_changes import (
    RESET_PASSWORD,
    RESET_SECOND_FACTOR,
    account_proposal,
    reset_proposal,
)
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.services import propose
from doudi.office.web.account.browsers import browser_in_words
from doudi.office.web.components import Badge, Column, Link, Pair, Table
from doudi.office.web.desk.account_forms import ChangeForm, NewAccountForm, SearchForm
from doudi.office.web.moments import moment
from doudi.office.web.pages import FORM, StaffRequest, staff_page

_ON_A_PAGE = 50
_RESETS = {"password": RESET_PASSWORD, "second_factor": RESET_SECOND_FACTOR}
"""What the form calls them, and the kinds of proposal."""


@staff_page(Permission.MANAGE_ACCOUNTS)
def listing(request: StaffRequest) -> HttpResponse:
    """The accounts, by name."""
    form = SearchForm(request.GET)
    found = accounts_in_scope(request.user).select_related("division", "institution")
    if form.is_valid() and (text := form.cleaned_data["text"]):
        found = found.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    page = Paginator(found.order_by("username"), _ON_A_PAGE).get_page(request.GET.get("page"))
    table = Table(
        _("账号"),
        [
            Column(_("用户名")),
            Column(_("姓名")),
            Column(_("角色")),
            Column(_("单位")),
            Column(_("状态")),
        ],
        [
            [
                Link(user.username, reverse("desk:account", args=[user.username])),
                user.display_name,
                str(user.get_role_display()),
                user.place,
                _state(user),
            ]
            for user in page
        ],
        empty=_("没有这样的账号"),
    )
    return render(request, "desk/accounts.html", {"form": form, "page": page, "table": table})


@staff_page(Permission.MANAGE_ACCOUNTS, FORM)
def create(request: StaffRequest) -> HttpResponse:
    """A new account, by two people where it changes anything.

    The first password of one that only looks is shown once, on the page that answers.
    """
    form = NewAccountForm(request.POST or None)
    if form.is_valid():
        try:
            if needs_two(form.cleaned_data["role"]):
                return _proposed(request, form.cleaned_data)
            user, password = services.create_account(by=request.user, **form.cleaned_data)
        except (AccountRefused, ApprovalRefused) as refused:
            form.add_error(None, either(refused.zh, refused.en))
        else:
            return _handed_over(request, user, password)
    return render(request, "desk/account_new.html", {"form": form})


def _proposed(request: StaffRequest, given: dict[str, Any]) -> HttpResponse:
    named = {name: text for name, text in given.items() if name != "reason"}
    propose(**account_proposal(**named, by=request.user), reason=given["reason"])
    return _waits(request)


def _waits(request: StaffRequest) -> HttpResponse:
    messages.success(
        request,
        _("已提交，等另一人复核。有一次性密码的，通过后您和复核人在变更页各看到一半。"),
    )
    return redirect("desk:approvals")


@staff_page(Permission.MANAGE_ACCOUNTS, FORM)
def one(request: StaffRequest, account: str) -> HttpResponse:
    """One account, and what can be done about it, with a reason."""
    user = get_object_or_404(accounts_in_scope(request.user), username=account)
    form = ChangeForm(request.POST or None)
    if form.is_valid():
        try:
            return _change(request, user, form.cleaned_data["change"], form.cleaned_data["reason"])
        except (AccountRefused, ApprovalRefused) as refused:
            form.add_error(None, either(refused.zh, refused.en))
    facts = [
        Pair(_("用户名"), user.username),
        Pair(_("姓名"), user.display_name),
        Pair(_("角色"), str(user.get_role_display())),
        Pair(_("单位"), user.place),
        Pair(_("状态"), _state(user)),
        *(
            Pair(_("登录"), Badge(_("锁定到 {until}").format(until=moment(until)), "warning"))
            for until in locked_until([user]).values()
        ),
    ]
    shown = {"account": user, "form": form, "facts": facts, "sessions": _sessions(user)}
    return render(request, "desk/account.html", shown)


def _sessions(user: User) -> Table:
    rows = [
        [
            moment(session.began_at),
            moment(session.seen_at),
            browser_in_words(session.browser),
        ]
        for session in open_sessions(user)
    ]
    columns = [_("登录时间"), _("最近使用"), _("浏览器")]
    return Table(_("登录"), [Column(word) for word in columns], rows, empty=_("现在没有登录"))


def _change(request: StaffRequest, user: User, change: str, reason: str) -> HttpResponse:
    kind = _RESETS.get(change)
    if kind is not None and needs_two(user.role):
        propose(**reset_proposal(kind=kind, account=user, by=request.user), reason=reason)
        return _waits(request)
    if change == "password":
        password = reset_password(user=user, by=request.user, reason=reason)
        return _handed_over(request, user, password)
    if change == "second_factor":
        reset_second_factor(user=user, by=request.user, reason=reason)
    elif change == "unlock":
        unlock(user=user, by=request.user, reason=reason)
    elif change == "sessions":
        end_sessions(user=user, by=request.user, reason=reason)
    elif change == "disable":
        services.disable_account(user=user, by=request.user, reason=reason)
    else:
        services.enable_account(user=user, by=request.user, reason=reason)
    messages.success(request, _("已办理"))
    return redirect("desk:account", account=user.username)


def _handed_over(request: StaffRequest, user: User, password: str) -> HttpResponse:
    return render(request, "desk/account_password.html", {"account": user, "password": password})


def _state(user: User) -> Badge:
    return Badge(_("在用"), "good") if user.is_active else Badge(_("已停用"), "bad")
