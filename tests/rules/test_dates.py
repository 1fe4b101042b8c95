"""What is in force on a day: dated values, changes of law, and never the nearest version."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rules.small_pack import (
    DAY,
    FACTS,
    FIRST_DAY,
    LAST_DAY,
    OWN_PAY,
    Claim,
    Packs,
    dated,
    explained,
    in_turn,
    looped,
)

from doudi.rules import Policy, explain
from doudi.rules.errors import NoVersionInForce, PolicyError

JUNE, JULY = date(2018, 6, 30), date(2018, 7, 1)

RATES = dated("rate", (FIRST_DAY, JUNE, "10%"), (JULY, LAST_DAY, "20%"))

TWO_LAWS = '''
@rule("G-01", zh="基金支付", name="fund_pay", valid_to=date(2018, 6, 30))
def fund_pay_before(bill: Fen, fund_rate: Rate) -> Fen:
    """The fund pays its rate."""
    return share(bill, fund_rate)

@rule("G-03", zh="基金支付", name="fund_pay", valid_from=date(2018, 7, 1))
def fund_pay_since(bill: Fen, fund_cap: Fen, fund_pay_to_date: Fen) -> Fen:
    """The fund pays everything up to the cap of the year."""
    return min(bill, max(0, fund_cap - fund_pay_to_date))
'''


def paid(pack: Policy, day: date, **more: Any) -> int:
    return explain(pack, {**FACTS, **more}, day).outputs["fund_pay"]


@pytest.mark.parametrize(
    "day", [date(2017, 12, 31), date(2019, 1, 1), date(1, 1, 1), date(9999, 12, 31)]
)
def test_a_day_outside_the_pack_is_refused_and_the_message_names_both(
    packs: Packs, day: date
) -> None:
    with pytest.raises(NoVersionInForce, match=f"fares.*{day}.*2018-01-01.*2018-12-31"):
        paid(packs(), day)


@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
def test_the_first_and_the_last_day_are_in_force(packs: Packs, day: date) -> None:
    assert paid(packs(), day) == 3_000


@pytest.mark.parametrize(
    ("day", "amount"), [(FIRST_DAY, 1_000), (JUNE, 1_000), (JULY, 2_000), (LAST_DAY, 2_000)]
)
def test_a_dated_value_holds_on_its_days(packs: Packs, day: date, amount: int) -> None:
    assert paid(packs(parameters={"fund_rate": RATES}), day) == amount


def test_a_claim_in_a_gap_between_two_values_is_refused_and_names_the_value(packs: Packs) -> None:
    gap = dated("rate", (FIRST_DAY, date(2018, 3, 31), "10%"), (JULY, LAST_DAY, "20%"))
    pack = packs(parameters={"fund_rate": gap})
    assert paid(pack, date(2018, 3, 31)) == 1_000
    with pytest.raises(NoVersionInForce, match="fund_rate"):
        paid(pack, DAY)
    with pytest.raises(NoVersionInForce, match="fund_rate"):
        looped([pack], [Claim(1, DAY, FACTS)])


def test_a_gap_in_what_another_kind_reads_stops_nobody_else(packs: Packs) -> None:
    rules = (
        '@rule("G-01", zh="支付", applies_to=["rental"])\n'
        "def fund_pay(bill: Fen, fund_rate: Rate) -> Fen:\n    return share(bill, fund_rate)\n"
    )
    gap = dated("rate", (JULY, LAST_DAY, "20%"))
    pack = packs(rules=rules + OWN_PAY, parameters={"fund_rate": gap})
    assert paid(pack, DAY) == 0
    with pytest.raises(NoVersionInForce, match="fund_rate"):
        paid(pack, DAY, kind="rental")


def test_a_value_that_is_not_stated_gives_no_amount(packs: Packs) -> None:
    unstated = {"zh": "比例", "en": "Rate", "unit": "rate", "status": "not stated"}
    with pytest.raises(NoVersionInForce, match="fund_rate"):
        paid(packs(parameters={"fund_rate": unstated}), DAY)


def test_the_eras_cover_every_day_of_the_pack_once(packs: Packs) -> None:
    caps = dated("fen", (FIRST_DAY, DAY, "1 yuan"), (date(2018, 4, 29), LAST_DAY, "2 yuan"))
    pack = packs(parameters={"fund_rate": RATES, "fund_cap": caps})
    spans = [(era.valid_from, era.valid_to) for era in pack.eras]
    assert spans == [(FIRST_DAY, DAY), (date(2018, 4, 29), JUNE), (JULY, LAST_DAY)]
    assert [pack.era_on(end).number for _, end in spans] == [0, 1, 2]
    assert [pack.era_on(start).number for start, _ in spans] == [0, 1, 2]


def test_a_value_that_starts_before_the_pack_adds_no_era(packs: Packs) -> None:
    long = dated("rate", (date(2000, 1, 1), date(2030, 1, 1), "10%"))
    pack = packs(parameters={"fund_rate": long})
    assert [(era.valid_from, era.valid_to) for era in pack.eras] == [(FIRST_DAY, LAST_DAY)]


def test_a_value_can_be_asked_for_beyond_the_pack_where_it_is_stated(packs: Packs) -> None:
    long = dated("rate", (date(2000, 1, 1), date(2030, 1, 1), "10%"))
    pack = packs(parameters={"fund_rate": long})
    assert pack.value_on("fund_rate", date(2020, 1, 1)).value == 1_000
    with pytest.raises(NoVersionInForce):
        pack.value_on("fund_rate", date(2031, 1, 1))


# ---- A change of law -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "amount", "clause"), [(JUNE, 6_000, "G-01"), (JULY, 10_000, "G-03")]
)
def test_a_change_of_law_is_a_second_function_of_the_same_name(
    packs: Packs, day: date, amount: int, clause: str
) -> None:
    explanation = explain(packs(rules=TWO_LAWS + OWN_PAY), {**FACTS, "bill": 20_000}, day)
    assert explanation.outputs["fund_pay"] == amount
    assert explanation.steps[0].rule.card.clauses == (clause,)


def test_a_cap_that_comes_in_july_counts_what_was_paid_since_january(packs: Packs) -> None:
    pack = packs(rules=TWO_LAWS + OWN_PAY)
    bills = [(date(2018, 3, 1), 20_000), (date(2018, 8, 1), 20_000), (date(2018, 9, 1), 20_000)]
    history = [Claim(1, day, {**FACTS, "bill": bill}) for day, bill in bills]
    amounts = [(6_000, 14_000), (4_000, 16_000), (0, 20_000)]
    assert explained([pack], history) == amounts
    assert looped([pack], history) == amounts


def test_a_cap_that_ends_in_july_stops_nobody_afterwards(packs: Packs) -> None:
    turned = (
        TWO_LAWS.replace("valid_to=date(2018, 6, 30)", "valid_from=X")
        .replace("valid_from=date(2018, 7, 1)", "valid_to=date(2018, 6, 30)")
        .replace("valid_from=X", "valid_from=date(2018, 7, 1)")
    )
    pack = packs(rules=turned + OWN_PAY)
    bills = [(date(2018, 3, 1), 20_000), (date(2018, 4, 1), 20_000), (date(2018, 9, 1), 20_000)]
    history = [Claim(1, day, {**FACTS, "bill": bill}) for day, bill in bills]
    amounts = [(10_000, 10_000), (0, 20_000), (6_000, 14_000)]
    assert explained([pack], history) == amounts
    assert looped([pack], history) == amounts


def test_people_before_and_after_the_change_are_settled_in_one_loop(packs: Packs) -> None:
    pack = packs(rules=TWO_LAWS + OWN_PAY, parameters={"fund_rate": RATES})
    history = in_turn(
        [
            Claim(person, date(2018, month, 15), {**FACTS, "bill": 1_000 * person + month})
            for person in range(1, 9)
            for month in range(1, 13, person)
        ]
    )
    assert looped([pack], history) == explained([pack], history)


LATE = (
    '@rule("G-01", zh="支付", valid_from=date(2018, 7, 1))\n'
    "def fund_pay(bill: Fen, fund_rate: Rate) -> Fen:\n    return share(bill, fund_rate)\n"
    '@rule("G-02", zh="自付", valid_from=date(2018, 7, 1))\n'
    "def own_pay(bill: Fen, fund_pay: Fen) -> Fen:\n    return bill - fund_pay\n"
)


def test_a_day_on_which_an_output_has_no_rule_is_refused_by_name(packs: Packs) -> None:
    try:
        pack = packs(rules=LATE)
    except PolicyError as error:
        assert "fund_pay" in str(error) or "own_pay" in str(error)
        return
    assert paid(pack, JULY) == 3_000
    with pytest.raises(NoVersionInForce):
        paid(pack, JUNE)


def test_a_pack_whose_outputs_start_late_is_looped_for_the_days_that_have_them(
    packs: Packs,
) -> None:
    try:
        pack = packs(rules=LATE)
    except PolicyError:
        return
    history = [Claim(1, JULY, FACTS)]
    assert looped([pack], history) == explained([pack], history) == [(3_000, 7_000)]


def test_a_rule_that_another_needs_must_be_in_force_on_every_day(packs: Packs) -> None:
    rules = LATE.replace('zh="自付", valid_from=date(2018, 7, 1)', 'zh="自付"')
    with pytest.raises(PolicyError, match="fund_pay"):
        packs(rules=rules)
