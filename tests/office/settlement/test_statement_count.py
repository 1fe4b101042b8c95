"""How many SQL statements a settlement takes, BEGIN and COMMIT included."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.builders import DAY, WHO, YUAN, new_key, settled, someone, stay

from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything

AT_MOST = 12


def statements_of_settling(admission: str) -> list[str]:
    key = new_key()
    with CaptureQueriesContext(connection) as seen:
        services.settle(key=key, admission=admission, day=DAY, who=WHO)
    return [query["sql"] for query in seen.captured_queries]


@pytest.mark.real_commits
def test_a_settlement_takes_at_most_twelve_statements_however_full_the_year_is() -> None:
    person = someone(serious=True)
    connection.ensure_connection()
    first = statements_of_settling(stay(person, 12_000 * YUAN, 10_800 * YUAN))
    assert first[0].startswith("BEGIN")
    assert first[-1].startswith("COMMIT")
    assert len(first) <= AT_MOST, "\n".join(first)
    for number in range(50):
        settled(person, (100 + number) * YUAN)
    last = statements_of_settling(stay(person, 12_000 * YUAN, 10_800 * YUAN))
    assert len(last) == len(first), "\n".join(last)
    assert check_everything().faults == []


@pytest.mark.real_commits
def test_a_repeated_settlement_takes_one_statement_in_its_transaction() -> None:
    admission, key = stay(someone(), 1_000), new_key()
    for _time in range(2):
        with CaptureQueriesContext(connection) as seen:
            services.settle(key=key, admission=admission, day=DAY, who=WHO)
    assert len(seen) == 3
