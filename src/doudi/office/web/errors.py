"""The pages of refusals and failures; they say what to do next and nothing of the inside."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.settlement.policy import UnusableAdoption


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be read."""
    del exception
    return _page(request, 400, _("这个请求无法处理"), _("请返回上一页，重新填写。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the account may not do this."""
    del exception
    return _page(request, 403, _("您的账号不能打开这一页"), _("如果工作需要，请找账号管理员。"))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old."""
    del reason
    hint = _("页面放得太久，或浏览器不接受 cookie。请返回上一页，刷新后再提交。")
    return _page(request, 403, _("表单已过期，没有提交"), hint)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or a row that is out of the account's scope."""
    del exception
    return _page(request, 404, _("没有找到这一页"), _("请检查地址，或从首页进入。"))


def too_many(request: HttpRequest, hint: str) -> HttpResponse:
    """429: too often from one address, or a locked account."""
    return _page(request, 429, _("请稍后再试"), hint)


def failed(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    hint = _("没有办成的事没有记录，请稍后再试；如果还不行，请告诉管理员出错的时间。")
    return _page(request, 500, _("系统出错了"), hint)


def no_figures(request: HttpRequest, refused: UnusableAdoption) -> HttpResponse:
    """503: what the page works with are figures that nobody approved as they lie there."""
    response = _page(request, 503, _("现在不能计算和结算"), either(refused.zh, refused.en))
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, status: int, title: str, hint: str) -> HttpResponse:
    return render(request, "error.html", {"title": title, "hint": hint}, status=status)
