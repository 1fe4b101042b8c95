"""Teams, listings and contracts of made-up people, as the pages make them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.office.builders import SAID, hospital
from tests.office.web.people_and_places import HERE, Place, household_member

from doudi.office.care import services as care
from doudi.office.care.models import Contract, Team
from doudi.office.registry import services as registry
from doudi.office.registry.models import DiseaseListing, Person

START = date(2018, 1, 1)
DAY = date(2018, 9, 3)


def team(name: str = "第一团队", place: Place = HERE) -> Team:
    """A team of a place's hospital; the same one for the same name."""
    found = Team.objects.filter(name=name, institution=place.hospital).first()
    return found or care.open_team(**SAID, name=name, institution=place.hospital)


def listed(person: Person, name: str = "chronic", disease: str = "高血压") -> DiseaseListing:
    """On a disease list since the start of 2018."""
    return registry.list_disease(
        **SAID,
        person_id=person.pk,
        list=name,
        disease=disease,
        valid_from=START,
        document="卫健〔2018〕1号",
    )


def chronic_patient(name: str = "合成甲", place: Place = HERE) -> Person:
    """A registered person with a chronic disease."""
    person = household_member(place, name)
    listed(person)
    return person


def serious_patient(name: str = "合成乙", place: Place = HERE) -> DiseaseListing:
    """The listing of a registered person with a serious disease."""
    return listed(household_member(place, name), "serious", "胃癌")


def signed(person: Person, with_team: Team | None = None, **given: Any) -> Contract:
    """The person's contract with a team since the start of 2018."""
    facts: dict[str, Any] = {"valid_from": START, "agreed_by": "person", **given}
    chosen = (with_team or team()).public_id
    return care.sign(**SAID, person_id=person.pk, team=chosen, **facts)


def served(contract: Contract, sort: str, day: date = DAY) -> int:
    """A service under a contract; its key."""
    return int(care.record_service(**SAID, contract_id=contract.pk, sort=sort, day=day).pk)


def designated() -> str:
    """A hospital for serious disease."""
    return hospital(serious=True)


def ordinary() -> str:
    """A hospital that is not designated for serious disease."""
    return hospital(serious=False)
