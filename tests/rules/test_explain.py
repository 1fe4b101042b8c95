"""Every step of a case: what went in, what came out, on which clause, and how sure it is."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.naive_fold import claims
from tests.rules.small_pack import DAY, FACTS, OWN_PAY, RULES, Packs

from doudi.policies import policy
from doudi.rules import Explanation, Policy, broken_promises, explain
from doudi.rules.errors import BadInput, UnitMismatch

HINGGAN = policy("hinggan-2018")

STAY = {
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "bill": 1_200_000,
    "catalogue": 1_200_000,
    "registered": True,
    "serious": False,
}


@pytest.fixture(scope="module")
def stay() -> Explanation:
    return explain(HINGGAN, STAY, DAY)


def step_of(told: dict[str, Any], rule: str) -> dict[str, Any]:
    found: dict[str, Any] = next(step for step in told["steps"] if step["rule"] == rule)
    return found


def test_an_explanation_names_its_schema_policy_version_and_day(stay: Explanation) -> None:
    told = stay.to_dict()
    assert told["schema"] == "doudi-explanation-1"
    assert told["policy"] == {"name": "hinggan-2018", "version": HINGGAN.version}
    assert told["date"] == "2018-04-28"
    assert told["facts"] == STAY


@pytest.mark.clause("H-07")
def test_a_step_has_inputs_result_unit_clauses_and_what_it_rests_on(stay: Explanation) -> None:
    told = stay.to_dict()
    expected = {
        "rule": "basic_deductible_due",
        "zh": "适用的基本医保起付线",
        "unit": "fen",
        "inputs": {
            "basic_deductible": 120_000,
            "basic_deductible_cut": 5_000,
            "registered": True,
        },
        "result": 60_000,
        "clauses": ["H-07", "H-24"],
        "rests_on": [
            {"name": "basic_deductible[3]", "status": "stand-in"},
            {"name": "basic_deductible_cut", "status": "cited"},
        ],
    }
    found = step_of(told, "basic_deductible_due")
    assert {name: found[name] for name in expected} == expected


def test_a_schedule_is_told_band_by_band(stay: Explanation) -> None:
    assert step_of(stay.to_dict(), "basic_schedule_due")["result"] == [
        {"upper_fen": 3_000_000, "rate_bp": 7_500},
        {"upper_fen": 7_000_000, "rate_bp": 8_000},
        {"upper_fen": 20_000_000, "rate_bp": 8_500},
        {"upper_fen": None, "rate_bp": 9_000},
    ]


@pytest.mark.parametrize(
    ("level", "status"), [(1, "assumption"), (2, "assumption"), (3, "stand-in")]
)
def test_a_step_rests_on_the_member_of_the_family_that_was_used(level: int, status: str) -> None:
    told = explain(HINGGAN, {**STAY, "hospital_level": level}, DAY).to_dict()
    rests = step_of(told, "basic_deductible_due")["rests_on"]
    assert rests[0] == {"name": f"basic_deductible[{level}]", "status": status}


@given(claims())
def test_every_step_cites_a_clause_and_comes_after_what_it_needs(facts: dict[str, Any]) -> None:
    explanation = explain(HINGGAN, facts, DAY)
    known: dict[str, Any] = {}
    rules = {rule.name for rule in HINGGAN.all_rules}
    for step in explanation.steps:
        assert step.rule.card.clauses
        assert step.rule.card.zh
        for name, value in step.inputs.items():
            if name in rules:
                # Of a rule that does not run for this kind it is nothing.
                assert value == known.get(name, 0)
        known[step.rule.name] = step.result
    assert {name: known[name] for name in HINGGAN.outputs} == explanation.outputs


@given(claims())
def test_a_rule_does_not_run_for_a_kind_that_it_does_not_apply_to(facts: dict[str, Any]) -> None:
    for step in explain(HINGGAN, facts, DAY).steps:
        assert facts["kind"] in (step.rule.card.applies_to or HINGGAN.kinds)


@given(claims())
def test_no_step_holds_a_float_and_the_data_survives_json(facts: dict[str, Any]) -> None:
    explanation = explain(HINGGAN, facts, DAY)
    assert all(type(amount) is int for amount in explanation.outputs.values())
    told = explanation.to_dict()
    text = json.dumps(told)
    assert json.loads(text, parse_float=_no_float) == told


def _no_float(text: str) -> float:
    raise AssertionError(f"a float: {text}")


@given(st.lists(claims(), min_size=1, max_size=6))
def test_the_closing_totals_are_the_opening_totals_and_this_case(
    year: list[dict[str, Any]],
) -> None:
    totals: dict[str, int] = {}
    for facts in year:
        explanation = explain(HINGGAN, facts, DAY, totals)
        assert dict(explanation.opening) == {
            name: totals.get(name, 0) for name in explanation.closing
        }
        for name, total in explanation.closing.items():
            assert total == totals.get(name, 0) + explanation.results[name]
        totals = dict(explanation.closing)


def test_the_same_case_is_always_explained_alike(stay: Explanation) -> None:
    again = explain(HINGGAN, dict(reversed(list(STAY.items()))), DAY)
    assert json.dumps(again.to_dict()["steps"]) == json.dumps(stay.to_dict()["steps"])


def test_explaining_changes_nothing_that_was_given() -> None:
    facts, opening = dict(STAY), {"registered_own": 5}
    explain(HINGGAN, facts, DAY, opening)
    assert facts == STAY
    assert opening == {"registered_own": 5}


def test_the_status_follows_the_day_of_the_case(packs: Packs) -> None:
    values = [
        {
            **{"from": date(2018, 1, 1), "to": date(2018, 6, 30), "value": "30%"},
            **{"status": "cited", "clauses": ["G-01"]},
        },
        {
            **{"from": date(2018, 7, 1), "to": date(2018, 12, 31), "value": "30%"},
            **{"status": "adopted", "document": "no. 5"},
        },
    ]
    rate = {"zh": "比例", "en": "Rate", "unit": "rate", "values": values}
    pack = packs(parameters={"fund_rate": rate})
    found = [
        step_of(explain(pack, FACTS, day).to_dict(), "fund_pay")["rests_on"][0]
        for day in (DAY, date(2018, 7, 1))
    ]
    assert found == [
        {"name": "fund_rate", "status": "cited"},
        {"name": "fund_rate", "status": "adopted"},
    ]


# ---- Facts -----------------------------------------------------------------------------------


def test_a_fact_that_no_step_needs_may_be_missing(packs: Packs) -> None:
    needed = {name: FACTS[name] for name in ("kind", "bill", "member")}
    assert explain(packs(), needed, DAY).outputs["fund_pay"] == 3_000


@pytest.mark.parametrize("name", ["kind", "bill", "member"])
def test_a_fact_that_a_step_needs_is_asked_for_by_name(packs: Packs, name: str) -> None:
    facts = {key: value for key, value in FACTS.items() if key != name}
    with pytest.raises(BadInput) as caught:
        explain(packs(), facts, DAY)
    assert caught.value.field == name
    assert caught.value.zh
    assert caught.value.en


def test_an_amount_above_its_limit_is_refused_with_both_names(packs: Packs) -> None:
    part = {"unit": "fen", "zh": "部分", "en": "Part", "of": "claim", "at_most": "bill"}
    with pytest.raises(BadInput, match=r"part.*bill") as caught:
        explain(packs(inputs={"part": part}), {**FACTS, "part": 10_001}, DAY)
    assert caught.value.field == "part"


# ---- Promises --------------------------------------------------------------------------------


def promise(body: str, more: str = "") -> str:
    return (
        f'@promise("G-03", zh="诺"{more})\n'
        f"def kept(fund_pay: Fen, bill: Fen, fund_cap: Fen) -> Flag:\n    return {body}\n"
    )


DOUBT = {
    "reading": {
        **{"zh": "怎样理解", "en": "Reading", "clauses": ["G-01"], "default": "narrow"},
        "readings": {"narrow": {"zh": "窄", "en": "n"}, "wide": {"zh": "宽", "en": "w"}},
    }
}


def promised(packs: Packs, rule: str) -> Policy:
    return packs(rules=RULES + OWN_PAY + rule, interpretations=DOUBT)


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        (promise("fund_pay <= fund_cap"), []),
        (promise("fund_pay == bill"), ["kept"]),
        (promise("fund_pay == bill", ", claimed=False"), []),
        (promise("fund_pay == bill", ', applies_to=["rental"]'), []),
        (promise("fund_pay == bill", ', applies_to=["ride"]'), ["kept"]),
        (promise("fund_pay == bill", ', under={"reading": ("wide",)}'), []),
        (promise("fund_pay == bill", ', under={"reading": ("narrow", "wide")}'), ["kept"]),
    ],
)
def test_a_promise_is_held_against_the_cases_for_which_it_is_made(
    packs: Packs, rule: str, broken: list[str]
) -> None:
    assert broken_promises(explain(promised(packs, rule), FACTS, DAY)) == broken


@pytest.mark.parametrize(
    ("build", "broken"),
    [
        # Two halves against one: 30% of each half, the cap counting on.
        ('[{**facts, "bill": facts["bill"] // 2}, {**facts, "bill": facts["bill"] // 2}]', []),
        ('[{**facts, "bill": facts["bill"] * 2}]', ["kept"]),
        ("None", []),
    ],
)
def test_a_promise_about_another_way_compares_with_the_sum_over_that_way(
    packs: Packs, build: str, broken: list[str]
) -> None:
    rule = (
        f"def another(facts):\n    return {build}\n"
        '@promise("G-03", zh="诺", variants=[Variant("split", "分开", another)])\n'
        "def kept(fund_pay: Fen, fund_pay_if_split: Fen) -> Flag:\n"
        "    return fund_pay_if_split == fund_pay\n"
    )
    assert broken_promises(explain(promised(packs, rule), FACTS, DAY)) == broken


def test_another_way_starts_from_the_same_totals_of_the_year(packs: Packs) -> None:
    rule = (
        "def another(facts):\n    return [facts, facts]\n"
        '@promise("G-03", zh="诺", variants=[Variant("twice", "两次", another)])\n'
        "def kept(fund_pay_if_twice: Fen, fund_cap: Fen, fund_pay_to_date: Fen) -> Flag:\n"
        "    return fund_pay_if_twice == fund_cap - fund_pay_to_date\n"
    )
    pack = promised(packs, rule)
    assert broken_promises(explain(pack, FACTS, DAY, {"fund_pay": 5_000})) == []
    assert broken_promises(explain(pack, FACTS, DAY, {"fund_pay": 1_000})) == ["kept"]


def test_a_promise_that_does_not_say_yes_or_no_is_refused(packs: Packs) -> None:
    rule = '@promise("G-03", zh="诺")\ndef kept(fund_pay: Fen) -> Fen:\n    return fund_pay\n'
    with pytest.raises(UnitMismatch, match="kept"):
        promised(packs, rule)
