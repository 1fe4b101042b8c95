"""One's own logins, and ending those that one does not know."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.sessions import end_session, end_sessions, handle_of, open_sessions
from doudi.office.web.account.browsers import browser_in_words
from doudi.office.web.pages import FORM, StaffRequest, staff_page

_OTHERS = "others"
_REASON = "本人结束登录"


@staff_page(None, FORM)
def listing(request: StaffRequest) -> HttpResponse:
    """The logins of the account; each but this one can be ended."""
    if request.method == "POST":
        _end(request, request.POST.get("end", ""))
        return redirect("account:sessions")
    here = handle_of(request.session.session_key or "")
    rows = [
        {
            "session": session,
            "browser": browser_in_words(session.browser),
            "here": session.handle == here,
        }
        for session in open_sessions(request.user)
    ]
    return render(request, "account/sessions.html", {"rows": rows})


def _end(request: StaffRequest, what: str) -> None:
    try:
        if what == _OTHERS:
            end_sessions(
                user=request.user,
                by=request.user,
                reason=_REASON,
                keep=request.session.session_key,
            )
        else:
            end_session(user=request.user, handle=what, reason=_REASON)
    except AccountRefused as refused:
        messages.error(request, either(refused.zh, refused.en))
    else:
        messages.success(request, _("已结束，那边打开下一页时要重新登录"))
