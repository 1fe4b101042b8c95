"""How many SQL statements a settlement takes, BEGIN and COMMIT included."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.builders import DAY, WHO, YUAN, new_key, settled, someone, stay

from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.group import Request

AT_MOST = 12


def statements_of_settling(*admissions: str) -> list[str]:
    requests = [Request(new_key(), admission, DAY, WHO) for admission in admissions]
    with CaptureQueriesContext(connection) as seen:
        answers = services.settle_many(requests)
    assert [answer["admission"] for answer in answers if isinstance(answer, dict)] == [*admissions]
    statements = [query["sql"] for query in seen.captured_queries]
    assert statements[0].startswith("BEGIN")
    assert statements[-1].startswith("COMMIT")
    return statements


@pytest.mark.real_commits
def test_a_settlement_takes_at_most_twelve_statements_however_full_the_year_is() -> None:
    person = someone(serious=True)
    connection.ensure_connection()
    # The first of all also writes the text of the policy.
    assert len(statements_of_settling(stay(person, 1_000 * YUAN))) <= AT_MOST
    first = statements_of_settling(stay(person, 12_000 * YUAN, 10_800 * YUAN))
    assert len(first) <= AT_MOST, "\n".join(first)
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
    assert len(one) == len(fifty) <= AT_MOST, "\n".join(fifty)
    assert check_everything().faults == []


@pytest.mark.real_commits
def test_a_repeated_settlement_takes_one_statement_in_its_transaction() -> None:
    admission, key = stay(someone(), 1_000), new_key()
    for _time in range(2):
        with CaptureQueriesContext(connection) as seen:
            services.settle(key=key, admission=admission, day=DAY, who=WHO)
    assert len(seen) == 3
