"""The API tokens of the accounts that an administrator looks after: make, look at, revoke."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import accounts_in_scope
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.services import propose
from doudi.office.approvals.token_changes import token_proposal
from doudi.office.tokens.models import ApiToken
from doudi.office.tokens.services import revoke_token
from doudi.office.web.components import Badge, Column, Link, Pair, Table
from doudi.office.web.desk.token_forms import NewTokenForm, RevokeForm, uses_in_words
from doudi.office.web.moments import moment
from doudi.office.web.pages import FORM, StaffRequest, staff_page

_ON_A_PAGE = 50


@staff_page(Permission.MANAGE_ACCOUNTS)
def listing(request: StaffRequest) -> HttpResponse:
    """The tokens, newest first."""
    found = _tokens(request.user).order_by("-created_at", "pk")
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    columns = [_("名称"), _("账号"), _("单位"), _("用途"), _("有效期至"), _("状态")]
    table = Table(
        _("接口令牌"),
        [Column(word) for word in columns],
        [
            [
                Link(token.name, reverse("desk:token", args=[token.public_id])),
                token.account.username,
                token.account.place,
                uses_in_words(token.scopes),
                token.expires_on.isoformat(),
                _state(token),
            ]
            for token in page
        ],
        empty=_("还没有令牌"),
    )
    return render(request, "desk/tokens.html", {"page": page, "table": table})


@staff_page(Permission.MANAGE_ACCOUNTS, FORM)
def create(request: StaffRequest) -> HttpResponse:
    """A new token, by two people; each of them then sees half of its text."""
    form = NewTokenForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        account = accounts_in_scope(request.user).filter(username=given["account"]).first()
        if account is None:
            form.add_error("account", _("没有这样的账号"))
        else:
            try:
                _propose(request, account, given)
            except (AccountRefused, ApprovalRefused) as refused:
                form.add_error(None, either(refused.zh, refused.en))
            else:
                messages.success(
                    request,
                    _("已提交，等另一人复核。通过后您和复核人在变更页各看到令牌的一半。"),
                )
                return redirect("desk:approvals")
    return render(request, "desk/token_new.html", {"form": form})


def _propose(request: StaffRequest, account: User, given: dict[str, Any]) -> None:
    named = {name: given[name] for name in ("name", "scopes", "days")}
    propose(**token_proposal(account=account, by=request.user, **named), reason=given["reason"])


@staff_page(Permission.MANAGE_ACCOUNTS, FORM)
def one(request: StaffRequest, token: str) -> HttpResponse:
    """One token, and its revocation with a reason."""
    found = get_object_or_404(_tokens(request.user), public_id=token)
    form = RevokeForm(request.POST or None)
    if form.is_valid():
        try:
            revoke_token(token=found, reason=form.cleaned_data["reason"], by=request.user)
        except AccountRefused as refused:
            form.add_error(None, either(refused.zh, refused.en))
        else:
            messages.success(request, _("令牌已作废"))
            return redirect("desk:token", token=found.public_id)
    used = found.first_used_at
    facts = [
        Pair(_("名称"), found.name),
        Pair(_("账号"), found.account.username),
        Pair(_("单位"), found.account.place),
        Pair(_("用途"), uses_in_words(found.scopes)),
        Pair(_("有效期至"), found.expires_on.isoformat()),
        Pair(_("首次使用"), moment(used) if used else _("还没有用过")),
        Pair(_("状态"), _state(found)),
    ]
    return render(request, "desk/token.html", {"token": found, "form": form, "facts": facts})


def _tokens(user: User) -> QuerySet[ApiToken]:
    tokens = ApiToken.objects.filter(account__in=accounts_in_scope(user))
    return tokens.select_related("account__institution", "account__division")


def _state(token: ApiToken) -> Badge:
    if token.revoked_at is not None:
        return Badge(_("已作废"), "bad")
    if token.expires_on < timezone.localdate():
        return Badge(_("已过期"), "bad")
    return Badge(_("在用"), "good")
