"""A forgotten password and a lost phone: two people help, and neither gets into the account."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.office.web.conftest import logged_in
from tests.office.web.one_time import shown_half
from tests.office.web.people_and_places import HERE, PASSWORD, THERE, account

from doudi.office.accounts.devices import Authenticator, new_cipher
from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import needs_two
from doudi.office.accounts.resets import (
    reset_at_the_server,
    reset_password,
    reset_second_factor,
)
from doudi.office.accounts.roles import Role
from doudi.office.approvals import services
from doudi.office.approvals.account_changes import RESET_PASSWORD, reset_proposal
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.models import Proposal
from doudi.office.audit.models import Call

pytestmark = pytest.mark.django_db

CHANGING = [role for role in Role.values if needs_two(role)]
LOOKING = [role for role in Role.values if not needs_two(role)]
NEW = "three hundred and fifty thousand"


def came_in(user: User, password: str) -> bool:
    """Whether the login takes this password."""
    answer = Client().post("/login", {"username": user.username, "password": password})
    return answer.status_code == 302


def asked(maker: User, user: User, change: str) -> str:
    """The address of a reset that was put up through the account's page."""
    given = {"change": change, "reason": "本人到场"}
    answer = logged_in(maker).post(f"/desk/accounts/{user.username}", given)
    assert answer["Location"] == "/desk/approvals/", answer.content.decode()
    return f"/desk/approvals/{Proposal.objects.latest('pk').public_id}"


def agreed(checker: User, address: str) -> None:
    """The checker approves, and is led to the half of the password if there is one."""
    assert logged_in(checker).post(address, {"decision": "approve"}).status_code == 302


def phone_of(user: User) -> Authenticator:
    """A phone that the account has set up."""
    return Authenticator.objects.create(
        user=user, confirmed=True, name="phone", cipher=new_cipher(user.pk)
    )


@pytest.mark.parametrize("checker", ["administrator", "banner"])
def test_a_forgotten_password_is_reset_by_two_who_each_hand_over_a_half(checker: str) -> None:
    user, maker, second = account("clerk"), account("administrator"), account(checker)
    old = logged_in(user)
    address = asked(maker, user, "password")
    assert old.get("/desk/").status_code == 200
    assert came_in(user, PASSWORD)
    assert shown_half(logged_in(maker), address) == ""
    agreed(second, address)
    assert old.get("/desk/")["Location"].startswith("/login")
    assert not came_in(user, PASSWORD)
    halves = [shown_half(logged_in(who), address) for who in (maker, second)]
    owner = Client()
    whole = "-".join(halves)
    owner.post("/login", {"username": user.username, "password": whole})
    assert owner.get("/desk/")["Location"] == "/account/password"
    fields = {"current": whole, "new": NEW, "again": NEW}
    assert owner.post("/account/password", fields)["Location"] == "/desk/"
    assert [shown_half(logged_in(who), address) for who in (maker, second)] == ["", ""]


def test_neither_who_asked_nor_who_agreed_comes_in_with_what_they_were_shown() -> None:
    user, maker, second = account("sumu"), account("administrator"), account("banner")
    address = asked(maker, user, "password")
    agreed(second, address)
    first, last = (shown_half(logged_in(who), address) for who in (maker, second))
    assert first and last and first != last
    for tried in (first, last, f"{first}-{first}", f"{last}-{last}"):
        assert not came_in(user, tried)
    assert came_in(user, f"{first}-{last}")


def test_a_third_administrator_is_shown_no_half() -> None:
    user = account("clerk")
    address = asked(account("administrator"), user, "password")
    agreed(account("banner"), address)
    assert shown_half(logged_in(account("administrator")), address) == ""


def test_a_half_is_not_shown_any_more_once_another_reset_made_it_useless() -> None:
    user, maker, second = account("clerk"), account("administrator"), account("banner")
    address = asked(maker, user, "password")
    agreed(second, address)
    reset_at_the_server(user=user, reason="急用")
    assert shown_half(logged_in(maker), address) == ""


def test_two_resets_of_one_account_give_different_halves() -> None:
    user, maker, second = account("clerk"), account("administrator"), account("banner")
    shown = set()
    for _time in range(2):
        address = asked(maker, user, "password")
        agreed(second, address)
        shown |= {shown_half(logged_in(who), address) for who in (maker, second)}
    assert len(shown) == 4


