"""Locks, limits, second factors and ends of sessions; what an attacker with a browser meets."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import totp
from playwright.sync_api import Page, expect
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import log_in, logged_in
from tests.office.web.one_time import shown_half
from tests.office.web.people_and_places import HERE, PASSWORD, THERE, account, make_place

from doudi.office.accounts.devices import Authenticator
from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import User
from doudi.office.accounts.roles import SECOND_FACTOR, Role
from doudi.office.accounts.services import create_account
from doudi.office.accounts.sessions import IDLE_SECONDS, LONGEST_SECONDS
from doudi.office.approvals.models import Proposal
from doudi.office.audit.models import Call
from doudi.office.limits.models import Tally


def give(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post("/login", {"username": username, "password": password})


# --- Locks and limits ---


@pytest.mark.django_db
def test_five_wrong_passwords_lock_a_name_even_for_the_right_one(client: Client) -> None:
    user = account("banner")
    for _attempt in range(4):
        assert give(client, user.username, "wrong").status_code == 200
    assert give(client, user.username, "wrong").status_code == 429
    assert give(Client(), user.username).status_code == 429
    other = account("banner")
    assert give(Client(), other.username).status_code == 302


@pytest.mark.django_db
def test_a_right_password_forgets_the_wrong_ones_before_it(client: Client) -> None:
    user = account("banner")
    for _round in range(3):
        for _attempt in range(4):
            give(client, user.username, "wrong")
        assert give(Client(), user.username).status_code == 302


@pytest.mark.django_db
def test_one_address_may_try_thirty_logins_a_minute(client: Client) -> None:
    for attempt in range(30):
        assert give(client, f"nobody{attempt}").status_code == 200
    refused = give(client, "nobody")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert client.get("/login").status_code == 200
    Tally.objects.all().delete()
    assert give(client, "nobody").status_code == 200


@pytest.mark.django_db
def test_behind_a_proxy_visitors_are_counted_apart_and_cannot_invent_addresses(
    client: Client, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    fields = {"username": "nobody", "password": "wrong"}
    for attempt in range(31):
        forwarded = {"x-forwarded-for": f"10.0.0.{attempt}, 192.0.2.1"}
        answer = client.post("/login", fields | {"username": f"n{attempt}"}, headers=forwarded)
    assert answer.status_code == 429
    other = client.post("/login", fields, headers={"x-forwarded-for": "192.0.2.2"})
    assert other.status_code == 200


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/login", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "表单已过期" in answer.content.decode()


# --- The end of a session ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("began", "seen", "ends"),
    [
        (0, 0, False),
        (LONGEST_SECONDS - 5, 5, False),
        (60, IDLE_SECONDS + 1, True),
        (LONGEST_SECONDS + 1, 0, True),
    ],
)
def test_a_session_ends_when_nobody_uses_it_and_after_a_day_of_work(
    began: int, seen: int, ends: bool
) -> None:
    client = logged_in(account("clerk"))
    client.get("/desk/")
    now = int(time.time())
    session = client.session
    session.update({"began": now - began, "seen": now - seen})
    session.save()
    answer = client.get("/desk/")
    assert (answer.status_code == 302) == ends
    assert client.get("/desk/").status_code == (302 if ends else 200)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "new", ["short", "password1234", "123456789012345", "", "clerk-of-the-window"]
)
def test_a_weak_password_is_refused(new: str) -> None:
    user = account("clerk", username="clerk-of-the-window")
    client = logged_in(user)
    fields = {"current": PASSWORD, "new": new, "again": new}
    answer = client.post("/account/password", fields)
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


# --- The second factor ---


def digits_of(device: Authenticator, ahead: int = 0) -> str:
    """What the phone shows, now or a half minute later."""
    return f"{totp(device.bin_key, drift=ahead):06}"


def enrolled(client: Client, user: User) -> tuple[Authenticator, list[str]]:
    """A phone set up through the pages, and its backup codes."""
    assert "<svg" in client.get("/account/second-factor/enrol").content.decode()
    device = Authenticator.objects.get(user=user)
    answer = client.post("/account/second-factor/enrol", {"token": digits_of(device)})
    text = answer.content.decode()
    return device, [part.partition("</code>")[0] for part in text.split("<code>")[1:]]


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_banner_and_above_set_up_a_second_factor_before_anything_else(
    role: str, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    answer = logged_in(account(role)).get("/desk/")
    if role in SECOND_FACTOR:
        assert answer["Location"] == "/account/second-factor/enrol"
    else:
        assert answer.status_code == 200


@pytest.mark.django_db
def test_once_set_up_every_login_asks_for_the_phone(client: Client) -> None:
    user = account("league")
    give(client, user.username)
    device, codes = enrolled(client, user)
    assert len(set(codes)) == 10
    assert client.get("/desk/").status_code == 200
    again = Client()
    give(again, user.username)
    for address in ("/desk/", "/account/password"):
        assert again.get(address)["Location"].startswith("/account/second-factor?next=")
    assert again.get("/account/second-factor/enrol")["Location"] == "/account/second-factor"
    # The digits of the set-up were used: nobody who read them over a shoulder comes in with them.
    used = again.post("/account/second-factor", {"token": digits_of(device)})
    assert used.status_code == 200
    Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    answer = again.post("/account/second-factor", {"token": digits_of(device, 1), "next": "/desk/"})
    assert answer["Location"] == "/desk/"
    assert again.get("/desk/").status_code == 200


@pytest.mark.django_db
def test_a_backup_code_works_once(client: Client) -> None:
    user = account("league")
    give(client, user.username)
    _device, codes = enrolled(client, user)
    for expected in (302, 200):
        again = Client()
        give(again, user.username)
        answer = again.post("/account/second-factor", {"token": f" {codes[0].upper()} "})
        assert answer.status_code == expected
    assert len(Authenticator.objects.get(user=user).backup_codes) == 9


# --- Accounts ---


NEW_CLERK = {
    "username": "new-clerk",
    "display_name": "新窗口",
    "role": "clerk",
    "reason": "新设窗口",
}


def waiting_account(administrator: User, **changes: str) -> str:
    """The address of the proposal of a new account, put up through the page."""
    given = NEW_CLERK | {"place": HERE.hospital} | changes
    answer = logged_in(administrator).post("/desk/accounts/new", given)
    assert answer["Location"] == "/desk/approvals/", answer.content.decode()
    return f"/desk/approvals/{Proposal.objects.latest('pk').public_id}"


@pytest.mark.django_db
@pytest.mark.parametrize("checker", ["administrator", "banner"])
def test_a_new_account_is_there_when_a_second_person_approved_it(checker: str) -> None:
    maker = account("administrator")
    address = waiting_account(maker)
    assert not User.objects.filter(username="new-clerk").exists()
    mine = logged_in(maker)
    assert "由别人复核" in mine.post(address, {"decision": "approve"}).content.decode()
    assert not User.objects.filter(username="new-clerk").exists()
    second = logged_in(account(checker))
    text = second.get(address).content.decode()
    assert "新窗口" in text and "窗口经办" in text and HERE.hospital in text
    assert second.post(address, {"decision": "approve"}).status_code == 302
    halves = [shown_half(client, address) for client in (mine, second)]
    assert give(Client(), "new-clerk", "-".join(halves)).status_code == 302
    given = NEW_CLERK | {"place": HERE.hospital}
    assert "已有人用" in mine.post("/desk/accounts/new", given).content.decode()
    call = Call.objects.get(service="create_account", subject="account:new-clerk")
    assert call.actor == maker.username and call.detail["checked_by"].startswith(checker)


@pytest.mark.django_db
def test_who_looks_only_is_made_by_one_and_the_password_shown_once() -> None:
    given = NEW_CLERK | {"role": "auditor", "place": HERE.banner}
    text = logged_in(account("administrator")).post("/desk/accounts/new", given).content.decode()
    password = text.split("<code>")[1].partition("</code>")[0]
    assert give(Client(), "new-clerk", password).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_no_administrator_alone_makes_an_account_that_changes_anything(role: str) -> None:
    administrator = account("administrator")
    place = {"village": HERE.gacha, "sumu": HERE.sumu, "clerk": HERE.hospital}
    given: dict[str, Any] = {
        "username": "alone",
        "display_name": "甲",
        "role": role,
        "place": place.get(role, HERE.hospital if role == "hospital" else HERE.banner),
        "reason": "试",
    }
    if role == "auditor":
        create_account(**given, by=administrator)
        return
    for checked_by in (None, "", administrator.username):
        with pytest.raises(AccountRefused, match="two people"):
            create_account(**given, by=administrator, checked_by=checked_by)
    assert not User.objects.filter(username="alone").exists()


@pytest.mark.django_db
def test_a_stranger_a_clerk_and_a_maker_who_left_make_no_account() -> None:
    maker = account("administrator")
    address = waiting_account(maker)
    stranger = account("administrator", THERE)
    stranger.division_id = THERE.banner
    stranger.save()
    assert logged_in(stranger).post(address, {"decision": "approve"}).status_code == 404
    assert logged_in(account("clerk")).post(address, {"decision": "approve"}).status_code == 404
    User.objects.filter(pk=maker.pk).update(is_active=False)
    text = logged_in(account("banner")).post(address, {"decision": "approve"}).content.decode()
    assert "已停用" in text
    assert not User.objects.filter(username="new-clerk").exists()


@pytest.mark.django_db
def test_on_the_command_line_of_the_server_one_person_begins() -> None:
    make_place(HERE)
    first, password = create_account(
        username="first",
        display_name="管理员",
        role="administrator",
        place="152200000000",
        reason="安装人：新建账号",
    )
    assert first.must_change_password
    assert give(Client(), "first", password).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"username": "大写"}, "小写字母开头"),
        ({"role": "village", "place": HERE.banner}, "不能设在"),
        ({"place": "H00000000000"}, "没有这家医疗机构"),
        ({"reason": ""}, "必填"),
    ],
)
def test_an_account_that_cannot_be_is_refused(changes: dict[str, str], complaint: str) -> None:
    client = logged_in(account("administrator"))
    given = {
        "username": "new-clerk",
        "display_name": "新窗口",
        "role": "clerk",
        "place": HERE.hospital,
        "reason": "新设窗口",
    }
    text = client.post("/desk/accounts/new", given | changes).content.decode()
    assert complaint in text
    assert not User.objects.filter(display_name="新窗口").exists()


@pytest.mark.django_db
def test_nobody_disables_the_account_they_are_using() -> None:
    administrator = account("administrator")
    client = logged_in(administrator)
    address = f"/desk/accounts/{administrator.username}"
    text = client.post(address, {"change": "disable", "reason": "试"}).content.decode()
    assert "不能停用自己" in text
    assert client.get("/desk/").status_code == 200


def test_the_pages_of_accounts_and_changes_are_accessible(
    page: Page, as_role: Callable[..., Client]
) -> None:
    del as_role
    administrator = account("administrator")
    log_in(page, administrator)
    for address in ("accounts/", "accounts/new", f"accounts/{administrator.username}"):
        page.goto(f"/desk/{address}")
        assert_accessible(page)
    page.goto("/desk/accounts/new")
    page.get_by_role("button", name="新建账号").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    for address in ("/account/password", "/account/second-factor/enrol"):
        page.goto(address)
        assert_accessible(page)


def test_on_a_phone_no_page_is_wider_than_the_screen(page: Page) -> None:
    user = account("administrator")
    page.set_viewport_size({"width": 360, "height": 740})
    log_in(page, user)
    for address in ("/", "/login", "/desk/", "/desk/accounts/", "/account/second-factor/enrol"):
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, address
