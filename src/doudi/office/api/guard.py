"""Who may call an operation, and how often."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from doudi.office.api.problems import Stopped
from doudi.office.limits.services import count, seconds_left
from doudi.office.tokens.models import ApiToken
from doudi.office.tokens.scopes import Scope
from doudi.office.tokens.services import may_use, note_use, token_of

_MINUTE = 60
PER_TOKEN = 600
PER_ADDRESS = 60


class TokenRequest(HttpRequest):
    """A request with a good token."""

    auth: ApiToken


class Bearer(HttpBearer):
    """``Authorization: Bearer …`` with a token that has the scope: 401 without, 403 for another."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The token, or None when it is not good."""
        del request
        found = token_of(token)
        if found is None:
            return None
        note_use(found)
        if not may_use(found, self.scope):
            raise Stopped(
                HTTPStatus.FORBIDDEN,
                f"这个令牌不能用于 {self.scope}",
                f"the token does not have the scope {self.scope}",
            )
        return found


class _Limit(BaseThrottle):
    """So many calls a minute by one sender, over all processes of the server."""

    def __init__(self, thing: str, most: int) -> None:
        self.thing = thing
        self.most = most

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the call; whether it is still within the limit."""
        times = count(thing=self.thing, sender=self.sender(request), seconds=_MINUTE)
        return times <= self.most

    def sender(self, request: HttpRequest) -> str:
        """Who is counted."""
        raise NotImplementedError

    def wait(self) -> float:
        """Seconds until calls are taken again."""
        return float(seconds_left(_MINUTE))


class ByToken(_Limit):
    """As often as a large hospital settles, and no more."""

    def __init__(self) -> None:
        super().__init__("api token", PER_TOKEN)

    def sender(self, request: HttpRequest) -> str:
        """The token, by its number."""
        token: ApiToken = cast("TokenRequest", request).auth
        return str(token.pk)


class ByAddress(_Limit):
    """What needs no token, by address."""

    def __init__(self) -> None:
        super().__init__("api address", PER_ADDRESS)

    def sender(self, request: HttpRequest) -> str:
        """The address of the connection: a header would be whatever the sender writes."""
        return str(request.META.get("REMOTE_ADDR", ""))
