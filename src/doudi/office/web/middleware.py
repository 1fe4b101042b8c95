"""What happens around every page: headers, language, the end of a session."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from doudi.office.accounts.models import User
from doudi.office.accounts.session_store import BEGAN, SEEN
from doudi.office.accounts.sessions import IDLE_SECONDS, LONGEST_SECONDS
from doudi.office.settlement.policy import UnusableAdoption
from doudi.office.web.errors import no_figures
from doudi.office.web.language import COOKIE, shown_in

_log = structlog.get_logger("doudi.web")

Answer = Callable[[HttpRequest], HttpResponse]

_NOTED_EVERY_SECONDS = 60

_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
    ),
}


class ClientAddress:
    """Behind a proxy (``DOUDI_BEHIND_PROXY``) the visitor's address is the one the proxy adds.

    That is the last of ``X-Forwarded-For``: whatever stands before it was written by the visitor.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_PROXY_SSL_HEADER:
            added = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            request.META["REMOTE_ADDR"] = added or request.META.get("REMOTE_ADDR", "")
        return self._get_response(request)


class RequestLog:
    """One line a request: its route, who asked, how it ended, how long it took."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter_ns()
        name = secrets.token_hex(8)
        with structlog.contextvars.bound_contextvars(request=name):
            response = self._get_response(request)
            match = request.resolver_match
            _log.info(
                "request",
                method=request.method,
                route=match.view_name if match else None,
                status=response.status_code,
                user=self._user(request),
                microseconds=(time.perf_counter_ns() - began) // 1000,
            )
        response["X-Request-ID"] = name
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A failure is logged here, without the path that Django would log with it."""
        del request
        # A page that is not there or not for this account is no failure; its status is logged.
        if not isinstance(exception, Http404 | PermissionDenied):
            _log.error("failed", exc_info=exception)

    def _user(self, request: HttpRequest) -> str | None:
        # A page that never asked who it is for is not made to ask now.
        known = getattr(request, "_cached_user", None)
        return known.username if isinstance(known, User) else None


class UnusableFigures:
    """A page that works with the bureau's figures says so when they cannot be used."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """`active_policy` has logged it, once; it is not logged with every page."""
        return no_figures(request, exception) if isinstance(exception, UnusableAdoption) else None


class ResponseHeaders:
    """Headers that neither Django nor django-csp sets."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class Language:
    """Chinese, unless the visitor chose English. The browser is not asked: Chinese comes first."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with shown_in(request.COOKIES.get(COOKIE)):
            response = self._get_response(request)
        if "Content-Language" not in response.headers:
            chosen = "en" if request.COOKIES.get(COOKIE) == "en" else "zh-Hans"
            response.headers["Content-Language"] = chosen
        return response


class SessionExpiry:
    """A login ends after half an hour without a page, and after twelve hours in any case."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Only a request with a session has somebody logged in to look at.
        if request.session.session_key and request.user.is_authenticated:
            self._look_at(request)
        return self._get_response(request)

    def _look_at(self, request: HttpRequest) -> None:
        now = int(time.time())
        began = request.session.setdefault(BEGAN, now)
        seen = request.session.setdefault(SEEN, now)
        if now - seen > IDLE_SECONDS or now - began > LONGEST_SECONDS:
            logout(request)
        elif now - seen > _NOTED_EVERY_SECONDS:
            # Not at every page: each note is a write to the database.
            request.session[SEEN] = now
