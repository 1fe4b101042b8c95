"""Finding people as a clerk looks for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.registry.conftest import OTHER_VILLAGE, SAID, VILLAGE, number

from doudi.office.registry import services
from doudi.office.registry.identity import BadNumber
from doudi.office.registry.models import Division, Person
from doudi.office.registry.names import initials_of
from doudi.office.registry.search import find_people

pytestmark = pytest.mark.django_db

NAMES = ("合成甲子", "合成甲丑", "合欢", "成合", "Ana")


@pytest.fixture
def people(divisions: None) -> dict[str, Person]:
    assert divisions is None
    places = [VILLAGE, VILLAGE, OTHER_VILLAGE, OTHER_VILLAGE, OTHER_VILLAGE]
    return {
        name: services.register_person(
            **SAID,
            name=name,
            id_number=number(serial),
            household_number=f"H{serial}",
            division_code=place,
            card=f"CARD{serial:04d}",
            synthetic=True,
        )
        for serial, (name, place) in enumerate(zip(NAMES, places, strict=True))
    }


def found(text: str, **given: Any) -> set[str]:
    return {person.name for person in find_people(text, **given)}


@pytest.mark.parametrize(
    ("name", "initials"),
    [("合成甲子", "hcjz"), ("Ana 合", "anah"), ("阿·古拉", "agl"), ("", ""), ("１２", "")],
)
def test_initials_are_the_first_letters_of_the_pinyin(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_a_name_is_found_by_how_it_begins(people: dict[str, Person]) -> None:
    assert found("合成") == {"合成甲子", "合成甲丑"}
    assert found("合") == {"合成甲子", "合成甲丑", "合欢"}
    assert found("成") == {"成合"}
    assert found("甲") == set()
    assert len(people) == len(NAMES)


@pytest.mark.usefixtures("people")
def test_a_name_is_found_by_the_initials_of_its_pinyin_in_any_case() -> None:
    assert found("hcj") == {"合成甲子", "合成甲丑"}
    assert found("HCJZ") == {"合成甲子"}
    assert found("ＨＨ") == {"合欢"}
    assert found("a") == {"Ana"}
    assert found("hcjzz") == set()


def test_an_id_number_or_a_card_finds_its_owner(people: dict[str, Person]) -> None:
    assert find_people(number(1)) == [people["合成甲丑"]]
    assert find_people(f" {number(1)[:6]} {number(1)[6:]} ") == [people["合成甲丑"]]
    assert find_people("card0003") == [people["成合"]]
    assert find_people("CARD9999") == []
    with pytest.raises(BadNumber):
        find_people("152299199902300000")


@pytest.mark.usefixtures("people")
def test_only_people_of_the_division_are_found() -> None:
    assert found("合", division=VILLAGE) == {"合成甲子", "合成甲丑"}
    assert found("合", division=OTHER_VILLAGE) == {"合欢"}
    assert found(number(0), division=OTHER_VILLAGE) == set()
    with pytest.raises(Division.DoesNotExist):
        found("合", division="000000000000")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("text", ["", " ", "%", "_", "合%", "h_"])
def test_nothing_and_signs_find_nobody(text: str) -> None:
    assert not text.strip() or find_people(text) == []
    assert find_people("  ") == []


@pytest.mark.usefixtures("people")
def test_a_search_takes_one_statement_and_the_index() -> None:
    with CaptureQueriesContext(connection) as seen:
        some = find_people("hc", most=1)
        assert [person.household and person.household.number for person in some] != [None]
    assert len(seen) == 1
    assert len(some) == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + seen.captured_queries[0]["sql"])
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "registry_person_initials" in plan