def test_a_lost_phone_is_taken_away_by_two_and_the_logins_end() -> None:
    user, maker, second = account("banner"), account("administrator"), account("administrator")
    phone_of(user)
    address = asked(maker, user, "second_factor")
    assert Authenticator.objects.filter(user=user).exists()
    inside = logged_in(user)
    agreed(second, address)
    assert not Authenticator.objects.filter(user=user).exists()
    assert inside.get("/desk/")["Location"].startswith("/login")
    assert shown_half(logged_in(maker), address) == ""
    call = Call.objects.get(service="reset_second_factor")
    assert (call.actor, call.reason) == (maker.username, "本人到场")
    assert call.detail["checked_by"] == second.username


@pytest.mark.parametrize("role", CHANGING)
def test_no_administrator_alone_resets_an_account_that_changes_anything(role: str) -> None:
    user, administrator = account(role), account("administrator")
    phone_of(user)
    for checked_by in (None, "", administrator.username):
        with pytest.raises(AccountRefused, match="two people"):
            reset_password(user=user, by=administrator, reason="试", checked_by=checked_by)
        with pytest.raises(AccountRefused, match="two people"):
            reset_second_factor(user=user, by=administrator, reason="试", checked_by=checked_by)
    assert came_in(user, PASSWORD)
    assert Authenticator.objects.filter(user=user).exists()
    assert not Call.objects.filter(subject=f"account:{user.username}").exists()


@pytest.mark.parametrize("role", LOOKING)
def test_an_account_that_only_looks_is_reset_by_one(role: str) -> None:
    user, administrator = account(role), account("administrator")
    phone_of(user)
    client = logged_in(administrator)
    address = f"/desk/accounts/{user.username}"
    client.post(address, {"change": "second_factor", "reason": "手机丢了"})
    assert not Authenticator.objects.filter(user=user).exists()
    text = client.post(address, {"change": "password", "reason": "忘了"}).content.decode()
    password = text.partition('class="secret"><code>')[2].partition("</code>")[0]
    assert came_in(user, password)
    assert not Proposal.objects.exists()


def test_who_asked_for_a_reset_cannot_agree_to_it() -> None:
    user, maker = account("clerk"), account("administrator")
    address = asked(maker, user, "password")
    text = logged_in(maker).post(address, {"decision": "approve"}).content.decode()
    assert "由别人复核" in text
    assert came_in(user, PASSWORD)


@pytest.mark.parametrize(("role", "place"), [("sumu", HERE), ("banner", THERE), ("auditor", HERE)])
def test_who_has_not_the_role_or_the_place_cannot_agree(role: str, place: object) -> None:
    user = account("clerk")
    asked(account("administrator"), user, "password")
    with pytest.raises(ApprovalRefused):
        services.approve(proposal=Proposal.objects.get(), by=account(role, place))  # type: ignore[arg-type] # a place
    assert came_in(user, PASSWORD)


def test_ones_own_account_is_reset_by_two_others() -> None:
    administrator = account("administrator")
    text = (
        logged_in(administrator)
        .post(
            f"/desk/accounts/{administrator.username}",
            {"change": "second_factor", "reason": "换手机"},
        )
        .content.decode()
    )
    assert "另外两人" in text
    user = account("banner")
    given = reset_proposal(kind=RESET_PASSWORD, account=user, by=administrator)
    proposal = services.propose(**given, reason="本人到场")
    with pytest.raises(AccountRefused, match="two other people"):
        services.approve(proposal=proposal, by=user)
    assert came_in(user, PASSWORD)


def test_a_reset_whose_maker_was_disabled_meanwhile_is_not_done() -> None:
    user, maker = account("clerk"), account("administrator")
    address = asked(maker, user, "password")
    User.objects.filter(pk=maker.pk).update(is_active=False)
    text = logged_in(account("banner")).post(address, {"decision": "approve"}).content.decode()
    assert "已停用" in text
    assert came_in(user, PASSWORD)


def test_the_server_resets_everything_at_once_and_it_is_recorded() -> None:
    user = account("league")
    phone_of(user)
    inside = logged_in(user)
    password = reset_at_the_server(user=user, reason="值班员：全部遗失")
    assert not Authenticator.objects.filter(user=user).exists()
    assert inside.get("/desk/")["Location"].startswith("/login")
    assert came_in(user, password)
    call = Call.objects.get(service="reset_at_the_server")
    assert (call.actor, call.reason) == ("doudi", "值班员：全部遗失")
