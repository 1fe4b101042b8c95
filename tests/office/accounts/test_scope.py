"""Whom an account sees, by its place and by what it looked up today."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.office.builders import settled
from tests.office.web.people_and_places import HERE, LEAGUE, THERE, account, household_member

from doudi.office.accounts.models import LookUp, User
from doudi.office.accounts.permissions import Permission, allowed
from doudi.office.accounts.roles import LEVELS, OF_AN_INSTITUTION, SECOND_FACTOR, Role
from doudi.office.accounts.scope import (
    accounts_in_scope,
    admissions_in_scope,
    claims_in_scope,
    codes_within,
    divisions_in_scope,
    households_in_scope,
    institutions_in_scope,
    people_in_scope,
    person_in_scope,
)
from doudi.office.accounts.services import look_up
from doudi.office.registry.models import Division
from doudi.office.registry.services import known_divisions

SEE_PEOPLE = [role for role in LEVELS if Permission.SEE_PEOPLE in allowed(role)]


@given(st.sampled_from(known_divisions()), st.sampled_from(known_divisions()))
def test_a_division_holds_the_codes_of_those_below_it_and_no_other(
    division: Division, other: Division
) -> None:
    parents = {known.code: known.parent_id for known in known_divisions()}
    above, code = [other.code], parents[other.code]
    while code is not None:
        above.append(code)
        code = parents[code]
    low, high = codes_within(division)
    assert (low <= other.code <= high) == (division.code in above)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role", [role for role in LEVELS if Permission.SEE_PEOPLE in allowed(role)]
)
def test_a_division_sees_its_own_people_and_settlements(role: str) -> None:
    mine, other = household_member(HERE), household_member(THERE)
    settled(mine, 1_200_000, 1_000_000, at=THERE.hospital)
    settled(other, 1_200_000, 1_000_000, at=HERE.hospital)
    user = account(role)
    people = {mine.pk, other.pk} if user.division_id == LEAGUE else {mine.pk}
    if user.role == Role.AUDITOR:
        user.division_id = HERE.banner
        user.save()
        user.refresh_from_db()
        people = {mine.pk}
    assert set(people_in_scope(user).values_list("pk", flat=True)) == people
    assert households_in_scope(user).count() == len(people)
    seen = people if user.may(Permission.SEE_SETTLEMENTS) else set()
    assert set(claims_in_scope(user).values_list("admission__person", flat=True)) == seen


@pytest.mark.django_db
@pytest.mark.parametrize("role", OF_AN_INSTITUTION)
def test_a_hospital_sees_its_patients_wherever_they_live(role: str) -> None:
    mine, other = household_member(THERE), household_member(HERE)
    settled(mine, 1_200_000, 1_000_000, at=HERE.hospital)
    settled(other, 1_200_000, 1_000_000, at=THERE.hospital)
    user = account(role)
    assert [person.pk for person in people_in_scope(user)] == [mine.pk]
    assert person_in_scope(user, mine.public_id).get() == mine
    assert not person_in_scope(user, other.public_id).exists()
    assert [stay.person_id for stay in admissions_in_scope(user)] == [mine.pk]
    assert [row.pk for row in institutions_in_scope(user)] == [HERE.hospital]
    assert not households_in_scope(user).exists()
    assert not divisions_in_scope(user).exists()


@pytest.mark.django_db
def test_a_person_found_by_number_is_seen_for_the_day_and_by_the_finder_only() -> None:
    person = household_member(THERE)
    finder, colleague = account("clerk"), account("clerk")
    look_up(user=finder, person=person, by=LookUp.By.ID_NUMBER)
    assert people_in_scope(finder).get() == person
    assert not people_in_scope(colleague).exists()
    assert person_in_scope(finder, person.public_id).get() == person
    assert not person_in_scope(colleague, person.public_id).exists()
    yesterday = timezone.localdate() - timedelta(days=1)
    LookUp.objects.create(user=colleague, person=person, by="card", day=yesterday)
    assert not people_in_scope(colleague).exists()
    assert not person_in_scope(colleague, person.public_id).exists()


@pytest.mark.django_db
def test_a_look_up_stays_recorded() -> None:
    look_up(user=account("clerk"), person=household_member(THERE), by="card")
    with pytest.raises(DatabaseError), transaction.atomic():
        LookUp.objects.all().delete()


@pytest.mark.django_db
def test_an_administrator_sees_accounts_of_the_place_and_no_people() -> None:
    household_member(HERE)
    mine = {account("village").pk, account("clerk").pk}
    account("village", THERE)
    administrator = account("administrator")
    administrator.division_id = HERE.banner
    administrator.save()
    administrator.refresh_from_db()
    found = set(accounts_in_scope(administrator).values_list("pk", flat=True))
    assert found == mine | {administrator.pk}
    assert not people_in_scope(administrator).exists()
    assert not claims_in_scope(administrator).exists()
    assert not accounts_in_scope(account("league")).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "clerk", "division_id": HERE.gacha, "institution_id": None},
        {"role": "village", "institution_id": HERE.hospital},
        {"role": "village", "division_id": None},
        {"role": "king", "division_id": HERE.gacha},
    ],
)
def test_the_database_refuses_an_account_without_its_one_place(wrong: dict[str, str]) -> None:
    user = account("village")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(**wrong)


def test_every_role_is_in_the_tables() -> None:
    assert set(LEVELS) | set(OF_AN_INSTITUTION) == set(Role)
    assert set(SECOND_FACTOR) < set(Role)
    for role in Role:
        assert allowed(role)
    granted = frozenset().union(*(allowed(role) for role in Role))
    assert granted == set(Permission)
