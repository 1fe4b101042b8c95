"""The registry's figures against people counted by hand, and what is kept against what is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st
from tests.office import builders
from tests.office.registry.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE

from doudi.office.registry.figures import (
    Counted,
    basis_points,
    counts_of,
    keep_counts,
    registered_in,
)
from doudi.office.registry.models import Division, Enrolment, KeptCount, Person, RegistrationPeriod

Register = Callable[..., Person]
TODAY = date(2018, 5, 9)
LEAGUE, BANNER, SUMU = "152200000000", "152221000000", "152221105000"


def period(person: Person, first: date, last: date | None, cause: str) -> RegistrationPeriod:
    return RegistrationPeriod.objects.create(
        person=person, valid_from=first, valid_to=last, cause=cause, document="合成"
    )


@pytest.fixture
def people(divisions: None, person: Register) -> list[Person]:
    """Made poor by illness 2016-17, by illness since 2016, by disability since 2017, far away."""
    assert divisions is None
    places = [VILLAGE, VILLAGE, OTHER_VILLAGE, FAR_VILLAGE]
    found = [
        person(household_number=f"H{number}", division_code=place)
        for number, place in enumerate(places)
    ]
    period(found[0], date(2016, 1, 1), date(2017, 12, 30), "01")
    period(found[1], date(2016, 1, 1), None, "01")
    period(found[2], date(2017, 6, 1), None, "02")
    period(found[3], date(2018, 5, 9), None, "03")
    builders.enrol(found[1], 2018)
    return found


def shown(code: str) -> dict[int, tuple[int, int, int]]:
    """By year: registered, by illness, enrolled."""
    division = Division.objects.get(pk=code)
    return {
        one.year: (one.all.registered, one.by_illness, one.all.enrolled)
        for one in counts_of(division, TODAY)
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("people")
@pytest.mark.clause("H-65")
@pytest.mark.clause("H-66")
def test_a_year_is_counted_on_its_last_day_and_the_running_one_today() -> None:
    assert shown(VILLAGE) == {2016: (2, 2, 0), 2017: (1, 1, 0), 2018: (1, 1, 1)}
    assert shown(SUMU) == {2016: (2, 2, 0), 2017: (2, 1, 0), 2018: (2, 1, 1)}
    for _kept in range(2):
        assert shown(BANNER) == {2016: (2, 2, 0), 2017: (2, 1, 0), 2018: (2, 1, 1)}
        assert shown(LEAGUE) == {2016: (2, 2, 0), 2017: (2, 1, 0), 2018: (3, 1, 1)}
        keep_counts(TODAY)


@pytest.mark.django_db
def test_what_was_kept_says_when_and_stands_until_it_is_kept_again(people: list[Person]) -> None:
    keep_counts(date(2018, 5, 1))
    assert shown(LEAGUE)[2018] == (2, 1, 1)
    division = Division.objects.get(pk=LEAGUE)
    assert {one.counted_on for one in counts_of(division, TODAY)} == {date(2018, 5, 1)}
    RegistrationPeriod.objects.filter(person=people[1]).update(withdrawn_at="2018-05-02T00:00Z")
    Person.objects.filter(pk=people[2].pk).update(withdrawn_at="2018-05-02T00:00Z")
    assert shown(VILLAGE)[2018] == (0, 0, 0)
    rows = KeptCount.objects.count()
    keep_counts(TODAY)
    assert shown(LEAGUE)[2018] == (1, 0, 0)
    assert KeptCount.objects.count() < rows


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(2))
def test_numbers_are_those_of_the_people_one_by_one(
    divisions: None, person: Register, seed: int
) -> None:
    draw = Random(seed)
    for number in range(12):
        place = draw.choice((VILLAGE, OTHER_VILLAGE, FAR_VILLAGE))
        who = person(household_number=f"R{number}", division_code=place)
        first = date(draw.randrange(2015, 2018), draw.randrange(1, 13), 1)
        last = draw.choice((None, date(2017, draw.randrange(1, 13), 28)))
        if last is None or last >= first:
            period(who, first, last, draw.choice(("01", "02", "11")))
        if draw.random() < 0.5:
            builders.enrol(who, draw.choice((2016, 2017, 2018)))
    keep_counts(TODAY)
    for division in Division.objects.all():
        for one in counts_of(division, TODAY):
            day = min(date(one.year, 12, 31), TODAY)
            holds = Q(valid_to=None) | Q(valid_to__gte=day)
            digits = {"league": 4, "banner": 6, "sumu": 9, "gacha": 12}[division.level]
            there = [
                row
                for row in RegistrationPeriod.objects.filter(holds, valid_from__lte=day)
                if row.person.household is not None
                and row.person.household.division_id[:digits] == division.code[:digits]
            ]
            by_hand: dict[str, Counted] = {}
            for row in there:
                insured = Enrolment.objects.filter(person=row.person, year=one.year).exists()
                by_hand.setdefault(row.cause, Counted()).add(1, int(insured))
            assert one.causes == by_hand
            for insured in (True, False):
                behind = registered_in(division, one.year, TODAY, "", insured).count()
                every = one.all
                rest = every.registered - every.enrolled
                assert behind == (every.enrolled if insured else rest)
    assert divisions is None


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_the_nearest_basis_point(part: int, whole: int) -> None:
    share = basis_points(part, whole)
    assert share is not None
    assert abs(share * whole - part * 10_000) * 2 <= whole
    assert basis_points(part, 0) is None


def test_the_shares_of_the_source_are_shown_as_it_writes_them() -> None:
    assert basis_points(634, 1000) == 6340
    assert basis_points(1, 3) == 3333
    assert basis_points(1, 20_000) == 1
