"""A page of the registered looks at so many households, and all pages together name everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office import builders
from tests.office.registry.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE

from doudi.office.registry import registered_people
from doudi.office.registry.figures import keep_counts
from doudi.office.registry.models import Division, Person, RegistrationPeriod
from doudi.office.registry.registered_people import Asked, PageOfPeople, Position, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]
Register = Callable[..., Person]
TODAY = date(2018, 5, 9)
LEAGUE = "152200000000"
_serials = count()


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> tuple[int, ...]:
    """Small pages, so that few people fill several."""
    monkeypatch.setattr(registered_people, "WINDOWS", (2, 3))
    monkeypatch.setattr(registered_people, "ON_A_PAGE", 4)
    return (2, 3)


def home(person: Register, village: str, people: int = 1, *, insured: bool = True) -> list[Person]:
    number = f"W{next(_serials)}"
    found = [person(household_number=number, division_code=village)]
    found += [person(household_number=number, relation="03") for _ in range(people - 1)]
    for one in found:
        RegistrationPeriod.objects.create(
            person=one, valid_from=date(2016, 1, 1), cause="01", document="合成"
        )
        if insured:
            builders.enrol(one, 2018)
    return found


def asked(*, insured: bool | None = None, cause: str = "", place: str = LEAGUE) -> Asked:
    return Asked(Division.objects.get(pk=place), 2018, TODAY, cause, insured)


def pages(what: Asked) -> list[list[str]]:
    """Everybody, page by page."""
    found, begin = [], Position()
    while True:
        page: PageOfPeople = page_of(what, begin)
        found.append([row.person.public_id for row in page.rows])
        if page.following is None:
            return found
        begin = page.following


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_all_pages_together_name_everybody_once_in_whole_households(
    person: Register, seed: int, kept: bool
) -> None:
    draw = Random(seed)
    villages = (VILLAGE, OTHER_VILLAGE, FAR_VILLAGE)
    for _home in range(14):
        home(person, draw.choice(villages), draw.randint(1, 6), insured=draw.random() < 0.6)
    if kept:
        keep_counts(TODAY)
        for _later in range(3):
            home(person, draw.choice(villages), insured=False)
    for insured in (None, True, False):
        what = asked(insured=insured)
        seen = pages(what)
        everybody = [row.person.public_id for row in what.rows()]
        assert sorted(one for page in seen for one in page) == sorted(everybody)
        homes = [
            set(Person.objects.filter(public_id__in=page).values_list("household", flat=True))
            for page in seen
        ]
        assert sum(len(some) for some in homes) == len(set().union(*homes))


def test_when_everybody_is_insured_a_page_of_the_others_takes_no_more_the_more_there_are(
    person: Register, windows: tuple[int, ...]
) -> None:
    what, taken = asked(insured=False), []
    for _more in range(2):
        for _home in range(8):
            home(person, VILLAGE)
        with CaptureQueriesContext(connection) as queries:
            page = page_of(what, Position())
        assert page.rows == []
        assert page.following is not None
        taken.append(len(queries))
        looked_up = [query["sql"].partition('"household_id" IN (')[2] for query in queries]
        sizes = [len(keys.partition(")")[0].split(",")) for keys in looked_up if keys]
        assert tuple(sizes) == windows
    assert taken == [1 + 2 * len(windows)] * 2


@pytest.mark.usefixtures("windows")
def test_the_villages_that_had_such_people_come_first(person: Register) -> None:
    for _home in range(20):
        home(person, VILLAGE)
    [somebody] = home(person, FAR_VILLAGE, insured=False)
    keep_counts(TODAY)
    first, *others = pages(asked(insured=False))
    assert first == [somebody.public_id]
    assert not any(others)
    [later] = home(person, VILLAGE, insured=False)
    first, *others = pages(asked(insured=False))
    assert first == [somebody.public_id]
    assert [one for page in others for one in page] == [later.public_id]


@pytest.mark.usefixtures("windows")
def test_a_cause_that_nobody_has_looks_at_so_many_households_too(person: Register) -> None:
    for _home in range(8):
        home(person, VILLAGE)
    assert page_of(asked(cause="11"), Position()).following is not None
    assert pages(asked(cause="11", place=VILLAGE))[-1] == []
    assert pages(asked(cause="11", place=FAR_VILLAGE)) == [[]]
