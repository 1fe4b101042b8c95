"""Keeping an answer by a code, and telling the staff that one is wrong, on the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.office.web.public.answering import BILL, HOUSEHOLD, answer_all

from doudi.office.enquiries.models import Dispute, SavedEnquiry

pytestmark = pytest.mark.django_db
CODE = re.compile(r"(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}")


def test_nothing_is_kept_until_somebody_asks(client: Client) -> None:
    answer_all(client, BILL)
    client.get("/answer/")
    assert SavedEnquiry.objects.count() == 0
    assert Dispute.objects.count() == 0


def test_a_code_opens_the_answer_on_another_telephone(client: Client) -> None:
    answer_all(client, BILL)
    page = client.post("/answer/save").content.decode()
    found = CODE.search(page)
    assert found is not None
    assert "<svg" in page
    other = Client()
    typed: Any = other.post("/saved/", {"code": found[0].lower().replace("-", " ")}, follow=True)
    shown = typed.content.decode()
    assert "这是存下的结果" in shown
    assert "1,200 元" in shown
    assert "清除我填的内容" not in shown
    assert other.cookies.get("doudi_replies") is None
    taken: Any = other.post(f"/saved/{found[0]}", follow=True)
    assert taken.request["PATH_INFO"] == "/ask/check"
    assert "10,800 元" in taken.content.decode()


def test_a_wrong_code_is_told_from_an_unreadable_one(client: Client) -> None:
    assert "20 位字母和数字" in client.post("/saved/", {"code": "123"}).content.decode()
    missing = client.get("/saved/" + "0" * 20)
    assert missing.status_code == 404
    assert "30 天" in missing.content.decode()


def test_guessing_codes_is_slowed_down(client: Client) -> None:
    for _ in range(10):
        client.post("/saved/", {"code": "0" * 20})
    assert client.post("/saved/", {"code": "0" * 20}).status_code == 429


def test_a_dispute_reaches_the_staff_with_its_inputs_and_nobodys_name(
    client: Client, as_role: Callable[..., Client]
) -> None:
    answer_all(client, BILL)
    sent = {"wrong": "amount", "own_paid": "980", "text": "结算单上写的是980"}
    assert "收到了" in client.post("/answer/dispute", sent).content.decode()
    dispute = Dispute.objects.get()
    assert dispute.own_paid == 98_000
    assert dispute.replies["bill"] == 1_200_000
    assert set(dispute.replies) == set(BILL)
    staff = as_role("league")
    listed = staff.get("/desk/disputes/").content.decode()
    assert "980" in listed
    assert "结算单上写的是980" in listed
    found = staff.get(f"/desk/disputes/case?dispute={dispute.public_id}")
    assert found["Content-Disposition"].startswith("attachment")
    assert "bill: 12000 yuan" in found.content.decode()
    assert staff.get("/desk/disputes/case?dispute=nothing").status_code == 404


def test_only_those_who_may_read_cases_see_disputes(as_role: Callable[..., Client]) -> None:
    for role, status in (("banner", 200), ("auditor", 200), ("clerk", 403), ("village", 403)):
        assert as_role(role).get("/desk/disputes/").status_code == status, role


def test_a_household_says_which_entitlement_is_wrong(client: Client) -> None:
    answer_all(client, HOUSEHOLD)
    page = client.get("/answer/dispute").content.decode()
    assert '<option value="family_bed">家庭病床</option>' in page
    client.post("/answer/dispute", {"wrong": "granted", "entitlement": "family_bed"})
    assert Dispute.objects.get().entitlement == "family_bed"


def test_a_number_in_the_text_is_refused_above_the_heading(client: Client) -> None:
    answer_all(client, BILL)
    sent = {"wrong": "words", "text": "给我打电话 13812345678"}
    page = client.post("/answer/dispute", sent).content.decode()
    assert "电话或证件号码" in page[: page.index("<h1>")]
    assert Dispute.objects.count() == 0
