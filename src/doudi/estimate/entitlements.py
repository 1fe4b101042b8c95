"""Everything the packs grant to a household, gacha, banner or league, beyond a single bill (X-01).

Each entitlement comes out as granted, not granted (with the condition that failed), depending on
facts nobody gave, or not decidable from the text; with what it is worth, the clauses, and where
to go. Amounts of different entitlements are never added up: some are rates, some bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from doudi.estimate.granted import (
    BillAnswer,
    Cited,
    HouseholdAnswer,
    Item,
    MemberAnswer,
    Outcome,
    Reason,
)
from doudi.estimate.household import Bill, Household, Member
from doudi.estimate.worth import worth_of
from doudi.money import yuan
from doudi.policies import policy as load_by_name
from doudi.policies import policy_names
from doudi.rules.clauses import Clause, ClauseBook
from doudi.rules.entitlements import (
    Condition,
    Entitlement,
    Recipient,
    Words,
)
from doudi.rules.errors import BadInput, NoVersionInForce
from doudi.rules.facts import Fact, Input, read_fact
from doudi.rules.policy import Policy
from doudi.rules.units import Unit

AnswerBill = Callable[[Mapping[str, Any], date], Any]
"""Answers one bill from its facts (money in fen) and date."""

ANYONE = "每名家庭成员"
"""The label of the person whom a household without listed members is answered for."""

_VALIDITY = "X-03"


def all_policies() -> tuple[Policy, ...]:
    """The packs that come with Doudi."""
    return tuple(load_by_name(name) for name in policy_names())


def answer_household(
    household: Household,
    policies: Sequence[Policy] | None = None,
    answer_bill: AnswerBill | None = None,
) -> HouseholdAnswer:
    """Everything that ``policies`` (all by default) grant to who asks.

    Facts of the household hold for its members too, unless a member's own differ. The family
    doctor's entitlements are listed for members of whom a doctor's fact is known. A bill is
    answered by ``answer_bill``, each on its own.
    """
    packs = tuple(policies) if policies is not None else all_policies()
    granted = [(pack, one) for pack in packs for one in pack.entitlements]
    doctors = {
        name
        for pack in packs
        for name, item in pack.inputs.items()
        if item.of == Recipient.DOCTOR.value
    }

    def items(to: Recipient, facts: Mapping[str, Fact]) -> tuple[Item, ...]:
        return tuple(
            answer_entitlement(pack, one, facts, household.day, household.place)
            for pack, one in granted
            if one.to is to
        )

    def member_answer(member: Member) -> MemberAnswer:
        facts = {**household.facts, **member.facts}
        found = items(Recipient.PERSON, facts)
        if doctors & set(facts):
            found += items(Recipient.DOCTOR, facts)
        bills = tuple(_answer_bill(bill, answer_bill) for bill in member.bills)
        return MemberAnswer(member.label, found, bills)

    members: tuple[Member, ...] = ()
    if household.kind is Recipient.HOUSEHOLD:
        members = household.members or (Member(ANYONE, {}, ()),)
    return HouseholdAnswer(
        household,
        packs,
        items(household.kind, household.facts),
        tuple(member_answer(member) for member in members),
    )


def _answer_bill(bill: Bill, answer_bill: AnswerBill | None) -> BillAnswer:
    if answer_bill is None:
        return BillAnswer(bill, None)
    try:
        return BillAnswer(bill, answer_bill(bill.facts, bill.day))
    except NoVersionInForce:
        words = Words(
            f"{bill.day} 没有生效的报销政策", f"no reimbursement policy is in force on {bill.day}"
        )
        return BillAnswer(bill, None, words)
    except BadInput as error:
        return BillAnswer(bill, None, Words(error.zh, str(error)))


# ---- One entitlement -----------------------------------------------------------------------------


def answer_entitlement(
    policy: Policy,
    entitlement: Entitlement,
    facts: Mapping[str, Fact],
    day: date,
    place: str = "",
) -> Item:
    """What becomes of one entitlement for these facts on that day at that place ("": unknown)."""
    outside = outside_scope(policy, entitlement, day, place)
    if outside is not None:
        return Item(
            policy,
            entitlement,
            Outcome.NOT_GRANTED,
            None,
            refused=(outside,),
            clauses=_cited(policy.clauses, (*entitlement.all_clauses, *outside.clauses)),
            in_scope=False,
        )
    known = {name: value for name, value in facts.items() if _can_have(policy, name, value)}
    failed = [
        item
        for item in entitlement.conditions
        if item.fact in known and not item.holds(known[item.fact])
    ]
    open_facts = [item.fact for item in entitlement.conditions if item.fact not in known]
    refused = [item for item in failed if item.undecided is None]
    undecided = [item for item in failed if item.undecided is not None]
    return Item(
        policy,
        entitlement,
        _outcome(refused, open_facts, undecided),
        worth_of(policy, entitlement, known, day),
        refused=tuple(_refusal(item, policy.inputs[item.fact], known) for item in refused),
        undecided=tuple(_undecided(item) for item in undecided),
        unknown=tuple(policy.inputs[name] for name in dict.fromkeys(open_facts)),
        clauses=_cited(policy.clauses, entitlement.all_clauses),
    )


def _outcome(
    refused: Sequence[Condition], open_facts: Sequence[str], undecided: Sequence[Condition]
) -> Outcome:
    """One failed condition refuses, whatever is still unknown; the text's silence comes last."""
    if refused:
        return Outcome.NOT_GRANTED
    if undecided:
        return Outcome.UNDECIDABLE
    return Outcome.DEPENDS if open_facts else Outcome.GRANTED


