"""A token for a hospital's programs: made by two, who see a half each, and revoked by one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page as BrowserPage
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in, logged_in
from tests.office.web.one_time import shown_half
from tests.office.web.people_and_places import HERE, THERE, Place, account

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import User
from doudi.office.approvals import services
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.models import Proposal
from doudi.office.audit.models import Call
from doudi.office.tokens.models import ApiToken
from doudi.office.tokens.services import issue_token, token_of
from doudi.office.web.moments import moment

GIVEN = {
    "name": "住院系统",
    "scopes": ["read", "settle"],
    "days": "30",
    "reason": "接口上线",
}


def waiting(maker: User, clerk: User, **changes: object) -> str:
    """The address of a token that was put up through the page."""
    given = GIVEN | {"account": clerk.username} | changes
    answer = logged_in(maker).post("/desk/tokens/new", given)
    assert answer["Location"] == "/desk/approvals/", answer.content.decode()
    return f"/desk/approvals/{Proposal.objects.latest('pk').public_id}"


def made(address: str, *people: User) -> list[str]:
    """The halves that its maker and its checker are shown after the checker agreed."""
    agreed = logged_in(people[1]).post(address, {"decision": "approve"})
    assert agreed["Location"] == address, agreed.content.decode()
    return [shown_half(logged_in(who), address) for who in people]


def use(text: str) -> None:
    """Call the API with a token."""
    headers = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/statements/201805", headers=headers).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("checker", ["administrator", "banner"])
@pytest.mark.parametrize("scopes", [["read"], ["read", "settle"]])
def test_a_token_is_made_by_two_who_each_hand_over_a_half(checker: str, scopes: list[str]) -> None:
    clerk, maker, second = account("clerk"), account("administrator"), account(checker)
    address = waiting(maker, clerk, scopes=scopes)
    assert shown_half(logged_in(maker), address) == ""
    assert ApiToken.objects.count() == 0
    asked = logged_in(second).get(address).content.decode()
    for said in (clerk.username, clerk.institution_id, "住院系统", "查询", "30", "接口上线"):
        assert str(said) in asked
    first, last = made(address, maker, second)
    token = token_of(first + last)
    assert token is not None
    assert (token.account, token.scopes) == (clerk, scopes)
    call = Call.objects.get(service="issue_token")
    assert (call.actor, call.reason) == (maker.username, "接口上线")
    assert call.detail["checked_by"] == second.username
    administrator = logged_in(maker)
    for shown in ("/desk/tokens/", f"/desk/tokens/{token.public_id}"):
        text = administrator.get(shown).content.decode()
        assert "住院系统" in text
        assert first not in text
        assert last not in text


@pytest.mark.django_db
def test_neither_who_asked_nor_who_agreed_has_a_token_by_what_they_were_shown() -> None:
    maker, second = account("administrator"), account("banner")
    first, last = made(waiting(maker, account("clerk")), maker, second)
    assert first.removeprefix("doudi_") != last
    assert min(len(first.removeprefix("doudi_")), len(last)) * 6 >= 128
    for tried in (first, last, last + first, first + first, "doudi_" + last + last):
        assert token_of(tried) is None
    rows = str([*Call.objects.values(), *Proposal.objects.values(), *ApiToken.objects.values()])
    assert first.removeprefix("doudi_") not in rows
    assert last not in rows


@pytest.mark.django_db
def test_a_half_is_not_shown_to_a_third_nor_once_the_token_was_used() -> None:
    maker, second = account("administrator"), account("banner")
    address = waiting(maker, account("clerk"))
    halves = made(address, maker, second)
    assert shown_half(logged_in(account("administrator")), address) == ""
    use("".join(halves))
    assert [shown_half(logged_in(who), address) for who in (maker, second)] == ["", ""]


@pytest.mark.django_db
def test_the_page_of_a_token_says_when_it_was_first_used() -> None:
    token, text = issue_token(
        account=account("clerk"), name="系统", scopes=["read"], days=9, reason="试用"
    )
    administrator = logged_in(account("administrator"))
    page = f"/desk/tokens/{token.public_id}"
    assert "还没有用过" in administrator.get(page).content.decode()
    use(text)
    token.refresh_from_db()
    first = token.first_used_at
    assert first is not None
    assert moment(first) in administrator.get(page).content.decode()
    use(text)
    token.refresh_from_db()
    assert token.first_used_at == first


@pytest.mark.django_db
def test_a_half_of_a_revoked_token_is_not_shown() -> None:
    maker, second = account("administrator"), account("banner")
    address = waiting(maker, account("clerk"))
    made(address, maker, second)
    logged_in(maker).post(f"/desk/tokens/{ApiToken.objects.get().public_id}", {"reason": "作废"})
    assert [shown_half(logged_in(who), address) for who in (maker, second)] == ["", ""]


@pytest.mark.django_db
def test_no_administrator_alone_makes_a_token() -> None:
    maker, clerk = account("administrator"), account("clerk")
    given = {"account": clerk, "name": "系统", "scopes": ["read"], "days": 9, "reason": "试"}
    for checked_by in (None, "", maker.username):
        with pytest.raises(AccountRefused, match="two people"):
            issue_token(**given, by=maker, checked_by=checked_by)  # type: ignore[arg-type] # as given
    address = waiting(maker, clerk)
    text = logged_in(maker).post(address, {"decision": "approve"}).content.decode()
    assert "由别人复核" in text
    assert ApiToken.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "place"), [("hospital", HERE), ("banner", THERE)])
def test_who_has_not_the_role_or_the_place_cannot_agree(role: str, place: Place) -> None:
    waiting(account("administrator"), account("clerk"))
    with pytest.raises(ApprovalRefused):
        services.approve(proposal=Proposal.objects.get(), by=account(role, place))
    assert ApiToken.objects.count() == 0


@pytest.mark.django_db
def test_two_systems_of_an_account_wait_for_a_token_each_and_one_not_twice() -> None:
    maker, clerk = account("administrator"), account("clerk")
    waiting(maker, clerk)
    waiting(maker, clerk, name="门诊系统")
    given = GIVEN | {"account": clerk.username}
    text = logged_in(maker).post("/desk/tokens/new", given).content.decode()
    assert "同样的变更已经提出" in text
    assert Proposal.objects.count() == 2


@pytest.mark.django_db
def test_a_token_of_an_account_disabled_meanwhile_is_not_made() -> None:
    maker, clerk = account("administrator"), account("clerk")
    address = waiting(maker, clerk)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    text = logged_in(account("banner")).post(address, {"decision": "approve"}).content.decode()
    assert "账号已停用" in text
    assert ApiToken.objects.count() == 0


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
    assert Proposal.objects.count() == 0


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
    assert Proposal.objects.count() == 0


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
    maker = account("administrator")
    approval = waiting(maker, account("clerk"))
    made(approval, maker, account("banner"))
    log_in(page, maker)
    one = f"/desk/tokens/{ApiToken.objects.get().public_id}"
    for address in ("/desk/tokens/", "/desk/tokens/new", one, approval):
        page.goto(address)
        assert_accessible(page)
