"""Whoever's name can be read in several ways is found by each of them, the usual one first."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.office.imports.files import as_csv, committed, line
from tests.office.registry.conftest import SAID, VILLAGE

from doudi.office.registry import services
from doudi.office.registry.models import NameReading, Person
from doudi.office.registry.names import (
    MOST_OTHER_READINGS,
    initials_of,
    other_initials_of,
)
from doudi.office.registry.search import find_people

Register = Callable[..., Person]
CHARACTERS = st.sampled_from("单曾仇解乐重长朴查于王小明·阿a1")


def found(text: str) -> list[str]:
    return [person.name for person in find_people(text)]


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("单雄", {"sx", "cx"}),
        ("曾国", {"zg"}),
        ("仇英", {"qy", "jy"}),
        ("合欢", {"gh"}),
        ("Ana", set()),
        ("", set()),
    ],
)
def test_a_name_has_the_readings_of_its_characters(name: str, others: set[str]) -> None:
    assert set(other_initials_of(name)) == others


def test_readings_nearest_to_the_usual_one_are_kept_and_no_more() -> None:
    usual, kept = initials_of("乐重乐重乐重"), other_initials_of("乐重乐重乐重")
    assert len(kept) == MOST_OTHER_READINGS
    changes = [sum(a != b for a, b in zip(usual, one, strict=True)) for one in kept]
    assert changes == sorted(changes) and changes[0] == 1


def test_a_long_name_that_can_be_read_in_endless_ways_has_no_more_readings_than_others() -> None:
    """Sixty characters of two readings each are 2 to the 60th readings."""
    assert len(other_initials_of("单" * 60)) == MOST_OTHER_READINGS


@given(st.text(CHARACTERS, max_size=70))
def test_the_other_readings_are_as_long_as_the_usual_one_and_all_different(name: str) -> None:
    usual, others = initials_of(name), other_initials_of(name)
    assert usual not in others
    assert len(set(others)) == len(others) <= MOST_OTHER_READINGS
    assert {len(one) for one in others} <= {len(usual)}


@pytest.mark.django_db
def test_a_person_is_found_by_every_reading_the_usual_one_first(person: Register) -> None:
    person(name="单雄")
    person(name="孙小")
    assert found("sx") == ["孙小", "单雄"]
    assert found("dx") == found("cx") == found("d") == ["单雄"]
    assert found("x") == []
    assert [one.name for one in find_people("s", most=1)] == ["孙小"]


@pytest.mark.django_db
def test_who_is_found_by_several_readings_is_found_once(person: Register) -> None:
    names = {person(name=name).name for name in ("单单单", "单单重", "单长重")}
    for most in (1, 2, 3, 50):
        some = [one.name for one in find_people("s", most=most)]
        assert len(some) == len(set(some)) == min(most, 3)
    assert set(found("s")) == names


@pytest.mark.django_db
def test_other_readings_are_found_by_their_index_and_in_its_order(person: Register) -> None:
    person(name="单雄")
    with CaptureQueriesContext(connection) as seen:
        find_people("s")
    assert len(seen) == 2
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + seen.captured_queries[1]["sql"])
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "registry_namereading" in plan and "initials>? AND initials<?" in plan
        assert seen.captured_queries[1]["sql"].count('JOIN "registry_namereading"') == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_only_people_of_the_division_are_found_by_another_reading(person: Register) -> None:
    person(name="单雄", household_number="H1", division_code=VILLAGE)
    assert [one.name for one in find_people("sx", division=VILLAGE)] == ["单雄"]
    assert find_people("sx", division="152201001001") == []


@pytest.mark.django_db
def test_a_corrected_name_is_found_by_its_own_readings_only(person: Register) -> None:
    who = person(name="单雄", relation="02")
    services.correct_person(**SAID, person_id=who.pk, name="曾国", relation="02")
    assert found("zg") == found("cg") == ["曾国"]
    assert found("sx") == []


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_people_of_a_file_are_found_by_every_reading(tmp_path: Path) -> None:
    committed(line(0, 姓名="单雄"), line(1, 姓名="错", 身份证号="1"))
    path = tmp_path / "名单.csv"
    path.write_bytes(as_csv(line(2, 姓名="曾国")))
    services.import_people_file(**SAID, path=path, synthetic=True)
    assert found("sx") == ["单雄"]
    assert found("zg") == ["曾国"]
    assert NameReading.objects.count() == 3


@pytest.mark.django_db
def test_whoever_is_there_already_gets_readings_when_the_table_comes(person: Register) -> None:
    person(name="单雄")
    withdrawn = person(name="曾国")
    Person.objects.filter(pk=withdrawn.pk).update(withdrawn_at="2018-05-09T00:00:00Z")
    before = set(NameReading.objects.values_list("person", "initials"))
    NameReading.objects.all().delete()
    migration = import_module("doudi.office.registry.migrations.0007_name_readings")
    migration.fill(apps, SimpleNamespace(connection=connection))
    assert set(NameReading.objects.values_list("person", "initials")) == before
    assert len(before) == 3
    assert found("sx") == ["单雄"]
