"""Known wrong ways to settle, each named for what it would do to a patient.

They are the faults of other people's programs: each of these tests failed somewhere.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.office.builders import (
    WHO,
    YUAN,
    admitted,
    adoption_file,
    claim_row,
    correct,
    differences,
    in_force,
    line,
    new_key,
    owes,
    pay,
    reverse,
    settle,
    settled,
    someone,
    stay,
    visited,
    year_of,
)
from tests.office.databases import at_once

from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Entry, PersonYear
from doudi.office.settlement.policy import active_policy
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.selectors import slip

HINGGAN_VERSION = active_policy().version


@pytest.mark.django_db
def test_cents_cut_off_a_line_would_leave_the_patient_a_cost_that_nobody_reimburses() -> None:
    """3 × 12.35 yuan cut to 36 a line: with a hundred lines 105 yuan are on nobody's account."""
    person = someone()
    admission = admitted(person)
    lines = [line(3_705, quantity_thousandths=3_000, unit_price_fen=1_235)] * 100
    services.enter_fees(key=new_key(), admission=admission, lines=lines, who=WHO)
    answer = settle(admission)
    assert answer["bill_fen"] == 370_500
    assert claim_row(answer["claim"]).facts["catalogue"] == 370_500
    assert sum(answer["payers"].values()) + answer["own_fen"] == 370_500


@pytest.mark.django_db
@pytest.mark.clause("H-18")
@pytest.mark.clause("H-26")
def test_a_cap_that_never_fills_up_would_promise_a_family_bed_more_than_there_is() -> None:
    person = someone()
    paid = [visited(person, "family_bed", 2_000 * YUAN)["payers"]["basic"] for _time in range(4)]
    assert paid == [2_000 * YUAN, 2_000 * YUAN, 200 * YUAN, 0]


@pytest.mark.django_db
@pytest.mark.clause("H-10")
def test_a_cap_that_never_fills_up_would_take_assistance_from_the_next_patients() -> None:
    person = someone()
    settled(person, 250_000 * YUAN)
    paid = [settled(person, 100_000 * YUAN).answer["payers"]["assistance"] for _time in range(6)]
    # The first stay got (250,000 - 160,000 - 58,100) × 45% × 90%, each of these gets 12,150.
    first = 50_000 * YUAN - sum(paid)
    assert first == 12_919_50
    assert paid == [1_215_000] * 3 + [5_000_000 - 1_291_950 - 3 * 1_215_000, 0, 0]


@pytest.mark.django_db
@pytest.mark.clause("H-12")
def test_a_claim_counted_again_at_each_review_would_use_up_the_patients_quota_unused() -> None:
    person = someone()
    claim = visited(person, "family_bed", 1_000 * YUAN)["claim"]
    for _review in range(5):
        claim = correct(claim)["claim"]
    assert year_of(person).totals["family_bed_pay"] == 1_000 * YUAN
    assert visited(person, "family_bed", 4_000 * YUAN)["payers"]["basic"] == 3_200 * YUAN


@pytest.mark.django_db
@pytest.mark.clause("H-12")
def test_a_claim_counted_again_at_each_review_would_end_the_patients_own_part_too_early() -> None:
    """The hospital and the funds would bear what the patient has not paid."""
    person = someone()
    claim = visited(person, "outpatient", 2_000 * YUAN, 0)["claim"]
    for _review in range(3):
        claim = correct(claim)["claim"]
    assert visited(person, "outpatient", 4_000 * YUAN, 0)["own_fen"] == 3_000 * YUAN


@pytest.mark.django_db
@pytest.mark.clause("H-18")
def test_quota_that_is_not_given_back_would_send_the_next_patient_visit_away_unpaid() -> None:
    person = someone()
    wrong = visited(person, "family_bed", 4_200 * YUAN)
    assert visited(person, "family_bed", 100 * YUAN)["payers"]["basic"] == 0
    reverse(wrong["claim"])
    assert year_of(person).totals["family_bed_pay"] == 100 * YUAN
    assert visited(person, "family_bed", 4_200 * YUAN)["payers"]["basic"] == 4_100 * YUAN


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [[], ["registered_own"]])
def test_a_missing_running_total_would_stop_the_patients_next_discharge(kept: list[str]) -> None:
    """A total that is not there is nothing, as in a pack that began to sum something new."""
    person = someone()
    done = visited(person, "outpatient", 1_000 * YUAN, 0)
    reverse(done["claim"])
    year = year_of(person)
    year.totals = {name: year.totals[name] for name in kept}
    year.save()
    assert settled(person, 12_000 * YUAN, 10_800 * YUAN).own == 1_200 * YUAN
    assert check_everything().faults == []


@pytest.mark.django_db
def test_a_running_total_that_is_null_would_stop_the_patients_next_discharge() -> None:
    person = someone()
    settled(person, 1_000)
    with pytest.raises(DatabaseError), transaction.atomic():
        PersonYear.objects.filter(person=person).update(totals=None)
    assert settled(person, 1_000).own == 45


