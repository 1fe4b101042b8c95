"""The answer pages: what is certain first, and everything that semantics.md §6 asks for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.office.web.public.answering import BILL, HOUSEHOLD, answer_all

pytestmark = pytest.mark.django_db


def answer_of(client: Client, replies: dict[str, str]) -> str:
    answer_all(client, replies)
    response: Any = client.get("/answer/")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.clause("X-01", "X-02", "H-07", "H-09", "H-10", "H-11", "H-12", "H-14", "H-23")
def test_a_bill_shows_the_guarantee_before_the_estimate_and_every_payer(client: Client) -> None:
    page = answer_of(client, BILL)
    order = [
        "最多自付",
        "有保证：借来的和假设的数字怎样变，都不会更多",
        "估计自付 <strong>1,200 元</strong>",
        "这笔钱谁来付",
        "一步一步怎么算的",
        "不能得到的，和原因",
        "去哪里办，带什么",
        "这些数字有多可靠",
        "这不是经办机构的决定",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    # By hand, for a registered person at level three (semantics.md §3): (10,800 - 600) x 75%,
    # 55% of the rest, 90% of what is then left, and up to 90% of the bill.
    for amount in ("7,650 元", "1,732.50 元", "1,275.75 元", "141.75 元", "1,200 元"):
        assert amount in page
    for clause in ("H-07", "H-09", "H-10", "H-11", "H-12"):
        assert f"<strong>{clause}</strong>" in page
    assert "介绍兴安盟健康扶贫的报道（2018年；只是转述政策，不是法规）" in page
    assert "借用外地公布的数字" in page
    assert "hinggan-2018 版本" in page
    assert "住院的定点医院一站式结算窗口" in page


def test_an_unknown_widens_the_range_and_is_offered_to_be_answered(client: Client) -> None:
    without = {name: text for name, text in BILL.items() if name != "catalogue"}
    page = answer_of(client, without)
    assert "弄清“医保目录内费用”，结果最能说得准" in page
    assert 'href="/ask/8">现在回答这一题' in page
    assert "“医保目录内费用”不清楚，估计数按 10,800 元 算" in page


@pytest.mark.clause("H-03")
def test_somebody_who_is_not_registered_sees_which_condition_failed(client: Client) -> None:
    page = answer_of(client, {**BILL, "registered": "no"})
    assert "没有保证：按填的情况，原文没有写自付最多多少" in page
    assert "不满足：当天是建档立卡贫困人口" in page
    refused = page[page.index("不能得到的") : page.index("去哪里办")]
    assert "民政医疗救助" in refused
    assert "商业补充保险报销，没有起付线" in refused


def test_without_a_total_the_most_of_any_bill_is_shown(client: Client) -> None:
    known = {slot: text for slot, text in BILL.items() if slot != "bill"}
    page = answer_of(client, {**known, "own_so_far": "1,800"})
    assert "3,200 元" in page
    assert "有保证，账单多大都一样" in page


def test_without_a_kind_the_most_of_each_is_shown(client: Client) -> None:
    known = {name: BILL[name] for name in ("way", "period", "bill", "registered", "own_so_far")}
    page = answer_of(client, known)
    assert "住院：最多自付" in page
    assert "家庭病床：最多自付" in page


@pytest.mark.clause("X-02")
def test_another_year_gets_no_amount_and_is_told_why(client: Client) -> None:
    page = answer_of(client, {"way": "bill", "period": "2019-01-01"})
    assert "这一年没有可以用的政策" in page
    assert "2018-01-01 到 2018-12-31 有效" in page
    assert not re.search(r"\d元|\d 元", page)


@pytest.mark.clause(
    "X-01", "H-18", "H-20", "H-21", "H-22", "H-26", "H-27", "H-42", "H-43", "H-45", "H-46", "H-47"
)
@pytest.mark.clause("H-55", "H-56", "H-60", "H-66", "H-67")
def test_a_household_sees_what_is_granted_what_depends_and_what_is_not(client: Client) -> None:
    page = answer_of(client, HOUSEHOLD)
    elder = page[page.index("<h2>老人</h2>") :]
    granted, rest = elder.split("要看情况的", 1)
    depends, refused = rest.split("不能给的，和原因", 1)
    assert "家庭病床" in granted
    assert "最多4,200元，每年" in granted
    assert "免缴城乡居民医保个人缴费" in granted
    assert "原文没写数额" in granted  # the check-up fee, the supplementary premium
    assert "先看病后付钱，住院不交押金" in depends
    assert "要弄清：" in depends
    assert "大病住院政府救助，不封顶" in refused
    assert "所患的病是文中列出的大病" in refused
    assert "签约的家庭医生；由医疗机构和旗县医保部门审核" in page


def test_a_right_without_papers_to_bring_says_that_the_source_is_silent(client: Client) -> None:
    page = answer_of(client, {**HOUSEHOLD, "1.contract_signed": "yes"})
    assert "<dt>带什么</dt><dd>未载</dd>" in page


@pytest.mark.parametrize(
    ("replies", "told"),
    [
        ({"way": "gacha", "period": "2017-12-31", "village_listed": "yes"}, "1,500,000元"),
        ({"way": "banner", "period": "2018-12-31", "addressee": "ulanhot"}, "3,000,000元"),
        ({"way": "league", "period": "2017-12-31", "development_area": "hinggan"}, "100,000,000元"),
        (
            {
                "way": "doctor",
                "period": "2018-12-31",
                "contracted_doctor": "yes",
                "drug_deliveries": "3",
                "family_bed_visits": "2",
            },
            "66元",
        ),
    ],
)
def test_a_village_a_banner_a_league_and_a_doctor_see_theirs(
    client: Client, replies: dict[str, str], told: str
) -> None:
    assert told in answer_of(client, replies)


def test_the_answer_so_far_can_be_seen_before_all_is_answered(client: Client) -> None:
    answer_all(client, BILL, until="outside_league")
    page = client.get("/answer/").content.decode()
    assert "估计自付" in page
