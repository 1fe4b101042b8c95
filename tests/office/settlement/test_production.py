"""In production nothing is settled by a number that nobody has confirmed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.office.builders import (
    DAY,
    HINGGAN,
    WHO,
    YUAN,
    adoption_file,
    confirmed_values,
    correct,
    hospital,
    line,
    new_key,
    reverse,
    rows_of,
    settle,
    settled,
    someone,
    stay,
)

from doudi.office.audit.models import Call
from doudi.office.ledger.models import Transfer
from doudi.office.settlement import services
from doudi.office.settlement.models import Claim, Entry
from doudi.office.settlement.policy import UnconfirmedPolicy
from doudi.office.settlement.texts import explanation_of

pytestmark = pytest.mark.django_db

UNCONFIRMED = {
    "basic_cap",
    "basic_deductible[1]",
    "basic_deductible[2]",
    "basic_deductible[3]",
    "basic_schedule[1]",
    "basic_schedule[2]",
    "basic_schedule[3]",
    "chronic_rate",
    "critical_cap",
    "critical_deductible",
    "critical_schedule",
    "observation_rate",
    "outpatient_rate",
    "outside_first_pay",
}
"""The stand-ins and assumptions of semantics.md §5 that a settlement can read."""


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setenv("DOUDI_PRODUCTION", "1")


def refused(act: Callable[[], Any]) -> UnconfirmedPolicy:
    kept = rows_of(Claim, Entry, Transfer, Call)
    with pytest.raises(UnconfirmedPolicy) as error:
        act()
    assert rows_of(Claim, Entry, Transfer, Call) == kept
    return error.value


def test_production_refuses_and_lists_everything_that_is_not_confirmed(
    production: Callable[[], None],
) -> None:
    admission = stay(someone(), 12_000 * YUAN)
    production()
    error = refused(lambda: settle(admission))
    assert {name for name, _status in error.names} == UNCONFIRMED
    for name in UNCONFIRMED:
        assert name in error.zh
        assert name in str(error)
    assert "借用" in error.zh
    assert "假设" in error.zh


def test_production_refuses_every_way_to_settle(production: Callable[[], None]) -> None:
    person = someone()
    first = settled(person, 100_000 * YUAN, 0)
    settled(person, 12_000 * YUAN)
    admission = stay(person, 12_000 * YUAN)
    production()
    for act in (
        lambda: settle(admission),
        lambda: settle(admission, before=first.claim),
        lambda: services.preview_settle(admission=admission, day=DAY),
        lambda: services.settle_visit(
            key=new_key(),
            person=person.public_id,
            institution=hospital(),
            kind="chronic",
            day=DAY,
            lines=[line(1_000)],
            who=WHO,
        ),
        lambda: correct(first.claim, bill=1_000),
        lambda: reverse(first.claim),  # the later one would be settled again
    ):
        refused(act)


def test_an_adoption_file_for_every_value_lifts_the_guard(
    production: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = confirmed_values()
    assert set(values) == UNCONFIRMED
    path = adoption_file(tmp_path / "all.yaml", values)
    monkeypatch.setenv("DOUDI_ADOPTION", str(path))
    production()
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    assert done.own == 1_200 * YUAN
    entry = Entry.objects.get()
    assert entry.text.version != HINGGAN.version
    explanation = explanation_of(entry)
    assert explanation is not None
    rests_on = {item["status"] for step in explanation["steps"] for item in step["rests_on"]}
    assert rests_on <= {"cited", "adopted", "interpretation"}
    assert "adopted" in rests_on


def test_a_file_that_leaves_one_value_out_is_refused_for_that_one(
    production: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = adoption_file(tmp_path / "most.yaml", confirmed_values(UNCONFIRMED - {"chronic_rate"}))
    monkeypatch.setenv("DOUDI_ADOPTION", str(path))
    production()
    admission = stay(someone(), 12_000 * YUAN)
    assert [name for name, _status in refused(lambda: settle(admission)).names] == ["chronic_rate"]


def test_taking_the_last_claim_back_needs_no_policy(production: Callable[[], None]) -> None:
    """Nothing is settled again by it, so nothing rests on an unconfirmed value."""
    done = settled(someone(), 12_000 * YUAN)
    production()
    assert reverse(done.claim)["own_fen"] == 0


def test_elsewhere_the_values_are_used_and_the_working_says_what_it_rests_on() -> None:
    settled(someone(), 12_000 * YUAN)
    explanation = explanation_of(Entry.objects.get())
    assert explanation is not None
    steps = explanation["steps"]
    statuses = {item["name"]: item["status"] for step in steps for item in step["rests_on"]}
    assert statuses["basic_deductible[3]"] == "stand-in"
    assert statuses["assistance_rate"] == "cited"