@pytest.mark.django_db
@pytest.mark.clause("H-12")
def test_a_later_claim_that_ignores_an_earlier_correction_would_cost_the_patient_twice() -> None:
    """The first stay was entered with 60,000 yuan too little; it alone reaches the ceiling."""
    person = someone()
    first = settled(person, 10_000 * YUAN, 0)
    second = settled(person, 45_000 * YUAN, 0)
    assert (first.own, second.own) == (1_000 * YUAN, 4_000 * YUAN)
    answer = correct(first.claim, bill=70_000 * YUAN)
    assert answer["own_fen"] == 5_000 * YUAN
    assert differences(answer)[second.claim] == {
        "backstop_pay": 4_000 * YUAN,
        "own_pay": -4_000 * YUAN,
    }
    assert owes(first.admission) + owes(second.admission) == 5_000 * YUAN


class Adopted:
    """Adoption files that put another outpatient rate into force from now on."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._monkeypatch = folder, monkeypatch

    def rate(self, rate: str) -> str:
        path = adoption_file(self._folder / f"{rate}.yaml", {"outpatient_rate": rate})
        self._monkeypatch.setenv("DOUDI_ADOPTION", str(path))
        return active_policy().version


@pytest.fixture
def adopted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adopted:
    return Adopted(tmp_path, monkeypatch)


def outpatient(person: Any) -> dict[str, Any]:
    """1,000 yuan, of which the registered get the adopted rate and 15 points more."""
    return visited(person, "outpatient", 1_000 * YUAN)


@pytest.mark.django_db
def test_two_policies_that_share_their_figures_would_change_a_slip_the_patient_holds(
    adopted: Adopted,
) -> None:
    person = someone()
    versions = [HINGGAN_VERSION]
    answers = [outpatient(person)]
    for rate in ("55%", "60%"):
        versions.append(adopted.rate(rate))
        answers.append(outpatient(person))
    assert len(set(versions)) == 3
    assert [answer["payers"]["basic"] for answer in answers] == [65_000, 70_000, 75_000]
    entries = Entry.objects.order_by("number")
    assert [entry.text.version for entry in entries] == versions
    assert [slip(answer["claim"])["own_fen"] for answer in answers] == [35_000, 30_000, 25_000]
    assert year_of(person).totals["registered_own"] == 90_000


@pytest.mark.django_db
def test_a_new_policy_that_reached_back_would_ask_a_patient_for_more_of_an_old_visit(
    adopted: Adopted,
) -> None:
    """Correcting a visit leaves those before it as they were settled, by the policy of then."""
    person = someone()
    adopted.rate("60%")
    old = outpatient(person)
    adopted.rate("40%")
    new = outpatient(person)
    assert check_everything().faults == []
    answer = reverse(new["claim"])
    assert differences(answer) == {}
    late = correct(outpatient(person)["claim"], catalogue=500 * YUAN)
    assert late["payers"]["basic"] == 27_500
    assert old["claim"] not in differences(late)
    assert in_force(person)[old["claim"]][0] == 75_000
    assert Entry.objects.filter(claim_id=old["claim"]).count() == 1
    report = check_everything()
    assert report.faults == []
    assert report.other_versions == 0, "the older version was loaded again"


@pytest.mark.django_db
def test_a_year_of_two_policies_is_proved_by_what_was_stored_of_the_older(
    adopted: Adopted,
) -> None:
    person = someone()
    outpatient(person)
    adopted.rate("60%")
    outpatient(person)
    year = year_of(person)
    year.totals["registered_own"] += 1
    year.save()
    assert len(check_everything().faults) == 1


@pytest.mark.real_commits
def test_two_clerks_who_take_the_last_yuan_twice_would_make_the_patient_pay_it_twice() -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    pay(done.admission, 1_199 * YUAN)
    answers = at_once(lambda: pay(done.admission, 1 * YUAN), lambda: pay(done.admission, 1 * YUAN))
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert owes(done.admission) == 0


@pytest.mark.real_commits
@pytest.mark.clause("H-12")
def test_two_windows_that_read_the_same_total_would_take_the_last_yuan_twice() -> None:
    """4,999 yuan are paid; two stays at once may together cost one yuan, not one each."""
    person = someone()
    visited(person, "outpatient", 4_999 * YUAN, 0)
    stays = [stay(person, 1_000 * YUAN, 0) for _time in range(2)]
    at_once(*[lambda admission=admission: settle(admission) for admission in stays])
    assert sorted(owes(admission) for admission in stays) == [0, 1 * YUAN]


@pytest.mark.django_db
def test_a_settled_stay_that_could_be_settled_again_would_bill_the_patient_twice() -> None:
    done = settled(someone(), 12_000 * YUAN)
    with pytest.raises(Refused):
        settle(done.admission, date(2018, 6, 1))
    reverse(done.claim)
    assert owes(done.admission) == 0
