"""Settling: the amounts of the pack, the registry's word for the day, and a preview by the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.office.builders import (
    DAY,
    HINGGAN,
    OUTPATIENT_KINDS,
    WHO,
    YUAN,
    Settled,
    admitted,
    claim_row,
    differences,
    hospital,
    in_force,
    line,
    new_key,
    owes,
    payers_owe,
    plain_fold,
    register,
    rows_of,
    settle,
    settled,
    six,
    someone,
    stay,
    visited,
    year_of,
)
from tests.policies.naive_fold import EDGES_IN_YUAN
from tests.rules.small_pack import in_force as made_valid

from doudi.office.audit.models import Call
from doudi.office.ledger.models import Account, Posting, Transfer
from doudi.office.registry import services as registry
from doudi.office.settlement import policy as office_policy
from doudi.office.settlement import services
from doudi.office.settlement.models import Admission, Claim, Entry, FeeLine, PersonYear
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.years import GAP
from doudi.policies import policy as load_policy
from doudi.rules import explain
from doudi.rules.errors import BadInput, NoVersionInForce

pytestmark = pytest.mark.django_db

TABLES = (Admission, FeeLine, PersonYear, Claim, Entry, Account, Posting, Transfer, Call)


@pytest.mark.clause("H-14")
@pytest.mark.clause("H-27")
def test_a_stay_is_settled_to_the_amounts_worked_out_by_hand() -> None:
    """12,000 yuan, 10,800 of them in the catalogue, at level 3, registered.

    Basic: (10,800 - 600) × 75% = 7,650; critical: 3,150 is under 7,000; supplementary: 3,150 ×
    55% = 1,732.50; assistance: 1,417.50 × 90% = 1,275.75; backstop: 1,341.75 - 1,200 = 141.75.
    """
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    assert done.answer["payers"] == {
        "basic": 765_000,
        "critical": 0,
        "commercial": 173_250,
        "assistance": 127_575,
        "backstop": 14_175,
    }
    assert done.own == 120_000
    assert done.answer["bill_fen"] == 1_200_000
    assert done.answer["date"] == "2018-05-09"
    assert done.answer["differences"] == []


@pytest.mark.clause("H-27")
@pytest.mark.clause("H-57")
def test_every_payer_and_the_patient_owe_the_hospital_their_part_at_once() -> None:
    done = settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    assert payers_owe(hospital()) == done.answer["payers"]
    assert owes(done.admission) == done.own
    assert sum(done.amounts) == 12_000 * YUAN


amounts = st.one_of(
    st.integers(1, 100_000_000),
    st.sampled_from(EDGES_IN_YUAN).flatmap(
        lambda yuan: st.integers(yuan * YUAN - 2, yuan * YUAN + 2)
    ),
)


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    registered=st.booleans(),
    serious=st.booleans(),
    stays=st.lists(
        st.tuples(
            st.sampled_from((1, 2, 3)), st.booleans(), amounts, st.integers(0, 100), st.booleans()
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_a_year_of_stays_comes_to_what_the_rules_explain(
    registered: bool, serious: bool, stays: list[tuple[int, bool, int, int, bool]]
) -> None:
    person = someone(registered=registered, serious=serious)
    opening: dict[str, int] = {}
    for level, inside, bill, percent, inpatient in stays:
        in_scope = bill * percent // 100
        done = settled(
            person,
            bill,
            in_scope,
            at=hospital(level, inside=inside, designated=inside),
            kind="inpatient" if inpatient else "chronic",
        )
        facts = {
            "kind": "inpatient" if inpatient else "chronic",
            "hospital_level": level,
            "outside_league": not inside,
            "bill": bill,
            "catalogue": in_scope,
            "registered": registered,
            "serious": serious,
        }
        assert claim_row(done.claim).facts == facts
        explained = explain(HINGGAN, facts, DAY, opening)
        assert done.amounts == tuple(explained.outputs.values())
        opening = dict(explained.closing)
        assert {name: year_of(person).totals.get(name, 0) for name in opening} == opening


@pytest.mark.parametrize("kind", OUTPATIENT_KINDS)
@pytest.mark.parametrize("registered", [True, False])
def test_a_visit_of_every_kind_is_settled_in_one_step(kind: str, registered: bool) -> None:
    person = someone(registered=registered)
    answer = visited(person, kind, 1_000 * YUAN, 800 * YUAN)
    facts = {
        "kind": kind,
        "hospital_level": 3,
        "outside_league": False,
        "bill": 1_000 * YUAN,
        "catalogue": 800 * YUAN,
        "registered": registered,
        "serious": False,
    }
    assert six(answer) == plain_fold().settle(facts)
    claim = claim_row(answer["claim"])
    assert claim.facts == facts
    assert owes(claim.admission.public_id) == answer["own_fen"]
    assert Call.objects.filter(service="settle_visit").count() == 1


def test_a_visit_with_a_wrong_line_leaves_no_admission_behind() -> None:
    person, place = someone(), hospital()
    kept = rows_of(*TABLES)
    with pytest.raises(Refused):
        services.settle_visit(
            key=new_key(),
            person=person.public_id,
            institution=place,
            kind="chronic",
            day=DAY,
            lines=[line(1_000), line(1_000, total_fen=1)],
            who=WHO,
        )
    assert rows_of(*TABLES) == kept


# ---- What the registry says for the day -----------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "registered"),
    [
        (date(2018, 5, 9), None, True),
        (date(2018, 5, 10), None, False),
        (date(2016, 1, 1), date(2018, 5, 9), True),
        (date(2016, 1, 1), date(2018, 5, 8), False),
    ],
)
def test_registered_is_who_is_registered_on_the_day_of_discharge(
    since: date, until: date | None, registered: bool
) -> None:
    person = someone(registered=False)
    period = register(person, since, until)
    admission = stay(person, 12_000 * YUAN, on=DAY - timedelta(days=3))
    claim = claim_row(settle(admission)["claim"])
    assert claim.facts["registered"] is registered
    evidence = claim.evidence
    assert evidence["day"] == "2018-05-09"
    assert (evidence["registration"] or {}).get("id") == (period if registered else None)


@pytest.mark.clause("H-15")
def test_serious_is_who_is_on_the_serious_list_on_the_day_and_other_lists_do_not_count() -> None:
    person = someone()
    for name, disease in (("chronic", "高血压"), ("serious", "胃癌")):
        registry.list_disease(
            actor="a",
            reason="b",
            person_id=person.pk,
            list=name,
            disease=disease,
            valid_from=DAY if name == "serious" else date(2016, 1, 1),
            document="c",
        )
    before = settled(person, 1_000 * YUAN, day=DAY - timedelta(days=1))
    on_the_day = settled(person, 1_000 * YUAN)
    assert claim_row(before.claim).facts["serious"] is False
    evidence = claim_row(on_the_day.claim).evidence
    assert claim_row(on_the_day.claim).facts["serious"] is True
    assert {row["list"] for row in evidence["listings"]} == {"chronic", "serious"}


def test_the_evidence_of_enrolment_is_kept() -> None:
    person = someone()
    claim = claim_row(settled(person, 1_000 * YUAN).claim)
    assert claim.evidence["enrolment"]["document"] == "参保〔2018〕1号"


def test_what_the_registry_says_later_does_not_change_what_was_settled() -> None:
    person = someone(registered=False)
    done = settled(person, 12_000 * YUAN)
    before = in_force(person)
    register(person, date(2018, 1, 1))
    assert in_force(person) == before
    assert claim_row(done.claim).facts["registered"] is False


# ---- The year and the order -----------------------------------------------------------------


@pytest.fixture
def two_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack of 2018 made valid through 2019, to see what New Year does."""
    longer = made_valid(HINGGAN, date(2018, 1, 1), date(2019, 12, 31))
    monkeypatch.setattr(
        office_policy, "load", lambda name: longer if name == "two-years" else load_policy(name)
    )
    monkeypatch.setenv("DOUDI_POLICY", "two-years")


