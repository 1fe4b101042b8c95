"""Going through the questions as a person would, by a test client or in a browser."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page

BILL = {
    "way": "bill",
    "period": "2018-12-31",
    "kind": "inpatient",
    "bill": "12,000",
    "registered": "yes",
    "hospital_level": "3",
    "outside_league": "no",
    "catalogue": "10,800",
    "own_so_far": "0",
}
HOUSEHOLD = {
    "way": "household",
    "period": "2018-12-31",
    "place": "1522",
    "registered": "yes",
    "1.label": "elder",
    "1.bedridden_long_term": "yes",
    "1.special_chronic_disease": "yes",
    "1.family_bed_approved": "yes",
    "1.serious": "no",
    "2.label": "nobody",
}
"""What is typed or chosen for each question; 不清楚 for every other."""

_SLOT = re.compile(r'name="slot" value="([^"]+)"')
_MOST = 60


def slot_of(response: Any) -> str:
    """Which question a page asks."""
    found = _SLOT.search(response.content.decode())
    assert found is not None, response.content.decode()
    return found[1]


def reply(client: Client, slot: str, text: str | None) -> HttpResponse:
    """Send one reply from the page of its question; None is 不清楚."""
    sent = {"slot": slot, "unknown": "1"} if text is None else {"slot": slot, "reply": text}
    return client.post("/ask/1", sent, follow=True)  # type: ignore[return-value]


def answer_all(client: Client, replies: dict[str, str], until: str = "") -> list[str]:
    """Answer every question (up to ``until``); the slots that were asked, in order."""
    page: Any = client.get("/ask/", follow=True)
    asked: list[str] = []
    for _ in range(_MOST):
        if page.request["PATH_INFO"] == "/ask/check":
            return asked
        slot = slot_of(page)
        asked.append(slot)
        if slot == until:
            return asked
        page = reply(client, slot, replies.get(slot))
    raise AssertionError(asked)


def answer_in(page: Page, replies: dict[str, str]) -> int:
    """Answer every question in a browser, by its labels and buttons; how many there were."""
    for number in range(_MOST):
        if page.url.endswith("/ask/check"):
            return number
        slot = page.locator("input[name=slot]").get_attribute("value") or ""
        text = replies.get(slot)
        if page.locator("input[type=radio]").count():
            page.locator(f"input[type=radio][value='{text or 'unknown'}']").check()
            page.get_by_role("button", name="继续").click()
        elif text is None:
            page.locator("button[name=unknown]").click()
        else:
            page.locator("#reply").fill(text)
            page.get_by_role("button", name="继续").click()
    raise AssertionError(page.url)
