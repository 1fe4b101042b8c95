"""Browsers report what the content security policy forbade; it is counted, and nobody is named."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser
from tests.office.databases import at_once
from tests.office.web.conftest import logged_in
from tests.office.web.people_and_places import account

from doudi.office.csp_reports.models import Violations
from doudi.office.csp_reports.services import (
    DAYS_KEPT,
    count_violation,
    delete_old,
    violations_since,
)
from doudi.office.limits.models import Tally
from doudi.office.web.csp_reports import LONGEST_BYTES, PER_ADDRESS, PER_SITE

PERSON = "7ZZSECRETSECRETSECRETSECRE"
OLD, NEW = "application/csp-report", "application/reports+json"


def old_form(page: str, directive: str = "script-src-elem") -> dict[str, Any]:
    return {
        "csp-report": {
            "document-uri": page,
            "referrer": f"http://testserver/desk/people/{PERSON}",
            "effective-directive": directive,
            "violated-directive": directive,
            "blocked-uri": "https://evil.example/secret.js",
            "script-sample": "alert('绝密')",
        }
    }


def new_form(page: str, directive: str = "style-src-attr") -> list[dict[str, Any]]:
    body = {"documentURL": page, "effectiveDirective": directive, "sample": "绝密"}
    return [{"type": "csp-violation", "url": page, "user_agent": "SECRET", "body": body}]


def send(content: Any, content_type: str = OLD, address: str = "192.0.2.1") -> int:
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post("/csp-reports", text, content_type=content_type).status_code


def counted() -> list[tuple[str, str, int]]:
    rows = Violations.objects.order_by("directive", "route")
    return [(row.directive, row.route, row.times) for row in rows]


@pytest.mark.django_db
def test_both_forms_of_a_report_are_counted_by_directive_and_kind_of_page() -> None:
    page = f"http://testserver/desk/people/{PERSON}?text=绝密"
    assert [send(old_form(page)) for _time in range(2)] == [204, 204]
    assert send(new_form("http://testserver/"), NEW) == 204
    assert counted() == [
        ("script-src-elem", "/desk/people/<str:person>", 2),
        ("style-src-attr", "/", 1),
    ]


@pytest.mark.django_db
def test_nothing_else_of_a_report_is_kept() -> None:
    send(old_form(f"http://testserver/desk/people/{PERSON}"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM csp_reports_violations")
        stored = str(cursor.fetchall())
    for part in ("SECRET", "evil", "绝密", "192.0.2.1", "alert"):
        assert part not in stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        old_form("https://elsewhere.example/desk/"),
        old_form("http://testserver/no/such/page"),
        old_form("http://[broken"),
        old_form("http://testserver/", directive="绝密"),
        old_form("http://testserver/", directive="x" * 200),
        {"csp-report": "text"},
        {"csp-report": {"document-uri": 7, "effective-directive": []}},
        [],
        ["text", None, 3],
        "text",
        None,
    ],
)
def test_what_names_no_page_or_directive_of_ours_is_taken_and_not_kept(content: Any) -> None:
    assert send(content) == 204
    assert counted() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", OLD, 400),
        (b"\xff\xfe", OLD, 400),
        (b"[" * 5_000, OLD, 400),
        (b" " * (LONGEST_BYTES + 1), OLD, 413),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "text/plain", 415),
    ],
)
def test_what_is_no_report_is_refused(content: bytes, content_type: str, status: int) -> None:
    assert send(content, content_type) == status
    assert counted() == []


@pytest.mark.django_db
def test_a_report_of_many_counts_ten_of_them() -> None:
    many = new_form("http://testserver/") * 30
    assert send(many, NEW) == 204
    assert counted() == [("style-src-attr", "/", 10)]


@pytest.mark.django_db
def test_one_address_and_all_together_may_send_so_many_a_minute() -> None:
    report = old_form("http://testserver/")
    assert [send(report) for _time in range(PER_ADDRESS + 1)].count(429) == 1
    assert send(report, address="192.0.2.2") == 204
    Tally.objects.update(times=PER_SITE)
    assert send(report, address="192.0.2.3") == 429


@pytest.mark.real_commits
def test_reports_at_once_are_all_counted() -> None:
    at_once(*(lambda: count_violation(directive="img-src", route="/") for _thread in range(6)))
    assert counted() == [("img-src", "/", 6)]


@pytest.mark.django_db
def test_the_administrator_sees_the_counts_of_a_month_most_often_first() -> None:
    for times, directive in ((1, "img-src"), (3, "script-src-elem")):
        for _time in range(times):
            count_violation(directive=directive, route="/desk/people/<str:person>")
    Violations.objects.filter(directive="img-src").update(
        day=timezone.localdate() - timedelta(days=60)
    )
    [row] = violations_since(timezone.localdate() - timedelta(days=29))
    assert (row["directive"], row["times"]) == ("script-src-elem", 3)
    text = logged_in(account("administrator")).get("/desk/security/").content.decode()
    assert "script-src-elem" in text and "/desk/people/&lt;str:person&gt;" in text
    assert "img-src" not in text


@pytest.mark.django_db
def test_counts_are_deleted_after_their_time() -> None:
    for _day in range(2):
        count_violation(directive="img-src", route="/")
    Violations.objects.update(day=timezone.localdate() - timedelta(days=DAYS_KEPT + 1))
    count_violation(directive="img-src", route="/")
    assert delete_old() == 1
    assert counted() == [("img-src", "/", 1)]


INJECT = "const tag = document.createElement('script'); tag.text = 'window.ran = true'; " + (
    "document.head.appendChild(tag); window.ran === undefined"
)


def test_a_real_browser_reports_a_script_that_was_put_into_a_page(
    browser: Browser, site: str
) -> None:
    # A context of its own: the browser complains about the script, which other tests forbid.
    with browser.new_context(base_url=site) as context:
        page = context.new_page()
        page.goto("/ask/")
        assert page.evaluate(INJECT)
        for _wait in range(100):
            if Violations.objects.exists():
                break
            page.wait_for_timeout(100)
    [(directive, route, _times)] = counted()
    assert directive.startswith("script-src")
    assert route.startswith("/ask/")
