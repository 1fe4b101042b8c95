"""Loading a pack: every fault has its name, and names where it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rules.small_pack import (
    BASIS,
    CLAUSES,
    DAY,
    FACTS,
    OWN_PAY,
    PARAMETERS,
    RULES,
    Packs,
    dated,
    line_of,
    parameter,
)

from doudi.rules import broken_promises, explain
from doudi.rules.errors import (
    BadValue,
    Cycle,
    MissingStatus,
    NotAnAmount,
    OverlappingRules,
    OverlappingValues,
    PolicyError,
    UnitMismatch,
    UnknownArgument,
    UnknownClause,
    UnsureGuarantee,
)

SIMPLE = '''
@rule("G-01", zh="基金支付"{more})
def {name}(bill: Fen, fund_rate: Rate) -> Fen:
    """The fund pays its rate."""
    return share(bill, fund_rate)
'''


def simple(name: str = "fund_pay", more: str = "") -> str:
    return SIMPLE.format(name=name, more=f", {more}" if more else "")


def test_the_pack_of_the_tests_loads(packs: Packs) -> None:
    pack = packs()
    assert explain(pack, FACTS, DAY).outputs == {"fund_pay": 3_000, "own_pay": 7_000}
    assert pack.names.units["bill"].value == "fen"
    assert [rule.name for rule in pack.all_rules] == ["fund_pay", "own_pay"]


# ---- Unknown arguments -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "unit"),
    [("nobody", "Fen"), ("fund_pays", "Fen"), ("bill_to_date", "Fen"), ("nobody_to_date", "Fen")],
)
def test_an_argument_that_nothing_carries_is_refused(
    packs: Packs, argument: str, unit: str
) -> None:
    wrong = f'@rule("G-02", zh="自付")\ndef own_pay(bill: Fen, {argument}: {unit}) -> Fen:\n'
    asked = argument.removesuffix("_to_date")
    with pytest.raises(UnknownArgument, match=rf"rules\.py:\d+: own_pay.*'{asked}"):
        packs(rules=RULES + wrong + "    return bill\n")


def test_the_message_about_an_argument_names_the_line_of_the_rule(packs: Packs) -> None:
    wrong = '@rule("G-02", zh="自付")\ndef own_pay(nobody: Fen) -> Fen:\n    return nobody\n'
    folder = packs.write(rules=RULES + wrong)
    line = line_of(folder / "rules.py", "def own_pay")
    with pytest.raises(UnknownArgument, match=rf"rules\.py:{line}\b"):
        packs.load(folder)


def test_an_option_that_an_input_does_not_have_is_refused(packs: Packs) -> None:
    wrong = (
        '@rule("G-02", zh="自付")\ndef own_pay(bill: Fen, reading: Choice) -> Fen:\n'
        '    return bill if reading == "wider" else 0\n'
    )
    readings = {
        "reading": {
            **{"zh": "怎样理解", "en": "Reading", "clauses": ["G-01"], "default": "wide"},
            "readings": {"wide": {"zh": "宽", "en": "w"}},
        }
    }
    with pytest.raises(UnknownArgument, match="wider"):
        packs(rules=RULES + wrong, interpretations=readings)


@pytest.mark.parametrize(("statement", "returns"), [("promise", "Flag"), ("guarantee", "Fen")])
def test_an_argument_of_a_statement_is_checked_as_that_of_a_rule_is(
    packs: Packs, statement: str, returns: str
) -> None:
    wrong = (
        f'@{statement}("G-03", zh="某句", applies_to=["ride"])\n'
        f"def stated(nobody: {returns}) -> {returns}:\n    return nobody\n"
    )
    with pytest.raises(UnknownArgument, match="nobody"):
        packs(rules=RULES + OWN_PAY + wrong)


def test_a_kind_that_the_pack_does_not_have_is_refused(packs: Packs) -> None:
    with pytest.raises(UnknownArgument, match="flight"):
        packs(rules=simple(more='applies_to=["flight"]') + OWN_PAY)


def test_a_rate_is_not_made_up_for_a_kind_for_which_its_rule_does_not_run(packs: Packs) -> None:
    rules = (
        '@rule("G-01", zh="比例", applies_to=["ride"])\ndef due(fund_rate: Rate) -> Rate:\n'
        "    return fund_rate\n"
        '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, due: Rate) -> Fen:\n'
        "    return share(bill, due)\n"
    )
    with pytest.raises(UnknownArgument, match="due"):
        packs(rules=rules + OWN_PAY)


def test_an_amount_is_nothing_for_a_kind_for_which_its_rule_does_not_run(packs: Packs) -> None:
    pack = packs(rules=simple(more='applies_to=["rental"]') + OWN_PAY)
    assert explain(pack, FACTS, DAY).outputs == {"fund_pay": 0, "own_pay": 10_000}


@pytest.mark.parametrize(
    "pieces",
    [
        {"parameters": {"bill": parameter("fen", "5 yuan")}},
        {"inputs": {"own_pay": {"unit": "fen", "zh": "某", "en": "S", "of": "claim"}}},
        {"rules": RULES + OWN_PAY + simple("fund_cap")},
    ],
)
def test_one_name_for_two_things_is_refused(packs: Packs, pieces: dict[str, Any]) -> None:
    with pytest.raises(UnknownArgument, match="both"):
        packs(**pieces)


@pytest.mark.parametrize(
    "pack",
    [
        {"outputs": ["fund_pay", "own_pay", "nobody"]},
        {"outputs": ["fund_pay", "own_pay", "bill"]},
        {"own_so_far": "nobody"},
        {"inputs": {"part": {"unit": "fen", "zh": "某", "en": "S", "of": "claim", "at_most": "x"}}},
        {
            "inputs": {
                "part": {
                    **{"unit": "fen", "zh": "某", "en": "S", "of": "claim"},
                    "if_unknown": {"share": "nobody", "of": "bill"},
                }
            }
        },
        {
            "inputs": {
                "part": {
                    **{"unit": "fen", "zh": "某", "en": "S", "of": "claim"},
                    "if_unknown": {"share": "fund_rate", "of": "nobody"},
                }
            }
        },
    ],
    ids=["output", "output that is an input", "own so far", "at most", "share", "share of"],
)
def test_a_name_in_the_pack_file_that_nothing_carries_is_refused(
    packs: Packs, pack: dict[str, Any]
) -> None:
    with pytest.raises((UnknownArgument, BadValue)):
        packs(**pack)


def test_an_output_that_is_no_amount_is_refused(packs: Packs) -> None:
    rate = '@rule("G-01", zh="比例")\ndef due(fund_rate: Rate) -> Rate:\n    return fund_rate\n'
    with pytest.raises((UnitMismatch, NotAnAmount)):
        packs(rules=RULES + OWN_PAY + rate, outputs=["fund_pay", "own_pay", "due"])


@pytest.mark.parametrize("under", ['{"nobody": ("wide",)}', '{"reading": ("wider",)}'])
def test_a_promise_under_a_reading_that_is_not_there_is_refused(packs: Packs, under: str) -> None:
    # It would never be claimed, and so never be checked.
    promise = (
        f'@promise("G-03", zh="诺", under={under})\n'
        "def kept(fund_pay: Fen) -> Flag:\n    return fund_pay >= 0\n"
    )
    readings = {
        "reading": {
            **{"zh": "怎样理解", "en": "Reading", "clauses": ["G-01"], "default": "wide"},
            "readings": {"wide": {"zh": "宽", "en": "w"}},
        }
    }
    with pytest.raises(UnknownArgument):
        packs(rules=RULES + OWN_PAY + promise, interpretations=readings)


# ---- Cycles ----------------------------------------------------------------------------------


def needs(name: str, needed: str) -> str:
    return f'@rule("G-01", zh="某项")\ndef {name}({needed}: Fen) -> Fen:\n    return {needed}\n'


@pytest.mark.parametrize(
    "rules",
    [
        needs("fund_pay", "fund_pay") + OWN_PAY,
        needs("fund_pay", "own_pay") + OWN_PAY,
        needs("fund_pay", "one") + needs("one", "two") + needs("two", "fund_pay") + OWN_PAY,
    ],
)
def test_rules_that_need_each_other_are_refused(packs: Packs, rules: str) -> None:
    with pytest.raises(Cycle, match="fund_pay"):
        packs(rules=rules)


def test_a_rule_that_needs_its_own_running_total_is_no_cycle(packs: Packs) -> None:
    assert packs().summed == ("fund_pay",)


# ---- Two of one name -------------------------------------------------------------------------

EARLY = simple("early", 'name="fund_pay", valid_to=date(2018, 6, 30)')


@pytest.mark.parametrize(
    "rules",
    [
        simple() + simple("again", 'name="fund_pay"'),
        EARLY + simple("late", 'name="fund_pay", valid_from=date(2018, 6, 30)'),
        EARLY + simple("late", 'name="fund_pay", valid_to=date(2018, 1, 1)'),
        EARLY + simple("late", 'name="fund_pay"'),
    ],
)
def test_two_rules_of_one_name_on_one_day_are_refused(packs: Packs, rules: str) -> None:
    with pytest.raises(OverlappingRules, match="fund_pay"):
        packs(rules=rules + OWN_PAY)


def test_two_rules_of_one_name_in_two_files_are_refused(packs: Packs) -> None:
    with pytest.raises(OverlappingRules, match="fund_pay"):
        packs(files={"more.py": simple()})


def test_two_functions_of_one_name_in_one_file_are_refused(packs: Packs) -> None:
    # Python itself would keep the second and forget the first without a word.
    with pytest.raises(OverlappingRules, match="fund_pay"):
        packs(rules=RULES + simple() + OWN_PAY)


def test_rules_of_one_name_that_follow_each_other_are_welcome(packs: Packs) -> None:
    late = simple("late", 'name="fund_pay", valid_from=date(2018, 7, 1)')
    assert len(packs(rules=EARLY + late + OWN_PAY).eras) == 2


def test_two_values_of_one_parameter_on_one_day_are_refused(packs: Packs) -> None:
    twice = dated(
        "rate",
        (date(2018, 1, 1), date(2018, 6, 30), "10%"),
        (date(2018, 6, 30), date(2018, 12, 31), "20%"),
    )
    with pytest.raises(OverlappingValues, match="fund_rate"):
        packs(parameters={"fund_rate": twice})


def test_a_key_written_twice_is_refused(packs: Packs) -> None:
    folder = packs.write()
    path = folder / "parameters.yaml"
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(BadValue, match=r"parameters\.yaml.*fund_rate"):
        packs.load(folder)


# ---- Status and clauses ----------------------------------------------------------------------


def without(entry: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != key}


def test_a_parameter_without_a_status_is_refused(packs: Packs) -> None:
    with pytest.raises(MissingStatus, match="fund_rate"):
        packs(parameters={"fund_rate": without(PARAMETERS["fund_rate"], "status")})


def test_one_dated_value_without_a_status_is_refused(packs: Packs) -> None:
    entry = dated("rate", (date(2018, 1, 1), date(2018, 12, 31), "10%"))
    del entry["values"][0]["status"]
    with pytest.raises(MissingStatus, match="fund_rate"):
        packs(parameters={"fund_rate": entry})


def test_a_parameter_that_no_rule_reads_needs_a_status_too(packs: Packs) -> None:
    with pytest.raises(MissingStatus, match="unread"):
        packs(parameters={"unread": without(parameter("fen", "5 yuan"), "status")})


READING = {
    "reading": {
        **{"zh": "怎样理解", "en": "Reading", "clauses": ["G-99"], "default": "wide"},
        "readings": {"wide": {"zh": "宽", "en": "w"}},
    }
}
STATED = "def kept(fund_pay: Fen) -> Flag:\n    return fund_pay >= 0\n"
OWED = "def most(bill: Fen) -> Fen:\n    return bill\n"


@pytest.mark.parametrize(
    "pieces",
    [
        {"rules": RULES.replace("G-01", "G-99") + OWN_PAY},
        {"parameters": {"fund_rate": {**PARAMETERS["fund_rate"], "clauses": ["G-01", "G-99"]}}},
        {"interpretations": READING},
        {"rules": RULES + OWN_PAY + f'@promise("G-99", zh="诺")\n{STATED}'},
        {"rules": RULES + OWN_PAY + f'@guarantee("G-99", zh="保", applies_to=["ride"])\n{OWED}'},
        {"rules": RULES + OWN_PAY + '@finding("G-99", zh="核")\ndef sums(policy):\n    return 1\n'},
        {"rules": RULES.replace('"G-01"', '"G-01", "G-99"') + OWN_PAY},
    ],
    ids=["rule", "parameter", "interpretation", "promise", "guarantee", "finding", "second"],
)
def test_a_clause_that_does_not_exist_is_refused(packs: Packs, pieces: dict[str, Any]) -> None:
    with pytest.raises(UnknownClause, match="G-99"):
        packs(**pieces)


def test_a_clause_of_no_document_is_refused(packs: Packs) -> None:
    lost = {"Z-01": {"lines": [1], "zh": "一条", "en": "A clause"}}
    with pytest.raises(UnknownClause, match="Z-01"):
        packs(clauses={**CLAUSES, "clauses": {**CLAUSES["clauses"], **lost}})


# ---- Running totals --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "result"),
    [("Rate", "fund_rate"), ("Flag", "member"), ("Level", "zone")],
)
def test_a_running_total_of_what_is_no_amount_is_refused(
    packs: Packs, unit: str, result: str
) -> None:
    rules = (
        f'@rule("G-01", zh="某项")\ndef due({result}: {unit}) -> {unit}:\n    return {result}\n'
        f'@rule("G-02", zh="自付")\ndef own_pay(bill: Fen, due_to_date: {unit}) -> Fen:\n'
        "    return bill\n"
    )
    with pytest.raises(NotAnAmount, match="due"):
        packs(rules=RULES + rules)


def test_a_running_total_of_a_schedule_is_refused(packs: Packs) -> None:
    rules = (
        '@rule("G-01", zh="某项")\ndef due(bands: Schedule) -> Schedule:\n    return bands\n'
        '@rule("G-02", zh="自付")\ndef own_pay(bill: Fen, due_to_date: Schedule) -> Fen:\n'
        "    return up_to(bill, due_to_date)\n"
    )
    bands = parameter("schedule", [{"rate": "5%"}])
    with pytest.raises(NotAnAmount, match="due"):
        packs(rules=RULES + rules, parameters={"bands": bands})


def test_a_running_total_has_the_unit_of_what_it_adds_up(packs: Packs) -> None:
    rules = (
        '@rule("G-02", zh="自付")\ndef own_pay(bill: Fen, fund_pay_to_date: Count) -> Fen:\n'
        "    return bill * fund_pay_to_date\n"
    )
    with pytest.raises(UnitMismatch, match="fund_pay_to_date"):
        packs(rules=RULES + rules)


def test_a_promise_that_reads_a_running_total_which_no_rule_reads_is_held_or_refused(
    packs: Packs,
) -> None:
    promise = (
        '@promise("G-03", zh="诺")\ndef kept(own_pay: Fen, own_pay_to_date: Fen) -> Flag:\n'
        "    return own_pay_to_date + own_pay >= 0\n"
    )
    try:
        pack = packs(rules=RULES + OWN_PAY + promise)
    except UnknownArgument:
        # To refuse it is as good, as long as it is refused now and by name.
        return
    first = explain(pack, FACTS, DAY)
    assert first.closing["own_pay"] == 7_000
    assert broken_promises(explain(pack, FACTS, DAY, first.closing)) == []


# ---- Guarantees ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        ("bill: Fen, fund_cap: Fen", "return min(bill, fund_cap)"),
        ("bill: Fen, fund_pay: Fen", "return bill - fund_pay"),
        ("own_pay: Fen", "return own_pay"),
    ],
)
def test_a_guarantee_that_rests_on_an_unconfirmed_value_is_refused(
    packs: Packs, arguments: str, body: str
) -> None:
    owed = f'@guarantee("G-03", zh="保", applies_to=["ride"])\ndef most({arguments}) -> Fen:\n'
    with pytest.raises(UnsureGuarantee, match="fund_cap"):
        packs(rules=RULES + OWN_PAY + owed + f"    {body}\n")


@pytest.mark.parametrize("status", ["cited", "adopted"])
def test_a_guarantee_may_rest_on_a_confirmed_value(packs: Packs, status: str) -> None:
    cap = {
        **parameter("fen", "100 yuan"),
        **{"status": status, "clauses": ["G-01"], "document": "no. 5"},
    }
    owed = (
        '@guarantee("G-03", zh="保", applies_to=["ride"])\ndef most(own_pay: Fen) -> Fen:\n'
        "    return own_pay\n"
    )
    assert packs(rules=RULES + OWN_PAY + owed, parameters={"fund_cap": cap}).guarantees


def test_a_guarantee_may_not_rest_on_one_unconfirmed_member_of_a_family(packs: Packs) -> None:
    sure = {**parameter("fen", "5 yuan"), "status": "cited", "clauses": ["G-01"]}
    owed = (
        '@guarantee("G-03", zh="保", applies_to=["ride"])\n'
        "def most(bill: Fen, fee: Fen) -> Fen:\n    return min(bill, fee)\n"
    )
    with pytest.raises(UnsureGuarantee, match=r"fee\[2\]"):
        packs(
            rules=RULES + OWN_PAY + owed,
            parameters={"fee[1]": sure, "fee[2]": parameter("fen", "6 yuan")},
            families={"fee": "zone"},
        )


def test_a_guarantee_may_not_rest_on_a_value_that_is_unconfirmed_for_part_of_the_year(
    packs: Packs,
) -> None:
    sure = {"status": "cited", "clauses": ["G-01"]}
    values = [
        {"from": date(2018, 1, 1), "to": date(2018, 11, 30), "value": "5 yuan", **sure},
        {
            **{"from": date(2018, 12, 1), "to": date(2018, 12, 31), "value": "5 yuan"},
            **{"status": "assumption", "basis": BASIS},
        },
    ]
    fee = {"zh": "费", "en": "Fee", "unit": "fen", "values": values}
    owed = '@guarantee("G-03", zh="保", applies_to=["ride"])\ndef most(fee: Fen) -> Fen:\n'
    with pytest.raises(UnsureGuarantee, match="fee"):
        packs(rules=RULES + OWN_PAY + owed + "    return fee\n", parameters={"fee": fee})


# ---- Families --------------------------------------------------------------------------------

FEES = {"fee[1]": parameter("fen", "1 yuan"), "fee[2]": parameter("fen", "2 yuan")}
BY_ZONE = (
    '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, fee: Fen) -> Fen:\n'
    "    return min(bill, fee)\n"
)


@pytest.mark.parametrize(("zone", "paid"), [(1, 100), (2, 200)])
def test_an_input_chooses_the_member_of_a_family(packs: Packs, zone: int, paid: int) -> None:
    pack = packs(rules=BY_ZONE + OWN_PAY, parameters=FEES, families={"fee": "zone"})
    assert explain(pack, {**FACTS, "zone": zone}, DAY).outputs["fund_pay"] == paid


@pytest.mark.parametrize(
    ("parameters", "families"),
    [
        ({"fee[1]": parameter("fen", "1 yuan")}, {"fee": "zone"}),
        (FEES, {}),
        (FEES, {"fee": "bill"}),
        (FEES, {"fee": "nobody"}),
    ],
    ids=["a member is missing", "no family", "an index without options", "no such index"],
)
def test_a_family_that_is_not_whole_is_refused(
    packs: Packs, parameters: dict[str, Any], families: dict[str, str]
) -> None:
    with pytest.raises(BadValue, match="fee"):
        packs(rules=RULES + OWN_PAY, parameters=parameters, families=families)


def test_members_of_a_family_have_one_unit(packs: Packs) -> None:
    mixed = {**FEES, "fee[2]": parameter("rate", "2%")}
    with pytest.raises((UnitMismatch, BadValue), match="fee"):
        packs(rules=BY_ZONE + OWN_PAY, parameters=mixed, families={"fee": "zone"})


# ---- Files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pack.yaml", "parameters.yaml", "clauses.yaml"])
def test_a_file_that_is_missing_is_named(packs: Packs, name: str) -> None:
    folder = packs.write()
    (folder / name).unlink()
    with pytest.raises(BadValue, match=name):
        packs.load(folder)


@pytest.mark.parametrize("name", ["pack.yaml", "parameters.yaml", "clauses.yaml"])
@pytest.mark.parametrize("content", [b"a: [1", b"\xff\xfe\x00"])
def test_a_file_that_is_no_yaml_is_named(packs: Packs, name: str, content: bytes) -> None:
    folder = packs.write()
    (folder / name).write_bytes(content)
    with pytest.raises(BadValue, match=name):
        packs.load(folder)


def test_an_input_without_its_words_is_refused_by_name(packs: Packs) -> None:
    with pytest.raises(PolicyError, match="bill"):
        packs(inputs={"bill": {"unit": "fen", "of": "claim"}})


def test_two_packs_of_one_name_are_loaded_side_by_side(packs: Packs) -> None:
    more = {"fund_rate": {**PARAMETERS["fund_rate"], "value": "40%"}}
    one, two = packs(), packs(parameters=more)
    assert one.version != two.version
    paid = [explain(pack, FACTS, DAY).outputs["fund_pay"] for pack in (one, two, one)]
    assert paid == [3_000, 4_000, 3_000]


@pytest.mark.parametrize(
    "pieces",
    [
        {"rules": RULES.replace("share(", "share_down(") + OWN_PAY},
        {"parameters": {"fund_cap": {**PARAMETERS["fund_cap"], "value": "101 yuan"}}},
        {"parameters": {"fund_cap": {**PARAMETERS["fund_cap"], "status": "stand-in"}}},
    ],
)
def test_the_version_changes_with_any_rule_value_or_status(
    packs: Packs, pieces: dict[str, Any]
) -> None:
    assert packs().version == packs().version
    assert packs(**pieces).version != packs().version
