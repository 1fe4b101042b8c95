"""`doudi manage`: tokens of the API are made, listed and revoked."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from tests.commands.an_office import HOSPITAL, an_office
from tests.commands.conftest import Doudi, Ran

from doudi.office.tokens.services import token_of

BY = ("--by", "赵管理")


@pytest.fixture
def manage(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, doudi: Doudi
) -> Generator[Callable[..., Ran]]:
    """Runs ``doudi manage`` on an office with a window's account."""
    with django_db_blocker.unblock(), an_office(tmp_path):
        doudi("manage", "add-account", "his1", "接口", "--role", "clerk", "--place", HOSPITAL, *BY)
        yield lambda *arguments: doudi("manage", *arguments)


def test_a_token_is_shown_once_listed_and_revoked(manage: Callable[..., Ran]) -> None:
    made = manage("add-token", "his1", "医院系统", "--scope", "read", "--scope", "settle", *BY)
    first, text = made.out.splitlines()
    number = first.split()[1].partition("，")[0]
    token = token_of(text)
    assert token is not None
    assert (token.public_id, token.scopes) == (number, ["read", "settle"])
    listed = manage("tokens").out
    assert number in listed and "his1  医院系统  read,settle" in listed
    assert text not in listed and "已作废" not in listed
    assert manage("revoke-token", number, *BY).status == 0
    assert "已作废" in manage("tokens").out
    assert token_of(text) is None
    assert "已经作废" in manage("revoke-token", number, *BY).complaints[0]


def test_a_token_for_nobody_or_for_too_long_is_refused(manage: Callable[..., Ran]) -> None:
    ran = manage("add-token", "nobody", "系统", "--scope", "read", *BY)
    assert ran.complaints == ["没有账号 nobody"]
    ran = manage("add-token", "his1", "系统", "--scope", "read", "--days", "400", *BY)
    assert "400" in ran.complaints[0]
    assert manage("revoke-token", "NONE", *BY).complaints == ["没有令牌 NONE"]
    assert manage("tokens").out == ""
