"""Proofs and counterexamples in a pack that is small enough to check them by hand."""

from __future__ import annotations

from datetime import date

import pytest
from tests.rules.small_pack import OWN_PAY, RULES, Packs, dated, parameter

from doudi.rules.errors import BadInput, UnreadableRule
from doudi.rules.prove import Outcome, Scope, Sort, Status, prove

PROVED, REFUTED, UNDECIDED = Status.PROVED, Status.REFUTED, Status.UNDECIDED


def outcome(packs: Packs, promise: str, sort: str = "claim", **pieces: object) -> Outcome:
    """What becomes of a promise called ``kept`` in the small pack."""
    rules = str(pieces.pop("rules", RULES + OWN_PAY))
    pack = packs(rules=rules + promise, **pieces)
    return prove(pack, ["kept"], workers=1).outcome("kept", sort)


def statuses(found: Outcome) -> list[Status | None]:
    return [found.status(scope) for scope in Scope]


def test_a_promise_that_holds_is_proved_for_any_values(packs: Packs) -> None:
    found = outcome(
        packs,
        '@promise("G-03", zh="诺")\n'
        "def kept(bill: Fen, fund_pay: Fen, own_pay: Fen) -> Flag:\n"
        "    return fund_pay + own_pay == bill and own_pay >= 0\n",
    )
    assert statuses(found) == [PROVED] * 3
    assert found.kinds == ("ride", "rental")
    assert found.is_kept


def test_a_promise_that_fails_is_refuted_by_the_smallest_bill(packs: Packs) -> None:
    # 30% of 10 fen are 3, and 7 are left; of 11 fen 3.3 are 3, and 8 are left.
    found = outcome(
        packs,
        '@promise("G-03", zh="诺")\n'
        "def kept(own_pay: Fen, most: Fen, member: Flag) -> Flag:\n"
        "    return not member or own_pay <= most\n",
        parameters={
            "most": {**parameter("fen", "0.07 yuan"), "status": "cited", "clauses": ["G-03"]}
        },
    )
    assert statuses(found) == [REFUTED] * 3
    assert not found.is_kept
    decision = found.decision(Scope.TODAY)
    assert decision is not None and decision.example is not None
    assert (decision.example.facts["bill"], decision.example.smallest) == (11, True)


def test_what_holds_with_the_values_of_today_may_fail_with_others(packs: Packs) -> None:
    """The fund pays at most its cap of 100 yuan, which may be up to 120."""
    found = outcome(
        packs,
        '@promise("G-03", zh="诺")\n'
        "def kept(fund_pay: Fen, most: Fen) -> Flag:\n"
        "    return fund_pay <= most\n",
        parameters={
            "most": {**parameter("fen", "110 yuan"), "status": "cited", "clauses": ["G-03"]}
        },
    )
    assert statuses(found) == [PROVED, REFUTED, REFUTED]
    example = found.decision(Scope.RANGE)
    assert example is not None and example.example is not None
    cap = example.example.values["fund_cap"]
    assert 11_000 < cap <= 12_000
    assert example.example.working(packs(rules=RULES + OWN_PAY)).outputs["fund_pay"] > 11_000


YEARLY = (
    '@promise("G-03", zh="诺")\n'
    "def kept(fund_pay: Fen, fund_pay_to_date: Fen, fund_cap: Fen) -> Flag:\n"
    "    return fund_pay_to_date + fund_pay <= max(fund_cap, fund_pay_to_date)\n"
)


def test_a_promise_about_a_total_is_proved_for_the_whole_year(packs: Packs) -> None:
    found = outcome(packs, YEARLY, "year")
    assert found.statement.sort is Sort.YEAR
    assert statuses(found) == [PROVED] * 3


def test_a_year_is_refuted_by_two_claims_where_only_each_claim_is_bounded(packs: Packs) -> None:
    forgetful = RULES.replace("fund_cap - fund_pay_to_date", "fund_cap")
    found = outcome(packs, YEARLY, "year", rules=forgetful + OWN_PAY)
    decision = found.decision(Scope.TODAY)
    assert decision is not None and decision.example is not None
    assert decision.status is REFUTED
    assert len(decision.example.earlier) == 1


