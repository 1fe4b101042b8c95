"""A stay whose settlement was reversed is settled again, and never twice at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.office.builders import (
    DAY,
    WHO,
    YUAN,
    claim_row,
    correct,
    differences,
    in_force,
    line,
    new_key,
    owes,
    pay,
    plain_fold,
    reverse,
    settle,
    settled,
    six,
    someone,
)
from tests.office.databases import at_once

from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, FeeLine
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.selectors import claim_in_force


def enter(admission: str, *lines: Any) -> None:
    services.enter_fees(key=new_key(), admission=admission, lines=lines, who=WHO)


@pytest.mark.django_db
def test_a_reversed_stay_takes_further_fees_and_is_settled_for_all_of_them() -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN, 10_800 * YUAN)
    reverse(done.claim)
    enter(done.admission, line(1_000 * YUAN))
    again = settle(done.admission, date(2018, 5, 20))
    assert again["bill_fen"] == 13_000 * YUAN
    claim = claim_row(again["claim"])
    assert str(claim.replaces_id) == done.claim
    assert claim.position > claim_row(done.claim).position
    assert claim.date == date(2018, 5, 20)
    assert six(again) == plain_fold().settle(claim.facts)
    assert owes(done.admission) == again["own_fen"]
    assert claim_in_force(done.admission) == claim
    assert check_everything().faults == []


@pytest.mark.django_db
def test_while_a_settlement_is_in_force_there_is_no_other() -> None:
    done = settled(someone(), 1_000 * YUAN)
    for _time in range(3):
        reverse(str(claim_in_force(done.admission).pk))  # type: ignore[union-attr]
        settle(done.admission)
        with pytest.raises(Refused, match="settled already"):
            settle(done.admission)
        with pytest.raises(Refused, match="settled already"):
            enter(done.admission, line(1))
    assert Claim.objects.count() == 4
    assert check_everything().faults == []


@pytest.mark.django_db
def test_a_corrected_stay_that_is_reversed_is_settled_again_too() -> None:
    done = settled(someone(), 1_000 * YUAN)
    new = correct(done.claim, bill=2_000 * YUAN)
    with pytest.raises(Refused, match="settled already"):
        settle(done.admission)
    reverse(new["claim"])
    again = settle(done.admission)
    assert again["bill_fen"] == 2_000 * YUAN
    assert str(claim_row(again["claim"]).replaces_id) == new["claim"]


@pytest.mark.django_db
def test_the_database_itself_lets_one_claim_follow_another() -> None:
    done = settled(someone(), 1_000 * YUAN)
    reverse(done.claim)
    settle(done.admission)
    first = claim_row(done.claim)
    for replaces in (None, first):
        with pytest.raises(DatabaseError), transaction.atomic():
            Claim.objects.create(
                year=first.year,
                position=99,
                admission=first.admission,
                institution=first.institution,
                date=DAY,
                facts=first.facts,
                evidence={},
                replaces=replaces,
            )


@pytest.mark.real_commits
def test_sixteen_windows_settle_a_reversed_stay_again_once() -> None:
    done = settled(someone(), 12_000 * YUAN)
    reverse(done.claim)
    answers = at_once(*[lambda: settle(done.admission)] * 16)
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 15
    assert Claim.objects.count() == 2
    assert check_everything().faults == []


# ---- Corrected lines ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_corrected_line_is_a_new_row_that_names_the_old_one() -> None:
    """Two lines of 6,000 yuan, the second should have been 4,000, and 500 were forgotten."""
    person = someone()
    done = settled(person, 6_000 * YUAN)
    reverse(done.claim)
    enter(done.admission, line(6_000 * YUAN))
    claim = settle(done.admission)["claim"]
    old = {row["id"]: row for row in FeeLine.objects.values()}
    answer = services.correct(
        key=new_key(),
        claim=claim,
        lines=[line(4_000 * YUAN, replaces=2), line(500 * YUAN, 0)],
        who=WHO,
    )
    assert answer["bill_fen"] == 10_500 * YUAN
    facts = claim_row(answer["claim"]).facts
    assert (facts["bill"], facts["catalogue"]) == (10_500 * YUAN, 10_000 * YUAN)
    assert {row["id"]: row for row in FeeLine.objects.filter(pk__in=old).values()} == old
    numbers = FeeLine.objects.order_by("number").values_list("number", "replaces__number")
    assert list(numbers) == [(1, None), (2, None), (3, 2), (4, None)]
    assert six(answer) == plain_fold().settle(facts)
    assert in_force(person)[answer["claim"]] == six(answer)


@pytest.mark.django_db
def test_a_line_is_replaced_once_and_by_its_own_number() -> None:
    done = settled(someone(), 1_000 * YUAN)
    correct(done.claim, bill=900 * YUAN)
    claim = str(claim_in_force(done.admission).pk)  # type: ignore[union-attr]
    for place in (1, 3, 0, -1):
        with pytest.raises(Refused, match=f"no line {place} in force"):
            services.correct(key=new_key(), claim=claim, lines=[line(1, replaces=place)], who=WHO)
    twice = [line(1, replaces=2), line(2, replaces=2)]
    with pytest.raises(Refused, match="line 2 is replaced already"):
        services.correct(key=new_key(), claim=claim, lines=twice, who=WHO)
    row = FeeLine.objects.get(number=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        FeeLine.objects.create(
            admission=row.admission, number=3, **line(1).to_dict() | {"replaces": row.replaces}
        )


@pytest.mark.django_db
def test_a_wrong_line_is_put_right_before_the_stay_is_settled() -> None:
    person = someone()
    done = settled(person, 1_000 * YUAN)
    reverse(done.claim)
    enter(done.admission, line(0, replaces=1, quantity_thousandths=0), line(700 * YUAN))
    assert settle(done.admission)["bill_fen"] == 700 * YUAN


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bill", "catalogue"])
def test_the_database_itself_refuses_a_corrected_claim_that_is_not_for_the_lines_in_force(
    name: str,
) -> None:
    done = settled(someone(), 1_000 * YUAN, 800 * YUAN)
    correct(done.claim, bill=900 * YUAN)
    now = claim_in_force(done.admission)
    assert now is not None
    reverse(str(now.pk))
    for amount in (now.facts[name] + 1, claim_row(done.claim).facts["bill"]):
        with pytest.raises(DatabaseError, match="whole bill"), transaction.atomic():
            Claim.objects.create(
                year=now.year,
                position=99,
                admission=now.admission,
                institution=now.institution,
                date=DAY,
                facts={**now.facts, name: amount},
                evidence={},
                replaces=now,
            )


# ---- What follows for what was paid ------------------------------------------------------------


@pytest.mark.django_db
def test_a_correction_says_what_is_to_be_given_back() -> None:
    person = someone()
    first = settled(person, 20_000 * YUAN, 0)
    second = settled(person, 70_000 * YUAN, 0)
    assert (first.own, second.own) == (2_000 * YUAN, 3_000 * YUAN)
    pay(first.admission, first.own)
    pay(second.admission, second.own)
    answer = correct(first.claim, bill=40_000 * YUAN)
    assert differences(answer)[second.claim]["own_pay"] == -2_000 * YUAN
    assert answer["refunds_due"] == [{"admission": second.admission, "amount_fen": 2_000 * YUAN}]
    assert owes(first.admission) == 2_000 * YUAN
