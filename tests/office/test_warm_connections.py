"""Turns of many threads go through few connections, and each thread keeps its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, connections
from pytest_django import DjangoDbBlocker
from tests.office.builders import DAY, WHO, new_key, settled, someone, stay
from tests.office.databases import POSTGRES, Databases, as_default, at_once

from doudi.office import warm_connections
from doudi.office.settlement import turns
from doudi.office.settlement.models import Claim
from doudi.office.warm_connections import WarmConnections


@pytest.fixture
def warm() -> Iterator[WarmConnections]:
    made = WarmConnections()
    yield made
    made.close()


@pytest.fixture
def on_postgres(
    fresh_database: Callable[[str], str], django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Nobody can end a connection to a file."""
    url = fresh_database(POSTGRES)
    with django_db_blocker.unblock(), as_default(url):
        yield


def ask() -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return connections["default"]


def end_all_others() -> None:
    """As when the server ends what it thinks is idle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.real_commits
def test_sixteen_callers_settle_through_as_many_connections_as_there_are_turns(
    database: str,
) -> None:
    turns._CONNECTIONS.close()
    stays = [stay(someone(), 1_000) for _ in range(16)]
    answers = at_once(
        *[
            lambda one=one: turns.settle(key=new_key(), admission=one, day=DAY, who=WHO)
            for one in stays
        ]
    )
    assert [answer["admission"] for answer in answers] == stays
    assert Claim.objects.count() == 16
    made = len(turns._CONNECTIONS._resting)
    assert made == 0 if database == "sqlite" else 1 <= made <= turns.AT_ONCE
    turns._CONNECTIONS.close()


@pytest.mark.real_commits
def test_a_thread_has_its_own_connection_again_and_the_lent_one_is_lent_again(
    warm: WarmConnections,
) -> None:
    own = connections["default"]
    with warm.lent():
        first = ask()
    with pytest.raises(ValueError, match="wrong"), warm.lent():
        assert ask() is first
        raise ValueError("wrong")
    assert first is not own
    assert connections["default"] is own
    with warm.lent(), warm.lent():
        assert ask() is not first


@pytest.mark.usefixtures("on_postgres")
def test_a_connection_that_broke_while_it_rested_is_made_anew(
    warm: WarmConnections,
) -> None:
    with warm.lent():
        ask()
    end_all_others()
    with patch.object(warm_connections, "TRUSTED_SECONDS", -1), warm.lent():
        ask()


@pytest.mark.usefixtures("on_postgres")
def test_a_connection_that_broke_a_moment_ago_fails_once_and_is_made_anew(
    warm: WarmConnections,
) -> None:
    with warm.lent():
        ask()
    end_all_others()
    with pytest.raises(OperationalError), warm.lent():
        ask()
    with warm.lent():
        ask()


@pytest.mark.real_commits
def test_after_a_change_of_database_the_old_connections_are_not_lent(
    warm: WarmConnections, databases: Databases, database: str
) -> None:
    settled(someone(), 1_000)
    with warm.lent():
        assert Claim.objects.count() == 1
    other = databases.fresh(database)
    with as_default(other):
        with warm.lent():
            assert Claim.objects.count() == 0
        warm.close()
    databases.drop(other)
