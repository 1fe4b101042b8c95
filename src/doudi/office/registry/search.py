"""Finding people as a clerk looks for them: by name, pinyin initials, ID number or card."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q, QuerySet

from doudi.office.registry import identity
from doudi.office.registry.models import Household, Person
from doudi.office.registry.names import MOST_OTHER_READINGS
from doudi.office.registry.selectors import people_of

MOST_FOUND = 50
MOST_EXPORTED = 5_000
_LENGTHS_OF_ID_NUMBERS = (15, 18)
_LAST_CHARACTER = "\U0010ffff"


def find_people(text: str, *, division: str | None = None, most: int = MOST_FOUND) -> list[Person]:
    """The people that ``text`` may mean, with their households; in one or two SQL statements.

    A whole ID number or card finds its owner; letters find names by their pinyin initials, those
    of the usual reading first and then those of others (`matching`); anything else finds names
    that begin so. With ``division`` (a padded code) only people of it and below are found, and
    Division.DoesNotExist for an unknown one. BadNumber for what looks like an ID number and
    cannot be one. At most ``most`` people, as `order_of` says.
    """
    people = Person.objects.select_related("household") if division is None else people_of(division)
    return matching(people, text, most) if identity.normalised(text) else []


def matching(people: QuerySet[Person], text: str, most: int) -> list[Person]:
    """Those of ``people`` that a text that is not blank may mean, at most so many.

    Whoever's name can be read otherwise is looked for only when the usual reading leaves room.
    """
    meant = meant_by(text)
    found = list(people.filter(meant).order_by(*order_of(text))[:most])
    plain = identity.normalised(text)
    if not _is_letters(plain) or len(found) == most:
        return found
    # In the order of the index of readings, so that no more are read than are shown. Somebody may
    # stand there several times.
    read_otherwise = (
        people.filter(starts_with("readings__initials", plain.lower()))
        .exclude(meant)
        .order_by("readings__initials", "pk")
    )
    others = dict.fromkeys(read_otherwise[: (most - len(found)) * MOST_OTHER_READINGS])
    return [*found, *list(others)[: most - len(found)]]


def namesakes(name: str) -> list[Person]:
    """Everybody of exactly this name, with their households' divisions; at most `MOST_FOUND`."""
    people = Person.objects.select_related("household__division")
    return list(people.filter(name=name.strip()).order_by("pk")[:MOST_FOUND])


def meant_by(text: str) -> Q:
    """The condition on people that a text that is not blank means, as `find_people` reads it.

    A household number finds the whole household.
    """
    text, plain = text.strip(), identity.normalised(text)
    if not plain.isascii():
        return starts_with("name", text)
    if _is_letters(plain):
        return starts_with("initials", plain.lower())
    if len(plain) in _LENGTHS_OF_ID_NUMBERS and plain[:15].isdigit():
        return Q(id_index__in=identity.id_indexes(identity.read_id_number(plain).text))
    # A subquery, not a join: with a join both databases would read everybody.
    household = Q(household__in=Household.objects.filter(number=plain).values("pk"))
    if not identity.may_be_card(plain):
        return household
    return household | Q(card_index__in=identity.card_indexes(plain))


def order_of(text: str) -> tuple[str, ...]:
    """How what a text finds is ordered: by name, or as the index that finds it is.

    Every second name may begin with the letter typed; they need not all be sorted for the first.
    """
    letters = _is_letters(identity.normalised(text))
    return ("initials", "name", "pk") if letters else ("name", "pk")


def _is_letters(plain: str) -> bool:
    return plain.isascii() and not any(character.isdigit() for character in plain)


def starts_with(field: str, prefix: str) -> Q:
    """A condition that ``field`` begins with ``prefix``, written so that its index is used."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": prefix})
    # SQLite does not look LIKE up in an index, and compares text by its code points.
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + _LAST_CHARACTER})
