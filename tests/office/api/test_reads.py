"""A call that shows a person is recorded like a page that does, under the token's account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.api.conftest import Program, token_for
from tests.office.api.test_api import elsewhere
from tests.office.builders import YUAN, clerk, hospital, line, settled, someone, stay

from doudi.office.accounts.models import LookUp, PersonRead
from doudi.office.audit.models import Call
from doudi.office.registry.identity import decrypt
from doudi.office.settlement.models import Admission
from doudi.office.web.pages import every_view
from doudi.office.web.person_reads import CALLS, SHOWN

pytestmark = pytest.mark.django_db

Programs = Callable[..., Program]
INTO_READS = "INSERT INTO accounts_personread"
KEPT_AS_CALLS = {"api:enter_fees", "api:settle", "api:propose_reversal"}
"""Calls that change something about whom they name: one row of the record of calls each."""


def test_every_call_that_names_somebody_in_its_address_is_recorded() -> None:
    naming = {
        name
        for path, name, _item in every_view()
        if name.startswith("api:") and any(f"<{part}>" in path for part in SHOWN)
    }
    assert naming == set(CALLS) | KEPT_AS_CALLS


def reading(program: Program) -> list[tuple[str, Callable[[], Any], int]]:
    """Each call that reads a person: its route, the call, and the person."""
    done, open_stay = settled(someone(), 1_000 * YUAN), stay(someone(), 1_000 * YUAN)
    of_claim = Admission.objects.get(public_id=done.admission).person
    of_stay = Admission.objects.get(public_id=open_stay).person
    return [
        (
            "api:entitlement",
            lambda: program.get(f"people/{of_claim.public_id}/entitlement", on="2018-06-01"),
            of_claim.pk,
        ),
        ("api:claim", lambda: program.get(f"claims/{done.claim}"), of_claim.pk),
        (
            "api:preview",
            lambda: program.post(f"admissions/{open_stay}/preview", {"settled_on": "2018-05-09"}),
            of_stay.pk,
        ),
    ]


def test_each_call_that_reads_a_person_is_one_insert_under_the_tokens_account(
    program: Programs,
) -> None:
    calls = reading(program())
    assert {route for route, _call, _person in calls} == set(CALLS)
    for route, call, person in calls:
        PersonRead.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code == 200
        assert len([query for query in queries if INTO_READS in query["sql"]]) == 1, route
        read = PersonRead.objects.get()
        assert (read.reader_id, read.person_id) == (clerk(hospital()).pk, person)
        assert read.page == route


def test_a_refused_call_is_not_recorded(program: Programs) -> None:
    person = someone()
    done = settled(person, 1_000 * YUAN)
    stranger = Program(token_for(elsewhere()))
    path = f"people/{person.public_id}/entitlement"
    for who, status in ((Program(None), 401), (program("settle"), 403), (stranger, 404)):
        assert who.get(path, on="2018-06-01").status_code == status
        assert who.get(f"claims/{done.claim}").status_code == status
    assert program().get(path, on="yesterday").status_code == 422
    assert not PersonRead.objects.exists()


def test_finding_and_settling_are_kept_where_they_were_and_not_twice(program: Programs) -> None:
    person = someone()
    number = decrypt(person.id_cipher, public_id=person.public_id)
    here = program()
    assert here.post("people/find", {"id_number": number}).status_code == 200
    open_stay = stay(someone(), 1_000 * YUAN)
    fees = {"lines": [line(1_000).to_dict()]}
    assert here.post(f"admissions/{open_stay}/fees", fees).status_code == 200
    answer = here.post(f"admissions/{open_stay}/settlement", {"settled_on": "2018-05-09"})
    assert answer.status_code == 200
    assert LookUp.objects.filter(person=person).count() == 1
    assert set(Call.objects.values_list("service", flat=True)) >= {"enter_fees", "settle"}
    assert not PersonRead.objects.exists()


def test_what_the_payers_owe_names_nobody_and_is_not_recorded(program: Programs) -> None:
    settled(someone(), 1_000 * YUAN)
    assert program().get("statements/201805").status_code == 200
    assert not PersonRead.objects.exists()
