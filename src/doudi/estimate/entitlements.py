"""Everything the packs grant to a household, gacha, banner or league, beyond a single bill (X-01).

Each entitlement comes out as granted, not granted (with the condition that failed), depending on
facts nobody gave, or not decidable from the text; with what it is worth, the clauses, and where
to go. Amounts of different entitlements are never added up: some are rates, some bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import product
from math import prod
from typing import Any

from doudi.estimate.household import Bill, Household, Member
from doudi.money import yuan
from doudi.policies import policy as load_by_name
from doudi.policies import policy_names
from doudi.rules.clauses import Clause, ClauseBook
from doudi.rules.entitlements import (
    AmountForm,
    AmountSource,
    Condition,
    Entitlement,
    Recipient,
    Words,
)
from doudi.rules.errors import BadInput, NoVersionInForce
from doudi.rules.explain import explain
from doudi.rules.facts import Fact, Input, read_fact
from doudi.rules.graph import Rule
from doudi.rules.parameters import Parameter, Status, Value
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit

SCHEMA = "doudi-household-1"

AnswerBill = Callable[[Mapping[str, Any], date], Any]
"""Answers one bill from its facts (money in fen) and date."""

MOST_CASES = 4096
"""Above so many combinations of unknowns an amount is called open rather than tried."""

ANYONE = "每名家庭成员"
"""The label of the person whom a household without listed members is answered for."""

_VALIDITY = "X-03"


class Outcome(Enum):
    """What became of one entitlement."""

    GRANTED = "granted"
    DEPENDS = "depends"
    UNDECIDABLE = "undecidable"
    NOT_GRANTED = "not granted"


class Form(Enum):
    """How an amount is known."""

    EXACT = "exact"
    RANGE = "range"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    NOT_STATED = "not stated"
    RIGHT = "right"
    OPEN = "open"


@dataclass(frozen=True)
class Cited:
    """A clause behind an answer: our summary, where it stands, and the rank of its document."""

    id: str
    zh: str
    en: str
    locator: str
    rank: str
    document_zh: str
    document_en: str

    def to_dict(self) -> dict[str, Any]:
        """The clause as plain data."""
        return {
            "id": self.id,
            "zh": self.zh,
            "en": self.en,
            "locator": self.locator,
            "rank": self.rank,
            "document": {"zh": self.document_zh, "en": self.document_en},
        }


@dataclass(frozen=True)
class Reason:
    """Why an entitlement is refused or undecided, with the fact it turns on if there is one."""

    words: Words
    clauses: tuple[str, ...]
    fact: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The reason as plain data."""
        return {
            "fact": self.fact or None,
            "zh": self.words.zh,
            "en": self.words.en,
            "clauses": list(self.clauses),
        }


@dataclass(frozen=True)
class RestsOn:
    """A value behind an amount that no clause of the page states."""

    name: str
    status: Status
    words: Words
    basis: Words

    def to_dict(self) -> dict[str, Any]:
        """The value's name and standing as plain data."""
        return {
            "name": self.name,
            "status": self.status.value,
            "zh": self.words.zh,
            "en": self.words.en,
            "basis": _pair(self.basis),
        }


