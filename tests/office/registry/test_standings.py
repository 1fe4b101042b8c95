"""What holds on a day for many people at once, and enrolling a whole village."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.registry.conftest import OTHER_VILLAGE, SAID, VILLAGE, number

from doudi.office.audit.models import Call
from doudi.office.registry import services
from doudi.office.registry.enrolments import to_enrol
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Division, Enrolment, Person
from doudi.office.registry.standings import households_in, standings_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]
Register = Callable[..., Person]
DAY = date(2018, 5, 9)


def registered(person: Person, since: date, until: date | None = None) -> int:
    period = services.add_registration(
        **SAID, person_id=person.pk, valid_from=since, valid_to=until, cause="01", document="一"
    )
    return int(period.pk)


def enrolled(person: Person, year: int) -> None:
    services.enrol(
        **SAID,
        person_id=person.pk,
        year=year,
        premium_own_fen=0,
        paid_by="government",
        document="二",
    )


@pytest.mark.clause("H-32")
def test_each_of_the_three_batches_has_its_list(person: Register) -> None:
    """Serious disease, chronic disease, severe disease under the backstop."""
    batches = ("serious", "chronic", "severe_backstop")
    people = [person() for _batch in batches]
    for one, batch in zip(people, batches, strict=True):
        services.list_disease(
            **SAID,
            person_id=one.pk,
            list=batch,
            disease="胃癌",
            valid_from=date(2018, 1, 1),
            document="三",
        )
    standings = standings_on(people, DAY)
    assert [[row.list for row in standings[one.pk].listings] for one in people] == [
        [batch] for batch in batches
    ]


@pytest.mark.clause("H-03")
def test_who_is_registered_on_a_day_is_a_beneficiary_and_nobody_else(person: Register) -> None:
    now, before, after, never, withdrawn = (person() for _one in range(5))
    registered(now, date(2018, 5, 9))
    registered(before, date(2016, 1, 1), date(2018, 5, 8))
    registered(after, date(2018, 5, 10))
    services.withdraw_registration(**SAID, period_id=registered(withdrawn, date(2016, 1, 1)))
    enrolled(never, 2018)
    people = [now, before, after, never, withdrawn]
    standings = standings_on(people, DAY)
    assert [one for one in people if standings[one.pk].registration] == [now]
    assert [one for one in people if standings[one.pk].enrolment] == [never]


def test_many_people_take_as_many_statements_as_one(person: Register) -> None:
    people = [person() for _one in range(30)]
    for some in (people[:1], people):
        with CaptureQueriesContext(connection) as queries:
            standings_on(some, DAY)
        assert len(queries) == 3


def test_a_village_lists_its_households(person: Register) -> None:
    head = person(name="甲", household_number="H1", division_code=VILLAGE)
    person(name="乙", relation="03", household_number="H1")
    person(name="丙", household_number="H2", division_code=OTHER_VILLAGE)
    registered(head, date(2016, 1, 1))
    [line] = households_in(Division.objects.get(pk=VILLAGE), DAY)
    assert (line.household.number, line.head, line.people) == ("H1", "甲", 2)
    assert (line.registered, line.cause) == (1, "01")


def enrol_village(**given: Any) -> int:
    facts: dict[str, Any] = {
        "gacha": VILLAGE,
        "year": 2018,
        "premium_own_fen": 220_00,
        "paid_by": "government",
        "document": "医保〔2018〕1号",
    }
    return services.enrol_village(**SAID, **facts | given)


def test_a_village_is_enrolled_at_once_and_nobody_twice(person: Register) -> None:
    poor = person(household_number="H1", division_code=VILLAGE)
    left = person(household_number="H2", division_code=VILLAGE)
    already = person(household_number="H3", division_code=VILLAGE)
    person(household_number="H4", division_code=VILLAGE)
    elsewhere = person(household_number="H5", division_code=OTHER_VILLAGE)
    for one in (poor, already, elsewhere):
        registered(one, date(2016, 1, 1))
    registered(left, date(2016, 1, 1), date(2018, 1, 1))  # one day of the year is enough
    enrolled(already, 2018)
    assert list(to_enrol(Division.objects.get(pk=VILLAGE), 2018)) == [poor, left]
    assert enrol_village() == 2
    made = Enrolment.objects.get(person=poor)
    assert (made.year, made.premium_own_fen, made.paid_by) == (2018, 220_00, "government")
    call = Call.objects.get(service="enrol_village")
    assert call.detail["people"] == [poor.public_id, left.public_id]
    with pytest.raises(RegistryRefused, match="nobody to enrol"):
        enrol_village()
    assert Enrolment.objects.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"gacha": "152221105000"},
        {"year": 1990},
        {"premium_own_fen": -1},
        {"paid_by": "nobody"},
        {"document": " "},
    ],
)
def test_a_village_is_not_enrolled_by_a_bad_request(
    person: Register, wrong: dict[str, Any]
) -> None:
    registered(person(household_number="H1", division_code=VILLAGE), date(2016, 1, 1))
    with pytest.raises(RegistryRefused):
        enrol_village(**wrong)
    assert not Enrolment.objects.exists()


def test_a_list_of_whole_numbers_is_recorded_once(person: Register) -> None:
    people = [person(id_number=number(70)), person(id_number=number(71))]
    found = services.reveal_id_numbers(**SAID, subject=f"division:{VILLAGE}", people=people)
    assert list(found.values()) == [number(70), number(71)]
    assert Call.objects.get(service="reveal_id_numbers").detail == {"people": 2}
