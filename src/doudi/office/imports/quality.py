"""What is allowed and yet odd in a file of people: warnings that somebody should look at.

The kinds of check follow the data-quality rules for registers of poor households of 2017 in
background (g): a cause that nobody of the household bears out, a person twice, and the like.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from doudi.estimate.claims_file import RowFault
from doudi.office.registry.diseases import TEN_DISEASES
from doudi.office.registry.models import Cause, Health, Person, Relation
from doudi.office.registry.people_columns import HEADINGS

SCHOOL_AGE = range(3, 26)
"""Years of age at which somebody may be at a school, nursery and university among them."""
YOUNGEST_PARENT = 15
"""Years between a parent and a child below which a relation looks wrong."""

_MALE = {
    Relation.SON,
    Relation.DAUGHTERS_HUSBAND,
    Relation.SONS_SON,
    Relation.DAUGHTERS_SON,
    Relation.FATHER,
    Relation.WIFES_FATHER,
    Relation.HUSBANDS_FATHER,
    Relation.FATHERS_FATHER,
    Relation.MOTHERS_FATHER,
}
_FEMALE = {
    Relation.DAUGHTER,
    Relation.SONS_WIFE,
    Relation.SONS_DAUGHTER,
    Relation.DAUGHTERS_DAUGHTER,
    Relation.MOTHER,
    Relation.WIFES_MOTHER,
    Relation.HUSBANDS_MOTHER,
    Relation.FATHERS_MOTHER,
    Relation.MOTHERS_MOTHER,
}
_CHILDREN = {Relation.SON, Relation.DAUGHTER}
_PARENTS = {Relation.FATHER, Relation.MOTHER}

Row = Mapping[str, Any]


def warnings_of(rows: Sequence[Row], today: date) -> Iterator[RowFault]:
    """Everything odd in rows that `people_file.read_row` has read, in no particular order."""
    households: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        yield from _of_row(row, today)
        if row["household"] is not None:
            households[row["household"]].append(row)
    for people in households.values():
        yield from _of_household(people, today)
    yield from _same_name_and_birthday(rows)
    yield from _same_card(rows)


def _odd(row: Row, name: str, value: str, zh: str, en: str) -> RowFault:
    return RowFault(row["row"], HEADINGS[name], value, zh, en)


def _of_row(row: Row, today: date) -> Iterator[RowFault]:
    begun, ended, number = row["registered_from"], row["registered_to"], row["id_number"]
    if begun is not None and begun > today:
        yield _odd(row, "registered_from", str(begun), "是将来的日期", "lies in the future")
    if ended is not None and ended > today:
        yield _odd(row, "registered_to", str(ended), "是将来的日期", "lies in the future")
    if begun is not None and number is not None and begun < number.born:
        zh, en = f"早于出生日期 {number.born}", "is before the birthday"
        yield _odd(row, "registered_from", str(begun), zh, en)
    if begun is not None and ended is None and row["enrolled_years"] is None:
        zh, en = "已建档立卡，没有填参保年度", "is registered; no year of enrolment is given"
        yield _odd(row, "enrolled_years", "", zh, en)
    yield from _of_illness(row, today)
    if number is None or row["relation"] is None:
        return
    if row["relation"] in (_MALE if number.sex == Person.Sex.FEMALE else _FEMALE):
        label = Relation(row["relation"]).label
        zh = f"与身份证号的性别（{Person.Sex(number.sex).label}）不符"
        yield _odd(row, "relation", label, zh, "does not fit the sex in the ID number")


def _of_illness(row: Row, today: date) -> Iterator[RowFault]:
    listed, number = row["listed_from"], row["id_number"]
    if listed is not None and listed > today:
        yield _odd(row, "listed_from", str(listed), "是将来的日期", "lies in the future")
    if listed is not None and number is not None and listed < number.born:
        zh, en = f"早于出生日期 {number.born}", "is before the birthday"
        yield _odd(row, "listed_from", str(listed), zh, en)
    for disease in row["serious_disease"] or ():
        if disease not in TEN_DISEASES:
            zh, en = "不在文件列出的大病里，请核对写法", "is none of the diseases the source names"
            yield _odd(row, "serious_disease", disease, zh, en)
    if listed is not None and row["health"] == Health.HEALTHY:
        zh, en = "在病种名单上，健康状况却填健康", "is on a list of diseases, and yet healthy"
        yield _odd(row, "health", Health.HEALTHY.label, zh, en)


def _of_household(people: Sequence[Row], today: date) -> Iterator[RowFault]:
    yield from _borne_out(people, today)
    head = next((row for row in people if row["relation"] == Relation.HEAD), None)
    causes = {row["cause"] for row in people if row["cause"] is not None}
    if len(causes) > 1:
        first = next(row for row in people if row["cause"] is not None)
        for row in people:
            if row["cause"] not in (None, first["cause"]):
                zh, en = "与同户其他人的致贫原因不同", "differs from others of the household"
                yield _odd(row, "cause", Cause(row["cause"]).label, zh, en)
    spouses = [row for row in people if row["relation"] == Relation.SPOUSE]
    for row in spouses[1:]:
        zh, en = "一户有两个配偶", "the household has two spouses of the head"
        yield _odd(row, "relation", Relation.SPOUSE.label, zh, en)
    if head is not None and head["id_number"] is not None:
        for row in people:
            yield from _ages(row, head["id_number"].born)


def _borne_out(people: Sequence[Row], today: date) -> Iterator[RowFault]:
    """A cause that nobody of the household shows: only where what would show it is given."""
    given = next((row for row in people if row["cause"] is not None), None)
    if given is None:
        return
    cause = given["cause"]
    health = [row["health"] for row in people]
    if None not in health:
        ill = {Health.CHRONIC, Health.SERIOUS} & set(health)
        if cause == Cause.ILLNESS and not ill:
            zh, en = "因病致贫，但全户没有病人", "poor by illness, and nobody is ill"
            yield _odd(given, "cause", Cause.ILLNESS.label, zh, en)
        if cause == Cause.DISABILITY and Health.DISABLED not in health:
            zh, en = "因残致贫，但全户没有残疾人", "poor by disability, and nobody is disabled"
            yield _odd(given, "cause", Cause.DISABILITY.label, zh, en)
    numbers = [row["id_number"] for row in people]
    if cause == Cause.SCHOOLING and None not in numbers:
        ages = [_age(number.born, today) for number in numbers]
        if not any(age in SCHOOL_AGE for age in ages):
            zh, en = "因学致贫，但全户没有上学年龄的人", "poor by schooling; nobody of that age"
            yield _odd(given, "cause", Cause.SCHOOLING.label, zh, en)


def _ages(row: Row, born: date) -> Iterator[RowFault]:
    """Children who are older than the head would have them, and parents who are younger."""
    number = row["id_number"]
    if number is None:
        return
    child = row["relation"] in _CHILDREN and number.born.year - born.year < YOUNGEST_PARENT
    parent = row["relation"] in _PARENTS and born.year - number.born.year < YOUNGEST_PARENT
    if child or parent:
        label = Relation(row["relation"]).label
        zh, en = "与户主的年龄对不上", "does not fit the age of the head"
        yield _odd(row, "relation", label, zh, en)


def _same_name_and_birthday(rows: Sequence[Row]) -> Iterator[RowFault]:
    first: dict[tuple[str, date, str], Row] = {}
    for row in rows:
        number = row["id_number"]
        if number is None or row["name"] is None:
            continue
        same = first.setdefault((row["name"], number.born, number.sex), row)
        if same is not row and same["id_number"].text != number.text:
            zh = f"与第{same['row']}行同名同生日，身份证号不同，是否同一人？"
            yield _odd(row, "name", row["name"], zh, f"same name and birthday as row {same['row']}")


def _same_card(rows: Sequence[Row]) -> Iterator[RowFault]:
    counts = Counter(row["card"] for row in rows if row["card"] is not None)
    for row in rows:
        if counts[row["card"]] > 1:
            zh, en = "社保卡号在文件里出现几次", "the card stands several times in the file"
            yield _odd(row, "card", "", zh, en)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
