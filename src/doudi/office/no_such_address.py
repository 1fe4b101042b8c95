"""What an address that is not there answers: a page to people, a problem to programs."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from doudi.office.api.problems import problem
from doudi.office.web import errors

_API = "/api/"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    if request.path.startswith(_API):
        return problem(
            HTTPStatus.NOT_FOUND,
            "没有这个接口地址，请看 /api/openapi.json",
            "there is no such address; see /api/openapi.json",
        )
    return errors.not_found(request, exception)
