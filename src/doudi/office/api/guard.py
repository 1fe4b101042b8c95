"""Who may call an operation, and how often."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import AnonRateThrottle, AuthRateThrottle

from doudi.office.api.problems import Stopped
from doudi.office.tokens.models import ApiToken
from doudi.office.tokens.scopes import Scope
from doudi.office.tokens.services import may_use, token_of

PER_TOKEN = "600/min"
PER_ADDRESS = "60/min"


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
        if not may_use(found, self.scope):
            raise Stopped(
                HTTPStatus.FORBIDDEN,
                f"这个令牌不能用于 {self.scope}",
                f"the token does not have the scope {self.scope}",
            )
        return found


class ByToken(AuthRateThrottle):
    """As often as a large hospital settles, and no more."""

    scope = "doudi_api_token"

    def __init__(self) -> None:
        super().__init__(PER_TOKEN)


class ByAddress(AnonRateThrottle):
    """What needs no token, by address."""

    scope = "doudi_api_address"

    def __init__(self) -> None:
        super().__init__(PER_ADDRESS)

    def get_ident(self, request: HttpRequest) -> str | None:
        """The address of the connection: a header would be whatever the sender writes."""
        address: str | None = request.META.get("REMOTE_ADDR")
        return address
