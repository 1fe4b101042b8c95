"""An explanation kept as words and numbers comes back to the fen and to the word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.policies.naive_fold import anything_for, claims
from tests.rules.small_pack import (
    DAY,
    FACTS,
    OWN_PAY,
    Packs,
    every_reading,
    in_force,
    units_of,
    with_values,
)

from doudi.policies import policy
from doudi.rules import Policy, explain
from doudi.rules.explain import Explanation
from doudi.rules.frozen import numbers_of, text_of, thaw

HINGGAN = policy("hinggan-2018")
TWO_YEARS = [
    in_force(pack, date(2018, 1, 1), date(2019, 12, 31)) for pack in every_reading(HINGGAN)
]
SLOW = settings(suppress_health_check=[HealthCheck.too_slow])


def kept(data: Any) -> Any:
    """What a database gives back of JSON data: the same, with the names in another order."""
    return json.loads(json.dumps(data, sort_keys=True))


def thawed(text: Mapping[str, Any], explanation: Explanation) -> dict[str, Any]:
    """An explanation from what is kept of it alone."""
    return thaw(
        kept(text),
        day=explanation.day,
        facts=kept(explanation.facts),
        opening=kept(explanation.opening),
        numbers=kept(numbers_of(explanation)),
    )


@SLOW
@given(
    st.sampled_from(TWO_YEARS),
    st.lists(st.tuples(claims(), st.integers(0, 600)), min_size=1, max_size=4),
)
def test_every_step_of_a_year_of_claims_comes_back_to_the_word(
    pack: Policy, year: list[tuple[dict[str, Any], int]]
) -> None:
    totals: Mapping[str, int] = {}
    text = text_of(pack)
    for facts, days in year:
        explanation = explain(pack, facts, date(2018, 1, 1) + timedelta(days=days), totals)
        assert thawed(text, explanation) == explanation.to_dict()
        totals = explanation.closing


@SLOW
@given(anything_for(units_of(HINGGAN)), claims())
def test_what_was_kept_does_not_follow_a_pack_that_changed(
    amounts: dict[str, Any], facts: dict[str, Any]
) -> None:
    explanation = explain(HINGGAN, facts, DAY)
    printed, text = explanation.to_dict(), kept(text_of(HINGGAN))
    changed = with_values(HINGGAN, amounts)
    assert text_of(changed) != text
    assert thawed(text, explanation) == printed


TWO_LAWS = '''
@rule("G-01", zh="基金支付", name="fund_pay", valid_to=date(2018, 6, 30))
def first_law(bill: Fen, fund_rate: Rate) -> Fen:
    """The first law."""
    return share(bill, fund_rate)


@rule("G-01", zh="新基金支付", name="fund_pay", valid_from=date(2018, 7, 1))
def second_law(bill: Fen) -> Fen:
    """The second law."""
    return bill
'''


def test_each_era_keeps_its_own_rules_and_values(packs: Packs) -> None:
    pack = packs(rules=TWO_LAWS + OWN_PAY)
    text = text_of(pack)
    assert len(text["eras"]) == 2
    steps = []
    for day in (date(2018, 6, 30), date(2018, 7, 1)):
        explanation = explain(pack, FACTS, day)
        again = thawed(text, explanation)
        assert again == explanation.to_dict()
        steps += [
            (step["zh"], step["result"]) for step in again["steps"] if step["rule"] == "fund_pay"
        ]
    assert [zh for zh, _result in steps] == ["基金支付", "新基金支付"]
    assert steps[1][1] == FACTS["bill"]


STAY = {
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "bill": 1_200_000,
    "catalogue": 1_080_000,
    "registered": True,
    "serious": False,
}


def test_numbers_of_another_case_are_refused() -> None:
    explanation = explain(HINGGAN, STAY, DAY)
    numbers = numbers_of(explanation)
    for wrong in (numbers[:-1], [*numbers, 0]):
        with pytest.raises(ValueError, match="number"):
            thaw(text_of(HINGGAN), day=DAY, facts=STAY, opening={}, numbers=wrong)
    with pytest.raises(ValueError, match="nothing in force"):
        thaw(text_of(HINGGAN), day=date(1999, 1, 1), facts=STAY, opening={}, numbers=numbers)


def test_what_is_kept_of_a_case_is_small() -> None:
    """The whole explanation takes about 14 KB as JSON; its numbers a fortieth of that."""
    explanation = explain(HINGGAN, STAY, DAY)
    whole = len(json.dumps(explanation.to_dict(), ensure_ascii=False))
    assert len(json.dumps(numbers_of(explanation))) * 40 < whole