def test_a_cap_that_falls_within_the_year_breaks_the_induction(packs: Packs) -> None:
    june, july = date(2018, 6, 30), date(2018, 7, 1)
    start, end = date(2018, 1, 1), date(2018, 12, 31)
    falling = dated("fen", (start, june, "100 yuan"), (july, end, "50 yuan"))
    rising = dated("fen", (start, june, "50 yuan"), (july, end, "100 yuan"))
    assert outcome(packs, YEARLY, "year", parameters={"fund_cap": falling}).status(Scope.TODAY) in (
        REFUTED,
        UNDECIDED,
    )
    assert (
        outcome(packs, YEARLY, "year", parameters={"fund_cap": rising}).status(Scope.TODAY)
        is PROVED
    )


COMPARED = (
    "def another(facts):\n    return {build}\n"
    '@promise("G-03", zh="诺", variants=[Variant("other", "另", another{more})], claimed=False)\n'
    "def kept(own_pay: Fen, own_pay_if_other: Fen) -> Flag:\n"
    "    return own_pay <= own_pay_if_other\n"
)


def test_two_ways_are_compared_over_everything(packs: Packs) -> None:
    build = '[{**facts, "member": False}]'
    when = ', when={"member": True}'
    found = outcome(packs, COMPARED.format(build=build, more=when), "comparison")
    assert statuses(found) == [PROVED] * 3


def test_a_split_into_any_two_parts_is_tried(packs: Packs) -> None:
    # 30% of 1 fen are 0 and of 2 fen 1, so that two single fen are paid in full.
    build = '[{**facts, "bill": facts["first"]}, {**facts, "bill": facts["bill"] - facts["first"]}]'
    text = COMPARED.format(build=build, more=', free={"first": "bill"}')
    found = outcome(packs, text.replace("own_pay <=", "own_pay >="), "comparison")
    decision = found.decision(Scope.TODAY)
    assert decision is not None and decision.example is not None
    assert (decision.example.size, decision.example.parts) == (2, {"first": 1})
    assert found.is_kept


@pytest.mark.parametrize(
    "build",
    [
        '[facts] if facts["bill"] > 5 else None',
        '[{**facts, "bill": facts["bill"] // 2}]',
        "None",
        '[{**facts, "kind": "rental"}]',
    ],
)
def test_a_way_that_the_prover_cannot_follow_is_named_with_file_and_line(
    packs: Packs, build: str
) -> None:
    with pytest.raises(UnreadableRule, match=r"rules\.py:\d+: variant other: the prover"):
        outcome(packs, COMPARED.format(build=build, more=""), "comparison")


def test_a_promise_that_does_not_exist_is_refused(packs: Packs) -> None:
    with pytest.raises(BadInput, match="unknown; known"):
        prove(packs(), ["nothing"])


GUARANTEE = (
    '@guarantee("G-02", zh="最多", applies_to=["ride"])\n'
    "def most(bill: Fen, fund_rate: Rate, member: Flag) -> Fen:\n"
    "    return {most}\n"
)


@pytest.mark.parametrize(
    ("most", "status"),
    [("bill", PROVED), ("bill - share(bill, fund_rate) if member else bill", REFUTED)],
)
def test_a_guarantee_is_held_against_any_values(packs: Packs, most: str, status: Status) -> None:
    """The cap is an assumption: with a cap of nothing a member pays the whole bill."""
    pack = packs(rules=RULES + OWN_PAY + GUARANTEE.format(most=most))
    found = prove(pack, ["most"], workers=1).outcome("most")
    assert found.status(Scope.ANY) is status
    assert found.is_kept is (status is PROVED)


def test_several_processes_find_what_one_finds(packs: Packs) -> None:
    build = '[{**facts, "member": False}]'
    pack = packs(
        rules=RULES
        + OWN_PAY
        + YEARLY.replace("kept", "year")
        + COMPARED.format(build=build, more=', when={"member": True}')
    )
    assert prove(pack, workers=1).to_dict() == prove(pack, workers=2).to_dict()
