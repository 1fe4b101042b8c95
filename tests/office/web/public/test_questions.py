"""One question a page, for anybody: nothing kept, nothing in an address, back and change."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.office.web.conftest import Statements
from tests.office.web.public.answering import BILL, HOUSEHOLD, answer_all, reply, slot_of

from doudi.office.web.public import replies_cookie
from doudi.office.web.public.replies_cookie import NAME

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_bill_is_asked_about_one_question_after_the_other(client: Client) -> None:
    assert answer_all(client, BILL) == list(BILL)


def test_everything_can_be_answered_with_not_sure(client: Client) -> None:
    asked = answer_all(client, {})
    assert asked[:3] == ["way", "period", "place"]
    answer = client.get("/answer/")
    assert answer.status_code == 200
    assert "要看情况的" in text_of(answer)


def test_no_address_says_anything_about_the_person(client: Client) -> None:
    asked: list[str] = []
    page: Any = client.get("/ask/", follow=True)
    while page.request["PATH_INFO"] != "/ask/check":
        slot = slot_of(page)
        page = reply(client, slot, HOUSEHOLD.get(slot))
        asked += [address for address, _status in page.redirect_chain]
    assert len(asked) > 10
    for address in asked:
        assert address == "/ask/check" or address.removeprefix("/ask/").isdigit(), address


def test_the_replies_are_in_no_table_and_unreadable_in_the_cookie(
    client: Client, statements: Statements
) -> None:
    with CaptureQueriesContext(connection) as queries:
        asked = answer_all(client, BILL)
    # Every reply is counted for its address, and one count more deletes those of the last minute.
    counted = [query["sql"] for query in queries if "INTO limits_tally" in query["sql"]]
    assert len(counted) == len(asked)
    assert all("limits_tally" in query["sql"] or "SAVEPOINT" in query["sql"] for query in queries)
    assert not [query for query in queries if "inpatient" in query["sql"]]
    with statements(0):
        client.get("/ask/check")
        client.get("/answer/")
    kept = client.cookies[NAME]
    assert "inpatient" not in kept.value
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert kept["max-age"] == replies_cookie.SECONDS
    assert not [name for name in client.cookies if "session" in name]


def test_an_altered_cookie_counts_as_none(client: Client) -> None:
    answer_all(client, BILL)
    good = client.cookies[NAME].value
    client.cookies[NAME] = good[:-6] + ("A" * 6 if not good.endswith("A" * 6) else "B" * 6)
    assert client.get("/answer/")["Location"] == "/ask/"


def test_a_cookie_is_worth_nothing_after_two_hours(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(client, BILL)
    assert client.get("/answer/").status_code == 200
    monkeypatch.setattr(replies_cookie, "SECONDS", -1)
    assert client.get("/answer/")["Location"] == "/ask/"


def test_a_fault_stands_above_the_heading_and_is_linked_to_the_field(client: Client) -> None:
    answer_all(client, BILL, until="bill")
    for typed, told in (
        ("", "请填金额"),
        ("一万二", "金额只写数字"),
        ("-5", "金额只写数字"),
        ("1.234", "金额只写数字"),
        ("99999999999", "不能超过"),
    ):
        page = text_of(reply(client, "bill", typed))
        summary, heading = page.index("error-summary"), page.index("<h1>")
        assert summary < heading
        assert 'href="#reply"' in page[summary:heading]
        assert told in page[summary:heading], typed
        assert f'value="{typed}"' in page
    chosen = text_of(reply(client, "way", "made up"))
    assert "请选一项" in chosen[: chosen.index("<h1>")]


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12000", 1_200_000),
        ("12,000.5", 1_200_050),
        ("１２０００", 1_200_000),
        ("1.2万", 1_200_000),
        (" 12000 元 ", 1_200_000),
        ("￥12000", 1_200_000),
    ],
)
def test_amounts_are_read_as_people_write_them(client: Client, typed: str, fen: int) -> None:
    answer_all(client, BILL, until="bill")
    reply(client, "bill", typed)
    request: Any = type("Request", (), {"COOKIES": {NAME: client.cookies[NAME].value}})()
    assert replies_cookie.read_replies(request)["bill"] == fen


def test_a_part_larger_than_the_whole_is_refused_with_the_whole(client: Client) -> None:
    answer_all(client, BILL, until="catalogue")
    assert "不能超过 12,000 元" in text_of(reply(client, "catalogue", "12000.01"))


def test_back_shows_what_was_answered(client: Client) -> None:
    answer_all(client, BILL)
    kind, bill = text_of(client.get("/ask/3")), text_of(client.get("/ask/4"))
    assert re.search(r'value="inpatient"[^>]* checked', kind)
    assert 'value="12,000"' in bill
    assert 'href="/ask/3"' in bill


def test_a_change_keeps_the_other_answers_and_goes_back_to_the_list(client: Client) -> None:
    answer_all(client, BILL)
    page: Any = reply(client, "registered", "no")
    assert page.request["PATH_INFO"] == "/ask/check"
    listed = text_of(page)
    assert "10,800 元" in listed
    assert "三级" not in listed and "盟医院" in listed
    assert "年度自付累计" not in listed


def test_a_page_from_another_tab_answers_its_own_question_only(client: Client) -> None:
    answer_all(client, BILL)
    reply(client, "kind", "chronic")
    page: Any = client.post("/ask/6", {"slot": "hospital_level", "reply": "2"}, follow=True)
    assert page.status_code == 200
    assert "盟医院" not in text_of(client.get("/ask/check"))


def test_a_number_that_is_not_there_leads_to_the_next_question(client: Client) -> None:
    assert client.get("/ask/99")["Location"] == "/ask/1"
    assert client.get("/ask/0")["Location"] == "/ask/1"


def test_clearing_takes_everything_away(client: Client) -> None:
    answer_all(client, BILL)
    client.post("/ask/clear")
    assert client.get("/ask/")["Location"] == "/ask/1"


def test_no_page_before_the_first_question_has_an_answer(client: Client) -> None:
    for address in ("/answer/", "/answer/dispute", "/ask/check"):
        assert client.get(address)["Location"] == "/ask/"
    assert client.post("/answer/save")["Location"] == "/ask/"


def test_every_page_is_there_in_english_without_a_chinese_word(client: Client) -> None:
    client.cookies["doudi_language"] = "en"
    pages = [client.get("/")]
    page: Any = client.get("/ask/", follow=True)
    while page.request["PATH_INFO"] != "/ask/check":
        pages.append(page)
        slot = slot_of(page)
        page = reply(client, slot, {**HOUSEHOLD, "bill": "12000"}.get(slot))
    pages += [page, client.get("/answer/"), client.get("/answer/dispute"), client.get("/saved/")]
    for one in pages:
        shown = text_of(one).split("<main")[1].split("</main>")[0]
        allowed = {"万", "亿"}  # what a clause quotes of the page
        found = {char for char in shown if "\u4e00" <= char <= "\u9fff"} - allowed
        assert not found, (one.request["PATH_INFO"], found)
