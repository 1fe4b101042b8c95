"""The lines of a bill: each is checked, and a claim is for all of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.office.builders import (
    DAY,
    HINGGAN,
    WHO,
    admitted,
    hospital,
    line,
    new_key,
    rows_of,
    settle,
    settled,
    someone,
    stay,
)
from tests.office.databases import at_once

from doudi.money import yuan
from doudi.office.audit.models import Call
from doudi.office.settlement import services
from doudi.office.settlement.fees import FeeInput, check_fee_lines, exact_total
from doudi.office.settlement.models import Admission, Claim, Entry, FeeLine
from doudi.office.settlement.refusals import Refused
from doudi.rules.amounts import LARGEST_AMOUNT


def enter(admission: str, *lines: FeeInput) -> dict[str, Any]:
    return services.enter_fees(key=new_key(), admission=admission, lines=lines, who=WHO)


def faults(*lines: FeeInput) -> str:
    with pytest.raises(Refused) as refused:
        check_fee_lines(lines)
    return refused.value.zh


def test_three_times_12_35_is_37_05() -> None:
    """Cut off to whole yuan a line, it would be 36."""
    assert exact_total(3_000, 1_235) == 3_705
    check_fee_lines([line(3_705, quantity_thousandths=3_000, unit_price_fen=1_235)])


@pytest.mark.parametrize("total", [3_600, 3_700, 3_704, 3_706])
def test_a_line_whose_cents_were_cut_off_is_refused(total: int) -> None:
    said = faults(line(total, quantity_thousandths=3_000, unit_price_fen=1_235))
    assert "第1行" in said
    assert "应为 37.05 元" in said


@pytest.mark.parametrize(
    ("quantity", "price", "total"),
    [(500, 1, 1), (499, 1, 0), (1_500, 1, 2), (333, 1_000, 333), (2_500, 333, 833), (1, 500, 1)],
)
def test_a_part_of_a_fen_is_rounded_half_up_once(quantity: int, price: int, total: int) -> None:
    assert exact_total(quantity, price) == total


@pytest.mark.parametrize(
    "part", ["full_own_fen", "over_limit_fen", "first_own_fen", "in_scope_fen"]
)
@pytest.mark.parametrize("off", [-1, 1])
def test_the_four_parts_of_a_line_add_up_to_its_total(part: str, off: int) -> None:
    parts = {
        "full_own_fen": 100,
        "over_limit_fen": 200,
        "first_own_fen": 300,
        "in_scope_fen": 400,
    }
    check_fee_lines([line(1_000, **parts)])
    said = faults(line(1_000, **parts | {part: parts[part] + off}))
    assert f"合计 {yuan(1_000 + off)} 元" in said


def test_a_line_outside_the_catalogue_is_all_own() -> None:
    own: dict[str, Any] = {
        "catalogue": "C",
        "first_own_fen": 0,
        "in_scope_fen": 0,
        "full_own_fen": 1_000,
    }
    check_fee_lines([line(1_000, **own)])
    for part in ("in_scope_fen", "first_own_fen", "over_limit_fen"):
        assert "C类" in faults(line(1_000, **own | {"full_own_fen": 999, part: 1}))


@pytest.mark.parametrize("catalogue", ["", "D", "a", "甲"])
def test_a_catalogue_class_is_a_b_or_c(catalogue: str) -> None:
    assert "目录类别" in faults(line(1_000, catalogue=catalogue))


@pytest.mark.parametrize("value", [-1, LARGEST_AMOUNT + 1, 12.5, "100", None, True])
@pytest.mark.parametrize(
    ("name", "zh"),
    [("quantity_thousandths", "数量"), ("unit_price_fen", "单价"), ("in_scope_fen", "政策范围")],
)
def test_an_amount_is_a_whole_number_within_bounds(name: str, zh: str, value: Any) -> None:
    assert f"第1行 {zh}" in faults(line(1_000, **{name: value}))


@pytest.mark.parametrize("item", ["", "  ", "药" * 121, "药\x00", "药\n"])
def test_an_item_has_a_name_that_fits_and_prints(item: str) -> None:
    assert "第1行" in faults(line(1_000, item=item))


def test_all_faults_of_a_bill_are_told_at_once_by_line() -> None:
    said = faults(line(1_000, catalogue="D"), line(1_000), line(1_000, total_fen=999), line(-5))
    assert [number for number in range(1, 5) if f"第{number}行" in said] == [1, 3, 4]


def test_a_bill_without_lines_is_no_bill() -> None:
    assert "没有费用明细" in faults()


@pytest.mark.django_db
def test_of_a_bill_with_one_wrong_line_nothing_is_written() -> None:
    admission = admitted(someone())
    kept = rows_of(FeeLine, Call)
    with pytest.raises(Refused):
        enter(admission, line(1_000), line(1_000, total_fen=999))
    assert rows_of(FeeLine, Call) == kept


@pytest.mark.django_db
def test_lines_that_come_in_parts_are_numbered_on_and_add_up() -> None:
    admission = admitted(someone())
    enter(admission, line(1_000, 900), line(2_000, 1_800))
    enter(admission, line(3_705, quantity_thousandths=3_000, unit_price_fen=1_235))
    numbers = FeeLine.objects.filter(admission__public_id=admission).values_list("number")
    assert sorted(number for (number,) in numbers) == [1, 2, 3]
    answer = settle(admission)
    assert answer["bill_fen"] == 6_705
    assert Claim.objects.get().facts["catalogue"] == 900 + 1_800 + 3_705


@pytest.mark.django_db
def test_after_settling_no_line_is_added() -> None:
    done = settled(someone(), 1_000)
    with pytest.raises(Refused, match="settled already"):
        enter(done.admission, line(1_000))


@pytest.mark.django_db
def test_fees_of_an_unknown_admission_are_refused() -> None:
    with pytest.raises(Refused, match="no admission"):
        enter("nowhere", line(1_000))


@pytest.mark.django_db
def test_the_database_itself_refuses_parts_that_do_not_add_up() -> None:
    admission = Admission.objects.get(public_id=admitted(someone()))
    wrong = line(1_000, in_scope_fen=1_000, first_own_fen=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        FeeLine.objects.create(admission=admission, number=1, **wrong.to_dict())


@pytest.mark.django_db
@pytest.mark.parametrize("bill", [999, 1_001, 0])
def test_the_database_itself_refuses_a_claim_that_is_not_for_the_whole_bill(bill: int) -> None:
    """Whatever the code read before: fees that came in between would be paid by nobody."""
    person = someone()
    done = settled(person, 500)
    admission = Admission.objects.get(public_id=stay(person, 1_000))
    facts = {**Claim.objects.get(pk=done.claim).facts, "bill": bill}
    year = Claim.objects.get(pk=done.claim).year
    with pytest.raises(DatabaseError, match="whole bill"), transaction.atomic():
        Claim.objects.create(
            year=year,
            position=5,
            admission=admission,
            institution_id=hospital(),
            date=DAY,
            facts=facts,
            evidence={},
        )
    assert connection.is_usable()


@pytest.mark.real_commits
def test_fees_that_arrive_while_a_stay_is_settled_are_in_the_claim_or_refused() -> None:
    person = someone()
    assert HINGGAN.kinds  # loaded before the threads start
    for _round in range(6):
        admission = stay(person, 10_000)
        key = new_key()

        def settle_it(admission: str = admission, key: str = key) -> dict[str, Any]:
            return services.settle(key=key, admission=admission, day=DAY, who=WHO)

        def add(admission: str = admission) -> dict[str, Any]:
            return enter(admission, line(777))

        answers = at_once(settle_it, add, add, settle_it)
        assert not [
            error for error in answers if isinstance(error, Exception)
            and not isinstance(error, Refused | DatabaseError)
        ]  # fmt: skip
        # Who was told that it did not work tries again, as the window does.
        answer = settle_it()
        lines = FeeLine.objects.filter(admission__public_id=admission).values_list("total_fen")
        assert answer["bill_fen"] == sum(total for (total,) in lines)
        taken = [found for found in answers[1:3] if isinstance(found, dict)]
        assert len(lines) == 1 + len(taken)
    assert Entry.objects.count() == 6
