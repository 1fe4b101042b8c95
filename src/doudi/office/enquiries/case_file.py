"""A dispute as a case file that the tests of a pack can run.

A bill becomes a case of the shape of ``policies/*/cases``: what was asked, and what the person
says that they paid. Of a household the case is about the one entitlement that is in dispute.
Where neither can be told there is no case, only the household file that
``doudi estimate --household`` reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from doudi.estimate.asking import BillResult, Guide, HouseholdResult, Result
from doudi.estimate.asking.bill_turns import OWN_SO_FAR, opening_of
from doudi.estimate.asking.result import household_of
from doudi.estimate.household import Household
from doudi.money import yuan
from doudi.office.enquiries.models import Dispute
from doudi.rules.facts import Fact
from doudi.rules.policy import Policy
from doudi.rules.units import Unit

_HEAD = (
    "# 由公众提出的异议下载，不含任何人的身份。expect 写的是提出人的说法，核实后再改。\n"
    "# Downloaded from a dispute of the public; names nobody. expect states what they say.\n"
)


def case_file(guide: Guide, dispute: Dispute) -> str:
    """The dispute as YAML."""
    result = guide.result(dispute.replies)
    if isinstance(result, BillResult):
        return _HEAD + _dumped(_bill_case(dispute, result))
    if isinstance(result, HouseholdResult) and dispute.entitlement:
        return _HEAD + _dumped(_right_case(guide, dispute, result))
    day = guide.day(dispute.replies)
    return _HEAD + _dumped(
        household_file(household_of(guide, dispute.replies, day), guide.policies)
    )


def policy_version(guide: Guide, result: Result) -> str:
    """Which versions gave an answer, to be filed with a dispute."""
    packs = guide.policies if isinstance(result, HouseholdResult) else (guide.bill_policy,)
    return " ".join(f"{pack.name}@{pack.version}" for pack in packs)[:60]


def _bill_case(dispute: Dispute, result: BillResult) -> dict[str, Any]:
    explanation = result.answer.explanation
    policy = explanation.policy
    clauses = {one for step in explanation.steps for one in step.rule.card.clauses}
    case = _head(dispute, policy, clauses)
    paid = dispute.replies.get(OWN_SO_FAR)
    case["claim"] = {
        "date": explanation.day,
        "facts": _noted(policy, result.answer.question.given),
        **({"opening": _in_yuan(opening_of(policy, paid))} if paid else {}),
    }
    says = {"zh": dispute.get_wrong_display(), "en": f"the answer is wrong: {dispute.wrong}"}
    if dispute.own_paid is not None:
        says["own_paid"] = f"{yuan(dispute.own_paid).replace(',', '')} yuan"
    case["says"] = says
    case["expect"] = "within the range"
    return case


def _right_case(guide: Guide, dispute: Dispute, result: HouseholdResult) -> dict[str, Any]:
    pack, entitlement = next(
        (pack, one)
        for pack in guide.policies
        for one in pack.entitlements
        if one.id == dispute.entitlement
    )
    case = _head(dispute, pack, entitlement.all_clauses)
    household = result.answer.household
    facts: dict[str, Fact] = dict(household.facts)
    for member in household.members[:1]:
        facts |= member.facts
    known = {name: fact for name, fact in facts.items() if name in pack.inputs}
    case["right"] = {
        "date": household.day,
        "entitlement": entitlement.id,
        "facts": _noted(pack, known),
    }
    case["says"] = {
        "zh": dispute.get_wrong_display(),
        "en": f"the answer is wrong: {dispute.wrong}",
    }
    case["expect"] = "granted" if dispute.wrong == Dispute.Wrong.REFUSED else "not granted"
    return case


def _head(dispute: Dispute, policy: Policy, clauses: Iterable[str]) -> dict[str, Any]:
    cited = [name for name in policy.clauses.clauses if name in set(clauses)]
    lines = sorted({line for name in cited for line in policy.clauses.clauses[name].lines})
    return {
        "id": f"D-{dispute.public_id}",
        "clauses": cited,
        "lines": lines,
        "zh": dispute.text or "公众认为这个结果不对，没有写原因。",
        "en": f"Filed by the public on {dispute.filed_at:%Y-%m-%d}: {dispute.wrong}.",
    }


def _noted(policy: Policy, facts: Any) -> dict[str, Any]:
    """Facts in the notation of a pack: amounts of money as ``12000 yuan``."""
    return {
        name: f"{yuan(fact).replace(',', '')} yuan" if _is_money(policy, name) else fact
        for name, fact in facts.items()
    }


def _is_money(policy: Policy, name: str) -> bool:
    return policy.inputs[name].unit is Unit.FEN


def _in_yuan(totals: dict[str, int]) -> dict[str, str]:
    return {name: f"{yuan(total).replace(',', '')} yuan" for name, total in totals.items()}


def household_file(household: Household, policies: Iterable[Policy]) -> dict[str, Any]:
    """A household as the file that `doudi.estimate.household_file` reads; amounts in yuan."""
    money = {
        name for policy in policies for name, item in policy.inputs.items() if item.unit is Unit.FEN
    }

    def noted(facts: Any) -> dict[str, Any]:
        return {
            name: yuan(fact).replace(",", "") if name in money else fact
            for name, fact in facts.items()
        }

    return {
        "date": household.day,
        "kind": household.kind.value,
        **({"place": household.place} if household.place else {}),
        "facts": noted(household.facts),
        **(
            {
                "members": [
                    {"label": member.label, "facts": noted(member.facts)}
                    for member in household.members
                ]
            }
            if household.members
            else {}
        ),
    }


def _dumped(data: dict[str, Any]) -> str:
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
