"""People who go to another household, and households that go to another village.

What was settled counts where its person lives now, so whoever calls these moves the kept sums
along in the same transaction: `doudi.office.settlement.moves` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q
from django.utils import timezone

from doudi.office.registry.changes import (
    check_choice,
    existing,
    locked_person,
    note_person,
    one_change,
)
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Household, Move, Person, Relation
from doudi.office.registry.people import gacha_of

_EARLIEST = date(1949, 10, 1)
_NUMBER_LENGTH = 20


@dataclass(frozen=True)
class Moved:
    """Who moved, by key, and the area codes of where they lived and live."""

    pk: int
    people: tuple[int, ...]
    before: str | None
    after: str


def join_household(
    *,
    actor: str,
    reason: str,
    person_id: int,
    household_number: str,
    relation: str,
    moved_on: date,
) -> Moved:
    """Put a person into another household that is there, as ``relation`` to its head.

    RegistryRefused for a head whom others would be left without, a second head, and the
    household that the person is in already.
    """
    check_choice("与户主关系", "relation", relation, Relation.values)
    _check_day(moved_on)
    with one_change(actor, reason):
        old, new = locked_households(person_id, household_number)
        if new is None:
            raise RegistryRefused(
                f"没有户 {household_number}", f"there is no household {household_number}"
            )
        person = _locked_member(person_id, old)
        if person.household_id == new.pk:
            raise RegistryRefused("已经在这一户", "the person is in that household already")
        headed = Person.objects.filter(household=new, relation=Relation.HEAD).exists()
        if headed and relation == Relation.HEAD:
            raise RegistryRefused(
                f"户 {new.number} 已有户主", f"household {new.number} has a head already"
            )
        if not headed and relation != Relation.HEAD:
            raise RegistryRefused(
                f"户 {new.number} 没有户主，来的人要做户主",
                "whoever joins an empty household heads it",
            )
        _leave_no_one_headless(person, ())
        return _go(actor, reason, [(person, relation)], old, new, moved_on)


def split_household(
    *,
    actor: str,
    reason: str,
    person_id: int,
    household_number: str,
    members: Mapping[str, str],
    moved_on: date,
    division_code: str | None = None,
) -> Moved:
    """Make a person the head of a new household, with other members of the old one.

    ``members`` says by the key of each who goes along what they are to the new head. The new
    household is in the same village, unless ``division_code`` names another. RegistryRefused for
    a number that is taken, and when the old household would be left without its head.
    """
    _check_day(moved_on)
    number = household_number.strip()
    if not (number.isascii() and number.isalnum() and len(number) <= _NUMBER_LENGTH):
        raise RegistryRefused(
            "户编号应为最多 20 位数字或字母", "a household number has at most 20 letters and digits"
        )
    for relation in members.values():
        check_choice("与户主关系", "relation", relation, Relation.values)
        if relation == Relation.HEAD:
            raise RegistryRefused("一户只有一个户主", "a household has one head")
    with one_change(actor, reason):
        old, there = locked_households(person_id, number)
        if there is not None:
            raise RegistryRefused(
                f"户编号 {number} 已有人用", f"household {number} is there already"
            )
        person = _locked_member(person_id, old)
        if old is None:
            raise RegistryRefused("这个人不在任何一户", "the person is in no household")
        along = _along(old, person, members)
        _leave_no_one_headless(person, [other for other, _relation in along])
        place = old.division if division_code is None else gacha_of(division_code)
        new = Household.objects.create(number=number, division=place, synthetic=old.synthetic)
        return _go(actor, reason, [(person, Relation.HEAD.value), *along], old, new, moved_on)


def move_household(
    *, actor: str, reason: str, person_id: int, division_code: str, moved_on: date
) -> Moved:
    """Move the whole household of a person to another gacha.

    RegistryRefused for a division that is none or no gacha, and the one it is in already.
    """
    _check_day(moved_on)
    with one_change(actor, reason):
        household, _none = locked_households(person_id, "")
        if household is None:
            raise RegistryRefused("这个人不在任何一户", "the person is in no household")
        place = gacha_of(division_code)
        if place.pk == household.division_id:
            raise RegistryRefused("这一户已经在那里", "the household is there already")
        people = list(
            Person.objects.select_for_update(no_key=True).filter(household=household).order_by("pk")
        )
        before = household.division_id
        _check_order(Move.objects.filter(person=None, to_household=household), moved_on)
        household.division = place
        household.save(update_fields=["division"])
        move = Move.objects.create(
            from_household=household,
            to_household=household,
            from_division_id=before,
            to_division=place,
            moved_on=moved_on,
            reason=reason,
            recorded_by=actor,
        )
        detail = {
            "household": household.number,
            "from": before,
            "to": place.pk,
            "moved_on": moved_on.isoformat(),
        }
        for person in people:
            note_person(actor, reason, "move_household", person, detail)
    return Moved(move.pk, tuple(person.pk for person in people), before, place.pk)


def _go(
    actor: str,
    reason: str,
    people: Sequence[tuple[Person, str]],
    old: Household | None,
    new: Household,
    moved_on: date,
) -> Moved:
    before = None if old is None else old.division_id
    first: Move | None = None
    for person, relation in people:
        _check_order(Move.objects.filter(person=person), moved_on)
        was = person.relation
        person.household, person.relation = new, relation
        person.save(update_fields=["household", "relation"])
        move = Move.objects.create(
            person=person,
            from_household=old,
            to_household=new,
            from_division_id=before,
            to_division_id=new.division_id,
            moved_on=moved_on,
            reason=reason,
            recorded_by=actor,
        )
        first = first or move
        detail = {
            "from": None if old is None else old.number,
            "to": new.number,
            "relation_before": was,
            "relation": relation,
            "moved_on": moved_on.isoformat(),
        }
        note_person(actor, reason, "change_household", person, detail)
    assert first is not None
    return Moved(first.pk, tuple(person.pk for person, _ in people), before, new.division_id)


def locked_households(person_id: int, number: str) -> tuple[Household | None, Household | None]:
    """The person's household and the one of a number, locked in one order; None for none."""
    person = existing(Person.objects.filter(pk=person_id).first())
    wanted = Q(pk=person.household_id or 0)
    if number:
        wanted |= Q(number=number)
    found = list(Household.objects.select_for_update().filter(wanted).order_by("pk"))
    old = next((row for row in found if row.pk == person.household_id), None)
    return old, next((row for row in found if row.number == number), None)


