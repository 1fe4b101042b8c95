"""The notice of 2018 as rules: paying out of the allotment, and the block rule."""

from datetime import date
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.policies import policy
from doudi.rules import broken_promises, explain
from doudi.rules.duties import Every, read_duties
from doudi.rules.entitlements import AmountForm, Recipient, read_entitlements
from doudi.rules.parameters import Status

PACK = policy("block-funds-2018")
DAY = date(2018, 6, 1)
ALLOTTED = 300_000_000


def pay(fen: int, before: int = 0, **facts: bool) -> dict[str, int]:
    case = {
        "kind": "payment",
        "payment": fen,
        "booked_to_item": True,
        "registered_before": True,
        "targets_before": True,
        **facts,
    }
    found = explain(PACK, case, DAY, {"payment_accepted": before})
    assert broken_promises(found) == []
    return dict(found.results)


def check_block(reading: str = "all", **facts: bool) -> dict[str, bool]:
    case = {
        "kind": "block_check",
        "poor_county": True,
        "pilot_poor_county": True,
        "region_money": False,
        "block_money": True,
        "project_named_by_sender": False,
        "unrelated_task": False,
        **facts,
    }
    return dict(explain(PACK.with_readings({"block_rule_covers": reading}), case, DAY).results)


@pytest.mark.clause("N-03")
def test_payments_are_accepted_up_to_the_allotment_to_the_fen() -> None:
    assert PACK.value_on("allotted_amount", DAY).value == ALLOTTED
    assert pay(ALLOTTED)["payment_accepted"] == ALLOTTED
    over = pay(ALLOTTED, before=1)
    assert (over["payments_left"], over["payment_accepted"], over["overpaid"]) == (
        ALLOTTED - 1,
        ALLOTTED - 1,
        1,
    )


@pytest.mark.clause("N-04")
def test_a_payment_booked_to_another_item_is_refused_whole() -> None:
    found = pay(500, booked_to_item=False)
    assert (found["payment_accepted"], found["refused_for_its_item"], found["overpaid"]) == (
        0,
        500,
        0,
    )


@pytest.mark.clause("N-18")
@pytest.mark.clause("N-20")
def test_a_payment_without_registration_or_targets_is_flagged() -> None:
    for registered, targets in product([True, False], repeat=2):
        found = pay(1, registered_before=registered, targets_before=targets)
        assert found["paid_without_registration"] is not registered
        assert found["paid_without_targets"] is not targets
    assert not pay(0, registered_before=False)["paid_without_registration"]


@pytest.mark.clause("N-03")
@given(st.lists(st.tuples(st.integers(0, 2 * ALLOTTED), st.booleans()), max_size=8))
def test_however_it_is_paid_out_the_allotment_is_never_passed(
    payments: list[tuple[int, bool]],
) -> None:
    total = 0
    for fen, right_item in payments:
        total += pay(fen, before=total, booked_to_item=right_item)["payment_accepted"]
    assert total <= ALLOTTED


@pytest.mark.clause("N-13")
def test_money_for_a_poor_county_has_to_come_as_a_block() -> None:
    assert check_block()["must_be_block"]
    assert not check_block(poor_county=False)["must_be_block"]
    assert check_block(block_money=False)["block_missing"]


@pytest.mark.clause("N-13")
def test_whether_the_central_fund_is_covered_is_a_reading() -> None:
    assert not check_block("region_money")["must_be_block"]
    assert check_block("region_money", region_money=True)["must_be_block"]


@pytest.mark.clause("N-11")
@pytest.mark.clause("N-14")
@pytest.mark.clause("N-15")
@pytest.mark.clause("N-16")
def test_only_with_the_block_of_a_pilot_county_are_named_projects_and_tasks_a_fault() -> None:
    for pilot, block, named, task in product([True, False], repeat=4):
        found = check_block(
            pilot_poor_county=pilot,
            block_money=block,
            project_named_by_sender=named,
            unrelated_task=task,
        )
        assert found["county_decides"] is (pilot and block)
        assert found["project_named_although_block"] is (pilot and block and named)
        assert found["unrelated_task_although_block"] is (pilot and block and task)


@pytest.mark.clause("N-06")
@pytest.mark.clause("N-18")
@pytest.mark.clause("N-19")
@pytest.mark.clause("N-20")
def test_a_deadline_has_no_number_of_days_until_one_is_adopted() -> None:
    days = [one for one in PACK.parameters.values() if one.unit == "days"]
    assert len(days) == 4
    for parameter in days:
        value = parameter.on(DAY)
        assert (value.value, value.status) == (None, Status.NOT_STATED)


@pytest.mark.clause("N-07")
@pytest.mark.clause("N-17")
def test_every_duty_of_the_notice_is_a_duty_of_the_pack() -> None:
    duties = read_duties(PACK.folder, PACK.clauses, PACK.parameters)
    carried = {clause for duty in duties for clause in duty.clauses}
    assert carried == {f"N-{number:02}" for number in range(6, 21)}
    assert {duty.id for duty in duties if duty.prohibition} == {
        "send_as_block",
        "name_no_project",
        "attach_no_unrelated_task",
    }
    within = {duty.id: duty.within for duty in duties if duty.within}
    assert within == {
        "disburse_in_time": "disbursement_days",
        "register_allotment": "registration_days",
        "monitor": "monitoring_interval_days",
        "enter_targets": "target_entry_days",
    }
    assert [duty.id for duty in duties if duty.every is Every.INTERVAL] == ["monitor"]


@pytest.mark.clause("N-01")
@pytest.mark.clause("N-03")
def test_the_city_is_told_its_amount_and_a_pilot_county_its_freedom() -> None:
    found = read_entitlements(
        PACK.folder,
        PACK.clauses,
        PACK.inputs,
        PACK.parameters,
        {rule.name: rule for rule in PACK.all_rules},
        [str(kind) for kind in PACK.kinds],
    )
    assert {one.id: (one.to, one.amount.form) for one in found} == {
        "tourism_fund_subsidy": (Recipient.BANNER, AmountForm.PARAMETER),
        "own_decision": (Recipient.BANNER, AmountForm.RIGHT),
    }


def test_the_pack_holds_for_the_budget_year_and_no_day_more() -> None:
    assert (PACK.valid_from, PACK.valid_to) == (date(2018, 1, 1), date(2018, 12, 31))
    assert all(a.valid_to < b.valid_from for a, b in pairwise(PACK.eras))
