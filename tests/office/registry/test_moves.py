"""People join another household or found one, and households move: all of it is remembered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.office.registry.conftest import FAR_VILLAGE, OTHER_VILLAGE, SAID, VILLAGE

from doudi.office.audit.models import Call
from doudi.office.registry import services
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Household, Move, Person
from doudi.office.registry.selectors import common_division, people_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]
Register = Callable[..., Person]
DAY = date(2018, 5, 9)


@pytest.fixture
def family(person: Register) -> list[Person]:
    """A head, a spouse and a son in H1."""
    return [
        person(name=name, relation=relation, household_number="H1", division_code=VILLAGE)
        for name, relation in (("甲", "01"), ("乙", "02"), ("丙", "03"))
    ]


def where(person: Person) -> tuple[str, str, str]:
    """Household, village and relation as they are now."""
    found = Person.objects.select_related("household").get(pk=person.pk)
    assert found.household is not None
    return found.household.number, found.household.division_id, found.relation


def join(person: Person, number: str, relation: str = "04", day: date = DAY) -> None:
    services.join_household(
        **SAID, person_id=person.pk, household_number=number, relation=relation, moved_on=day
    )


def split(person: Person, number: str = "H9", **more: Any) -> None:
    given: dict[str, Any] = {"members": {}, "moved_on": DAY} | more
    services.split_household(**SAID, person_id=person.pk, household_number=number, **given)


def test_somebody_joins_another_household_and_both_are_remembered(
    person: Register, family: list[Person]
) -> None:
    other = person(household_number="H2", division_code=OTHER_VILLAGE)
    join(family[2], "H2", "06")
    assert where(family[2]) == ("H2", OTHER_VILLAGE, "06")
    assert where(other) == ("H2", OTHER_VILLAGE, "01")
    move = Move.objects.get()
    assert (move.from_household, move.to_household) == (family[0].household, other.household)
    assert (move.from_division_id, move.to_division_id) == (VILLAGE, OTHER_VILLAGE)
    assert (move.moved_on, move.recorded_by, move.reason) == (DAY, SAID["actor"], SAID["reason"])
    call = Call.objects.get(service="change_household")
    assert call.subject == f"person:{family[2].public_id}"
    assert call.detail == {
        "from": "H1",
        "to": "H2",
        "relation_before": "03",
        "relation": "06",
        "moved_on": "2018-05-09",
    }
    assert {row.pk for row in people_of(OTHER_VILLAGE)} == {other.pk, family[2].pk}


@pytest.mark.parametrize(
    ("who", "number", "relation", "said"),
    [
        (2, "H1", "03", "已经在这一户"),
        (2, "H7", "03", "没有户 H7"),
        (2, "H2", "01", "已有户主"),
        (0, "H2", "02", "更换户主"),
        (2, "H2", "77", "与户主关系"),
    ],
)
def test_joining_what_cannot_be_joined_is_refused(
    person: Register, family: list[Person], who: int, number: str, relation: str, said: str
) -> None:
    person(household_number="H2", division_code=VILLAGE)
    with pytest.raises(RegistryRefused) as refused:
        join(family[who], number, relation)
    assert said in refused.value.zh
    assert not Move.objects.exists()
    assert where(family[who])[0] == "H1"


def test_the_last_of_a_household_may_go_and_whoever_comes_next_heads_it(
    person: Register, family: list[Person]
) -> None:
    alone = person(household_number="H2", division_code=VILLAGE)
    join(alone, "H1", "12")
    with pytest.raises(RegistryRefused, match="heads it"):
        join(family[2], "H2", "03")
    join(family[2], "H2", "01")
    assert where(family[2]) == ("H2", VILLAGE, "01")


def test_a_day_before_the_last_move_or_in_the_future_is_refused(
    person: Register, family: list[Person]
) -> None:
    person(household_number="H2", division_code=VILLAGE)
    join(family[2], "H2")
    for day in (DAY - timedelta(days=1), timezone.localdate() + timedelta(days=1)):
        with pytest.raises(RegistryRefused):
            join(family[2], "H1", "03", day)
    join(family[2], "H1", "03", DAY)
    assert where(family[2]) == ("H1", VILLAGE, "03")
    assert Move.objects.filter(person=family[2]).count() == 2


def test_a_son_founds_a_household_and_takes_his_mother_along(family: list[Person]) -> None:
    split(family[2], members={str(family[1].pk): "12"}, division_code=OTHER_VILLAGE)
    assert where(family[2]) == ("H9", OTHER_VILLAGE, "01")
    assert where(family[1]) == ("H9", OTHER_VILLAGE, "12")
    assert where(family[0]) == ("H1", VILLAGE, "01")
    assert Move.objects.count() == 2
    assert Household.objects.get(number="H9").synthetic


def test_a_new_household_stays_in_the_village_unless_said_otherwise(family: list[Person]) -> None:
    split(family[2])
    assert where(family[2]) == ("H9", VILLAGE, "01")


def test_a_whole_household_may_take_another_number(family: list[Person]) -> None:
    split(family[0], members={str(family[1].pk): "02", str(family[2].pk): "03"})
    assert {where(one)[0] for one in family} == {"H9"}


def test_splits_that_cannot_be_are_refused(person: Register, family: list[Person]) -> None:
    stranger = person(household_number="H2", division_code=VILLAGE)
    for who, number, more, said in (
        (0, "H9", {}, "更换户主"),
        (1, "H9", {"members": {str(family[0].pk): "02"}}, "更换户主"),
        (2, "H2", {}, "已有人用"),
        (2, "H 9!", {}, "户编号"),
        (2, "H9", {"members": {str(stranger.pk): "02"}}, "不在这一户"),
        (2, "H9", {"members": {str(family[1].pk): "01"}}, "只有一个户主"),
        (2, "H9", {"division_code": "152221105000"}, "没有嘎查村"),
    ):
        with pytest.raises(RegistryRefused) as refused:
            split(family[who], number, **more)
        assert said in refused.value.zh
    assert not Move.objects.exists()
    assert not Household.objects.filter(number="H9").exists()


def test_a_household_moves_with_all_its_people(family: list[Person]) -> None:
    services.move_household(**SAID, person_id=family[1].pk, division_code=FAR_VILLAGE, moved_on=DAY)
    assert {where(one)[1] for one in family} == {FAR_VILLAGE}
    assert list(people_of(VILLAGE)) == []
    move = Move.objects.get()
    assert (move.person, move.from_division_id, move.to_division_id) == (
        None,
        VILLAGE,
        FAR_VILLAGE,
    )
    assert Call.objects.filter(service="move_household").count() == 3
    for code, said in ((FAR_VILLAGE, "已经在那里"), ("152221000000", "没有嘎查村")):
        with pytest.raises(RegistryRefused) as refused:
            services.move_household(
                **SAID, person_id=family[1].pk, division_code=code, moved_on=DAY
            )
        assert said in refused.value.zh


def test_the_database_keeps_no_move_that_leads_nowhere(family: list[Person]) -> None:
    home = family[0].household
    assert home is not None
    for person in (family[0], None):
        with pytest.raises(IntegrityError), transaction.atomic():
            Move.objects.create(
                person=person,
                from_household=home if person else None,
                to_household=home,
                to_division_id=VILLAGE,
                moved_on=DAY,
            )


def test_the_lowest_division_over_two_places_looks_after_both() -> None:
    assert common_division(VILLAGE) == VILLAGE
    assert common_division(VILLAGE, OTHER_VILLAGE) == "152221105000"
    assert common_division(VILLAGE, FAR_VILLAGE) == "152200000000"
    with pytest.raises(ValueError, match="no division"):
        common_division(VILLAGE, "150502001001")