def _locked_member(person_id: int, household: Household | None) -> Person:
    person = locked_person(person_id)
    if person.household_id != (None if household is None else household.pk):
        raise RegistryRefused(
            "登记时别人改了同样的记录，未作任何改动，请重试",
            "somebody changed the same records meanwhile",
        )
    return person


def _along(old: Household, person: Person, members: Mapping[str, str]) -> list[tuple[Person, str]]:
    rows = Person.objects.select_for_update(no_key=True).filter(household=old).exclude(pk=person.pk)
    housemates = {str(row.pk): row for row in rows.order_by("pk")}
    if not set(members) <= set(housemates):
        raise RegistryRefused("随迁的人不在这一户", "who goes along is not of the household")
    return [(housemates[key], members[key]) for key in sorted(members, key=int)]


def _leave_no_one_headless(person: Person, along: Sequence[Person]) -> None:
    leaving = [person, *along]
    if person.household is None:
        return
    staying = person.household.people.exclude(pk__in=[one.pk for one in leaving])
    if not staying.exists():
        return
    if any(one.relation == Relation.HEAD for one in leaving):
        raise RegistryRefused(
            "户主走而有人留下，请先办“更换户主”", "name another head first: others stay"
        )


def _check_day(moved_on: date) -> None:
    if not _EARLIEST <= moved_on <= timezone.localdate():
        raise RegistryRefused(
            "迁移日期应在 1949 年 10 月至今天", "the day must lie between October 1949 and today"
        )


def _check_order(moves: object, moved_on: date) -> None:
    last = moves.aggregate(last=Max("moved_on"))["last"]  # type: ignore[attr-defined]
    if last is not None and moved_on < last:
        raise RegistryRefused(f"早于上一次迁移（{last}）", f"is before the last move ({last})")
