"""Whom an account sees. Every page of staff starts from one of these querysets.

- A division's account sees the people of the households in it, and their settlements.
- An institution's account sees its own stays, the people who stayed there, and for one day those
  whom it found by the whole ID number or card.
- An administrator sees accounts and no people.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from doudi.office.accounts.models import LookUp, User
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.roles import OF_AN_INSTITUTION
from doudi.office.registry.models import Division, Household, Person
from doudi.office.settlement.kept_sums import Place
from doudi.office.settlement.models import Admission, Claim, Institution

_Row = TypeVar("_Row", bound=Model)

_CODE_LENGTH = 12
_DIGITS_OF_LEVEL = {
    Division.Level.LEAGUE: 4,
    Division.Level.BANNER: 6,
    Division.Level.SUMU: 9,
    Division.Level.GACHA: _CODE_LENGTH,
}


def codes_within(division: Division) -> tuple[str, str]:
    """The lowest and the highest area code in a division, its own among them.

    A range, since that is found by index on both databases; a pattern is not on SQLite.
    """
    digits = _DIGITS_OF_LEVEL[Division.Level(division.level)]
    rest = _CODE_LENGTH - digits
    return division.code[:digits] + "0" * rest, division.code[:digits] + "9" * rest


def divisions_in_scope(user: User) -> QuerySet[Division]:
    """The divisions that the account may choose from."""
    if user.division is None:
        return Division.objects.none()
    return Division.objects.filter(code__range=codes_within(user.division))


def households_in_scope(user: User) -> QuerySet[Household]:
    """The households of the account's division; none for an institution."""
    if user.division is None or not user.may(Permission.SEE_PEOPLE):
        return Household.objects.none()
    return Household.objects.filter(division__code__range=codes_within(user.division))


def people_in_scope(user: User) -> QuerySet[Person]:
    """The people whom the account may see."""
    if not user.may(Permission.SEE_PEOPLE):
        return Person.objects.none()
    if user.division is not None:
        return Person.objects.filter(household__division__code__range=codes_within(user.division))
    stays = Admission.objects.filter(institution=user.institution_id).values("person")
    found = LookUp.objects.filter(user=user.pk, day=timezone.localdate()).values("person")
    # A union inside IN: either database collects the few people by index. Two conditions with
    # OR between them make SQLite look at every person of the league.
    return Person.objects.filter(pk__in=stays.union(found))


def people_in_scope_one_by_one(user: User) -> QuerySet[Person]:
    """`people_in_scope` for who has a list of people and asks of each.

    That one collects everybody who ever stayed at an institution; here each is looked up.
    """
    if user.division is not None or not user.may(Permission.SEE_PEOPLE):
        return people_in_scope(user)
    stays = Admission.objects.filter(institution=user.institution_id, person=OuterRef("pk"))
    found = LookUp.objects.filter(user=user.pk, day=timezone.localdate(), person=OuterRef("pk"))
    return Person.objects.filter(Exists(stays) | Exists(found))


def person_in_scope(user: User, public_id: str) -> QuerySet[Person]:
    """The person of this number, if the account may see them."""
    return people_in_scope_one_by_one(user).filter(public_id=public_id)


def admissions_in_scope(user: User) -> QuerySet[Admission]:
    """The stays and visits that the account may see."""
    return _of_stays(Admission.objects.all(), user, "")


def claims_in_scope(user: User) -> QuerySet[Claim]:
    """The claims of those stays."""
    return _of_stays(Claim.objects.all(), user, "admission__")


def place_in_scope(user: User) -> Place:
    """The account's division or institution, with the claims that it may see."""
    code = user.division_id or user.institution_id or ""
    if not user.may(Permission.SEE_PEOPLE):
        return Place(code, claims_in_scope(user))
    divisions = None if user.division is None else codes_within(user.division)
    return Place(code, claims_in_scope(user), divisions, user.institution_id)


def claims_by_day(user: User) -> QuerySet[Claim]:
    """`claims_in_scope` for who looks through the newest ones of a large place.

    A claim names the institution of its stay, so no stay has to be read to leave it out. Of a
    division whose claim it is is asked first, in a condition of its own: with a join SQLite would
    sum up each claim of the day before it looks whose it is.
    """
    if not user.may(Permission.SEE_SETTLEMENTS):
        return Claim.objects.none()
    if user.division is None:
        return Claim.objects.filter(institution=user.institution_id)
    here = _of_stays(Admission.objects.filter(pk=OuterRef("admission")), user, "")
    return Claim.objects.filter(Exists(here))


def institutions_in_scope(user: User) -> QuerySet[Institution]:
    """The account's institution, or those of its division; of a league also those outside."""
    if user.role in OF_AN_INSTITUTION:
        return Institution.objects.filter(pk=user.institution_id)
    return Institution.objects.filter(_institution_of(user, ""))


def accounts_in_scope(user: User) -> QuerySet[User]:
    """The accounts that an administrator looks after: those of the division and its hospitals."""
    return accounts_of_place(user) if user.may(Permission.MANAGE_ACCOUNTS) else User.objects.none()


def accounts_of_place(user: User) -> QuerySet[User]:
    """All accounts of the account's division, of those below it, and of their hospitals."""
    if user.division is None:
        return User.objects.none()
    inside = Q(division__code__range=codes_within(user.division))
    return User.objects.filter(inside | _institution_of(user, "institution__"))


def _of_stays(rows: QuerySet[_Row], user: User, path: str) -> QuerySet[_Row]:
    if not user.may(Permission.SEE_SETTLEMENTS):
        return rows.none()
    if user.division is None:
        return rows.filter(**{f"{path}institution": user.institution_id})
    within = codes_within(user.division)
    condition: dict[str, Any] = {f"{path}person__household__division__code__range": within}
    return rows.filter(**condition)


def _institution_of(user: User, path: str) -> Q:
    assert user.division is not None
    condition = Q(**{f"{path}division__code__range": codes_within(user.division)})
    if user.division.level != Division.Level.LEAGUE:
        return condition
    # Hospitals outside the league have contracts with it and no division in it.
    return condition | Q(**{f"{path}isnull": False} if path else {}, **{f"{path}division": None})