@pytest.mark.clause("H-12")
@pytest.mark.usefixtures("two_years")
def test_a_stay_over_new_year_counts_in_the_year_of_its_discharge() -> None:
    person = someone()
    eve, new_year = date(2018, 12, 31), date(2019, 1, 1)
    # 100,000 yuan outside the catalogue: the ceiling of 5,000 is reached by each alone.
    old = settled(person, 100_000 * YUAN, 0, day=eve)
    spanning = Settled(
        admission := stay(person, 100_000 * YUAN, 0, on=date(2018, 12, 20)),
        settle(admission, new_year),
    )
    late = settled(person, 100_000 * YUAN, 0, day=eve)
    assert (old.own, spanning.own, late.own) == (5_000 * YUAN, 5_000 * YUAN, 0)
    assert year_of(person, 2018).totals["registered_own"] == 5_000 * YUAN
    assert year_of(person, 2019).totals["registered_own"] == 5_000 * YUAN
    assert Posting.objects.filter(period="201901").count() == 1


def test_after_the_policy_has_run_out_nothing_is_settled_by_the_old_one() -> None:
    person = someone()
    admission = stay(person, 1_000 * YUAN, on=date(2018, 12, 30))
    kept = rows_of(*TABLES)
    with pytest.raises(NoVersionInForce, match="2019-01-01"):
        settle(admission, date(2019, 1, 1))
    assert rows_of(*TABLES) == kept
    assert settle(admission, date(2018, 12, 31))["bill_fen"] == 1_000 * YUAN


