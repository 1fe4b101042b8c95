"""What went wrong, as problem+json (RFC 9457), in Chinese and English, by field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from doudi.office.accounts.errors import AccountRefused
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.audit.services import BadCall, KeyReused
from doudi.office.ledger.services import LedgerRefused
from doudi.office.registry.identity import BadNumber
from doudi.office.settlement.policy import UnconfirmedPolicy, UnusableAdoption
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.years import BrokenPromise
from doudi.rules.errors import BadInput, NoVersionInForce

PROBLEM = "application/problem+json"
PERSONAL = frozenset({"id_number"})
"""Fields whose value is never sent back."""

_log = structlog.get_logger("doudi.api")


class Fault(Schema):
    """One thing that is wrong: its place in the request, and what stood there."""

    field: str | None = None
    value: str | int | bool | None = None
    zh: str
    en: str


class Problem(Schema):
    """A request that was not done; nothing was changed."""

    type: str = "about:blank"
    title: str
    status: int
    zh: str
    en: str
    errors: list[Fault]


PROBLEMS = {frozenset({400, 401, 403, 404, 409, 422, 429, 503}): Problem}
"""What an operation may answer besides what was asked for, as Ninja takes it."""


class Stopped(Exception):
    """An answer other than the one that was asked for."""

    def __init__(self, status: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.status, self.zh, self.en = status, zh, en


def not_found(zh: str, en: str) -> Stopped:
    """404: there is none, or it is out of the token's scope, which looks the same."""
    return Stopped(HTTPStatus.NOT_FOUND, zh, en)


def problem(
    status: int,
    zh: str,
    en: str,
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer to a request that was not done."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        zh=zh,
        en=en,
        errors=list(errors) or [Fault(zh=zh, en=en)],
    )
    text = json.dumps(body.model_dump(), ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=PROBLEM, headers=headers)


def answer_problems(api: NinjaAPI) -> None:
    """Have every fault of a request and every refusal of a service answered as a problem."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        ValidationError: _invalid,
        AuthenticationError: _unknown_token,
        Throttled: _throttled,
        HttpError: _unreadable,
        Http404: _no_such_row,
        Stopped: lambda _request, error: problem(error.status, error.zh, error.en),
        KeyReused: lambda _request, error: problem(HTTPStatus.CONFLICT, error.zh, str(error)),
        Refused: _refused,
        BadInput: _bad_input,
        NoVersionInForce: _no_version,
        UnconfirmedPolicy: _unconfirmed,
        UnusableAdoption: lambda _request, error: problem(
            HTTPStatus.SERVICE_UNAVAILABLE, error.zh, error.en
        ),
        BrokenPromise: _broken,
        Exception: _failed,
    }
    for refusal in (AccountRefused, ApprovalRefused, BadCall, BadNumber, LedgerRefused):
        handlers[refusal] = _refused_in_a_word
    for error, handler in handlers.items():
        api.add_exception_handler(error, handler)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    faults = [_fault(found) for found in error.errors]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "请求的内容不对，未作任何改动",
        "the request is wrong as it stands; nothing was changed",
        faults,
    )


_WRONG = {
    "missing": "没有填",
    "extra_forbidden": "没有这一项",
    "int_type": "应为整数（金额以分计）",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "string_too_long": "太长",
    "string_too_short": "太短",
}


def _fault(found: dict[str, Any]) -> Fault:
    # The place begins with body or path and the argument's name, which the sender did not write.
    place = [str(part) for part in found["loc"]]
    inside = place[2:] if place[0] == "body" else place[1:]
    field = ".".join(inside) or place[-1]
    value = found.get("input")
    shown = value if isinstance(value, str | int | bool) and field not in PERSONAL else None
    zh = _WRONG.get(found["type"], "填得不对，请看接口说明")
    return Fault(field=field, value=shown, zh=f"{field}：{zh}", en=f"{field}: {found['msg']}")


def _unknown_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    del request, error
    zh = "没有令牌，或令牌无效、过期、已作废"
    en = "no token, or one that is unknown, expired or revoked"
    return problem(HTTPStatus.UNAUTHORIZED, zh, en, headers={"WWW-Authenticate": "Bearer"})


def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    del request, error
    return problem(HTTPStatus.TOO_MANY_REQUESTS, "请求太频繁，请稍后再试", "too many requests")


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return problem(error.status_code, "请求的内容读不懂，应为 JSON", error.message)


def _no_such_row(request: HttpRequest, error: Http404) -> HttpResponse:
    del request, error
    return problem(HTTPStatus.NOT_FOUND, "没有找到", "not found")


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    del request
    faults = [Fault(zh=zh, en=en) for zh, en in error.faults]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.zh, str(error), faults)


def _refused_in_a_word(
    request: HttpRequest,
    error: AccountRefused | ApprovalRefused | BadCall | BadNumber | LedgerRefused,
) -> HttpResponse:
    del request
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.zh, str(error))


def _bad_input(request: HttpRequest, error: BadInput) -> HttpResponse:
    del request
    value = error.value if isinstance(error.value, str | int | bool) else None
    field = FIELD_OF_FACT.get(error.field, error.field)
    fault = Fault(field=field, value=value, zh=f"{field}：{error.zh}", en=f"{field}: {error.en}")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, fault.zh, fault.en, [fault])


FIELD_OF_FACT = {"bill": "bill_fen", "catalogue": "catalogue_fen"}
"""What the API calls the facts that the pack calls otherwise."""


def _no_version(request: HttpRequest, error: NoVersionInForce) -> HttpResponse:
    del request
    zh = "这一天没有有效的政策版本，不会借用相近的版本"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, zh, str(error))


def _unconfirmed(request: HttpRequest, error: UnconfirmedPolicy) -> HttpResponse:
    del request
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, error.zh, str(error))


def _broken(request: HttpRequest, error: BrokenPromise) -> HttpResponse:
    del request
    zh = "承诺未成立，未作任何改动，请联系管理员"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, zh, f"a promise would break: {error}")


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    del request
    _log.error("failed", exc_info=error)
    zh = "系统出错了，未作任何改动，请用同一编号重试"
    en = "the server failed; nothing was changed, try again with the same key"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, zh, en)
