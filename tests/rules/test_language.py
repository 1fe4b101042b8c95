"""What a rule may say: units fit, figures are parameters, and every use can follow it.

A rule is explained, looped and compiled. So what the language does not know is refused when the
pack is loaded, by name and with the file and line, and never later or, worse, never.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.rules.small_pack import (
    DAY,
    FACTS,
    OWN_PAY,
    Claim,
    Packs,
    explained,
    line_of,
    looped,
    parameter,
)

from doudi.rules import Policy
from doudi.rules.errors import (
    BareFigure,
    PolicyError,
    UnitMismatch,
    UnknownArgument,
    UnreadableRule,
)

BANDS = [{"to": "10 yuan", "rate": "20%"}, {"to": "50 yuan", "rate": "45%"}, {"rate": "60%"}]

PARAMETERS = {
    "bands": parameter("schedule", BANDS),
    "other_bands": parameter("schedule", [{"rate": "33%"}]),
    "step": parameter("rate", "10%"),
    "fee": parameter("fen", "3 yuan"),
    "helpers": parameter("count", 2),
}
INPUTS: dict[str, Any] = {
    "trips": {"unit": "count", "zh": "次数", "en": "Trips", "of": "claim"},
    "poor": {"unit": "flag", "zh": "贫困", "en": "Poor", "of": "person"},
    "ward": {
        "unit": "choice",
        "zh": "区",
        "en": "Ward",
        "of": "claim",
        "options": {"north": {"zh": "北", "en": "N"}, "south": {"zh": "南", "en": "S"}},
    },
}
READINGS = {
    "reading": {
        "zh": "怎样理解",
        "en": "Reading",
        "clauses": ["G-01"],
        "default": "narrow",
        "readings": {"narrow": {"zh": "窄", "en": "n"}, "wide": {"zh": "宽", "en": "w"}},
    }
}

ARGUMENTS = {
    "bill": "Fen",
    "fee": "Fen",
    "fund_cap": "Fen",
    "fund_rate": "Rate",
    "step": "Rate",
    "bands": "Schedule",
    "other_bands": "Schedule",
    "member": "Flag",
    "zone": "Level",
    "trips": "Count",
    "helpers": "Count",
    "reading": "Choice",
    "kind": "Choice",
    "ward": "Choice",
    "poor": "Flag",
}


def a_rule(body: str, returns: str = "Fen") -> str:
    """A rule with this body and the arguments that it names."""
    asked = [name for name in ARGUMENTS if re.search(rf"\b{name}\b", body)]
    arguments = ", ".join(f"{name}: {ARGUMENTS[name]}" for name in asked)
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f'\n@rule("G-01", zh="支付")\ndef fund_pay({arguments}) -> {returns}:\n{lines}\n'


def loaded(packs: Packs, rules: str) -> Policy:
    return packs(rules=rules, parameters=PARAMETERS, inputs=INPUTS, interpretations=READINGS)


CLAIMS = [
    Claim(1, DAY, {**FACTS, "bill": bill, "member": member, "trips": 3, "ward": ward, "poor": True})
    for bill in (0, 1, 999, 1_000, 1_001, 4_999, 9_999, 10_000, 123_457)
    for member in (True, False)
    for ward in ("north", "south")
]

REFUSED = (UnreadableRule, UnitMismatch, UnknownArgument)


# ---- What can be said means the same in every use --------------------------------------------

SAID = [
    "return bill",
    "return 0",
    "return share(bill, fund_rate)",
    "return share_down(bill, fund_rate)",
    "return share(bill, min(fund_rate, step))",
    "return share(bill, raise_rate(fund_rate, step))",
    "return share(bill, raise_rate_relative(fund_rate, step))",
    "return share(bill, fund_rate - step)",
    "return between(fee, bill, bands)",
    "return up_to(bill, bands)",
    "return up_to(bill, raised(bands, step))",
    "return up_to(bill, raised_relative(bands, step))",
    "return up_to(bill, raised(raised(bands, step), fund_rate))",
    "return up_to(bill, raised(raised_relative(bands, step), step))",
    "return min(bill, fee, fund_cap)",
    "return max(0, bill - fund_cap)",
    "return min(bill, fee * trips)",
    "return min(bill, trips * fee * helpers)",
    "return bill if member else 0",
    "return bill if not member and bill > fee or bill == fund_cap else min(bill, fee)",
    "return bill if bill != fee else 0",
    "return bill if bill <= fee else bill - fee",
    "return bill if bill >= fee else 0",
    "return bill if bill < fund_cap else fund_cap",
    'return bill if reading == "wide" else 0',
    'return bill if reading != "wide" else 0',
    'return bill if ward == "north" else 0',
    "if member:\n    return bill\nreturn 0",
    "if member:\n    return 0\nelse:\n    return bill",
    "if member:\n    return 0\nelif bill > fee:\n    return bill - fee\nelse:\n    return bill",
    "if member:\n    if bill > fee:\n        return fee\n    rest = bill\n    return rest\n"
    "rest = share(bill, step)\nreturn rest",
    "half = share(bill, step)\nmore = half + half\nreturn min(bill, more)",
    # Names that mean something in the loop.
    "i = bill\nat = share(i, step)\ntable = at\nreturn table",
]


@pytest.mark.parametrize("body", SAID)
def test_what_the_language_knows_is_the_same_explained_and_looped(packs: Packs, body: str) -> None:
    pack = loaded(packs, a_rule(body) + OWN_PAY)
    assert looped([pack], CLAIMS) == explained([pack], CLAIMS)


@pytest.mark.parametrize(
    "rules",
    [
        # A rule about a rate, a flag or a schedule that another rule reads.
        '@rule("G-01", zh="比例")\ndef due(fund_rate: Rate, step: Rate) -> Rate:\n'
        "    return raise_rate(fund_rate, step)\n"
        '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, due: Rate) -> Fen:\n'
        "    return share(bill, due)\n",
        '@rule("G-01", zh="是否")\ndef helped(member: Flag, bill: Fen, fee: Fen) -> Flag:\n'
        "    return member and bill > fee\n"
        '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, helped: Flag) -> Fen:\n'
        "    return bill if helped else 0\n",
        '@rule("G-01", zh="分段")\ndef due(bands: Schedule, step: Rate, member: Flag)'
        " -> Schedule:\n    if member:\n        return raised(bands, step)\n    return bands\n"
        '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, due: Schedule) -> Fen:\n'
        "    return up_to(bill, due)\n",
        '@rule("G-01", zh="分段")\ndef due(bands: Schedule, step: Rate) -> Schedule:\n'
        "    return raised_relative(bands, step)\n"
        '@rule("G-01", zh="支付")\ndef fund_pay(bill: Fen, due: Schedule, step: Rate) -> Fen:\n'
        "    return up_to(bill, raised(due, step))\n",
    ],
)
def test_a_rule_reads_the_result_of_another_whatever_its_unit(packs: Packs, rules: str) -> None:
    pack = loaded(packs, rules + OWN_PAY)
    assert looped([pack], CLAIMS) == explained([pack], CLAIMS)


NOT_FOLLOWED = {
    "identity": "return 0 if bill is fund_cap else bill",
    "no identity": "return 0 if bill is not fund_cap else bill",
    "membership": "return 0 if bill in fund_cap else bill",
    "no membership": "return 0 if bill not in fund_cap else bill",
    "a schedule chosen in an expression": "return up_to(bill, bands if member else other_bands)",
    "a schedule under another name": "mine = bands\nreturn up_to(bill, mine)",
    "a raised schedule under a name": "mine = raised(bands, step)\nreturn up_to(bill, mine)",
    "two relative rises": (
        "return up_to(bill, raised_relative(raised_relative(bands, step), step))"
    ),
    "a relative rise on points": "return up_to(bill, raised_relative(raised(bands, step), step))",
    "a reading chosen in an expression": (
        'return 0 if (reading if member else reading) == "narrow" else bill'
    ),
    "an option that is not there": (
        'return 0 if (reading if member else reading) == "nonsense" else bill'
    ),
    "the kind of the case": 'return 0 if kind == "ride" else bill',
    "a fact that is not of the claim": "return bill if poor else 0",
}


@pytest.mark.parametrize("body", NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_what_some_use_cannot_follow_is_refused_when_the_pack_is_loaded(
    packs: Packs, body: str
) -> None:
    try:
        pack = loaded(packs, a_rule(body) + OWN_PAY)
    except REFUSED:
        return
    assert looped([pack], CLAIMS) == explained([pack], CLAIMS)


@pytest.mark.parametrize(
    ("word", "body"),
    [
        ("share", "return share(bill, step)"),
        ("min", "return min(bill, fee)"),
        ("up_to", "return up_to(bill, bands)"),
    ],
)
def test_a_pack_cannot_give_a_word_of_the_language_another_meaning(
    packs: Packs, word: str, body: str
) -> None:
    own_word = f"def {word}(a, b):\n    return 7\n"
    try:
        pack = loaded(packs, own_word + a_rule(body) + OWN_PAY)
    except REFUSED:
        return
    assert looped([pack], CLAIMS) == explained([pack], CLAIMS)


# ---- Units -----------------------------------------------------------------------------------

MIXED = {
    "adds_a_rate_to_an_amount": "return bill + fund_rate",
    "takes_a_rate_from_an_amount": "return bill - fund_rate",
    "multiplies_an_amount_by_a_rate": "return bill * fund_rate",
    "multiplies_amounts": "return bill * fee",
    "multiplies_an_amount_by_a_flag": "return bill * member",
    "multiplies_an_amount_by_a_figure": "return bill * 1",
    "adds_a_count_to_an_amount": "return bill + trips",
    "compares_an_amount_with_a_rate": "return bill if bill > fund_rate else 0",
    "compares_flags": "return bill if member == member else 0",
    "compares_readings": "return bill if reading == reading else 0",
    "compares_an_amount_with_a_name": 'return bill if bill == "wide" else 0',
    "orders_readings": 'return bill if reading < "wide" else 0',
    "takes_the_least_of_an_amount_and_a_rate": "return min(bill, fund_rate)",
    "takes_the_least_of_flags": "return bill if min(member, member) else 0",
    "swaps_amount_and_rate": "return share(fund_rate, bill)",
    "shares_by_an_amount": "return share(bill, fee)",
    "shares_a_count": "return share(trips, fund_rate)",
    "gives_a_schedule_a_rate": "return up_to(fund_rate, bands)",
    "uses_a_rate_as_a_schedule": "return up_to(bill, fund_rate)",
    "raises_by_an_amount": "return up_to(bill, raised(bands, fee))",
    "raises_an_amount": "return raise_rate(bill, step)",
    "decides_by_an_amount": "return bill if fee else 0",
    "decides_by_a_rate": "if fund_rate:\n    return bill\nreturn 0",
    "negates_an_amount": "return 0 if not bill else bill",
    "joins_amounts_by_and": "return 0 if bill and member else bill",
    "chooses_between_an_amount_and_a_rate": "return bill if member else fund_rate",
    "hides_a_rate_in_a_name": "part = fund_rate\nreturn bill + part",
    "takes_yes_as_an_amount": "return min(bill, True)",
    "returns_a_rate_as_an_amount": "return fund_rate",
    "returns_a_flag_as_an_amount": "return member",
    "returns_a_schedule_as_an_amount": "return bands",
}


@pytest.mark.parametrize("body", MIXED.values(), ids=MIXED)
def test_a_rule_that_mixes_units_is_refused(packs: Packs, body: str) -> None:
    with pytest.raises(UnitMismatch, match=r"rules\.py:\d+"):
        loaded(packs, a_rule(body) + OWN_PAY)


@pytest.mark.parametrize(
    ("body", "returns"),
    [("return bill", "Rate"), ("return fund_rate", "Count"), ("return bill", "Flag")],
)
def test_a_rule_returns_the_unit_that_it_names(packs: Packs, body: str, returns: str) -> None:
    with pytest.raises(UnitMismatch):
        loaded(packs, a_rule(body, returns) + OWN_PAY)


@pytest.mark.parametrize(
    "rules",
    [
        '@rule("G-01", zh="支付")\ndef fund_pay(bill: Rate) -> Fen:\n    return 0\n',
        '@rule("G-01", zh="支付")\ndef fund_pay(fund_rate: Fen) -> Fen:\n    return fund_rate\n',
        '@rule("G-01", zh="支付")\ndef fund_pay(member: Fen) -> Fen:\n    return member\n',
        '@rule("G-01", zh="一")\ndef due(fund_rate: Rate) -> Rate:\n    return fund_rate\n'
        '@rule("G-01", zh="支付")\ndef fund_pay(due: Fen) -> Fen:\n    return due\n',
    ],
)
def test_an_argument_has_the_unit_of_what_it_names(packs: Packs, rules: str) -> None:
    with pytest.raises(UnitMismatch, match=r"rules\.py:\d+.*fund_pay"):
        loaded(packs, rules + OWN_PAY)


@pytest.mark.parametrize(
    "head",
    [
        "def fund_pay(bill) -> Fen:",
        "def fund_pay(bill: int) -> Fen:",
        "def fund_pay(bill: Fen):",
        "def fund_pay(bill: Fen) -> int:",
        "def fund_pay(bill: float) -> Fen:",
    ],
)
def test_an_argument_or_result_without_a_unit_is_refused(packs: Packs, head: str) -> None:
    with pytest.raises(UnitMismatch, match=r"rules\.py:\d+"):
        loaded(packs, f'@rule("G-01", zh="支付")\n{head}\n    return bill\n{OWN_PAY}')


# ---- Figures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "return min(bill, 5000)",
        "return bill - 2",
        "return share(bill, 5500)",
        "return bill if bill > 10 else 0",
        "return trips * 100 * fee",
    ],
)
def test_a_figure_in_a_rule_is_refused_because_nothing_can_cite_it(packs: Packs, body: str) -> None:
    with pytest.raises(BareFigure, match=r"rules\.py:\d+"):
        loaded(packs, a_rule(body) + OWN_PAY)


@pytest.mark.parametrize("body", ["return min(bill, 0.5)", "return 1.0", "return bill - -1"])
def test_a_float_or_a_negative_figure_is_refused(packs: Packs, body: str) -> None:
    with pytest.raises((BareFigure, UnreadableRule), match=r"rules\.py:\d+"):
        loaded(packs, a_rule(body) + OWN_PAY)


def test_a_constant_of_the_module_is_no_way_around_a_parameter(packs: Packs) -> None:
    with pytest.raises(UnknownArgument, match="LIMIT"):
        loaded(packs, "LIMIT = 5000\n" + a_rule("return min(bill, LIMIT)") + OWN_PAY)


# ---- Constructs ------------------------------------------------------------------------------

UNREADABLE = {
    "a loop": "for part in bill:\n    return part\nreturn bill",
    "a while": "while member:\n    return bill\nreturn bill",
    "an attribute": "return bill.real",
    "an index": "return bands[0]",
    "a division": "return bill / fee",
    "a whole division": "return bill // fee",
    "a remainder": "return bill % fee",
    "a power": "return bill ** helpers",
    "a shift": "return bill << helpers",
    "a negation": "return -bill",
    "a chain of comparisons": "return bill if fee < bill < fund_cap else 0",
    "a list": "return min([bill, fee])",
    "a comprehension": "return min(one for one in (bill, fee))",
    "a lambda": "return (lambda: bill)()",
    "a walrus": "return (mine := bill)",
    "an f-string": 'return f"{bill}"',
    "a name in quotes": 'return "bill"',
    "nothing": "return None",
    "an empty return": "return",
    "another function": "return abs(bill)",
    "rounding": "return round(bill)",
    "a conversion": "return int(bill)",
    "a method": "return bill.conjugate()",
    "a named argument": "return min(bill, fee, key=None)",
    "a starred argument": "return min(*bands)",
    "one thing to compare": "return min(bill)",
    "too few arguments": "return share(bill)",
    "too many arguments": "return up_to(bill, bands, step)",
    "a second value for a name": "mine = bill\nmine = fee\nreturn mine",
    "a new value for an argument": "bill = fee\nreturn bill",
    "an addition in place": "mine = bill\nmine += fee\nreturn mine",
    "a name with a type": "mine: Fen = bill\nreturn mine",
    "two names at once": "mine = yours = bill\nreturn mine",
    "unpacking": "mine, yours = bill, fee\nreturn mine",
    "no return": "mine = bill",
    "a way without a return": "if member:\n    return bill",
    "an if that only sets a name": "if member:\n    mine = bill\nreturn bill",
    "one way that goes on": "if member:\n    return bill\nelse:\n    mine = fee\nreturn mine",
    "an error": "raise ValueError",
    "an assertion": "assert member\nreturn bill",
    "a with": "with bill:\n    return bill",
    "a try": "try:\n    return bill\nfinally:\n    return fee",
    "an import": "import os\nreturn bill",
    "a function inside": "def mine():\n    return bill\nreturn mine()",
    "an expression for nothing": "share(bill, step)\nreturn bill",
    "a match": "match bill:\n    case _:\n        return bill",
    "a global": "global mine\nreturn bill",
    "pass": "pass\nreturn bill",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_construct_outside_the_language_is_refused(packs: Packs, body: str) -> None:
    with pytest.raises(UnreadableRule, match=r"rules\.py:\d+"):
        loaded(packs, a_rule(body) + OWN_PAY)


@pytest.mark.parametrize(
    "head",
    [
        "def fund_pay(bill: Fen, fee: Fen = 5) -> Fen:",
        "def fund_pay(*bill: Fen) -> Fen:",
        "def fund_pay(**bill: Fen) -> Fen:",
        "def fund_pay(*, bill: Fen) -> Fen:",
        "def fund_pay(bill: Fen, /) -> Fen:",
    ],
)
def test_a_rule_takes_plain_arguments(packs: Packs, head: str) -> None:
    with pytest.raises(PolicyError, match=r"rules\.py:\d+"):
        loaded(packs, f'@rule("G-01", zh="支付")\n{head}\n    return bill\n{OWN_PAY}')


@pytest.mark.parametrize(
    ("error", "wrong"),
    [
        (UnitMismatch, "return bill + fund_rate  # here"),
        (BareFigure, "return min(bill, fee, 5000)  # here"),
        (UnreadableRule, "return bill // fee  # here"),
        (UnknownArgument, "return nobody  # here"),
    ],
)
def test_a_fault_names_its_file_and_its_very_line(
    packs: Packs, error: type[PolicyError], wrong: str
) -> None:
    body = f"if member:\n    return bill\nmine = fee\nif bill > mine:\n    return fee\n{wrong}"
    folder = packs.write(rules=a_rule(body) + OWN_PAY, parameters=PARAMETERS)
    place = f"rules.py:{line_of(folder / 'rules.py', '# here')}"
    with pytest.raises(error, match=rf"{re.escape(place)}\b"):
        packs.load(folder)
