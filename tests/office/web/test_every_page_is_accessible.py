"""axe and the width of a telephone, on every page that somebody may open."""

from __future__ import annotations

from http import HTTPStatus

from playwright.sync_api import APIResponse, Page
from tests.office.web.addresses import Address, all_addresses
from tests.office.web.browser import assert_accessible, assert_nothing_scrolls_sideways
from tests.office.web.conftest import log_in
from tests.office.web.people_and_places import HERE, account

from doudi.office.accounts.roles import Role

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WHO_SEES_IT = (Role.LEAGUE, Role.VILLAGE, Role.CLERK, Role.ADMINISTRATOR, Role.AUDITOR)
"""Between them these roles open every page of the staff; each page is looked at by the first."""
NO_PAGES = {
    "desk:dispute_case",  # a file about a dispute, which the examples have none of
    "desk:own_place",  # leads on
}


def test_axe_finds_nothing_on_any_page_of_the_staff(page: Page) -> None:
    addresses = [one for one in all_addresses() if not one.page.public]
    left = {address.name: address for address in addresses}
    for role in WHO_SEES_IT:
        log_in(page, account(role, HERE))
        for name, address in list(left.items()):
            answer = page.request.get(address.path, max_redirects=0)
            if answer.status == HTTPStatus.METHOD_NOT_ALLOWED or _is_a_file(answer):
                del left[name]
            elif answer.status == HTTPStatus.OK:
                _look_at(page, address)
                del left[name]
        page.context.clear_cookies()
    assert set(left) <= NO_PAGES


def _is_a_file(answer: APIResponse) -> bool:
    kind = answer.headers.get("content-type", "text/html")
    return answer.status == HTTPStatus.OK and not kind.startswith("text/html")


def _look_at(page: Page, address: Address) -> None:
    page.goto(address.path)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_accessible(page)
        assert_nothing_scrolls_sideways(page)
