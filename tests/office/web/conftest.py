"""What tests of pages ask for.

``as_role("clerk")`` is a client logged in as an account of that role at `HERE`, and
``as_role("clerk", THERE)`` one of a stranger; ``client`` is nobody. ``statements(7)`` asserts how
many SQL statements a page takes. ``page`` is a page of a real Chromium on ``site``, with a SQLite
database of its own whose commits are real; a request to another host or an error in the console
fails the test. ``log_in(page, user)`` logs in there by the form.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker
from tests.office.databases import SQLITE, Databases, as_default
from tests.office.web.browser import Watched, running_browser, running_site
from tests.office.web.people_and_places import HERE, PASSWORD, Place, account

from doudi.office.accounts.models import User
from doudi.office.limits import services as limits

BACKEND = "doudi.office.accounts.backend.AccountBackend"

Statements = Callable[[int], AbstractContextManager[None]]


@pytest.fixture(scope="session", autouse=True)
def _static_files(static_files: None) -> None:
    """Every test here may ask for a page."""


@pytest.fixture(autouse=True)
def _no_minute_ends_within_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_now", lambda: 1_545_192_000)


@pytest.fixture
def client() -> Client:
    """Nobody in particular."""
    return Client()


@pytest.fixture
def as_role() -> Callable[..., Client]:
    """A client of a new account of a role."""

    def log_in(role: str, place: Place = HERE) -> Client:
        return logged_in(account(role, place))

    return log_in


def logged_in(user: User) -> Client:
    """A client of an account, past the password."""
    client = Client()
    client.force_login(user, BACKEND)
    return client


@pytest.fixture
def statements() -> Statements:
    """Asserts the number of SQL statements inside, and shows them when it is another."""

    @contextmanager
    def exactly(number: int) -> Generator[None]:
        with CaptureQueriesContext(connection) as queries:
            yield
        shown = "\n".join(query["sql"][:300] for query in queries.captured_queries)
        assert len(queries) == number, f"{len(queries)} statements:\n{shown}"

    return exactly


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def site(databases: Databases, django_db_blocker: DjangoDbBlocker) -> Generator[str]:
    """The address of the site, on an empty migrated database."""
    with django_db_blocker.unblock():
        url = databases.fresh(SQLITE)
        with as_default(url), running_site() as address:
            yield address
        databases.drop(url)


@pytest.fixture
def page(browser: Browser, site: str) -> Generator[Page]:
    """A page of the width of a desk; ``page.set_viewport_size`` makes it a phone."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    watched = Watched(site)
    watched.watch(page)
    yield page
    context.close()
    assert watched.elsewhere == []
    assert watched.complaints == []


def log_in(page: Page, user: User) -> None:
    """Log in by the form."""
    page.goto("/login")
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/desk/")
