"""An administrator makes a token for a hospital's programs, sees it once, and revokes it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page as BrowserPage
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in
from tests.office.web.people_and_places import HERE, THERE, account

from doudi.office.audit.models import Call
from doudi.office.tokens.models import ApiToken
from doudi.office.tokens.services import issue_token, token_of

GIVEN = {
    "name": "住院系统",
    "scopes": ["read", "settle"],
    "days": "30",
    "reason": "接口上线",
}


@pytest.mark.django_db
def test_a_token_is_shown_once_and_works(as_role: Callable[..., Client]) -> None:
    clerk = account("clerk", HERE)
    administrator = as_role("administrator", HERE)
    page = administrator.post("/desk/tokens/new", GIVEN | {"account": clerk.username})
    [text] = re.findall(r"doudi_[\w-]+", page.content.decode())
    token = token_of(text)
    assert token is not None
    assert (token.account, token.scopes) == (clerk, ["read", "settle"])
    for address in ("/desk/tokens/", f"/desk/tokens/{token.public_id}"):
        shown = administrator.get(address).content.decode()
        assert "住院系统" in shown
        assert text not in shown
    call = Call.objects.get(service="issue_token")
    assert call.reason == "接口上线"
    assert text not in str(call.detail)


@pytest.mark.django_db
def test_a_revoked_token_works_no_more_and_is_not_revoked_twice(
    as_role: Callable[..., Client],
) -> None:
    clerk = account("clerk", HERE)
    token, text = issue_token(account=clerk, name="旧系统", scopes=["read"], days=9, reason="试用")
    administrator = as_role("administrator", HERE)
    address = f"/desk/tokens/{token.public_id}"
    assert administrator.post(address, {"reason": ""}).status_code == 200
    assert token_of(text) is not None
    assert administrator.post(address, {"reason": "系统停用"}).status_code == 302
    assert token_of(text) is None
    assert "作废令牌" not in administrator.get(address).content.decode()
    again = administrator.post(address, {"reason": "再来"}).content.decode()
    assert "这个令牌已经作废" in again


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"account": "nobody"}, "没有这样的账号"),
        ({"scopes": []}, "用途"),
        ({"days": "0"}, "有效天数"),
        ({"name": ""}, "名称"),
        ({"reason": ""}, "原因"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    as_role: Callable[..., Client], changes: dict[str, object], said: str
) -> None:
    given = GIVEN | {"account": account("clerk", HERE).username} | changes
    text = as_role("administrator", HERE).post("/desk/tokens/new", given).content.decode()
    assert said in text
    assert ApiToken.objects.count() == 0


@pytest.mark.django_db
def test_an_account_of_a_division_and_one_of_another_district_get_none(
    as_role: Callable[..., Client],
) -> None:
    administrator = as_role("administrator", HERE)
    village = GIVEN | {"account": account("village", HERE).username}
    assert (
        "令牌只发给医疗机构的账号"
        in administrator.post("/desk/tokens/new", village).content.decode()
    )
    there = GIVEN | {"account": account("clerk", THERE).username}
    assert "没有这样的账号" in administrator.post("/desk/tokens/new", there).content.decode()
    assert ApiToken.objects.count() == 0


@pytest.mark.django_db
def test_fifty_tokens_take_as_many_statements_as_one(
    as_role: Callable[..., Client], statements: Statements
) -> None:
    clerk = account("clerk", HERE)
    administrator = as_role("administrator", HERE)
    for number in range(3):
        issue_token(account=clerk, name=f"系统{number}", scopes=["read"], days=9, reason="试用")
    administrator.get("/desk/tokens/")
    with statements(4):
        assert administrator.get("/desk/tokens/").status_code == 200


@pytest.mark.real_commits
def test_the_pages_of_tokens_are_accessible(page: BrowserPage) -> None:
    clerk = account("clerk", HERE)
    token, _text = issue_token(account=clerk, name="系统", scopes=["read"], days=9, reason="试用")
    log_in(page, account("administrator", HERE))
    for address in ("/desk/tokens/", "/desk/tokens/new", f"/desk/tokens/{token.public_id}"):
        page.goto(address)
        assert_accessible(page)
