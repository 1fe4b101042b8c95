"""The registry in figures on pages: numbers, the people behind them, and only one's own."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.office.builders import enrol, register
from tests.office.web.conftest import Statements
from tests.office.web.people_and_places import HERE, THERE, household_member

from doudi.office.audit.models import Call
from doudi.office.registry import identity
from doudi.office.registry.figures import keep_counts
from doudi.office.registry.models import Person, RegistrationPeriod

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Client]
HOME, LIST = "/desk/registry-figures/", "/desk/registry-figures/people"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def ill(name: str = "合成病") -> Person:
    return household_member(HERE, name=name)


def poor_by_disability() -> Person:
    person = household_member(HERE, name="合成残")
    RegistrationPeriod.objects.filter(person=person).update(cause="02")
    return person


@pytest.mark.parametrize("role", ["village", "sumu", "banner", "league", "auditor"])
def test_shares_and_numbers_are_shown_and_open_their_lists(as_role: AsRole, role: str) -> None:
    first, second = ill(), poor_by_disability()
    enrol(first, 2026)
    keep_counts()
    client = as_role(role)
    page = text_of(client.get(HOME))
    assert "50%" in page and "因病" in page and "<svg" in page
    links = set(re.findall(r'href="(/desk/registry-figures/people\?[^"]+)"', page))
    assert len(links) > 3
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    by_illness = text_of(client.get(f"{LIST}?year=2018&cause=01"))
    assert first.public_id in by_illness and second.public_id not in by_illness
    insured = text_of(client.get(f"{LIST}?year=2026&insured=yes"))
    assert first.public_id in insured and second.public_id not in insured
    rest = text_of(client.get(f"{LIST}?year=2026&insured=no"))
    assert second.public_id in rest and first.public_id not in rest


def test_another_district_counts_and_lists_nobody(as_role: AsRole) -> None:
    person = ill()
    stranger = as_role("banner", THERE)
    assert "<svg" in text_of(as_role("banner").get(HOME))
    assert 'href="/desk/registry-figures/people?year=2018' not in text_of(stranger.get(HOME))
    assert person.public_id not in text_of(stranger.get(f"{LIST}?year=2018"))
    for role in ("clerk", "hospital"):
        assert as_role(role).get(HOME).status_code == 302
        assert as_role(role).get(f"{LIST}?year=2018").status_code == 404
    assert as_role("sumu").get(f"{LIST}?year=1").status_code == 404
    assert as_role("sumu").get(f"{LIST}?year=2018&cause=77").status_code == 404
    assert as_role("sumu").get(f"{LIST}?year=2018&after=999999").status_code == 404


def test_a_long_list_goes_on_page_by_page_and_names_everybody_once(as_role: AsRole) -> None:
    people = {ill(f"合成{number}").public_id for number in range(55)}
    home = Person.objects.order_by("pk")[10].household
    for person in Person.objects.order_by("-pk")[:3]:
        Person.objects.filter(pk=person.pk).update(household=home, relation="03")
    client, seen, address = as_role("sumu"), [], f"{LIST}?year=2018"
    for _page in range(9):
        shown = text_of(client.get(address))
        seen += re.findall(r'href="/desk/people/(\w{26})"', shown)
        following = re.search(r'rel="next" href="([^"]+)"', shown)
        if following is None:
            break
        address = f"{LIST}{following[1].replace('&amp;', '&')}"
    assert len(seen) == len(people)
    assert set(seen) == people


def test_an_export_is_masked_and_recorded_and_not_for_villages(as_role: AsRole) -> None:
    person = ill()
    register(household_member(HERE, since=None), date(2017, 1, 1))
    answer = as_role("sumu").get(f"{LIST}?year=2018&excel=1")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    heading, *rows = book.get_sheet_by_index(0).to_python()
    number = identity.decrypt(person.id_cipher, public_id=person.public_id)
    assert heading[0] == "姓名" and len(rows) == 2
    assert identity.masked(number) in {row[1] for row in rows}
    assert Call.objects.get(service="export_figures").detail["rows"] == 2
    assert as_role("village").get(f"{LIST}?year=2018&excel=1").status_code == 404


def test_the_pages_take_few_statements(as_role: AsRole, statements: Statements) -> None:
    for _again in range(5):
        ill()
    keep_counts()
    client = as_role("banner")
    client.get("/desk/people/")
    with statements(3):
        client.get(HOME)
    with statements(6):
        client.get(f"{LIST}?year=2018")
