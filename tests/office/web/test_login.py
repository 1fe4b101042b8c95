"""Logging in and out, the language and the size of the type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in
from tests.office.web.people_and_places import PASSWORD, account


def give(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post("/login", {"username": username, "password": password, **more})


@pytest.mark.django_db
def test_a_login_leads_to_the_desk_and_a_logout_away_from_it(client: Client) -> None:
    user = account("banner")
    answer = give(client, user.username)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.get("/desk/").status_code == 200
    client.post("/logout")
    assert client.get("/desk/")["Location"].startswith("/login?next=")


@pytest.mark.django_db
def test_a_login_leads_back_to_the_page_that_asked_for_it_and_nowhere_else(client: Client) -> None:
    user = account("administrator")
    assert give(client, user.username, next="/desk/accounts/")["Location"] == "/desk/accounts/"
    for elsewhere in ("https://example.org/", "//example.org", "javascript:alert(1)"):
        assert give(Client(), user.username, next=elsewhere)["Location"] == "/desk/"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "password"), [("nobody", PASSWORD), (None, "wrong")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    client: Client, name: str | None, password: str
) -> None:
    user = account("banner")
    answer = give(client, name or user.username, password)
    assert answer.status_code == 200
    assert "用户名或密码不对" in answer.content.decode()


@pytest.mark.django_db
def test_a_disabled_account_cannot_log_in_and_is_logged_out(client: Client) -> None:
    user = account("banner")
    give(client, user.username)
    user.is_active = False
    user.save()
    assert client.get("/desk/")["Location"].startswith("/login")
    assert give(Client(), user.username).status_code == 200


@pytest.mark.django_db
def test_the_desk_takes_two_statements(
    as_role: Callable[..., Client], statements: Statements
) -> None:
    client = as_role("banner")
    client.get("/desk/")
    with statements(2):
        client.get("/desk/")


@pytest.mark.django_db
def test_the_first_page_needs_no_database(client: Client, statements: Statements) -> None:
    with statements(0):
        assert client.get("/").status_code == 200


def test_the_language_and_the_size_stay_as_they_were_chosen(client: Client) -> None:
    assert 'lang="zh-Hans"' in client.get("/").content.decode()
    answer = client.post("/preferences", {"language": "en", "next": "/login"})
    assert answer["Location"] == "/login"
    assert "Staff login" in client.get("/login").content.decode()
    client.post("/preferences", {"type": "large"})
    assert 'class="large"' in client.get("/").content.decode()
    client.post("/preferences", {"type": "normal", "language": "zh"})
    assert 'lang="zh-Hans">' in client.get("/").content.decode()


def test_a_choice_that_does_not_exist_is_not_kept(client: Client) -> None:
    answer = client.post("/preferences", {"language": "fr", "type": "huge", "next": "//evil"})
    assert answer["Location"] == "/"
    assert not answer.cookies


def test_a_clerk_logs_in_in_a_real_browser(page: Page) -> None:
    user = account("clerk")
    page.goto("/desk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("工作人员登录")
    assert_accessible(page)
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    assert_accessible(page)
    log_in(page, user)
    expect(page.get_by_role("heading", level=1)).to_have_text("工作台")
    assert_accessible(page)
