"""Everybody sees where they are logged in, and ends a login that they do not know."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in, logged_in
from tests.office.web.people_and_places import HERE, PASSWORD, THERE, account

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import Session, User
from doudi.office.accounts.resets import reset_password
from doudi.office.accounts.sessions import (
    IDLE_SECONDS,
    LONGEST_SECONDS,
    delete_expired,
    end_session,
    end_sessions,
    handle_of,
    open_sessions,
)
from doudi.office.audit.models import Call

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; SECRET-PHONE) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47"
)


def at(user: User, browser: str = FIREFOX) -> Client:
    """A client that has logged in by the form, and opened a page."""
    client = Client(headers={"user-agent": browser}, REMOTE_ADDR="192.0.2.77")
    client.post("/login", {"username": user.username, "password": PASSWORD})
    assert client.get("/desk/").status_code == 200
    return client


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


@pytest.mark.django_db
def test_the_page_shows_each_login_by_its_browser_in_words_and_marks_this_one() -> None:
    user = account("clerk")
    at(user, WECHAT)
    text = at(user).get("/account/sessions").content.decode()
    assert text.count("Firefox · Windows") == 1
    assert text.count("微信 · 安卓手机") == 1
    assert text.count("这一次") == 1
    assert "结束其他全部登录" in text


@pytest.mark.django_db
def test_neither_the_address_nor_what_the_browser_says_of_itself_is_kept() -> None:
    client = at(account("clerk"), WECHAT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_session")
        [row] = cursor.fetchall()
    stored = f"{row} {dict(client.session)}"
    for part in ("192.0.2.77", "Mozilla", "SECRET-PHONE", "8.0.47"):
        assert part not in stored
    assert "wechat/android" in stored


@pytest.mark.django_db
def test_the_page_gives_no_session_away() -> None:
    user = account("clerk")
    other, client = at(user), at(user)
    text = client.get("/account/sessions").content.decode()
    for key in (client.session.session_key, other.session.session_key):
        assert key and key not in text


@pytest.mark.django_db
def test_a_login_that_was_ended_is_over_at_its_next_page_and_the_others_go_on() -> None:
    user = account("clerk")
    here, lost, third = at(user), at(user, WECHAT), at(user)
    here.post("/account/sessions", {"end": handle_of(lost.session.session_key or "")})
    assert [is_in(client) for client in (here, lost, third)] == [True, False, True]
    here.post("/account/sessions", {"end": "others"})
    assert [is_in(client) for client in (here, lost, third)] == [True, False, False]
    calls = Call.objects.filter(service="end_sessions", subject=f"account:{user.username}")
    assert [call.detail["sessions"] for call in calls.order_by("pk")] == [1, 1]


@pytest.mark.django_db
def test_nobody_ends_the_login_of_somebody_else() -> None:
    mine, theirs = at(account("clerk")), at(account("clerk"))
    handle = handle_of(theirs.session.session_key or "")
    answer = mine.post("/account/sessions", {"end": handle}, follow=True)
    assert "这次登录已经结束" in answer.content.decode()
    with pytest.raises(AccountRefused):
        end_session(
            user=User.objects.get(pk=mine.session["_auth_user_id"]), handle=handle, reason="试"
        )
    with pytest.raises(AccountRefused):
        end_sessions(
            user=User.objects.get(pk=theirs.session["_auth_user_id"]),
            by=account("clerk"),
            reason="试",
        )
    assert is_in(theirs)


@pytest.mark.django_db
def test_an_administrator_ends_all_logins_of_an_account_in_charge_and_says_why() -> None:
    user, administrator = account("clerk"), account("administrator")
    clients = [at(user), at(user, WECHAT)]
    address, office = f"/desk/accounts/{user.username}", logged_in(administrator)
    text = office.get(address).content.decode()
    assert "Firefox · Windows" in text and "微信 · 安卓手机" in text
    office.post(address, {"change": "sessions", "reason": "电脑被借走"})
    assert not any(is_in(client) for client in clients)
    call = Call.objects.get(service="end_sessions")
    assert (call.actor, call.reason) == (administrator.username, "电脑被借走")
    assert "现在没有登录" in office.get(address).content.decode()


@pytest.mark.django_db
def test_a_stranger_of_another_banner_neither_sees_nor_ends_them() -> None:
    user, stranger = account("clerk"), account("administrator", THERE)
    stranger.division_id = THERE.banner
    stranger.save()
    client = at(user)
    office = logged_in(stranger)
    address = f"/desk/accounts/{user.username}"
    assert office.post(address, {"change": "sessions", "reason": "试"}).status_code == 404
    assert is_in(client)


@pytest.mark.django_db
def test_a_new_password_a_reset_and_a_disabling_leave_no_login_behind() -> None:
    user = account("clerk")
    here, other = at(user), at(user)
    new = "three hundred and fifty thousand"
    fields = {"current": PASSWORD, "new": new, "again": new}
    assert here.post("/account/password", fields).status_code == 302
    assert is_in(here) and not is_in(other)
    assert len(open_sessions(user)) == 1
    administrator = account("administrator")
    given = reset_password(user=user, by=administrator, reason="试", checked_by="fuhe")
    assert open_sessions(user) == [] and not is_in(here)
    again = Client()
    again.post("/login", {"username": user.username, "password": given})
    assert len(open_sessions(user)) == 1
    office = logged_in(administrator)
    office.post(f"/desk/accounts/{user.username}", {"change": "disable", "reason": "试"})
    assert not Session.objects.filter(account=user).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("began", "seen", "shown"),
    [
        (0, 0, 1),
        (60, IDLE_SECONDS + 5, 0),
        (LONGEST_SECONDS + 5, 0, 0),
    ],
)
def test_only_logins_are_shown_that_the_next_page_would_take(
    began: int, seen: int, shown: int
) -> None:
    user = account("clerk")
    client = at(user)
    now, session = int(time.time()), client.session
    session.update({"began": now - began, "seen": now - seen})
    session.save()
    assert len(open_sessions(user)) == shown
    assert is_in(client) == bool(shown)


@pytest.mark.django_db
def test_sessions_that_are_over_are_deleted_and_others_not() -> None:
    user = account("clerk")
    old, new = at(user), at(user)
    session = old.session
    session.update({"seen": int(time.time()) - IDLE_SECONDS - 5})
    session.save()
    assert delete_expired() == 1
    assert is_in(new)


@pytest.mark.django_db
def test_knowing_whose_a_session_is_costs_no_statement(statements: Statements) -> None:
    client = at(account("clerk"))
    with statements(2):
        client.get("/desk/")
    with statements(3):
        client.get("/account/sessions")


def test_somebody_ends_a_login_in_another_real_browser(
    page: Page, browser: Browser, site: str
) -> None:
    user = account("clerk", HERE)
    with browser.new_context(base_url=site) as elsewhere:
        other = elsewhere.new_page()
        log_in(other, user)
        log_in(page, user)
        page.get_by_role("link", name="我的登录").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("我的登录")
        assert_accessible(page)
        page.get_by_role("button", name="结束", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("已结束")
        other.reload()
        expect(other.get_by_role("heading", level=1)).to_have_text("工作人员登录")
    expect(page.get_by_text("这一次")).to_be_visible()