def test_the_year_comes_from_the_business_date_and_not_from_the_clock() -> None:
    person = someone()
    settled(person, 1_000 * YUAN, day=date(2018, 1, 1))
    settled(person, 1_000 * YUAN, day=date(2018, 12, 31))
    assert list(PersonYear.objects.filter(person=person).values_list("year", flat=True)) == [2018]


def test_claims_count_in_the_order_in_which_they_are_settled_and_not_by_date() -> None:
    person = someone()
    later = settled(person, 100_000 * YUAN, 0, day=date(2018, 9, 1))
    earlier = settled(person, 100_000 * YUAN, 0, day=date(2018, 2, 1))
    assert (later.own, earlier.own) == (5_000 * YUAN, 0)
    assert claim_row(earlier.claim).position == claim_row(later.claim).position + GAP
    numbers = Entry.objects.filter(year__person=person).order_by("number")
    assert list(numbers.values_list("number", flat=True)) == [1, 2]


def test_two_people_do_not_share_a_year() -> None:
    one, other = someone(), someone()
    assert settled(one, 100_000 * YUAN, 0).own == 5_000 * YUAN
    assert settled(other, 100_000 * YUAN, 0).own == 5_000 * YUAN


# ---- What is refused -------------------------------------------------------------------------


def test_a_stay_is_not_settled_before_it_began() -> None:
    admission = stay(someone(), 1_000)
    with pytest.raises(Refused, match="before the admission"):
        settle(admission, DAY - timedelta(days=1))


def test_a_stay_without_a_bill_is_not_settled() -> None:
    admission = admitted(someone())
    with pytest.raises(Refused, match="no lines"):
        settle(admission)
    assert not PersonYear.objects.exists()


def test_a_stay_is_settled_once() -> None:
    done = settled(someone(), 1_000)
    kept = rows_of(*TABLES)
    with pytest.raises(Refused, match="settled already"):
        settle(done.admission)
    assert rows_of(*TABLES) == kept


def test_an_unknown_stay_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="nowhere"):
        settle("nowhere")


def test_a_bill_larger_than_can_be_computed_is_refused_by_the_name_of_the_field() -> None:
    person = someone()
    admission = stay(person, 10**12)
    services.enter_fees(key=new_key(), admission=admission, lines=[line(1)], who=WHO)
    with pytest.raises(BadInput, match="bill"):
        settle(admission)
    assert not PersonYear.objects.exists()


# ---- Preview ----------------------------------------------------------------------------------


