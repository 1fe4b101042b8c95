"""Every test of stored behaviour runs on SQLite and on PostgreSQL, in one run of pytest.

A test is written once and marked in one of two ways; its name then ends in ``[sqlite]`` or
``[postgres]``, so a failure names its database and ``./doudi test -k postgres`` runs one kind:

``@pytest.mark.django_db``
    It runs inside a transaction that is rolled back. For all that one connection can show.

``@pytest.mark.real_commits``
    It has a database of its own, dropped afterwards, and its commits are real: for threads
    (`tests.office.databases.at_once`), for locks, for what happens on commit. It stands in for
    ``django_db(transaction=True)``, which empties all tables afterwards and so would stumble
    over the append-only triggers.

A test that starts processes asks for the fixture ``fresh_database``; it calls
``fresh_database(kind)`` for the URL of an empty migrated database and passes it to the process
as ``DATABASE_URL`` (`tests.office.databases.KINDS` are the kinds to parametrise it with).

The fixture ``database`` is the kind a test runs on, for the few that must know.

How it works: Django keeps knowing one database, ``default``, and before a test the fixture
``database`` points it, for all threads, to the right one, through the same function that reads
``DATABASE_URL`` in earnest. So the code under test meets the settings of a real installation and
needs no ``using=``. Tests are sorted by kind, so there is one change in a run. Databases are
copied from one that was migrated once; the server starts when the first test needs it. Processes
of pytest-xdist have a server each.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from tests.office.databases import KINDS, Databases, as_default


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker("django_db")
    commits = metafunc.definition.get_closest_marker("real_commits")
    if mark is not None and (mark.args or mark.kwargs or commits is not None):
        raise pytest.UsageError(
            f"{metafunc.definition.nodeid}: either django_db without options or real_commits"
        )
    if mark is not None or commits is not None:
        metafunc.parametrize("database", KINDS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Instead of pytest-django's one database: see ``database``."""


@pytest.fixture(scope="session")
def databases() -> Generator[Databases]:
    databases = Databases()
    yield databases
    databases.close()


@pytest.fixture(scope="session", autouse=True)
def database(
    request: pytest.FixtureRequest, databases: Databases, django_db_blocker: DjangoDbBlocker
) -> Generator[str | None]:
    """The kind of database that the test runs on; None for a test of nothing stored."""
    kind: str | None = getattr(request, "param", None)
    if kind is None:
        yield None
        return
    with django_db_blocker.unblock():
        url = databases.shared(kind)
    with as_default(url):
        yield kind


@pytest.fixture(autouse=True)
def _real_commits(
    request: pytest.FixtureRequest,
    database: str | None,
    databases: Databases,
    django_db_blocker: DjangoDbBlocker,
) -> Generator[None]:
    if request.node.get_closest_marker("real_commits") is None:
        yield
        return
    assert database is not None
    with django_db_blocker.unblock():
        url = databases.fresh(database)
        with as_default(url):
            yield
        databases.drop(url)


@pytest.fixture
def fresh_database(
    databases: Databases, django_db_blocker: DjangoDbBlocker
) -> Generator[Callable[[str], str]]:
    """Makes an empty migrated database of a kind for other processes; dropped after the test."""
    urls: list[str] = []

    def make(kind: str) -> str:
        with django_db_blocker.unblock():
            urls.append(databases.fresh(kind))
        return urls[-1]

    yield make
    for url in urls:
        databases.drop(url)


@pytest.fixture(scope="session")
def static_files() -> None:
    """For who asks for a page. As in earnest they have hashed names: what a template names and
    nobody made is an error.
    """
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(params=[False, True], ids=["read", "kept"])
def keeping(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Once the figures read all from the entries and the ledger, once they read what is kept."""

    def act() -> None:
        from doudi.office.settlement.keep_sums import keep  # noqa: PLC0415 - needs the apps

        if request.param:
            keep(timezone.now())

    return act