@dataclass(frozen=True)
class Worth:
    """What an entitlement is worth where it is granted.

    ``unit`` is fen, rate (basis points), count or days. ``low`` and ``high`` are equal for an
    exact amount; a bound has only one of them. ``needs`` are the facts without which nothing can
    be said about the amount (form open); ``assumed`` are those taken as their pack says, because
    nobody gave them.
    """

    form: Form
    unit: str = ""
    low: int | None = None
    high: int | None = None
    needs: tuple[str, ...] = ()
    assumed: tuple[tuple[str, Fact], ...] = ()
    rests_on: tuple[RestsOn, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The worth as plain data; money under names ending in ``_fen``, rates in ``_bp``."""
        suffix = {"fen": "_fen", "rate": "_bp"}.get(self.unit, "")
        data: dict[str, Any] = {"form": self.form.value, "unit": self.unit or None}
        if self.form is Form.EXACT:
            data[f"value{suffix}"] = self.low
        else:
            if self.low is not None:
                data[f"low{suffix}"] = self.low
            if self.high is not None:
                data[f"high{suffix}"] = self.high
        if self.needs:
            data["needs"] = list(self.needs)
        if self.assumed:
            data["assumed"] = dict(self.assumed)
        data["rests_on"] = [one.to_dict() for one in self.rests_on]
        return data


@dataclass(frozen=True)
class Item:
    """One entitlement as it came out for one recipient.

    ``worth`` is what it is worth *where it is granted*; ``outcome`` says whether it is. It is
    None where the pack is not in force or is about another area. ``unknown`` are the inputs
    whose value decides.
    """

    policy: Policy
    entitlement: Entitlement
    outcome: Outcome
    worth: Worth | None
    refused: tuple[Reason, ...] = ()
    undecided: tuple[Reason, ...] = ()
    unknown: tuple[Input, ...] = ()
    clauses: tuple[Cited, ...] = ()
    in_scope: bool = True

    def to_dict(self) -> dict[str, Any]:
        """The item as plain data. ``amount`` is there only when granted, so that nobody adds up
        what is not; otherwise the worth stands under ``amount_if_granted``."""
        entitlement = self.entitlement
        worth = self.worth.to_dict() if self.worth is not None else None
        granted = self.outcome is Outcome.GRANTED
        return {
            "id": entitlement.id,
            "policy": self.policy.name,
            "zh": entitlement.words.zh,
            "en": entitlement.words.en,
            "to": entitlement.to.value,
            "status": self.outcome.value,
            "amount" if granted else "amount_if_granted": worth,
            "per": _pair(entitlement.per),
            "refused": [reason.to_dict() for reason in self.refused],
            "undecided": [reason.to_dict() for reason in self.undecided],
            "unknown": [{"fact": one.name, "zh": one.zh, "en": one.en} for one in self.unknown],
            "where": _pair(entitlement.where),
            "bring": _pair(entitlement.bring),
            "clauses": [cited.to_dict() for cited in self.clauses],
        }


@dataclass(frozen=True)
class BillAnswer:
    """The answer to one bill, as the one who answers bills gave it, or why there is none."""

    bill: Bill
    answer: Any
    refused: Words | None = None

    def to_dict(self) -> dict[str, Any]:
        """The bill with its answer as plain data."""
        to_dict = getattr(self.answer, "to_dict", None)
        return {
            "date": self.bill.day.isoformat(),
            "kind": self.bill.facts.get(KIND),
            "bill_fen": self.bill.facts.get("bill"),
            "answer": to_dict() if callable(to_dict) else self.answer,
            "refused": _pair(self.refused),
        }


@dataclass(frozen=True)
class MemberAnswer:
    """Everything for one person of the household."""

    label: str
    items: tuple[Item, ...]
    bills: tuple[BillAnswer, ...]

    def to_dict(self) -> dict[str, Any]:
        """The person's answer as plain data."""
        return {
            "label": self.label,
            "entitlements": [item.to_dict() for item in self.items],
            "bills": [bill.to_dict() for bill in self.bills],
        }


@dataclass(frozen=True)
class HouseholdAnswer:
    """Everything the packs grant to who asks: ``items`` of the whole, ``members`` one by one."""

    household: Household
    policies: tuple[Policy, ...]
    items: tuple[Item, ...]
    members: tuple[MemberAnswer, ...]

    @property
    def all_items(self) -> tuple[Item, ...]:
        """The items of the whole and of every member."""
        return (*self.items, *(item for member in self.members for item in member.items))

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data for JSON; ``schema`` names its shape."""
        return {
            "schema": SCHEMA,
            "date": self.household.day.isoformat(),
            "kind": self.household.kind.value,
            "place": self.household.place or None,
            "policies": [
                {
                    "name": policy.name,
                    "version": policy.version,
                    "valid_from": policy.valid_from.isoformat(),
                    "valid_to": policy.valid_to.isoformat(),
                    "in_force": policy.valid_from <= self.household.day <= policy.valid_to,
                }
                for policy in self.policies
            ],
            "entitlements": [item.to_dict() for item in self.items],
            "members": [member.to_dict() for member in self.members],
        }


def _pair(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}


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
    outside = _outside_scope(policy, entitlement, day, place)
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
        _worth(policy, entitlement, known, day),
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


def _outside_scope(
    policy: Policy, entitlement: Entitlement, day: date, place: str
) -> Reason | None:
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


# ---- What it is worth ----------------------------------------------------------------------------

_BOUND_FORMS = {AmountForm.AT_LEAST: Form.AT_LEAST, AmountForm.AT_MOST: Form.AT_MOST}


def _worth(policy: Policy, entitlement: Entitlement, facts: Mapping[str, Fact], day: date) -> Worth:
    """What the entitlement is worth when its conditions hold."""
    source = entitlement.amount
    if source.form is AmountForm.RIGHT:
        return Worth(Form.RIGHT)
    if source.form is AmountForm.NOT_STATED:
        return Worth(Form.NOT_STATED)
    if source.form is AmountForm.RULE:
        return _worth_by_rule(policy, entitlement, facts, day)
    return _worth_of_parameter(policy.parameters[source.name], source, day)


def _worth_of_parameter(parameter: Parameter, source: AmountSource, day: date) -> Worth:
    try:
        value = parameter.on(day)
    except NoVersionInForce:
        return Worth(Form.NOT_STATED, parameter.unit)
    rests_on = _rests_on(parameter, value)
    if not isinstance(value.value, int):
        return Worth(Form.NOT_STATED, parameter.unit, rests_on=rests_on)
    low = value.low if isinstance(value.low, int) else value.value
    high = value.high if isinstance(value.high, int) else value.value
    form = _BOUND_FORMS.get(source.form)
    if form is Form.AT_LEAST:
        return Worth(form, parameter.unit, low=low, rests_on=rests_on)
    if form is Form.AT_MOST:
        return Worth(form, parameter.unit, high=high, rests_on=rests_on)
    return _between(low, high, parameter.unit, rests_on)


def _between(low: int, high: int, unit: str, rests_on: tuple[RestsOn, ...]) -> Worth:
    form = Form.EXACT if low == high else Form.RANGE
    return Worth(form, unit, low, high, rests_on=rests_on)


def _rests_on(parameter: Parameter, value: Value) -> tuple[RestsOn, ...]:
    """The value, where a reader of the page would look for it in vain."""
    if value.status is Status.NOT_STATED or (value.status.sure and value.clauses):
        return ()
    words = Words(parameter.zh, parameter.en)
    return (
        RestsOn(
            parameter.name,
            value.status,
            words,
            Words(value.basis or value.document, value.basis_en or value.document),
        ),
    )


def _worth_by_rule(
    policy: Policy, entitlement: Entitlement, facts: Mapping[str, Fact], day: date
) -> Worth:
    """The least and most that the rule gives over all that is open.

    A fact that fails a condition counts as open too: the question is what the entitlement is
    worth where it is granted. An open amount or number has no end, so it is what its pack says an
    estimate takes for it, or nothing is said.
    """
    source = entitlement.amount
    rules = policy.era_on(day).graph.needed_for(source.kind, [source.name])
    if not rules:
        # A rule with dates of its own: on that day the pack computes nothing.
        return Worth(Form.NOT_STATED)
    choices, assumed, needs = _choices(policy, entitlement, rules, facts)
    ranged = _ranged(policy, rules, day)
    unit = next(rule.signature.returns.value for rule in rules if rule.name == source.name)
    if needs or prod(map(len, choices.values())) * 2 ** len(ranged) > MOST_CASES:
        return Worth(Form.OPEN, unit, needs=needs or tuple(choices))
    others = _others(policy, source.kind, rules, day)
    amounts: list[int] = []
    rests_on: dict[str, RestsOn] = {}
    for variant in _variants(policy, ranged, day):
        for picked in product(*choices.values()):
            case = {**others, KIND: source.kind, **dict(zip(choices, picked, strict=True))}
            explained = explain(variant, case, day)
            amounts.append(int(explained.results[source.name]))
            for step in explained.steps:
                if step.rule in rules:
                    for name in step.rests_on:
                        _note(policy, name, day, rests_on)
    worth = _between(min(amounts), max(amounts), unit, tuple(rests_on.values()))
    return replace(worth, assumed=assumed)


def _note(policy: Policy, name: str, day: date, found: dict[str, RestsOn]) -> None:
    if name in policy.parameters and name not in found:
        for one in _rests_on(policy.parameters[name], policy.value_on(name, day)):
            found[name] = one


def _asked(policy: Policy, rules: Iterable[Rule]) -> list[str]:
    """The inputs that the rules read, themselves or to choose within a family of parameters."""
    names = []
    for rule in rules:
        for argument in rule.signature.arguments:
            family = policy.families.get(argument)
            name = family.index if family is not None else argument
            if name in policy.inputs and name != KIND:
                names.append(name)
    return list(dict.fromkeys(names))


_Choices = dict[str, tuple[Fact, ...]]


def _choices(
    policy: Policy, entitlement: Entitlement, rules: Sequence[Rule], facts: Mapping[str, Fact]
) -> tuple[_Choices, tuple[tuple[str, Fact], ...], tuple[str, ...]]:
    """The values to try for each input of the rules; those assumed; those without an end."""
    choices: _Choices = {}
    assumed: list[tuple[str, Fact]] = []
    needs = []
    for name in _asked(policy, rules):
        conditions = [item for item in entitlement.conditions if item.fact == name]
        if name in facts and all(item.holds(facts[name]) for item in conditions):
            choices[name] = (facts[name],)
            continue
        declared = policy.inputs[name]
        guess = declared.if_unknown.value if declared.if_unknown is not None else None
        options = _options(declared)
        if not options and name not in facts and guess is not None:
            options = (guess,)
            assumed.append((name, guess))
        fitting = tuple(one for one in options if all(item.holds(one) for item in conditions))
        if fitting:
            choices[name] = fitting
        else:
            needs.append(name)
    return choices, tuple(assumed), tuple(needs)


def _options(declared: Input) -> tuple[Fact, ...]:
    if declared.unit is Unit.FLAG:
        return (False, True)
    return tuple(declared.options)


def _others(policy: Policy, kind: str, rules: Sequence[Rule], day: date) -> dict[str, Fact]:
    """Any value for the inputs that only other rules of the kind read: the amount ignores them."""
    graph = policy.era_on(day).graph
    wanted = _asked(policy, graph.for_kind(kind))
    needed = set(_asked(policy, rules))
    return {
        name: next(iter(_options(policy.inputs[name])), 0) for name in wanted if name not in needed
    }


def _ranged(policy: Policy, rules: Sequence[Rule], day: date) -> list[str]:
    """The parameters behind the rules whose value is only known within a range."""
    names = {
        member
        for rule in rules
        for argument in rule.signature.arguments
        for member in policy.members(argument)
    }
    values = policy.era_on(day).values
    return sorted(name for name in names if name in values and values[name].low is not None)


def _variants(policy: Policy, ranged: Sequence[str], day: date) -> Iterator[Policy]:
    """The pack as it is, and with every combination of the ends of its unsure values."""
    yield policy
    if not ranged:
        return
    for ends in product((False, True), repeat=len(ranged)):
        moved = {
            name: _moved(policy.parameters[name], day, high=high)
            for name, high in zip(ranged, ends, strict=True)
        }
        yield policy.with_parameters(moved, "range")


def _moved(parameter: Parameter, day: date, *, high: bool) -> Parameter:
    value = parameter.on(day)
    end = value.high if high else value.low
    only = Value(value.valid_from, value.valid_to, end, value.status, value.clauses)
    return Parameter(
        parameter.name, parameter.zh, parameter.en, parameter.unit, (only,), parameter.clauses
    )
