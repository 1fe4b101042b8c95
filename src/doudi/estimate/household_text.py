"""The answer to a household as text for people, in Chinese or English.

Every phrase stands here in both languages side by side, as a (zh, en) pair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from doudi.estimate.entitlements import ANYONE
from doudi.estimate.granted import (
    BillAnswer,
    Cited,
    Form,
    HouseholdAnswer,
    Item,
    MemberAnswer,
    Outcome,
    RestsOn,
    Worth,
)
from doudi.money import percent, yuan
from doudi.rules.entitlements import Recipient, Words
from doudi.rules.facts import Input
from doudi.rules.policy import KIND, Policy

Language = Literal["zh", "en"]
Pair = tuple[str, str]

_TITLE: Pair = ("能得到什么", "What is granted")
_WHOLE: Mapping[Recipient, Pair] = {
    Recipient.HOUSEHOLD: ("全家", "The household"),
    Recipient.GACHA: ("嘎查村", "The gacha"),
    Recipient.BANNER: ("旗县", "The banner"),
    Recipient.LEAGUE: ("盟市", "The league"),
}
_GRANTED: Pair = ("能给的", "Granted")
_DEPENDS: Pair = ("要看情况的", "It depends")
_NOT_GRANTED: Pair = ("不能给的和原因", "Not granted, and why")
_BILLS: Pair = ("账单", "Bills")
_NOTHING: Pair = ("（三篇文字没有给的）", "(nothing in the texts)")
_CLAUSES: Pair = (
    "依据（我们的概述；L后是原网页行号）",
    "Clauses (our summary; L is the line of the source page)",
)
_FIND_OUT: Pair = ("要弄清", "find out")
_UNDECIDABLE: Pair = ("原文判断不了", "the text does not decide")
_WHERE: Pair = ("去哪里", "where")
_BRING: Pair = ("带什么", "bring")
_IF_GRANTED: Pair = ("符合条件时", "if granted")
_ADVICE: Pair = (
    "“去哪里、带什么”是办事提示，原文大多没写，去之前先打电话问。金额不能相加：有的是比例，有的是上限。",
    "Where to go and what to bring is advice that the texts mostly lack; ask first. "
    "Do not add amounts up: some are rates, some are bounds.",
)
_RANKS: Mapping[str, Pair] = {
    "article": ("报道，不是法规", "an article, not law"),
    "plan": ("规划", "a plan"),
    "instruction": ("通知", "a notice"),
    "page": ("网页", "the page"),
}
_EACH_BILL_ALONE: Pair = (
    "每张账单单独估算，没有算入同一年的其他账单。",
    "Each bill is estimated on its own, without the year's other bills.",
)
_PAYERS: Mapping[str, Pair] = {
    "basic": ("基本医保", "basic insurance"),
    "critical": ("大病保险", "critical-illness insurance"),
    "commercial": ("商业补充保险", "supplementary insurance"),
    "assistance": ("医疗救助", "medical assistance"),
    "backstop": ("政府兜底", "government backstop"),
}


def render_household(answer: HouseholdAnswer, language: Language = "zh") -> str:
    """The whole answer as text, ending in a line break."""
    return "\n".join(_Text(language).household(answer)) + "\n"


def render_fen(fen: int, language: Language = "zh") -> str:
    """An amount for people: ``12,000元``, with decimals only where there are any."""
    return f"{yuan(fen)}元" if language == "zh" else f"{yuan(fen)} yuan"


def render_worth(worth: Worth, inputs: Mapping[str, Input], language: Language = "zh") -> str:
    """The worth of an entitlement in a few words."""
    return _Text(language).worth(worth, inputs)


def render_amount(item: Item, language: Language = "zh") -> str:
    """What an entitlement is worth, of what, and on what that rests."""
    return _Text(language).amount(item)


class _Text:
    """One language's view of an answer; every method gives lines or a part of one."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, pair: Pair) -> str:
        return pair[0] if self.language == "zh" else pair[1]

    def words(self, words: Words) -> str:
        return words.zh if self.language == "zh" else words.en

    def name(self, item: Input | Policy) -> str:
        return item.zh if self.language == "zh" else item.en

    def listed(self, parts: Iterable[str]) -> str:
        return self.say(("；", "; ")).join(parts)

    def headed(self, head: Pair, text: str) -> str:
        return f"{self.say(head)}{self.say(('：', ': '))}{text}"

    def bracketed(self, text: str) -> str:
        return self.say((f"（{text}）", f" ({text})"))

    def household(self, answer: HouseholdAnswer) -> list[str]:
        asked = answer.household
        whole = self.say(_WHOLE[asked.kind])
        head = [whole, asked.day.isoformat(), *([asked.place] if asked.place else [])]
        lines = [f"{self.say(_TITLE)} · {' · '.join(head)}", ""]
        if answer.items:
            lines += [f"【{whole}】", *self.items(answer.items), ""]
        for member in answer.members:
            lines += [*self.member(member), ""]
        if not answer.all_items:
            lines += [self.say(_NOTHING), ""]
        cited = _each_once(answer.all_items)
        if cited:
            lines += [self.say(_CLAUSES), *(self.clause(one) for one in cited), ""]
        return [*lines, self.say(_ADVICE)]

    def member(self, member: MemberAnswer) -> list[str]:
        label = self.say((member.label, "each member")) if member.label == ANYONE else member.label
        lines = [f"【{label}】", *self.items(member.items)]
        if member.bills:
            lines.append(f"  {self.say(_BILLS)}")
            for bill in member.bills:
                lines += [f"    {line}" for line in self.bill(bill, member.items)]
            if len(member.bills) > 1:
                lines.append(f"    {self.say(_EACH_BILL_ALONE)}")
        return lines

    def items(self, items: Sequence[Item]) -> list[str]:
        granted = [item for item in items if item.outcome is Outcome.GRANTED]
        depends = [item for item in items if item.outcome in (Outcome.DEPENDS, Outcome.UNDECIDABLE)]
        refused = [item for item in items if item.outcome is Outcome.NOT_GRANTED and item.in_scope]
        lines: list[str] = []
        if granted:
            lines.append(f"  {self.say(_GRANTED)}")
            for number, item in enumerate(granted, start=1):
                lines += self.granted(number, item)
        if depends:
            lines.append(f"  {self.say(_DEPENDS)}")
            for number, item in enumerate(depends, start=1):
                lines += self.depending(number, item)
        outside = self.outside([item for item in items if not item.in_scope])
        if refused or outside:
            lines.append(f"  {self.say(_NOT_GRANTED)}")
            lines += [*self.refused(refused), *outside]
        return lines or [f"  {self.say(_NOTHING)}"]

    def titled(self, item: Item, text: str) -> str:
        return f"{self.words(item.entitlement.words)}{self.say(('：', ': '))}{text}"

    def granted(self, number: int, item: Item) -> list[str]:
        return [
            f"    {number}. {self.titled(item, self.amount(item))} {_ids(item)}",
            *self.directions(item),
        ]

    def depending(self, number: int, item: Item) -> list[str]:
        amount = self.headed(_IF_GRANTED, self.amount(item))
        lines = [f"    {number}. {self.titled(item, amount)} {_ids(item)}"]
        open_facts = {one.name for one in item.unknown}
        wanted = [
            self.words(condition.words)
            for condition in item.entitlement.conditions
            if condition.fact in open_facts
        ]
        if wanted:
            lines.append(f"       {self.headed(_FIND_OUT, self.listed(wanted))}")
        lines += [
            f"       {self.headed(_UNDECIDABLE, self.words(reason.words))}"
            for reason in item.undecided
        ]
        return [*lines, *self.directions(item)]

    def directions(self, item: Item) -> list[str]:
        entitlement = item.entitlement
        parts = [self.headed(_WHERE, self.words(entitlement.where))]
        if entitlement.bring is not None:
            parts.append(self.headed(_BRING, self.words(entitlement.bring)))
        return [f"       {self.listed(parts)}"]

    def refused(self, items: Sequence[Item]) -> list[str]:
        """Each reason once, and under it what it takes away."""
        groups: dict[str, list[str]] = {}
        for item in items:
            reasons = self.listed(self.words(reason.words) for reason in item.refused)
            clauses = {one for reason in item.refused for one in reason.clauses}
            group = groups.setdefault(f"{reasons} {_places(item, clauses)}", [])
            title = self.words(item.entitlement.words)
            group.append(f"{title} {_places(item, item.entitlement.clauses)}")
        return [
            line
            for reason, titles in groups.items()
            for line in (f"    - {reason}", *(f"        {title}" for title in titles))
        ]

    def outside(self, items: Sequence[Item]) -> list[str]:
        """What a pack would grant on another day or elsewhere: one line for each such reason."""
        groups: dict[tuple[str, str], list[str]] = {}
        for item in items:
            reason = self.listed(self.words(one.words) for one in item.refused)
            group = groups.setdefault((self.name(item.policy), reason), [])
            group.append(self.words(item.entitlement.words))
        return [
            f"    - {name}{self.say(('：', ': '))}{reason}{self.say(('。涉及：', '. Concerns: '))}"
            + self.listed(titles)
            for (name, reason), titles in groups.items()
        ]

    def amount(self, item: Item) -> str:
        if item.worth is None:
            return "—"
        text = self.worth(item.worth, item.policy.inputs)
        per = item.entitlement.per
        if per is not None:
            text += self.say(("，", ", ")) + self.words(per)
        notes = [self.rests_on(rest) for rest in item.worth.rests_on]
        notes += [
            self.say(("按", "taking ")) + f"{self.name(item.policy.inputs[name])} = {value}"
            for name, value in item.worth.assumed
        ]
        return text + (self.bracketed(self.listed(notes)) if notes else "")

    def rests_on(self, rest: RestsOn) -> str:
        from_zh = "出处" if rest.status.sure else rest.status.zh
        from_en = "source" if rest.status.sure else rest.status.value
        return self.say(
            (
                f"{rest.words.zh}不在原文中，{from_zh}：{rest.basis.zh}",
                f"{rest.words.en} is not on the source page; {from_en}: {rest.basis.en}",
            )
        )

    def worth(self, worth: Worth, inputs: Mapping[str, Input]) -> str:
        low = "" if worth.low is None else self.number(worth.low, worth.unit)
        high = "" if worth.high is None else self.number(worth.high, worth.unit)
        needs = self.listed(self.name(inputs[name]) for name in worth.needs if name in inputs)
        texts: dict[Form, Pair] = {
            Form.EXACT: (low, low),
            Form.RANGE: (f"{low}至{high}", f"{low} to {high}"),
            Form.AT_LEAST: (f"至少{low}", f"at least {low}"),
            Form.AT_MOST: (f"最多{high}", f"at most {high}"),
            Form.NOT_STATED: ("原文没写数额", "amount not stated"),
            Form.RIGHT: ("有这项权利（不是一笔钱）", "a right, not a sum of money"),
            Form.OPEN: (f"数额要看：{needs}", f"amount depends on: {needs}"),
        }
        return self.say(texts[worth.form])

    def number(self, value: int, unit: str) -> str:
        if unit == "fen":
            return render_fen(value, self.language)
        if unit == "rate":
            return percent(value)
        if unit == "days":
            return self.say((f"{value:,}天", f"{value:,} days"))
        return f"{value:,}"

    def clause(self, cited: Cited) -> str:
        rank = self.say(_RANKS.get(cited.rank, (cited.rank, cited.rank)))
        summary = cited.zh if self.language == "zh" else cited.en
        return f"  {cited.id} {cited.locator}{self.bracketed(rank)} {summary}"

    # -- bills --

    def bill(self, bill: BillAnswer, items: Sequence[Item]) -> list[str]:
        total = bill.bill.facts.get("bill")
        amount = render_fen(total, self.language) if isinstance(total, int) else ""
        kind = self.kind(bill.bill.facts.get(KIND), items)
        head = f"{bill.bill.day.isoformat()} {kind} {amount}".rstrip()
        if bill.refused is not None:
            return [f"{head}{self.say(('：', ': '))}{self.words(bill.refused)}"]
        to_dict = getattr(bill.answer, "to_dict", None)
        data = to_dict() if callable(to_dict) else bill.answer
        if not isinstance(data, Mapping):
            return [head]
        return [head, *(f"  {line}" for line in self.bill_amounts(data))]

    def kind(self, kind: object, items: Sequence[Item]) -> str:
        """The kind of care as the pack that knows it calls it."""
        for item in items:
            if KIND in item.policy.inputs and kind in item.policy.kinds:
                return self.say(item.policy.kinds[kind])  # type: ignore[index]
        return str(kind)

    def bill_amounts(self, data: Mapping[str, Any]) -> list[str]:
        """The guaranteed amount first, then the estimate and its range, then the payers."""
        lines = []
        guaranteed = data.get("guaranteed_own_fen")
        if isinstance(guaranteed, int):
            text = render_fen(guaranteed, self.language)
            lines.append(self.say((f"自付保证不超过{text}", f"you pay at most {text}, guaranteed")))
        own = data.get("own_fen")
        if isinstance(own, int):
            lines.append(self.say(("估计自付", "estimated own part ")) + self.estimate(own, data))
        payers = data.get("payers")
        if isinstance(payers, Mapping):
            paid = [
                f"{self.say(_PAYERS.get(name, (name, name)))} {render_fen(fen, self.language)}"
                for name, fen in payers.items()
                if isinstance(fen, int) and fen
            ]
            if paid:
                lines.append(self.listed(paid))
        return lines

    def estimate(self, own: int, data: Mapping[str, Any]) -> str:
        text = render_fen(own, self.language)
        bounds = (data.get("range") or {}).get("own_fen")
        if not isinstance(bounds, Sequence) or bounds[0] == bounds[-1]:
            return text
        low, high = (render_fen(bound, self.language) for bound in (bounds[0], bounds[-1]))
        return text + self.bracketed(self.say((f"{low}至{high}", f"{low} to {high}")))


def _ids(item: Item) -> str:
    """Its own clauses, and those that leave it open; all others stand at the end of the text."""
    turns_on = {one.name for one in item.unknown} | {reason.fact for reason in item.undecided}
    of_conditions = {
        one
        for condition in item.entitlement.conditions
        if condition.fact in turns_on
        for one in condition.clauses
    }
    return _places(item, of_conditions.union(item.entitlement.clauses))


def _places(item: Item, ids: Collection[str]) -> str:
    """Clauses of the item with their lines: ``[H-60 L89]``."""
    places = [f"{one.id} {one.locator.replace(',', '')}" for one in item.clauses if one.id in ids]
    return "[" + ", ".join(places) + "]"


def _each_once(items: Iterable[Item]) -> list[Cited]:
    found = {cited.id: cited for item in items if item.in_scope for cited in item.clauses}
    # The validity of the packs is stated once, where any is out of force.
    found |= {
        cited.id: cited
        for item in items
        if not item.in_scope
        for cited in item.clauses
        if cited.id not in item.entitlement.all_clauses
    }
    return sorted(found.values(), key=lambda cited: (cited.id[0], cited.id))
