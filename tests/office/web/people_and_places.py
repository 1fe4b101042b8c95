"""A small league for the pages: two banners that know nothing of each other, staff in both.

``HERE`` is where a test works, ``THERE`` is the other district: whoever works there is a stranger
here, and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count

from tests.office.builders import LONG_AGO, SAID, enrol, register

from doudi.office.accounts.models import User
from doudi.office.accounts.roles import LEVELS, OF_AN_INSTITUTION
from doudi.office.registry import services as registry
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import Division, Person
from doudi.office.settlement.models import Institution
from doudi.office.settlement.services import register_institution

LEAGUE = "152200000000"
PASSWORD = "correct horse battery staple"

_NAMES = {"league": "兴安盟", "banner": "旗", "sumu": "苏木", "gacha": "嘎查"}
_serials = count()


@dataclass(frozen=True)
class Place:
    """A banner with one sumu, one gacha and one hospital."""

    banner: str
    sumu: str
    gacha: str
    hospital: str


HERE = Place("152201000000", "152201100000", "152201100200", "H15220100001")
THERE = Place("152224000000", "152224100000", "152224100200", "H15222400001")


def make_place(place: Place) -> Place:
    """Put a place into the registry, with the league above it; once."""
    above: str | None = None
    for code, level in (
        (LEAGUE, "league"),
        (place.banner, "banner"),
        (place.sumu, "sumu"),
        (place.gacha, "gacha"),
    ):
        Division.objects.get_or_create(
            code=code, defaults={"name": _NAMES[level], "level": level, "parent_id": above}
        )
        above = code
    if not Institution.objects.filter(code=place.hospital).exists():
        register_institution(
            code=place.hospital,
            name="合成医院",
            level=2,
            designated=True,
            inside_league=True,
            division=place.banner,
        )
    return place


def make_village(place: Place) -> Division:
    """Another gacha of a place's sumu."""
    code = f"{place.gacha[:9]}201"
    found, _made = Division.objects.get_or_create(
        code=code, defaults={"name": "另一嘎查", "level": "gacha", "parent_id": place.sumu}
    )
    return found


def son_of(head: Person, phone: str | None = None) -> Person:
    """A member of the head's household, made up as all are."""
    assert head.household is not None
    return registry.register_person(
        **SAID,
        name="合成乙",
        id_number=made_up_id_number(born=date(1990, 1, 1), sex="1", serial=3).text,
        relation="03",
        household_number=head.household.number,
        phone=phone,
        synthetic=True,
    )


def account(role: str, place: Place = HERE, username: str | None = None) -> User:
    """An account of a role at a place, with `PASSWORD`, ready to work."""
    make_place(place)
    name = username or f"{role}{next(_serials)}"
    user = User(username=name, display_name="测试员", role=role, must_change_password=False)
    if role in OF_AN_INSTITUTION:
        user.institution_id = place.hospital
    else:
        user.division_id = _division(role, place)
    user.set_password(PASSWORD)
    user.save()
    return user


def household_member(
    place: Place = HERE,
    name: str = "合成甲",
    since: date | None = LONG_AGO,
    *,
    insured: bool = True,
) -> Person:
    """A person in a household of a place, insured for 2018 or not, poor since a day or not."""
    make_place(place)
    serial = next(_serials)
    day, rest = divmod(serial, 900)
    number = made_up_id_number(born=date(1962, 3, 1 + day), sex="2", serial=rest)
    person = registry.register_person(
        **SAID,
        name=name,
        id_number=number.text,
        household_number=f"HH{serial:08}",
        division_code=place.gacha,
        synthetic=True,
    )
    if insured:
        enrol(person, 2018)
    if since is not None:
        register(person, since)
    return person


def _division(role: str, place: Place) -> str:
    level = LEVELS[role][0]
    codes = {"gacha": place.gacha, "sumu": place.sumu, "banner": place.banner, "league": LEAGUE}
    return codes[level]
