"""A hospital's program with its token."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.office.builders import SAID, clerk, hospital, new_key

from doudi.office.accounts.models import User
from doudi.office.limits import services as limits
from doudi.office.tokens.services import issue_token

ALL = ("read", "settle", "reverse")


@pytest.fixture(scope="session", autouse=True)
def _static_folder() -> None:
    # WhiteNoise wants it to be there; the API has no file in it.
    Path(str(settings.STATIC_ROOT)).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _no_minute_ends_within_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_now", lambda: 1_545_192_000)


class Program:
    """Calls the API with a token, as a program would: over HTTP, JSON in and out."""

    def __init__(self, token: str | None) -> None:
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._client = Client(raise_request_exception=False)

    def get(self, path: str, **query: str) -> Any:
        return self._client.get(f"/api/{path}", query, headers=self._headers)

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        headers = {**self._headers, "Idempotency-Key": key or new_key()}
        text = body if isinstance(body, str) else json.dumps(body)
        return self._client.post(
            f"/api/{path}", text, content_type="application/json", headers=headers
        )


def token_for(account: User, *scopes: str) -> str:
    return issue_token(
        account=account, name="医院信息系统", scopes=scopes or ALL, days=30, reason=SAID["reason"]
    )[1]


@pytest.fixture
def program() -> Callable[..., Program]:
    """``program()`` is that of `hospital()`'s clerk; with scopes, of a token for only these."""
    return lambda *scopes: Program(token_for(clerk(hospital()), *scopes))
