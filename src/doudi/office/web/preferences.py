"""How somebody likes to read: the language and the size of the type, kept in two cookies."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from doudi.i18n import LANGUAGES
from doudi.office.web.context import LARGE, LARGE_COOKIE
from doudi.office.web.language import COOKIE
from doudi.office.web.pages import public_page

_YEAR_SECONDS = 365 * 24 * 3600
_SIZES = ("normal", LARGE)


@public_page(("POST",))
def choose(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back to the page it was chosen on."""
    response = redirect(here_or_home(request, request.POST.get("next", "")))
    _keep(response, COOKIE, request.POST.get("language"), LANGUAGES)
    _keep(response, LARGE_COOKIE, request.POST.get("type"), _SIZES)
    return response


def here_or_home(request: HttpRequest, address: str, home: str = "/") -> str:
    """The address if it is one of this site, else ``home``: nobody is sent elsewhere from here."""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else home


def _keep(response: HttpResponse, cookie: str, value: str | None, known: tuple[str, ...]) -> None:
    if value in known:
        response.set_cookie(
            cookie,
            value,
            max_age=_YEAR_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
