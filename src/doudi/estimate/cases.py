"""The cases that the source tells, held against what we compute for them.

A case file says what the source says and what agreement would look like; whether we agree is
computed each time. Amounts in a case file are written as in a pack (``12000 yuan``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doudi.estimate.answer import Answer, answer
from doudi.estimate.entitlements import answer_entitlement
from doudi.money import yuan
from doudi.rules.errors import BadValue, NoVersionInForce
from doudi.rules.explain import explain
from doudi.rules.files import read_yaml
from doudi.rules.notation import read_fen
from doudi.rules.policy import Policy
from doudi.rules.units import Unit

_KEYS = {"id", "clauses", "lines", "zh", "en", "says", "expect", "claim", "right", "computed"}
_FORMS = ("claim", "right", "computed")


@dataclass(frozen=True)
class Case:
    """One published case. ``form`` says how it is computed, ``given`` holds what for."""

    id: str
    zh: str
    en: str
    says_zh: str
    says_en: str
    clauses: tuple[str, ...]
    lines: tuple[int, ...]
    form: str
    given: Mapping[str, Any]
    says: Mapping[str, Any]
    expect: str


@dataclass(frozen=True)
class CaseResult:
    """What came out: ``agrees`` says whether the source's statement fits our answer.

    ``usual_agrees`` says whether even the default estimate fits it (None where there is none).
    """

    case: Case
    computed_zh: str
    computed_en: str
    agrees: bool
    usual_agrees: bool | None


def read_cases(policy: Policy) -> tuple[Case, ...]:
    """The case files of a pack, by id; BadValue for a file of another shape."""
    found = [read_case(path) for path in sorted(policy.folder.glob("cases/*.yaml"))]
    for case in found:
        policy.clauses.check(case.clauses, f"case {case.id}")
    return tuple(sorted(found, key=lambda case: case.id))


def read_case(path: Path) -> Case:
    """One case file; BadValue for a file of another shape."""
    """One case file; BadValue for a file of another shape."""
    raw = read_yaml(path)
    keys = set(raw) if isinstance(raw, dict) else set()
    forms = [form for form in _FORMS if form in keys]
    if len(forms) != 1 or keys != _KEYS - set(_FORMS) | set(forms):
        raise BadValue(f"{path.name}: a case has {sorted(_KEYS)}, and one only of {_FORMS}")
    says = raw["says"]
    if not isinstance(says, dict) or not {"zh", "en"} <= set(says):
        raise BadValue(f"{path.name}: 'says' has a text in zh and in en")
    return Case(
        str(raw["id"]),
        raw["zh"],
        raw["en"],
        says["zh"],
        says["en"],
        tuple(raw["clauses"]),
        tuple(raw["lines"]),
        forms[0],
        raw[forms[0]],
        says,
        str(raw["expect"]),
    )


def run_case(policy: Policy, case: Case) -> CaseResult:
    """Compute one case now and hold the source's statement against the result."""
    if case.form == "right":
        return _run_right(policy, case)
    if case.form == "computed":
        return _run_rule(policy, case)
    return _run_claim(policy, case)


def case_facts(policy: Policy, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a case, amounts of money read from their notation."""
    unknown = sorted(set(raw) - set(policy.inputs))
    if unknown:
        raise BadValue(f"{policy.name} has no inputs {unknown}")
    return {
        name: read_fen(value, name) if policy.inputs[name].unit is Unit.FEN else value
        for name, value in raw.items()
    }


def _run_claim(policy: Policy, case: Case) -> CaseResult:
    try:
        result = answer(
            policy,
            case_facts(policy, case.given["facts"]),
            case.given["date"],
            {name: read_fen(total, name) for name, total in case.given.get("opening", {}).items()},
        )
    except NoVersionInForce as error:
        zh = f"不计算：政策 {policy.name} 在 {case.given['date']} 没有有效版本，不会往前套用"
        return CaseResult(case, zh, str(error), case.expect == "no version in force", None)
    if case.expect == "no version in force":
        return CaseResult(case, "算出了结果", "was computed", False, None)
    if "own_below" in case.says:
        return _own_below(case, result, read_fen(case.says["own_below"], case.id))
    if "payers_at_most" in case.says:
        return _payers_at_most(case, result)
    return _own_paid(case, result)


def _own_paid(case: Case, result: Answer) -> CaseResult:
    """What somebody says that they paid, held against the range; only our result without it."""
    low, high = result.ranges["own_pay"]
    usual = result.outputs["own_pay"]
    zh = f"估计自付 {yuan(usual)} 元，范围 {yuan(low)} – {yuan(high)} 元"
    en = f"estimated own payment {yuan(usual)} yuan, range {yuan(low)} - {yuan(high)} yuan"
    if "own_paid" not in case.says:
        return CaseResult(case, zh, en, True, None)
    paid = read_fen(case.says["own_paid"], case.id)
    return CaseResult(case, zh, en, low <= paid <= high, usual == paid)


def _own_below(case: Case, result: Answer, bound: int) -> CaseResult:
    low, high = result.ranges["own_pay"]
    usual = result.outputs["own_pay"]
    guaranteed = result.guaranteed
    zh = f"估计自付 {yuan(usual)} 元，范围 {yuan(low)} – {yuan(high)} 元"
    en = f"estimated own payment {yuan(usual)} yuan, range {yuan(low)} - {yuan(high)} yuan"
    if guaranteed is not None:
        zh += f"，最多 {yuan(guaranteed)} 元"
        en += f", at most {yuan(guaranteed)} yuan"
    return CaseResult(case, zh, en, low < bound, usual < bound)


def _payers_at_most(case: Case, result: Answer) -> CaseResult:
    times = int(case.given.get("times", 1))
    paid = times * sum(amount for name, amount in result.outputs.items() if name != "own_pay")
    bound = read_fen(case.says["payers_at_most"], case.id)
    zh, en = f"共支付 {yuan(paid)} 元", f"payments of {yuan(paid)} yuan"
    return CaseResult(case, zh, en, paid == bound, paid == bound)


def _run_rule(policy: Policy, case: Case) -> CaseResult:
    given = case.given
    facts = {**case_facts(policy, given["facts"]), "kind": given["kind"]}
    amount = explain(policy, facts, given["date"]).results[given["rule"]]
    fits = amount == read_fen(case.says["amount"], case.id)
    return CaseResult(case, f"{yuan(amount)} 元", f"{yuan(amount)} yuan", fits, fits)


def _run_right(policy: Policy, case: Case) -> CaseResult:
    given = case.given
    wanted = [item for item in policy.entitlements if item.id == given["entitlement"]]
    if not wanted:
        raise BadValue(f"case {case.id}: no entitlement {given['entitlement']!r}")
    item = answer_entitlement(policy, wanted[0], case_facts(policy, given["facts"]), given["date"])
    outcome = item.outcome.value
    return CaseResult(case, _OUTCOME_ZH[outcome], outcome, outcome == case.expect, None)


_OUTCOME_ZH = {
    "granted": "给",
    "depends": "要看还不知道的情况",
    "undecidable": "原文判断不了",
    "not granted": "不给",
}