def _can_have(policy: Policy, name: str, value: Fact) -> bool:
    """Whether this pack declares the fact and knows the value (another pack may know more)."""
    if name not in policy.inputs:
        return False
    try:
        read_fact(policy.inputs[name], value)
    except BadInput:
        return False
    return True


def outside_scope(policy: Policy, entitlement: Entitlement, day: date, place: str) -> Reason | None:
    """Why the pack has nothing to say about that day or place, if so."""
    rank = policy.clauses.clauses[entitlement.clauses[0]].document.rank
    zh, en = _TEXTS.get(rank, _TEXTS["page"])
    if day > policy.valid_to:
        return Reason(
            Words(
                f"{zh}有效期至{policy.valid_to}，原文未说明由什么接替",
                f"{en} is valid until {policy.valid_to}; what replaced it is not stated",
            ),
            (_VALIDITY,),
        )
    if day < policy.valid_from:
        return Reason(
            Words(
                f"{zh}自{policy.valid_from}起有效，那一天还没有",
                f"{en} is valid from {policy.valid_from} and was not yet in force on that day",
            ),
            (_VALIDITY,),
        )
    area = entitlement.area
    if area is not None and place and not _overlaps(place, area.code):
        return Reason(
            Words(
                f"{zh}只讲{area.words.zh}（区划代码{area.code}开头）",
                f"{en} is about {area.words.en} only (area codes beginning with {area.code})",
            ),
            (),
        )
    return None


_TEXTS = {
    "page": ("该文件", "the text"),
    "plan": ("该计划", "the plan"),
    "article": ("该报道所讲的政策", "the policy that the article reports"),
    "instruction": ("该通知", "the notice"),
}


def _overlaps(place: str, area: str) -> bool:
    """Whether an area code lies in the area (or, when it is shorter, holds it)."""
    size = min(len(place), len(area))
    return place[:size] == area[:size]


def _refusal(condition: Condition, declared: Input, facts: Mapping[str, Fact]) -> Reason:
    told_zh, told_en = _told(declared, facts[condition.fact])
    return Reason(
        Words(
            f"不满足：{condition.words.zh}（所填：{declared.zh}＝{told_zh}）",
            f"fails: {condition.words.en} (given: {declared.en} = {told_en})",
        ),
        condition.clauses,
        condition.fact,
    )


def _told(declared: Input, value: Fact) -> tuple[str, str]:
    """A fact as people say it, in both languages."""
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if value in declared.options:
        return declared.options[value]
    if declared.unit is Unit.FEN and isinstance(value, int):
        return f"{yuan(value)}元", f"{yuan(value)} yuan"
    return str(value), str(value)


def _undecided(condition: Condition) -> Reason:
    return Reason(condition.undecided or condition.words, condition.clauses, condition.fact)


def _cited(book: ClauseBook, ids: Iterable[str]) -> tuple[Cited, ...]:
    return tuple(_cite(book.clauses[one]) for one in dict.fromkeys(ids) if one in book.clauses)


def _cite(clause: Clause) -> Cited:
    document = clause.document
    return Cited(
        clause.id,
        clause.zh,
        clause.en,
        clause.locator,
        document.rank,
        document.zh,
        document.en,
    )
