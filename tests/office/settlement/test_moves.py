"""What was settled counts where its person lives now: the kept sums go along with every move."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from django.utils import timezone
from tests.office.builders import SAID, YUAN, settled
from tests.office.settlement.test_kept_sums import history, kept, now_and_then, summed
from tests.office.web.people_and_places import HERE, THERE, household_member

from doudi.office.accounts.scope import codes_within
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Division, Person
from doudi.office.settlement import keep_sums, kept_sums, moves
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, KeptSum, KeptYear

pytestmark = pytest.mark.django_db


def everywhere() -> list[kept_sums.Place]:
    path = "admission__person__household__division__code__range"
    return [
        kept_sums.Place(
            division.code,
            Claim.objects.filter(**{path: codes_within(division)}),
            codes_within(division),
        )
        for division in Division.objects.all()
    ]


def move(person: Person, place: str) -> None:
    moves.move_household(
        **SAID, person_id=person.pk, division_code=place, moved_on=timezone.localdate()
    )


def move_now_and_then(draw: Random) -> None:
    now_and_then(draw)
    people = list(Person.objects.exclude(household=None).order_by("pk"))
    if not people or draw.random() < 0.6:
        return
    place = draw.choice((HERE.gacha, THERE.gacha))
    try:
        if draw.random() < 0.5:
            move(draw.choice(people), place)
        else:
            target = draw.choice(people).household
            assert target is not None
            moves.join_household(
                **SAID,
                person_id=draw.choice(people).pk,
                household_number=target.number,
                relation=draw.choice(("02", "01")),
                moved_on=timezone.localdate(),
            )
    except RegistryRefused:
        return


@pytest.mark.parametrize("seed", range(3))
def test_sums_are_those_of_who_lives_there_whoever_moved_when(seed: int) -> None:
    history(seed, move_now_and_then)
    assert {place.code for place in everywhere()} >= {HERE.gacha, THERE.gacha}
    for place in everywhere():
        assert kept(place) == summed(place)
    assert check_everything().faults == []
    keep_years = {row.pk: row.division for row in KeptYear.objects.all()}
    until = kept_sums.kept_until()
    keep_sums.keep_anew(until)
    assert {row.pk: row.division for row in KeptYear.objects.all()} == keep_years
    for place in everywhere():
        assert kept(place) == summed(place)


def test_a_banner_loses_what_the_other_gains() -> None:
    person = household_member(HERE)
    household_member(THERE)
    settled(person, 12_000 * YUAN, day=date(2018, 5, 9))
    keep_sums.keep(timezone.now())
    before = kept_sums.YearSums(_place(HERE.banner), 2018).by("year")
    assert before[2018,].claims == 1
    move(person, THERE.gacha)
    assert kept_sums.YearSums(_place(HERE.banner), 2018).by("year") == {}
    assert kept_sums.YearSums(_place(THERE.banner), 2018).by("year") == before
    league = HERE.banner[:4].ljust(12, "0")
    assert KeptSum.objects.get(place=league).claims == 1
    assert KeptYear.objects.get().division == THERE.gacha
    assert check_everything().faults == []


def _place(code: str) -> kept_sums.Place:
    return next(place for place in everywhere() if place.code == code)
