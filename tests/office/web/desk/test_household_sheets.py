"""A household and a village's people on paper: as they stand, masked, and only one's own."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.office import builders
from tests.office.builders import SAID, YUAN
from tests.office.web.conftest import Statements
from tests.office.web.people_and_places import HERE, THERE, household_member

from doudi.money import yuan
from doudi.office.audit.models import Call
from doudi.office.registry import identity
from doudi.office.registry import services as registry
from doudi.office.registry.models import Person

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Client]
RARE = "合成𬱖"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def words_of(answer: Any) -> str:
    """The text of a PDF without white space."""
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def ill_person() -> tuple[Person, int]:
    """Somebody with a phone, a disease and a bill of 12,000 yuan, and its own part."""
    person = household_member(HERE, name=RARE)
    registry.record_phone(**SAID, person_id=person.pk, phone="13800138000")
    registry.list_disease(
        **SAID,
        person_id=person.pk,
        list="chronic",
        disease="高血压",
        valid_from=date(2018, 1, 1),
        document="卫〔2018〕1号",
    )
    done = builders.settled(person, 12_000 * YUAN, 0)
    return person, done.own


@pytest.mark.parametrize("role", ["village", "banner"])
def test_a_household_on_paper_says_what_its_page_says(as_role: AsRole, role: str) -> None:
    person, own = ill_person()
    client = as_role(role)
    address = f"/desk/households/{person.household_id}/sheet"
    number = identity.decrypt(person.id_cipher, public_id=person.public_id)
    page, paper = text_of(client.get(address)), words_of(client.get(f"{address}.pdf"))
    assert person.household is not None
    for shown in (page, paper):
        for said in (
            RARE,
            person.household.number,
            identity.masked(number),
            "138****8000",
            "01",
            "慢性病：高血压",
            "2016-01-01",
            "2018",
            "合成数据",
        ):
            assert said in shown, said
        assert number not in shown and "13800138000" not in shown
        assert (yuan(own) in shown) is (role == "banner")
        assert ("12,000" in shown) is (role == "banner")
        assert ("不看结算" in shown) is (role == "village")


def test_the_list_of_a_village_has_everybody_masked(as_role: AsRole) -> None:
    first, _own = ill_person()
    second = household_member(HERE, name="合成乙", since=None)
    client = as_role("village")
    address = f"/desk/places/{HERE.gacha}/list"
    page, answer = text_of(client.get(address)), client.get(f"{address}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    for shown in (page, words_of(answer)):
        for person in (first, second):
            number = identity.decrypt(person.id_cipher, public_id=person.public_id)
            assert person.name in shown and identity.masked(number) in shown
            assert number not in shown
    call = Call.objects.get(service="print_village")
    assert (call.subject, call.detail) == (f"division:{HERE.gacha}", {"people": 2})


def test_a_long_list_goes_over_pages_that_repeat_the_heading(as_role: AsRole) -> None:
    for _again in range(60):
        household_member(HERE, name="合成丙", insured=False)
    answer = as_role("village").get(f"/desk/places/{HERE.gacha}/list.pdf")
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) > 1
    assert all("身份证号" in page.extract_text() for page in pages)
    width, height = pages[0].mediabox.width, pages[0].mediabox.height
    assert width > height


def test_another_district_prints_nothing(as_role: AsRole) -> None:
    person, _own = ill_person()
    for role in ("village", "banner"):
        stranger = as_role(role, THERE)
        for address in (
            f"/desk/households/{person.household_id}/sheet",
            f"/desk/places/{HERE.gacha}/list",
        ):
            assert stranger.get(address).status_code == 404
            assert stranger.get(f"{address}.pdf").status_code == 404
    assert not Call.objects.filter(service="print_village").exists()


def test_the_sheets_take_the_same_statements_for_one_and_for_many(
    as_role: AsRole, statements: Statements
) -> None:
    person, _own = ill_person()
    for _again in range(5):
        other = household_member(HERE)
        Person.objects.filter(pk=other.pk).update(household=person.household, relation="03")
        builders.settled(other, 3_000 * YUAN, 0)
    client = as_role("banner")
    client.get("/desk/people/")
    with statements(14):
        client.get(f"/desk/households/{person.household_id}/sheet")
    with statements(8):
        client.get(f"/desk/places/{HERE.gacha}/list")
