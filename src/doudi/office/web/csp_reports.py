"""Where browsers report what the content security policy forbade them.

Anybody can send anything here, so little is read and less is kept: of a report only which of our
directives it names and on which kind of our pages. What was blocked, a piece of the script, the
page before, the browser and the address are thrown away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from doudi.office.csp_reports.services import DIRECTIVES, count_violation
from doudi.office.limits.services import count
from doudi.office.web.pages import public_page

LONGEST_BYTES = 8_192
PER_ADDRESS, PER_SITE, _MINUTE = 20, 300, 60
_TYPES = ("application/csp-report", "application/reports+json", "application/json")
_MOST_IN_ONE = 10


@csrf_exempt
@public_page(("POST",))
def report(request: HttpRequest) -> HttpResponse:
    """204 for a report, kept or not; 400, 413, 415 or 429 for what is none or too much."""
    if request.content_type not in _TYPES:
        return HttpResponse(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if _too_many(request):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        content = json.loads(request.read(LONGEST_BYTES + 1))
    except (ValueError, RecursionError):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    for directive, page in list(_reported(content))[:_MOST_IN_ONE]:
        route = _route_of(page, request.get_host())
        if route is not None and directive in DIRECTIVES:
            count_violation(directive=directive, route=route)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _too_many(request: HttpRequest) -> bool:
    sender = str(request.META.get("REMOTE_ADDR", ""))
    return (
        count(thing="csp report", sender=sender, seconds=_MINUTE) > PER_ADDRESS
        or count(thing="csp reports", sender="", seconds=_MINUTE) > PER_SITE
    )


def _reported(content: Any) -> Iterator[tuple[str, str]]:
    """Directive and page of each report, in the old form of one and in the new one of several."""
    for each in content if isinstance(content, list) else [content]:
        found = each.get("csp-report", each.get("body")) if isinstance(each, dict) else None
        if not isinstance(found, dict):
            continue
        directive = found.get("effective-directive") or found.get("effectiveDirective")
        # Before it there was only the whole line of the policy.
        directive = directive or str(found.get("violated-directive", "")).partition(" ")[0]
        page = found.get("document-uri") or found.get("documentURL")
        if isinstance(directive, str) and isinstance(page, str):
            yield directive, page


def _route_of(page: str, host: str) -> str | None:
    """The pattern of an address of ours; None for anybody else's and for one we do not have."""
    try:
        parts = urlsplit(page)
        if parts.netloc != host:
            return None
        return "/" + resolve(parts.path).route
    except (ValueError, Resolver404):
        return None
