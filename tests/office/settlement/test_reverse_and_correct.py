"""Taking back and putting right: once only, by new rows, and the later claims follow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.office.builders import (
    DAY,
    SAID,
    WHO,
    YUAN,
    claim_row,
    correct,
    corrected_lines,
    differences,
    hospital,
    in_force,
    new_key,
    owes,
    pay,
    payers_owe,
    plain_fold,
    register,
    reverse,
    rows_of,
    settled,
    six,
    someone,
    visited,
    year_of,
)

from doudi.office.audit.models import Call
from doudi.office.ledger.models import Posting, Transfer
from doudi.office.ledger.services import close_month
from doudi.office.registry import services as registry
from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Admission, Claim, Entry, FeeLine, PersonYear
from doudi.office.settlement.refusals import Refused
from doudi.rules.errors import BadInput

pytestmark = pytest.mark.django_db

TABLES = (Admission, FeeLine, PersonYear, Claim, Entry, Posting, Transfer, Call)
NOTHING = (0,) * 6


def stored() -> dict[str, dict[str, Any]]:
    """Every entry as it is stored, but for who and when."""
    return {str(row["id"]): dict(row) for row in Entry.objects.values()}


@pytest.mark.clause("H-12")
def test_reversing_an_earlier_claim_gives_its_quota_to_the_later_ones() -> None:
    """Outside the catalogue: 3,000 + 1,500 + 1,500 yuan, of which the ceiling leaves 5,000."""
    person = someone()
    first, second, third = (
        visited(person, "outpatient", yuan * YUAN, 0) for yuan in (3_000, 1_500, 1_500)
    )
    assert [item["own_fen"] for item in (first, second, third)] == [300_000, 150_000, 50_000]
    answer = reverse(first["claim"])
    assert six(answer) == NOTHING
    assert differences(answer) == {third["claim"]: {"backstop_pay": -100_000, "own_pay": 100_000}}
    assert in_force(person)[third["claim"]][5] == 150_000
    assert year_of(person).totals["registered_own"] == 300_000
    assert check_everything().faults == []


def test_a_reversal_adds_rows_and_changes_none() -> None:
    person = someone()
    first = settled(person, 100_000 * YUAN, 0)
    settled(person, 100_000 * YUAN, 0)
    before, count = stored(), rows_of(Claim, Transfer)
    reverse(first.claim)
    after = stored()
    assert {key: after[key] for key in before} == before
    new = [row for key, row in after.items() if key not in before]
    assert sorted(row["sort"] for row in new) == ["difference", "reverse"]
    assert rows_of(Claim)["settlement.Claim"] == count["settlement.Claim"]
    assert claim_row(first.claim).facts["bill"] == 100_000 * YUAN


def test_every_difference_names_the_entry_that_caused_it() -> None:
    person = someone()
    first = settled(person, 100_000 * YUAN, 0)
    for yuan in (60_000, 70_000):
        settled(person, yuan * YUAN, 0)
    correct(first.claim, bill=1_000 * YUAN)
    cause = Entry.objects.get(sort="reverse")
    followers = Entry.objects.filter(number__gt=cause.number)
    assert {entry.sort for entry in followers} == {"settle", "difference"}
    assert {entry.cause_id for entry in followers} == {cause.pk}
    assert cause.cause is None


@pytest.mark.parametrize("how", ["reverse", "correct"])
def test_a_claim_is_taken_back_once_only(how: str) -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN)
    reverse(done.claim)
    kept = rows_of(*TABLES)
    with pytest.raises(Refused, match="reversed already"):
        reverse(done.claim) if how == "reverse" else correct(done.claim, catalogue=0)
    assert rows_of(*TABLES) == kept


def test_a_corrected_claim_is_not_corrected_again_but_its_replacement_is() -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN)
    once = correct(done.claim, catalogue=10_000 * YUAN)
    with pytest.raises(Refused, match="reversed already"):
        correct(done.claim, catalogue=9_000 * YUAN)
    twice = correct(once["claim"], catalogue=9_000 * YUAN)
    chain = [claim_row(twice["claim"]), claim_row(once["claim"]), claim_row(done.claim)]
    assert [claim.replaces_id for claim in chain] == [chain[1].pk, chain[2].pk, None]
    assert {claim.position for claim in chain} == {chain[0].position}
    assert in_force(person)[twice["claim"]] == six(twice)
    assert sum(amounts[5] for amounts in in_force(person).values()) == twice["own_fen"]


@pytest.mark.parametrize("claim", ["", "nonsense", "8d8f3a3e-0000-4000-8000-000000000000"])
def test_an_unknown_claim_is_refused(claim: str) -> None:
    for act in (reverse, correct, lambda claim: services.preview_reverse(claim=claim)):
        with pytest.raises(Refused, match="there is no claim"):
            act(claim)


@pytest.mark.clause("H-27")
def test_after_a_correction_patient_and_payers_owe_the_amounts_of_the_right_facts() -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN, 6_000 * YUAN)
    answer = correct(done.claim, catalogue=10_800 * YUAN)
    # The hand-worked stay of test_settle.
    assert six(answer) == (765_000, 0, 173_250, 127_575, 14_175, 120_000)
    assert payers_owe(hospital()) == answer["payers"]
    assert owes(done.admission) == 120_000
    [back] = [item for item in answer["differences"] if item["claim"] == done.claim]
    assert back["sort"] == "reverse"
    assert sum(back["changes_fen"].values()) == -12_000 * YUAN


def test_only_facts_of_the_claim_can_be_corrected_and_only_to_what_can_be() -> None:
    done = settled(someone(), 12_000 * YUAN)
    kept = rows_of(*TABLES)
    with pytest.raises(Refused, match="unknown fact"):
        correct(done.claim, own_pay=0)
    for facts in ({"hospital_level": 4}, {"kind": "x"}):
        with pytest.raises(BadInput):
            correct(done.claim, **facts)
    for name, words in (("bill", "费用明细"), ("serious", "登记"), ("registered", "登记")):
        with pytest.raises(Refused) as error:
            services.correct(key=new_key(), claim=done.claim, facts={name: 1}, who=WHO)
        assert words in error.value.zh
    assert rows_of(*TABLES) == kept


@pytest.mark.parametrize("how", ["reverse", "correct"])
def test_a_preview_shows_every_difference_and_leaves_no_trace(how: str) -> None:
    person = someone()
    first = settled(person, 100_000 * YUAN, 0)
    for yuan in (20_000, 30_000, 40_000):
        settled(person, yuan * YUAN, 0)
    facts = {"bill": 8_000 * YUAN}
    kept, entries = rows_of(*TABLES), stored()
    if how == "reverse":
        seen = services.preview_reverse(claim=first.claim)
    else:
        lines = corrected_lines(first.claim, 8_000 * YUAN, None)
        seen = services.preview_correct(claim=first.claim, lines=lines)
    assert rows_of(*TABLES) == kept
    assert stored() == entries
    done = reverse(first.claim) if how == "reverse" else correct(first.claim, **facts)
    assert seen["differences"] == done["differences"]
    assert len(seen["differences"]) >= 2
    assert six(seen) == six(done)


def test_a_claim_whose_amounts_stay_the_same_gets_no_entry() -> None:
    person = someone()
    first = settled(person, 1_000 * YUAN)
    second = settled(person, 1_000 * YUAN)
    assert differences(reverse(first.claim)) == {}
    assert Entry.objects.filter(claim_id=second.claim).count() == 1


def test_claims_of_another_year_or_person_are_left_alone() -> None:
    person, other = someone(), someone()
    mine, theirs = settled(person, 100_000 * YUAN, 0), settled(other, 100_000 * YUAN, 0)
    reverse(mine.claim)
    assert in_force(other) == {theirs.claim: theirs.amounts}
    assert Entry.objects.filter(year__person=other).count() == 1


# ---- Strict mode ------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["reverse", "correct"])
def test_in_strict_mode_the_newest_claim_is_taken_back_first(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = someone()
    first, second = (settled(person, 1_000 * YUAN) for _time in range(2))
    monkeypatch.setenv("DOUDI_NEWEST_FIRST", "1")
    with pytest.raises(Refused, match=second.claim):
        reverse(first.claim) if how == "reverse" else correct(first.claim, catalogue=0)
    reverse(second.claim)
    if how == "reverse":
        reverse(first.claim)
    else:
        correct(first.claim, catalogue=0)


# ---- Money that was paid already --------------------------------------------------------------


def test_what_a_correction_makes_too_much_is_given_back_once() -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN, 0)
    assert done.own == 120_000
    pay(done.admission, 120_000)
    correct(done.claim, bill=10_000 * YUAN)
    assert owes(done.admission) == -20_000
    answer = services.refund_own(key=new_key(), admission=done.admission, day=DAY, who=WHO)
    assert answer["refunded_fen"] == 20_000
    assert owes(done.admission) == 0
    with pytest.raises(Refused, match="nothing"):
        services.refund_own(key=new_key(), admission=done.admission, day=DAY, who=WHO)


def test_what_a_correction_makes_too_little_is_owed_again() -> None:
    done = settled(someone(), 12_000 * YUAN, 0)
    pay(done.admission, done.own)
    correct(done.claim, bill=13_000 * YUAN)
    assert owes(done.admission) == 10_000
    pay(done.admission, 10_000)
    assert owes(done.admission) == 0


def test_a_correction_after_its_month_was_closed_goes_into_the_open_month() -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN, 0)
    close_month(key=new_key(), period="201805", **SAID)
    reverse(done.claim)
    [posting] = Posting.objects.filter(code="reverse")
    assert (posting.period, posting.business_date) == ("201806", DAY)
    assert owes(done.admission) == 0


# ---- Registration changed backwards -----------------------------------------------------------


@pytest.mark.clause("H-12")
def test_registration_found_to_hold_earlier_settles_the_year_again() -> None:
    person = someone(registered=False)
    spring = settled(person, 12_000 * YUAN, 10_800 * YUAN, day=date(2018, 3, 1))
    summer = settled(person, 12_000 * YUAN, 10_800 * YUAN, day=date(2018, 7, 1))
    period = register(person, date(2018, 6, 1))
    answer = services.reassess(key=new_key(), person=person.public_id, year=2018, who=WHO)
    assert {item["date"] for item in answer["differences"]} == {"2018-07-01"}
    [now] = Claim.objects.filter(replaces=claim_row(summer.claim))
    assert now.facts["registered"] is True
    assert now.evidence["registration"]["id"] == period
    fold = plain_fold()
    expected = [fold.settle(claim_row(spring.claim).facts), fold.settle(now.facts)]
    amounts = in_force(person)
    assert [amounts[spring.claim], amounts[str(now.pk)]] == expected
    assert amounts[summer.claim] == NOTHING
    assert owes(summer.admission) == expected[1][5]


def test_registration_withdrawn_as_a_mistake_settles_the_year_again() -> None:
    person = someone(registered=False)
    period = register(person, date(2016, 1, 1))
    settled(person, 12_000 * YUAN, 10_800 * YUAN)
    registry.withdraw_registration(**SAID, period_id=period)
    services.reassess(key=new_key(), person=person.public_id, year=2018, who=WHO)
    assert year_of(person).totals["registered_own"] == 0
    claim = Claim.objects.get(replaces__isnull=False)
    assert in_force(person)[str(claim.pk)] == plain_fold().settle(claim.facts)
    assert check_everything().faults == []


@pytest.mark.clause("H-15")
def test_a_serious_disease_listed_backwards_settles_the_year_again() -> None:
    """50,000 + 50,000 yuan of stays: from the second on the 90% for serious diseases counts."""
    person = someone()
    before, after = (
        settled(person, 50_000 * YUAN, 30_000 * YUAN, at=hospital(2), day=date(2018, month, 1))
        for month in (3, 7)
    )
    registry.list_disease(
        **SAID,
        person_id=person.pk,
        list="serious",
        disease="胃癌",
        valid_from=date(2018, 6, 1),
        document="卫健〔2018〕2号",
    )
    answer = services.reassess(key=new_key(), person=person.public_id, year=2018, who=WHO)
    now = Claim.objects.get(replaces__isnull=False)
    assert str(now.replaces_id) == after.claim
    assert now.facts["serious"] is True
    assert before.claim not in differences(answer)
    fold = plain_fold()
    expected = [fold.settle(claim_row(before.claim).facts), fold.settle(now.facts)]
    assert [in_force(person)[claim] for claim in (before.claim, str(now.pk))] == expected


def test_reassessing_what_has_not_changed_changes_nothing() -> None:
    person = someone()
    settled(person, 12_000 * YUAN)
    entries = stored()
    answer = services.reassess(key=new_key(), person=person.public_id, year=2018, who=WHO)
    assert answer["differences"] == []
    assert stored() == entries


def test_reassessing_an_unknown_person_is_refused() -> None:
    with pytest.raises(Refused, match="NOBODY"):
        services.reassess(key=new_key(), person="NOBODY", year=2018, who=WHO)
