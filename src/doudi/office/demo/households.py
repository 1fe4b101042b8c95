"""Households one after the other, as plain data: who lives in each, and how it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from doudi.office.demo.draw import Draw
from doudi.office.demo.figures import ILLNESS_PER_MILLE, REGISTERED_PERCENT
from doudi.office.registry.identity import (
    FEMALE,
    MALE,
    PUBLIC_ID_LENGTH,
    made_up_id_number,
    public_id_of,
)
from doudi.office.registry.models import Cause, Relation

YEAR = 2018
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_YOUNGEST = date(2017, 12, 31)
_OLDEST = date(1920, 1, 1)
_ENROLLED_PERCENT = 95  # of those who are not registered; our assumption
_LEFT_PERCENT, _RETURNED_PERCENT = 6, 3
_SIZES = ((1, 20), (2, 30), (3, 22), (4, 16), (5, 8), (6, 4))
_FIRST_DAYS = (
    (date(2014, 1, 1), 60),
    (date(2016, 1, 1), 20),
    (date(2017, 1, 1), 15),
    (date(2018, 7, 1), 5),
)
_OTHER_CAUSES = (
    (Cause.DISABILITY, 10),
    (Cause.SCHOOLING, 9),
    (Cause.DISASTER, 8),
    (Cause.LACK_OF_LAND, 6),
    (Cause.LACK_OF_WATER, 4),
    (Cause.LACK_OF_TECHNOLOGY, 12),
    (Cause.LACK_OF_LABOUR, 14),
    (Cause.LACK_OF_FUNDS, 20),
    (Cause.BACKWARD_TRANSPORT, 5),
    (Cause.WEAK_OWN_DRIVE, 12),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One made-up person; ``number`` counts all people of the league from 0."""

    number: int
    name: str
    relation: str
    born: date
    sex: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Home:
    """A household: its members, its gacha, its periods of registration, and who pays premiums.

    ``periods`` are (first day, last day or None, cause); ``paid_by`` is None where the household
    is not insured in 2018.
    """

    number: str
    division: str
    members: tuple[Member, ...]
    periods: tuple[tuple[date, date | None, str], ...]
    paid_by: str | None

    @property
    def registered(self) -> bool:
        """Whether the household is registered at the end of 2018."""
        return any(last is None for _first, last, _cause in self.periods)


def public_id(seed: int, number: int) -> str:
    """The public id of a made-up person: 130 bits that anybody can compute, as nobody is hidden."""
    digest = hashlib.sha256(f"doudi demo {seed} {number}".encode()).digest()
    return public_id_of(int.from_bytes(digest) % (1 << 5 * PUBLIC_ID_LENGTH))


def homes(people: int, seed: int, divisions: Sequence[str]) -> Iterator[Home]:
    """Households with exactly ``people`` members together, spread evenly over the gacha."""
    draw = Draw("homes", seed)
    serials: dict[tuple[date, str], int] = {}
    made = registered = count = 0
    while made < people:
        size = min(draw.weighted(_SIZES), people - made)
        poor = registered * 100 < REGISTERED_PERCENT * (made + size)
        periods = _periods(draw, poor)
        home = Home(
            number=f"SYN{count:07d}",
            division=draw.one_of(divisions),
            members=tuple(_members(draw, size, made, serials)),
            periods=periods,
            # H-66: everyone registered is insured; H-22: government pays the whole premium.
            paid_by="government" if poor else "person" if draw.chance(_ENROLLED_PERCENT) else None,
        )
        yield home
        made += size
        count += 1
        registered += size if poor else 0


def _periods(draw: Draw, poor: bool) -> tuple[tuple[date, date | None, str], ...]:
    cause = _cause(draw)
    if poor and not draw.chance(_RETURNED_PERCENT):
        return ((draw.weighted(_FIRST_DAYS), None, cause),)
    if poor:
        return (
            (date(2014, 1, 1), date(2016, 12, 31), cause),
            (date(2018, 1, 1), None, cause),
        )
    if draw.chance(_LEFT_PERCENT):
        return ((date(2014, 1, 1), date(2016 + draw.below(2), 12, 31), cause),)
    return ()


def _cause(draw: Draw) -> str:
    if draw.below(1000) < ILLNESS_PER_MILLE:
        return str(Cause.ILLNESS.value)
    return str(draw.weighted(_OTHER_CAUSES).value)


def _members(
    draw: Draw, size: int, first: int, serials: dict[tuple[date, str], int]
) -> Iterator[Member]:
    head_sex = draw.one_of((MALE, MALE, FEMALE))
    head_born = date(1940, 1, 1) + timedelta(days=draw.below(50 * 365))
    for place in range(size):
        relation, born, sex = _place_in_home(draw, place, head_born, head_sex)
        serial = serials.get((born, sex), 0)
        serials[born, sex] = serial + 1
        yield Member(
            number=first + place,
            name=f"合成{draw.one_of(_STEMS)}{draw.one_of(_BRANCHES)}",
            relation=relation.value,
            born=born,
            sex=sex,
            id_number=made_up_id_number(born=born, sex=sex, serial=serial).text,
        )


def _place_in_home(
    draw: Draw, place: int, head_born: date, head_sex: str
) -> tuple[Relation, date, str]:
    """Relation, birthday and sex of the person at a place; the head stands at 0."""
    other_sex = FEMALE if head_sex == MALE else MALE
    if place == 0:
        return Relation.HEAD, head_born, head_sex
    if place == 1:
        return Relation.SPOUSE, _years_from(head_born, draw.between(-5, 5), draw), other_sex
    if place <= 3:  # noqa: PLR2004 - two children, then the parents
        sex = draw.one_of((MALE, FEMALE))
        relation = Relation.SON if sex == MALE else Relation.DAUGHTER
        return relation, _years_from(head_born, draw.between(22, 38), draw), sex
    relation, sex = (Relation.FATHER, MALE) if place == 4 else (Relation.MOTHER, FEMALE)  # noqa: PLR2004
    return relation, _years_from(head_born, -draw.between(20, 35), draw), sex


def _years_from(day: date, years: int, draw: Draw) -> date:
    found = day + timedelta(days=365 * years + draw.below(365))
    return min(max(found, _OLDEST), _YOUNGEST)
