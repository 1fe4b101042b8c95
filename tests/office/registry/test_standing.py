"""What the registry says of a person on a day, and what that rests on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.office.registry.conftest import SAID

from doudi.office.registry import services
from doudi.office.registry.models import Person
from doudi.office.registry.selectors import standing_on

pytestmark = pytest.mark.django_db
Register = Callable[..., Person]


@pytest.fixture
def someone(person: Register) -> Person:
    """Registered over 2016 and 2017, enrolled for 2017, seriously ill from 2017-06-01."""
    one = person()
    about: dict[str, Any] = {**SAID, "person_id": one.pk}
    services.add_registration(
        **about,
        valid_from=date(2016, 1, 1),
        valid_to=date(2017, 12, 31),
        cause="01",
        document="登记表",
    )
    services.enrol(
        **about, year=2017, premium_own_fen=180_00, paid_by="government", document="缴费单"
    )
    for disease, listed in {"食管癌": "serious", "胃癌": "serious", "高血压": "chronic"}.items():
        services.list_disease(
            **about,
            list=listed,
            disease=disease,
            valid_from=date(2017, 6, 1),
            document="大病登记表",
        )
    return one


@pytest.mark.parametrize(
    ("day", "registered", "enrolled", "serious"),
    [
        ("2015-12-31", False, False, False),
        ("2016-01-01", True, False, False),
        ("2017-01-01", True, True, False),
        ("2017-05-31", True, True, False),
        ("2017-06-01", True, True, True),
        ("2017-12-31", True, True, True),
        ("2018-01-01", False, False, True),
    ],
)
def test_the_first_and_the_last_day_count(
    someone: Person, day: str, registered: bool, enrolled: bool, serious: bool
) -> None:
    standing = standing_on(someone.pk, date.fromisoformat(day))
    assert (standing.registered, standing.enrolled, standing.serious) == (
        registered,
        enrolled,
        serious,
    )


def test_it_takes_one_statement(
    someone: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        standing_on(someone.pk, date(2017, 7, 1))


def test_the_evidence_names_every_row_once_and_is_json(someone: Person) -> None:
    standing = standing_on(someone.pk, date(2017, 7, 1))
    evidence = json.loads(json.dumps(standing.evidence))
    assert evidence == standing.evidence
    registration = someone.registrations.get()
    assert evidence["registration"] == {
        "id": registration.pk,
        "valid_from": "2016-01-01",
        "valid_to": "2017-12-31",
        "cause": "01",
        "document": "登记表",
    }
    assert evidence["enrolment"]["document"] == "缴费单"
    assert [row["disease"] for row in evidence["listings"]] == ["食管癌", "胃癌", "高血压"]
    assert standing.lists == {"serious", "chronic"}


def test_nothing_known_is_no_standing_with_empty_evidence(person: Register) -> None:
    standing = standing_on(person().pk, date(2017, 7, 1))
    assert not (standing.registered or standing.enrolled or standing.serious)
    assert standing.evidence == {
        "day": "2017-07-01",
        "registration": None,
        "enrolment": None,
        "listings": [],
    }


def test_a_withdrawn_registration_counts_for_nothing(someone: Person) -> None:
    period = someone.registrations.get()
    services.withdraw_registration(**SAID, period_id=period.pk)
    assert not standing_on(someone.pk, date(2017, 7, 1)).registered


@pytest.mark.usefixtures("someone")
def test_one_persons_standing_is_not_anothers(person: Register) -> None:
    assert not standing_on(person().pk, date(2017, 7, 1)).serious


def test_nobody_has_no_standing() -> None:
    with pytest.raises(Person.DoesNotExist):
        standing_on(404, date(2017, 7, 1))
