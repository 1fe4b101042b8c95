"""axe and the width of a telephone, on every page that somebody may open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests.office.web.addresses import Address, all_addresses
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import log_in
from tests.office.web.people_and_places import HERE, account

from doudi.office.accounts.models import User
from doudi.office.accounts.roles import Role

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WHO_SEES_IT = (Role.VILLAGE, Role.CLERK, Role.LEAGUE, Role.ADMINISTRATOR)
"""Between them these roles open every page of the staff, each page is looked at by the first."""


def pages_of(role: str) -> list[Address]:
    """The pages that ``role`` may open and no role before it."""
    before = WHO_SEES_IT[: WHO_SEES_IT.index(Role(role))]
    return [
        address
        for address in all_addresses()
        if not address.page.public
        and User(role=role).may(address.page.permission)
        and not any(User(role=other).may(address.page.permission) for other in before)
    ]


@pytest.mark.parametrize("role", WHO_SEES_IT)
def test_axe_finds_nothing_on_any_page_of_the_staff(page: Page, role: str) -> None:
    log_in(page, account(role, HERE))
    seen = 0
    for address in pages_of(role):
        answer = page.request.get(address.path, max_redirects=0)
        if answer.status != 200 or not answer.headers["content-type"].startswith("text/html"):
            continue  # a file, an action that takes no GET, or another place's row
        page.goto(address.path)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert_accessible(page)
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.evaluate(wide), (address.path, size)
        seen += 1
    assert seen
