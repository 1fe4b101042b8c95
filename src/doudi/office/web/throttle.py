"""How often one address may send a form.

The counts lie in the memory of one process: with several processes each allows as much, and a
restart forgets them. A proxy in front can limit better; this is what holds without one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

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
                response["Retry-After"] = str(seconds)
                return response
            return view(request, *args, **kwargs)

        return limited

    return decorate


def _count(name: str, request: HttpRequest, seconds: int) -> int:
    key = f"throttle:{name}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two lines
        cache.set(key, 1, seconds)
        return 1
