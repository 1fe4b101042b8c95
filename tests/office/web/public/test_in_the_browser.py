"""A household's answer and a bill's answer in a real Chromium, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Generator
from io import BytesIO
from unicodedata import normalize

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from tests.office.web.browser import assert_accessible
from tests.office.web.public.answering import BILL, HOUSEHOLD, answer_in

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def without_javascript(browser: Browser, site: str) -> Generator[Page]:
    context = browser.new_context(base_url=site, viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def start(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="开始").click()


def no_wider_than_the_screen(page: Page) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def test_a_bill_is_answered_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    start(page)
    assert answer_in(page, BILL) == len(BILL)
    page.get_by_role("link", name="看结果").click()
    assert page.locator(".most-amount").inner_text() == "1,200 元"
    assert no_wider_than_the_screen(page)
    step = page.locator("details", has_text="商业补充保险支付").first
    step.locator("summary").click()
    assert step.get_by_text("55%", exact=True).is_visible()
    assert step.get_by_text("H-09").is_visible()


def test_a_bill_is_answered_without_javascript(without_javascript: Page) -> None:
    page = without_javascript
    start(page)
    answer_in(page, BILL)
    page.get_by_role("link", name="看结果").click()
    assert page.locator(".most-amount").inner_text() == "1,200 元"
    page.get_by_role("button", name="存下结果").click()
    code = page.locator(".code").inner_text()
    page.get_by_role("link", name="回到结果").click()
    page.get_by_role("button", name="清除我填的内容").click()
    page.get_by_role("link", name="打开以前存下的结果").click()
    page.get_by_label("代码").fill(code)
    page.get_by_role("button", name="打开").click()
    assert page.locator(".most-amount").inner_text() == "1,200 元"


def test_a_household_is_answered_without_javascript_and_changes_its_mind(
    without_javascript: Page,
) -> None:
    page = without_javascript
    start(page)
    answer_in(page, HOUSEHOLD)
    page.get_by_role("link", name="看结果").click()
    assert page.get_by_text("最多4,200元，每年").is_visible()
    page.get_by_role("link", name="修改我填的内容").click()
    page.get_by_role("link", name="修改 建档立卡贫困户").click()
    page.locator("input[value=no]").check()
    page.get_by_role("button", name="继续").click()
    answer_in(page, {})
    page.get_by_role("link", name="看结果").click()
    assert page.get_by_text("不满足：当天是建档立卡贫困人口").first.is_visible()


def test_what_a_household_gets_is_open_and_the_rest_folded_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    start(page)
    answer_in(page, HOUSEHOLD)
    page.goto("/answer/")
    first = page.locator(".item-good").first
    assert first.is_visible()
    folded = page.locator("details.fold:not([open])")
    assert folded.count() >= 2
    low = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollHeight") > low
    assert_accessible(page)
    assert no_wider_than_the_screen(page)


def test_an_answer_prints_on_one_sheet_with_what_was_asked(page: Page) -> None:
    start(page)
    answer_in(page, BILL)
    page.get_by_role("link", name="看结果").click()
    # A page that is not there yet prints as an empty sheet.
    expect(page.get_by_role("heading", name="结果")).to_be_visible()
    sheets = PdfReader(BytesIO(page.pdf(format="A4"))).pages
    assert len(sheets) == 1
    # The font has one picture for 自 and for the radical ⾃; NFKC makes them one character too.
    printed = "".join(normalize("NFKC", sheets[0].extract_text()).split())
    for told in ("最多自付1,200元", "按这些情况算的", "10,800元", "H-11L43"):
        assert told in printed, told
    assert "开始" not in printed


def test_a_fault_is_told_above_the_heading_and_leads_to_the_field(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="继续").click()
    page.get_by_role("link", name="请选一项").click()
    assert page.evaluate("document.activeElement.id") == "reply"


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_on_any_public_page(
    page: Page, size: dict[str, int], large: bool
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto("/")
    if large:
        page.get_by_role("button", name="大字版").click()

    def look() -> None:
        assert_accessible(page)
        assert no_wider_than_the_screen(page), page.url

    look()
    page.goto("/ask/")
    look()
    page.get_by_role("button", name="继续").click()
    look()
    answer_in(page, {slot: text for slot, text in BILL.items() if slot != "catalogue"})
    look()
    for address in ("/ask/4", "/answer/", "/answer/dispute", "/saved/", "/saved/" + "0" * 20):
        page.goto(address)
        look()
    page.goto("/answer/")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    look()
    page.get_by_role("button", name="存下结果").click()
    look()
    page.goto("/ask/1")
    page.locator("input[value=household]").check()
    page.get_by_role("button", name="继续").click()
    answer_in(page, HOUSEHOLD)
    page.goto("/answer/")
    look()
