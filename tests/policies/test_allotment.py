"""An allotment record: what it lacks, how far it has come, and what is wrong with it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from doudi.policies import policy
from doudi.policies.allotment import (
    FOLLOWS,
    AlertKind,
    Allotment,
    Annex,
    Payment,
    Stage,
    Words,
    alerts,
    blockers,
    county_decides,
    events,
    missing,
    read_allotment,
    stage,
)
from doudi.rules.duties import DutyState, duty_state, read_duties
from doudi.rules.errors import BadValue, UnknownClause

PACK = policy("block-funds-2018")
RECORD = PACK.folder / "allotment.yaml"
ITEM = "2166004"


@pytest.fixture(scope="module")
def record() -> Allotment:
    return read_allotment(RECORD, PACK.clauses)


def with_facts(record: Allotment, **facts: Any) -> Allotment:
    return record.model_copy(update=facts)


def paid(day: date, yuan: int, item: str = ITEM) -> Payment:
    return Payment(paid_on=day, payee="项目单位甲", amount=yuan * 100, item=item)


def in_order(record: Allotment, **facts: Any) -> Allotment:
    """A record on which nothing is wrong, up to a first payment."""
    annexes = tuple(annex.model_copy(update={"present": True}) for annex in record.annexes)
    values: dict[str, Any] = {
        "annexes": annexes,
        "block": False,
        "pilot_county": False,
        "received_on": date(2018, 3, 1),
        "registered_on": date(2018, 3, 5),
        "projects_named_on": date(2018, 3, 10),
        "targets_entered_on": date(2018, 3, 20),
        "payments": (paid(date(2018, 4, 1), 1_000_000),),
    }
    return with_facts(record, **{**values, **facts})


def kinds(record: Allotment) -> list[AlertKind]:
    return [alert.kind for alert in alerts(record)]


# ---- The notice as recorded ----------------------------------------------------------------------


@pytest.mark.clause("N-01")
@pytest.mark.clause("N-03")
@pytest.mark.clause("N-04")
def test_the_record_holds_what_the_notice_says(record: Allotment) -> None:
    assert record.addressee.zh == "乌兰浩特市财政局"
    assert record.amount == 300_000_000 == PACK.value_on("allotted_amount", PACK.valid_to).value
    assert record.account_item.code == PACK.value_on("account_item", PACK.valid_to).value
    assert record.budget_year == PACK.value_on("budget_year", PACK.valid_to).value
    assert record.level == "central"


@pytest.mark.clause("N-02")
@pytest.mark.clause("N-08")
@pytest.mark.clause("N-09")
@pytest.mark.clause("N-10")
@pytest.mark.clause("N-11")
@pytest.mark.clause("N-12")
@pytest.mark.clause("N-17")
def test_the_seven_documents_the_notice_rests_on_are_listed_and_none_is_at_hand(
    record: Allotment,
) -> None:
    assert [document.clauses[0] for document in record.basis] == [
        "N-02", "N-08", "N-09", "N-10", "N-11", "N-12", "N-17",
    ]  # fmt: skip
    assert not any(document.kept for document in record.basis)


@pytest.mark.clause("N-01")
@pytest.mark.clause("N-05")
@pytest.mark.clause("N-06")
def test_what_the_notice_leaves_out_is_reported_as_missing(record: Allotment) -> None:
    fields = [item.field for item in missing(record)]
    assert fields == [
        "number", "dated", "sender", "implementing_unit", "block", "pilot_county",
        *["basis"] * 7, "annexes", "annexes",
    ]  # fmt: skip
    assert all(item.clauses for item in missing(record))


@pytest.mark.clause("N-05")
@pytest.mark.clause("N-14")
def test_whether_the_sender_may_name_projects_is_not_decidable_from_the_notice(
    record: Allotment,
) -> None:
    (alert,) = alerts(record)
    assert (alert.kind, alert.decided) == (AlertKind.PROJECT_NAMED, False)
    assert "无法判断" in alert.zh and "not decidable" in alert.en


@pytest.mark.clause("N-13")
def test_the_block_rule_is_kept_with_its_four_clauses(record: Allotment) -> None:
    assert [one.clauses for one in record.block_rule] == [
        ("N-13",),
        ("N-14",),
        ("N-15",),
        ("N-16",),
    ]


# ---- Payments ------------------------------------------------------------------------------------


def test_nothing_is_wrong_with_an_allotment_that_went_in_order(record: Allotment) -> None:
    assert alerts(in_order(record)) == ()


@pytest.mark.clause("N-18")
@pytest.mark.parametrize("registered", [None, date(2018, 4, 2)])
def test_a_payment_before_the_registration_is_an_alert(
    record: Allotment, registered: date | None
) -> None:
    assert kinds(in_order(record, registered_on=registered)) == [AlertKind.PAID_UNREGISTERED]


@pytest.mark.clause("N-20")
@pytest.mark.parametrize("entered", [None, date(2018, 4, 2)])
def test_a_payment_before_the_targets_is_an_alert(record: Allotment, entered: date | None) -> None:
    assert kinds(in_order(record, targets_entered_on=entered)) == [AlertKind.PAID_WITHOUT_TARGETS]


def test_what_was_done_on_the_day_of_the_payment_was_done_in_time(record: Allotment) -> None:
    day = date(2018, 4, 1)
    assert alerts(in_order(record, registered_on=day, targets_entered_on=day)) == ()


@pytest.mark.clause("N-04")
def test_a_payment_booked_to_another_item_is_an_alert(record: Allotment) -> None:
    wrong = in_order(record, payments=(paid(date(2018, 4, 1), 1, "2130505"),))
    (alert,) = alerts(wrong)
    assert alert.kind is AlertKind.OTHER_ITEM
    assert "2130505" in alert.zh and ITEM in alert.zh


@pytest.mark.clause("N-03")
def test_payments_may_use_up_the_allotment_but_not_a_fen_more(record: Allotment) -> None:
    day = date(2018, 4, 1)
    whole = in_order(record, payments=(paid(day, 2_000_000), paid(day, 1_000_000)))
    assert whole.left == 0 and alerts(whole) == ()
    one_more = Payment(paid_on=day, payee="项目单位乙", amount=1, item=ITEM)
    over = with_facts(whole, payments=(*whole.payments, one_more))
    (alert,) = alerts(over)
    assert alert.kind is AlertKind.OVERPAID
    assert "0.01" in alert.zh and "0.01" in alert.en


# ---- The block rule ------------------------------------------------------------------------------

KNOWN = st.sampled_from([True, False, None])


@pytest.mark.clause("N-14")
@pytest.mark.clause("N-15")
@pytest.mark.clause("N-16")
@given(block=KNOWN, pilot=KNOWN, by=st.sampled_from(["sender", "county", None]), task=KNOWN)
def test_the_block_rule_is_decided_only_by_what_is_known(
    record: Allotment, block: bool | None, pilot: bool | None, by: str | None, task: bool | None
) -> None:
    facts = with_facts(
        record, block=block, pilot_county=pilot, projects_named_by=by, unrelated_task=task
    )
    decides = county_decides(facts)
    for kind, happened in (
        (AlertKind.PROJECT_NAMED, by == "sender"),
        (AlertKind.UNRELATED_TASK, task is True),
    ):
        decided = [alert.decided for alert in alerts(facts) if alert.kind is kind]
        expected = [] if not happened or decides is False else [decides is True]
        assert decided == expected
    assert decides is (
        False if False in (block, pilot) else None if None in (block, pilot) else True
    )


@pytest.mark.clause("N-13")
def test_money_for_a_poor_county_that_is_no_block_is_an_alert(record: Allotment) -> None:
    facts = with_facts(record, pilot_county=True, block=False)
    assert kinds(facts) == [AlertKind.NOT_A_BLOCK]


# ---- Stages --------------------------------------------------------------------------------------


def test_an_allotment_goes_through_its_stages_in_order(record: Allotment) -> None:
    whole = in_order(record, completed_on=date(2018, 11, 1), evaluated_on=date(2018, 12, 1))
    steps: list[tuple[dict[str, Any], Stage]] = [
        ({"evaluated_on": None}, Stage.COMPLETED),
        ({"completed_on": None}, Stage.PAID_IN_PARTS),
        ({"payments": ()}, Stage.TARGETS_ENTERED),
        ({"targets_entered_on": None}, Stage.PROJECTS_NAMED),
        ({"projects_named_on": None}, Stage.REGISTERED),
        ({"registered_on": None}, Stage.RECEIVED),
    ]
    assert stage(whole) is Stage.EVALUATED
    for facts, expected in steps:
        whole = with_facts(whole, **facts)
        assert stage(whole) is expected


@pytest.mark.clause("N-16")
def test_a_pilot_county_pools_its_block_instead_of_naming_projects(record: Allotment) -> None:
    pooled = in_order(
        record, block=True, pilot_county=True, projects_named_by="county",
        projects_named_on=None, pooled_on=date(2018, 3, 8),
    )  # fmt: skip
    assert stage(with_facts(pooled, payments=(), targets_entered_on=None)) is Stage.POOLED
    assert stage(pooled) is Stage.PAID_IN_PARTS


def test_a_payment_does_not_carry_an_unregistered_allotment_forward(record: Allotment) -> None:
    assert stage(in_order(record, registered_on=None)) is Stage.RECEIVED


@pytest.mark.clause("N-05")
def test_a_missing_annex_blocks_completion(record: Allotment) -> None:
    whole = in_order(record, completed_on=date(2018, 11, 1))
    absent = with_facts(whole, annexes=(whole.annexes[0].model_copy(update={"present": False}),))
    assert stage(absent) is Stage.PAID_IN_PARTS
    assert [one.field for one in blockers(absent)] == ["annexes"]
    assert kinds(absent) == [AlertKind.COMPLETED_TOO_EARLY]
    assert blockers(whole) == () and stage(whole) is Stage.COMPLETED


def test_an_allotment_just_received_lacks_everything_that_completion_needs(
    record: Allotment,
) -> None:
    fields = [one.field for one in blockers(record)]
    assert fields == ["registered_on", "targets_entered_on", "payments", "annexes", "annexes"]


def test_every_stage_can_be_reached_and_has_labels() -> None:
    reached, todo = set(), [Stage.RECEIVED]
    while todo:
        current = todo.pop()
        if current not in reached:
            reached.add(current)
            todo.extend(FOLLOWS[current])
    assert reached == set(Stage) == set(FOLLOWS)
    assert all(one.zh and one.en for one in Stage)


# ---- With the duties of the pack -----------------------------------------------------------------


def test_the_days_of_a_record_decide_the_duties_of_the_pack(record: Allotment) -> None:
    duties = {one.id: one for one in read_duties(PACK.folder, PACK.clauses, PACK.parameters)}
    days = events(in_order(record, registered_on=None, block=True, pilot_county=True))
    today = date(2018, 6, 1)
    state = {name: duty_state(one, days, None, today) for name, one in duties.items()}
    assert state["register_allotment"] is DutyState.OPEN_NO_DEADLINE
    assert state["enter_targets"] is DutyState.DONE
    assert state["disburse_in_time"] is DutyState.DONE
    assert state["monitor"] is DutyState.OPEN_NO_DEADLINE
    assert state["name_no_project"] is DutyState.BREACHED
    assert state["attach_no_unrelated_task"] is DutyState.KEPT
    assert state["send_as_block"] is DutyState.KEPT


# ---- Reading -------------------------------------------------------------------------------------


@pytest.fixture
def raw() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(RECORD.read_text(encoding="utf-8"))
    return content


def written(folder: Path, raw: dict[str, Any]) -> Path:
    path = folder / "allotment.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("amount", 3000000.5, "amount"),
        ("amount", -1, "amount"),
        ("level", "town", "level"),
        ("account_item", {"code": "21-66", "zh": "科目", "en": "Item"}, r"account_item\.code"),
        ("colour", "red", "colour"),
        ("cites", {"colour": ["N-01"]}, "cites"),
        ("annexes", [{"present": True, "zh": "附件", "en": "Annex", "clauses": []}], "annexes"),
        ("payments", [{"paid_on": "2018-04-01", "payee": "甲", "amount": 0, "item": ITEM}],
         r"payments\.0\.amount"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_refused_with_file_and_field(
    tmp_path: Path, raw: dict[str, Any], field: str, value: object, place: str
) -> None:
    with pytest.raises(BadValue, match=rf"allotment\.yaml: {place}"):
        read_allotment(written(tmp_path, {**raw, field: value}), PACK.clauses)


def test_a_record_of_an_unknown_clause_is_refused(tmp_path: Path, raw: dict[str, Any]) -> None:
    with pytest.raises(UnknownClause, match="N-99"):
        read_allotment(written(tmp_path, {**raw, "cites": {"number": ["N-99"]}}), PACK.clauses)


def test_words_are_never_empty() -> None:
    with pytest.raises(ValueError, match="zh"):
        Words(zh="", en="Something")
    with pytest.raises(ValueError, match="clauses"):
        Annex(zh="附件", en="Annex", clauses=(), present=True)
