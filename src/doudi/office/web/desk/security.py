"""What an administrator watches: locked names, failed logins, what browsers report."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.office.accounts.login_failures import NOBODY, failures_since, locked_names
from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import Permission
from doudi.office.csp_reports.services import violations_since
from doudi.office.web.components import Cell, Column, Link, Table
from doudi.office.web.moments import moment
from doudi.office.web.pages import StaffRequest, staff_page

_DAYS_SHOWN = 30


@staff_page(Permission.MANAGE_ACCOUNTS)
def home(request: StaffRequest) -> HttpResponse:
    """One page with all of it."""
    tables = [_locked(request.user), _failures(request.user), _violations()]
    return render(request, "desk/security.html", {"tables": tables})


def _locked(by: User) -> Table:
    rows: list[list[Cell]] = [
        [_account(name), moment(until)] for name, until in locked_names(by).items()
    ]
    columns = [Column(_("用户名")), Column(_("锁定到"))]
    return Table(_("现在锁定的账号"), columns, rows, empty=_("没有锁定的账号"))


def _failures(by: User) -> Table:
    since = timezone.localdate() - timedelta(days=_DAYS_SHOWN - 1)
    rows: list[list[Cell]] = [
        [
            _("不存在的用户名") if row["username"] == NOBODY else _account(row["username"]),
            row["passwords"],
            row["tokens"],
            row["locks"],
            moment(row["last"]),
        ]
        for row in failures_since(by, since)
    ]
    columns = [
        Column(_("用户名")),
        Column(_("密码不对"), numeric=True),
        Column(_("动态口令不对"), numeric=True),
        Column(_("锁定次数"), numeric=True),
        Column(_("最近一次")),
    ]
    return Table(_("近 30 天的登录失败"), columns, rows, empty=_("没有登录失败"))


def _violations() -> Table:
    since = timezone.localdate() - timedelta(days=_DAYS_SHOWN - 1)
    rows: list[list[Cell]] = [
        [row["directive"], row["route"], row["times"], row["last"].isoformat()]
        for row in violations_since(since)
    ]
    columns = [
        Column(_("安全策略")),
        Column(_("哪一类页面")),
        Column(_("报告次数"), numeric=True),
        Column(_("最近一天")),
    ]
    caption = _("近 30 天浏览器报告的违反安全策略")
    return Table(caption, columns, rows, empty=_("没有报告"))


def _account(username: str) -> Link:
    return Link(username, reverse("desk:account", args=[username]))
