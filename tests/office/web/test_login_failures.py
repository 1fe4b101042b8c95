"""An administrator sees which logins failed and which names are locked, and unlocks them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.office.databases import at_once
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in, logged_in
from tests.office.web.people_and_places import HERE, PASSWORD, THERE, account

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.login_failures import (
    count_failure,
    failures_since,
    locked_names,
    unlock,
)
from doudi.office.accounts.models import LoginFailures, User
from doudi.office.audit.models import Call


def give(username: str, password: str = "wrong") -> int:
    given = {"username": username, "password": password}
    return Client(REMOTE_ADDR="192.0.2.77").post("/login", given).status_code


def shown(by: User) -> str:
    return logged_in(by).get("/desk/security/").content.decode()


@pytest.mark.django_db
def test_wrong_passwords_are_counted_and_a_lock_is_shown_with_its_end() -> None:
    administrator, user, other = account("administrator"), account("clerk"), account("clerk")
    for _attempt in range(6):
        give(user.username)
    give(other.username)
    [first, second] = failures_since(administrator, timezone.localdate())
    assert (first["username"], first["passwords"], first["locks"]) == (user.username, 6, 1)
    assert (second["username"], second["passwords"], second["locks"]) == (other.username, 1, 0)
    until = locked_names(administrator)[user.username]
    assert timedelta(minutes=14) < until - timezone.now() <= timedelta(minutes=15)
    assert list(locked_names(administrator)) == [user.username]
    text = shown(administrator)
    assert user.username in text and f"{timezone.localtime(until):%H:%M}" in text
    page = logged_in(administrator).get(f"/desk/accounts/{user.username}").content.decode()
    assert "锁定到" in page


@pytest.mark.django_db
def test_what_was_counted_stays_after_a_right_password() -> None:
    administrator, user = account("administrator"), account("clerk")
    give(user.username)
    assert give(user.username, PASSWORD) == 302
    assert not AccessAttempt.objects.exists()
    [row] = failures_since(administrator, timezone.localdate())
    assert row["passwords"] == 1


@pytest.mark.django_db
def test_unlocking_lets_the_name_in_at_once_and_says_who_and_why() -> None:
    administrator, user = account("administrator"), account("clerk")
    for _attempt in range(5):
        give(user.username)
    assert give(user.username, PASSWORD) == 429
    office = logged_in(administrator)
    address = f"/desk/accounts/{user.username}"
    assert "必填" in office.post(address, {"change": "unlock"}).content.decode()
    assert give(user.username, PASSWORD) == 429
    office.post(address, {"change": "unlock", "reason": "本人当面核对"})
    assert give(user.username, PASSWORD) == 302
    call = Call.objects.get(service="unlock_account")
    assert (call.actor, call.reason) == (administrator.username, "本人当面核对")
    text = office.post(address, {"change": "unlock", "reason": "再来"}).content.decode()
    assert "现在没有锁定" in text


@pytest.mark.django_db
def test_an_administrator_of_another_banner_sees_and_unlocks_nothing() -> None:
    user, stranger = account("clerk", HERE), account("administrator", THERE)
    stranger.division_id = THERE.banner
    stranger.save()
    for _attempt in range(5):
        give(user.username)
    assert user.username not in shown(stranger)
    assert locked_names(stranger) == {}
    with pytest.raises(AccountRefused):
        unlock(user=user, by=stranger, reason="试")
    assert give(user.username, PASSWORD) == 429


@pytest.mark.django_db
def test_a_name_that_nobody_has_is_counted_and_not_kept() -> None:
    for name in ("my-secret-password", "another one", "x" * 30):
        give(name)
    administrator = account("administrator")
    [row] = failures_since(administrator, timezone.localdate())
    assert (row["username"], row["passwords"]) == ("", 3)
    text = shown(administrator)
    assert "不存在的用户名" in text and "my-secret-password" not in text
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_loginfailures")
        assert "my-secret" not in str(cursor.fetchall())


@pytest.mark.django_db
def test_no_address_or_browser_of_a_login_is_kept_once_it_succeeded() -> None:
    user = account("clerk")
    give(user.username)
    assert give(user.username, PASSWORD) == 302
    assert not AccessLog.objects.exists()
    assert not AccessAttempt.objects.exists()


@pytest.mark.django_db
def test_wrong_digits_after_a_right_password_are_shown_apart() -> None:
    administrator, user = account("administrator"), account("banner")
    client = logged_in(user)
    client.post("/account/second-factor", {"token": "123456"})
    [row] = failures_since(administrator, timezone.localdate())
    assert (row["passwords"], row["tokens"]) == (0, 1)


@pytest.mark.django_db
def test_the_page_takes_the_same_statements_for_many_accounts(statements: Statements) -> None:
    administrator = account("administrator")
    client = logged_in(administrator)
    client.get("/desk/security/")
    for number in (1, 5):
        for _account in range(number):
            user = account("clerk")
            for _attempt in range(5):
                count_failure(user.username, passwords=1)
                give(user.username)
        with statements(6):
            client.get("/desk/security/")


@pytest.mark.real_commits
def test_failures_at_once_are_all_counted() -> None:
    user = account("clerk")
    at_once(*(lambda: count_failure(user.username, passwords=1) for _thread in range(6)))
    assert LoginFailures.objects.get().passwords == 6


def test_an_administrator_unlocks_in_a_real_browser(page: Page) -> None:
    user, administrator = account("clerk"), account("administrator")
    for _attempt in range(5):
        give(user.username)
    log_in(page, administrator)
    page.get_by_role("navigation").get_by_role("link", name="登录与安全").click()
    assert_accessible(page)
    page.get_by_role("link", name=user.username).first.click()
    assert_accessible(page)
    page.get_by_label("要办的事").select_option(label="解除锁定")
    page.get_by_label("原因").fill("本人当面核对")
    page.get_by_role("button", name="办理").click()
    expect(page.get_by_role("status")).to_contain_text("已办理")
    assert give(user.username, PASSWORD) == 302
