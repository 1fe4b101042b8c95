"""A clerk's day in a real browser: find, admit, bill, preview, settle, take the own part, print."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import log_in
from tests.office.web.people_and_places import account, household_member

from doudi.office.registry.identity import decrypt
from doudi.office.registry.models import Person
from doudi.office.settlement.models import Claim, Instalment

WORKING_DAY = "2018-05-09"


def number_of(person: Person) -> str:
    """The whole ID number, as the card on the counter shows it."""
    return decrypt(person.id_cipher, public_id=person.public_id)


def at_the_window(page: Page) -> None:
    """A clerk at the window who works on a day of 2018."""
    log_in(page, account("clerk"))
    page.goto("/window/")
    page.get_by_label("业务日期").fill(WORKING_DAY)
    page.get_by_role("button", name="换日期").click()


@pytest.mark.clause("H-27")
@pytest.mark.clause("H-53")
def test_a_stay_is_settled_by_keys_alone_and_the_slip_is_printed(page: Page) -> None:
    person = household_member()
    at_the_window(page)
    page.get_by_label("身份证号、医保卡号或姓名全名").fill(number_of(person))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("合成甲")
    assert number_of(person) not in page.content()
    assert_accessible(page)

    # From here on the keys are counted: Enter admits, the amount is typed, Enter adds it, …
    page.keyboard.press("Enter")
    expect(page.get_by_text("还没有费用")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("单价（元）").focus()
    page.keyboard.type("12000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="预览：还没有结算")).to_be_visible()
    assert Claim.objects.count() == 0
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2018-05-09 已结算")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("自付已结清")).to_be_visible()

    page.get_by_role("link", name="结算单").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("医疗费用一站式结算单")
    expect(page.get_by_role("cell", name="12,000.00").first).to_be_visible()
    assert_accessible(page)
    claim = Claim.objects.get()
    paper = page.request.get(f"/window/slips/{claim.pk}.pdf")
    assert (paper.status, paper.body()[:5]) == (200, b"%PDF-")


def test_sending_a_form_twice_or_from_an_old_tab_settles_once(page: Page) -> None:
    person = household_member()
    at_the_window(page)
    page.get_by_label("身份证号、医保卡号或姓名全名").fill(number_of(person))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="办理").click()
    page.get_by_label("单价（元）").fill("3000")
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("button", name="结算", exact=True)).to_be_visible()
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_role("button", name="结算", exact=True).dblclick()
    expect(page.get_by_role("heading", name="2018-05-09 已结算")).to_be_visible()
    other.get_by_role("button", name="结算", exact=True).click()
    expect(other.get_by_role("heading", name="2018-05-09 已结算")).to_be_visible()
    page.go_back()
    page.go_back()
    page.reload()
    assert Claim.objects.count() == 1


@pytest.mark.clause("H-59")
def test_who_cannot_pay_now_agrees_instalments_and_the_hospital_waits(page: Page) -> None:
    person = household_member()
    at_the_window(page)
    page.get_by_label("身份证号、医保卡号或姓名全名").fill(number_of(person))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="办理").click()
    page.get_by_label("单价（元）").fill("12000")
    page.get_by_role("button", name="添加").click()
    page.get_by_role("button", name="结算", exact=True).click()
    page.get_by_text("现在付不起：分期付").click()
    page.get_by_label("第一期到期日").fill("2018-06-30")
    page.get_by_role("button", name="约定分期").click()
    expect(page.get_by_role("cell", name="2018-06-30")).to_be_visible()
    assert [part.due_on for part in Instalment.objects.order_by("number")] == [
        date(2018, 6, 30),
        date(2018, 7, 30),
    ]
    page.goto("/window/unpaid")
    expect(page.get_by_role("link", name="合成甲")).to_be_visible()
    assert_accessible(page)
    page.goto("/window/sheet")
    expect(page.get_by_text("这一天还没有封存")).to_be_visible()
    assert_accessible(page)


def test_namesakes_are_told_apart_before_one_is_opened(page: Page) -> None:
    household_member(name="合成乙")
    chosen = household_member(name="合成乙")
    at_the_window(page)
    page.get_by_label("身份证号、医保卡号或姓名全名").fill("合成乙")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("叫“合成乙”的人")
    assert_accessible(page)
    page.get_by_role("button").filter(has_text="合成乙").nth(1).click()
    page.wait_for_url(re.compile(chosen.public_id))


def test_the_window_works_at_the_width_of_a_phone(page: Page) -> None:
    person = household_member()
    page.set_viewport_size({"width": 390, "height": 844})
    at_the_window(page)
    page.get_by_label("身份证号、医保卡号或姓名全名").fill(number_of(person))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("合成甲")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
