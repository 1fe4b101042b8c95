"""What is wrong with the rows of a file among one another, and with the registry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeVar

from doudi.estimate.claims_file import RowFault
from doudi.office.registry import identity
from doudi.office.registry.models import Division, Household, Person, Relation
from doudi.office.registry.people_columns import HEADINGS

_IN_A_QUERY = 900

_Item = TypeVar("_Item")


def faults_together(rows: Sequence[Mapping[str, Any]]) -> list[RowFault]:
    """What is wrong with rows among one another and with the registry; reads, changes nothing.

    Of a row it looks at the first fields of `PersonRow`, by their names; what could not be read
    is None and says nothing.
    """
    return [*_twice(rows), *_known_people(rows), *_bad_divisions(rows), *_bad_households(rows)]


def batched(items: Sequence[_Item]) -> Generator[Sequence[_Item]]:
    """As many at a time as one query may name."""
    for start in range(0, len(items), _IN_A_QUERY):
        yield items[start : start + _IN_A_QUERY]


def _fault(row: Mapping[str, Any], name: str, value: str, zh: str, en: str) -> RowFault:
    return RowFault(row["row"], HEADINGS[name], value, zh, en)


def _numbers(rows: Sequence[Mapping[str, Any]]) -> Generator[tuple[Mapping[str, Any], str]]:
    for row in rows:
        number = row["id_number"]
        if number is not None:
            yield row, number.text


def _twice(rows: Sequence[Mapping[str, Any]]) -> Generator[RowFault]:
    first: dict[str, int] = {}
    for row, number in _numbers(rows):
        if number in first:
            zh, en = f"与第{first[number]}行重复", f"stands in row {first[number]} already"
            yield _fault(row, "id_number", identity.masked(number), zh, en)
        first.setdefault(number, row["row"])


def _known_people(rows: Sequence[Mapping[str, Any]]) -> Generator[RowFault]:
    found = {
        index: (row, number)
        for row, number in _numbers(rows)
        for index in identity.id_indexes(number)
    }
    for indexes in batched(list(found)):
        known = Person.objects.filter(id_index__in=indexes)
        for index in known.values_list("id_index", flat=True):
            row, number = found[index]
            zh, en = "登记库里已有这个人", "this person is in the registry already"
            yield _fault(row, "id_number", identity.masked(number), zh, en)


def _bad_divisions(rows: Sequence[Mapping[str, Any]]) -> Generator[RowFault]:
    codes = list({row["division"] for row in rows if row["division"] is not None})
    levels: dict[str, str] = {}
    for some in batched(codes):
        levels |= dict(Division.objects.filter(pk__in=some).values_list("code", "level"))
    for row in rows:
        code = row["division"]
        if code is None or levels.get(code) == Division.Level.GACHA:
            continue
        if code in levels:
            yield _fault(row, "division", code, "应填到嘎查村一级", "must be a gacha or a village")
        else:
            yield _fault(row, "division", code, "没有这个区划代码", "there is no such division")


def _bad_households(rows: Sequence[Mapping[str, Any]]) -> Generator[RowFault]:
    members: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["household"] is not None:
            members[row["household"]].append(row)
    known: dict[str, str] = {}
    with_head: set[str] = set()
    for numbers in batched(list(members)):
        households = Household.objects.filter(number__in=numbers)
        known |= dict(households.values_list("number", "division_id"))
        # A join does not leave the withdrawn out.
        heads = households.filter(people__relation=Relation.HEAD, people__withdrawn_at=None)
        with_head |= set(heads.values_list("number", flat=True))
    for number, people in members.items():
        yield from _bad_places(people, known.get(number))
        yield from _bad_heads(people, number in with_head)


def _bad_places(people: Sequence[Mapping[str, Any]], known: str | None) -> Generator[RowFault]:
    places = [row["division"] for row in people if row["division"] is not None]
    expected = known or (places[0] if places else None)
    for row in people:
        if row["division"] not in (None, expected):
            zh = f"户 {row['household']} 在 {expected}，一户只能在一个村"
            en = f"household {row['household']} is in {expected}"
            yield _fault(row, "division", row["division"], zh, en)


def _bad_heads(people: Sequence[Mapping[str, Any]], has_head: bool) -> Generator[RowFault]:
    if any(row["relation"] is None for row in people):
        return
    heads = [row for row in people if row["relation"] == Relation.HEAD]
    number = people[0]["household"]
    if not heads and not has_head:
        zh, en = f"户 {number} 没有户主", f"household {number} has no head"
        yield _fault(people[0], "relation", people[0]["relation"], zh, en)
    for row in heads if has_head else heads[1:]:
        zh, en = f"户 {number} 已有户主", f"household {number} has a head already"
        yield _fault(row, "relation", row["relation"], zh, en)
