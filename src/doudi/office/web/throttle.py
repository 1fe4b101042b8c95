"""How often one address may send a form, whichever process of the server it meets."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from doudi.office.limits.services import count, seconds_left
from doudi.office.web.errors import too_many

View = Callable[..., HttpResponseBase]


def throttled(name: str, *, times: int, seconds: int) -> Callable[[View], View]:
    """At most so many forms by one address in so many seconds; more are answered with 429.

    Goes under `public_page` or `staff_page`. Opening the page is not counted, sending it is.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and _count(name, request, seconds) > times:
                response = too_many(request, _("提交得太频繁了，请过一会儿再试。"))
                response["Retry-After"] = str(seconds_left(seconds))
                return response
            return view(request, *args, **kwargs)

        return limited

    return decorate


def _count(name: str, request: HttpRequest, seconds: int) -> int:
    return count(thing=name, sender=request.META.get("REMOTE_ADDR", ""), seconds=seconds)
