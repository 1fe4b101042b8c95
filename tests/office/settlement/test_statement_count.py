"""How many SQL statements a settlement takes, BEGIN and COMMIT included."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.office.builders import DAY, WHO, YUAN, new_key, settled, someone, stay

from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.group import Request

AT_MOST = 12
WITHOUT_LOCKS = 2
"""On PostgreSQL: what is met, and what is written, which is a transaction of its own."""


def statements_of_settling(*admissions: str) -> list[str]:
    requests = [Request(new_key(), admission, DAY, WHO) for admission in admissions]
    with CaptureQueriesContext(connection) as seen:
        answers = services.settle_many(requests)
    assert [answer["admission"] for answer in answers if isinstance(answer, dict)] == [*admissions]
    return [query["sql"] for query in seen.captured_queries]


def check_count(statements: list[str]) -> None:
    if connection.vendor == "postgresql":
        assert len(statements) == WITHOUT_LOCKS, "\n".join(statements)
        assert not any("FOR UPDATE" in sql for sql in statements)
        return
    assert statements[0].startswith("BEGIN")
    assert statements[-1].startswith("COMMIT")
    assert len(statements) <= AT_MOST, "\n".join(statements)


@pytest.mark.real_commits
def test_a_settlement_takes_at_most_twelve_statements_however_full_the_year_is() -> None:
    person = someone(serious=True)
    connection.ensure_connection()
    # The first of all also writes the text of the policy.
    assert len(statements_of_settling(stay(person, 1_000 * YUAN))) <= AT_MOST
    first = statements_of_settling(stay(person, 12_000 * YUAN, 10_800 * YUAN))
    check_count(first)
    for number in range(50):
        settled(person, (100 + number) * YUAN)
    last = statements_of_settling(stay(person, 12_000 * YUAN, 10_800 * YUAN))
    assert len(last) == len(first), "\n".join(last)
    assert check_everything().faults == []


@pytest.mark.real_commits
def test_fifty_settlements_at_once_take_as_many_statements_as_one() -> None:
    """Also when many are of one person, and for people who are on several lists."""
    people = [someone(serious=number % 3 == 0) for number in range(10)]
    stays = [stay(people[number % 10], (1_000 + number) * YUAN) for number in range(51)]
    settled(someone(), 1_000)
    one = statements_of_settling(stays[0])
    fifty = statements_of_settling(*stays[1:])
    check_count(one)
    check_count(fifty)
    assert len(one) == len(fifty)
    assert check_everything().faults == []


@pytest.mark.real_commits
def test_a_repeated_settlement_takes_one_statement() -> None:
    admission, key = stay(someone(), 1_000), new_key()
    for _time in range(2):
        with CaptureQueriesContext(connection) as seen:
            services.settle(key=key, admission=admission, day=DAY, who=WHO)
    around = 0 if connection.vendor == "postgresql" else len(("BEGIN", "COMMIT"))
    assert len(seen) == 1 + around


@pytest.mark.real_commits
def test_with_locks_it_takes_at_most_twelve_as_well() -> None:
    settled(someone(), 1_000)
    admission = stay(someone(), 1_000)
    with CaptureQueriesContext(connection) as seen, transaction.atomic():
        services.settle(key=new_key(), admission=admission, day=DAY, who=WHO)
    assert len(seen) <= AT_MOST
