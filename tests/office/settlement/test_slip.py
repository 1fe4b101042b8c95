"""What the patient takes home can be printed again for ever, to the fen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.office.builders import (
    HINGGAN,
    OUTPUTS,
    YUAN,
    adoption_file,
    correct,
    owes,
    pay,
    reverse,
    settled,
    someone,
    visited,
)

from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.selectors import slip

pytestmark = pytest.mark.django_db


@pytest.mark.clause("H-27")
def test_a_slip_says_who_pays_what_and_what_is_still_owed() -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN, 10_800 * YUAN)
    pay(done.admission, 200 * YUAN)
    printed = slip(done.claim)
    assert printed["payers"] == done.answer["payers"]
    assert (printed["bill_fen"], printed["own_fen"]) == (12_000 * YUAN, 1_200 * YUAN)
    assert printed["owed_fen"] == 1_000 * YUAN
    assert printed["reversed"] is False
    assert (printed["person"], printed["admission"]) == (person.public_id, done.admission)
    assert printed["settled_on"] == "2018-05-09"
    assert printed["evidence"]["registration"]["document"] == "扶贫办〔2016〕1号"


def test_a_slip_carries_the_whole_working_with_its_clauses() -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    working = slip(done.claim)["explanation"]
    results = {step["rule"]: step["result"] for step in working["steps"]}
    assert tuple(results.get(name, 0) for name in OUTPUTS) == done.amounts
    assert all(step["clauses"] for step in working["steps"] if step["rule"] in OUTPUTS)
    assert working["facts"]["bill"] == 12_000 * YUAN


def test_a_slip_of_two_years_ago_prints_the_same_though_the_policy_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = someone()
    done = [
        settled(person, 12_000 * YUAN, 10_800 * YUAN).claim,
        visited(person, "outpatient", 1_000 * YUAN)["claim"],
    ]
    printed = [json.dumps(slip(claim), sort_keys=True) for claim in done]
    changed = adoption_file(
        tmp_path / "later.yaml",
        {
            "basic_deductible[3]": "800 yuan",
            "outpatient_rate": "60%",
            "basic_schedule[3]": [{"rate": "50%"}],
        },
    )
    monkeypatch.setenv("DOUDI_ADOPTION", str(changed))
    assert visited(person, "outpatient", 1_000 * YUAN)["payers"]["basic"] == 75_000
    assert [json.dumps(slip(claim), sort_keys=True) for claim in done] == printed
    monkeypatch.setenv("DOUDI_POLICY", "a pack that is gone")
    assert [json.dumps(slip(claim), sort_keys=True) for claim in done] == printed
    first = json.loads(printed[0])
    assert first["payers"] == dict(zip(PAYERS, (765_000, 0, 173_250, 127_575, 14_175), strict=True))
    assert first["policy"] == {"name": HINGGAN.name, "version": HINGGAN.version}
    assert first["own_fen"] == 120_000


def test_the_slip_of_a_reversed_claim_says_so() -> None:
    done = settled(someone(), 12_000 * YUAN)
    own = done.own
    reverse(done.claim)
    printed = slip(done.claim)
    assert printed["reversed"] is True
    assert printed["own_fen"] == own
    assert printed["owed_fen"] == owes(done.admission) == 0


def test_a_slip_printed_after_a_correction_of_an_earlier_claim_has_the_new_amounts() -> None:
    person = someone()
    first = settled(person, 10_000 * YUAN, 0)
    second = settled(person, 45_000 * YUAN, 0)
    correct(first.claim, bill=70_000 * YUAN)
    printed = slip(second.claim)
    assert printed["own_fen"] == printed["owed_fen"] == 0
    assert printed["explanation"]["opening"]["registered_own"] == 5_000 * YUAN


@pytest.mark.parametrize("claim", ["", "nonsense", "8d8f3a3e-0000-4000-8000-000000000000"])
def test_there_is_no_slip_of_a_claim_that_is_not_there(claim: str) -> None:
    with pytest.raises(LookupError):
        slip(claim)