def without_claim(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "claim"}


def test_a_preview_answers_what_settling_will_and_leaves_no_trace() -> None:
    person = someone()
    settled(person, 40_000 * YUAN, 20_000 * YUAN)
    admission = stay(person, 12_000 * YUAN, 10_800 * YUAN)
    kept, year = rows_of(*TABLES), year_of(person)
    seen = [services.preview_settle(admission=admission, day=DAY) for _time in range(2)]
    assert rows_of(*TABLES) == kept
    assert (
        vars(year_of(person)).items() >= {"sequence": year.sequence, "totals": year.totals}.items()
    )
    assert owes(admission) == 0
    assert without_claim(seen[0]) == without_claim(seen[1])
    assert without_claim(settle(admission)) == without_claim(seen[0])


def test_a_preview_of_a_first_stay_leaves_not_even_the_year() -> None:
    admission = stay(someone(), 1_000)
    services.preview_settle(admission=admission, day=DAY)
    assert not PersonYear.objects.exists()


# ---- A claim found late -----------------------------------------------------------------------


@pytest.mark.clause("H-12")
def test_a_claim_found_late_counts_before_and_the_later_ones_are_settled_again() -> None:
    """3,000 + 4,000 yuan outside the catalogue: the ceiling of 5,000 now cuts the later one."""
    person = someone(registered=False)
    register(person, date(2018, 1, 1))
    place = hospital(1)
    first = visited(person, "outpatient", 3_000 * YUAN, 0)
    last = visited(person, "outpatient", 1_000 * YUAN, 0)
    admission = stay(person, 4_000 * YUAN, 0, kind="outpatient", at=place)
    seen = services.preview_settle(admission=admission, day=DAY, before=first["claim"])
    late = settle(admission, before=first["claim"])
    assert without_claim(seen) == without_claim(late)
    assert late["own_fen"] == 4_000 * YUAN
    assert differences(late) == {
        first["claim"]: {"backstop_pay": 2_000 * YUAN, "own_pay": -2_000 * YUAN},
        last["claim"]: {"backstop_pay": 1_000 * YUAN, "own_pay": -1_000 * YUAN},
    }
    totals = year_of(person).totals
    assert totals["registered_own"] == 5_000 * YUAN
    positions = [claim_row(item["claim"]).position for item in (late, first, last)]
    assert positions == sorted(set(positions))


def test_a_claim_found_late_names_itself_as_the_cause_of_the_differences() -> None:
    person = someone()
    first = settled(person, 100_000 * YUAN, 0)
    late = settle(stay(person, 100_000 * YUAN, 0), before=first.claim)
    entries = Entry.objects.filter(year__person=person).order_by("number")
    assert [entry.sort for entry in entries] == ["settle", "settle", "difference"]
    assert str(entries[2].claim_id) == first.claim
    cause = entries[2].cause
    assert cause is not None
    assert str(cause.claim_id) == late["claim"]


def test_late_claims_fit_between_the_same_two_again_and_again() -> None:
    person = someone()
    last = settled(person, 1_000 * YUAN)
    for _time in range(6):
        last = Settled(admission := stay(person, 1_000), settle(admission, before=last.claim))
    assert Claim.objects.filter(year__person=person, position__lt=GAP).count() == 6


@pytest.mark.parametrize("sort", ["unknown", "reversed", "other person", "other year's"])
def test_a_claim_counts_only_before_one_in_force_of_the_same_year(sort: str) -> None:
    person = someone()
    done = settled(person, 1_000)
    before = {
        "unknown": "8d8f3a3e-0000-4000-8000-000000000000",
        "reversed": done.claim,
        "other person": settled(someone(), 1_000).claim,
        "other year's": "not even an id",
    }[sort]
    if sort == "reversed":
        services.reverse(key=new_key(), claim=done.claim, who=WHO)
    admission = stay(person, 1_000)
    kept = rows_of(*TABLES)
    with pytest.raises(Refused, match="no claim"):
        settle(admission, before=before)
    assert rows_of(*TABLES) == kept
