"""What comes out at the end of the questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from doudi.estimate.answer import Answer, answer
from doudi.estimate.asking import structure
from doudi.estimate.asking.bill_turns import OWN_SO_FAR, limit_of, opening_of, turns_bill
from doudi.estimate.asking.question import Replies
from doudi.estimate.corners import Narrowing
from doudi.estimate.entitlements import answer_household
from doudi.estimate.granted import HouseholdAnswer, Item
from doudi.estimate.household import Household, Member
from doudi.estimate.spread import spread
from doudi.estimate.unknowns import ask
from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.entitlements import Recipient
from doudi.rules.facts import Fact
from doudi.rules.graph import TO_DATE
from doudi.rules.policy import Policy

if TYPE_CHECKING:
    from doudi.estimate.asking.guide import Guide


@dataclass(frozen=True)
class BillResult:
    """The answer to one bill. ``year_open``: what was paid before in the year is not known.

    The ranges of ``answer`` then reach from a year in which nothing was paid before to one in
    which everything was; its estimate is for the former.
    """

    answer: Answer
    year_open: bool


@dataclass(frozen=True)
class Limit:
    """The most a person can owe for a kind of care (fen); None where nothing limits it."""

    kind: str
    most: int | None


@dataclass(frozen=True)
class LimitsResult:
    """Without a kind or a total there is no estimate, only what holds for every bill."""

    policy: Policy
    day: date
    known: Mapping[str, Fact]
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class NotInForce:
    """The policy has nothing to say about that day."""

    policy: Policy
    day: date


@dataclass(frozen=True)
class HouseholdResult:
    """Everything granted to who asks. ``items`` of the whole; the members' are in ``answer``."""

    way: str
    answer: HouseholdAnswer

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of whoever asks as a whole; of a doctor only those of a doctor."""
        if self.way != structure.DOCTOR_WAY:
            return self.answer.items
        return tuple(
            item for item in self.answer.all_items if item.entitlement.to is Recipient.DOCTOR
        )


Result = BillResult | LimitsResult | NotInForce | HouseholdResult


def bill_result(policy: Policy, day: date, known: Mapping[str, Fact]) -> BillResult:
    """The estimate of one bill from the facts that are known for certain (money in fen)."""
    facts = {name: fact for name, fact in known.items() if name != OWN_SO_FAR}
    paid = known.get(OWN_SO_FAR)
    found = answer(policy, facts, day, opening_of(policy, paid))
    if paid is not None or not turns_bill(policy, day, facts, OWN_SO_FAR):
        return BillResult(found, year_open=False)
    return BillResult(_with_any_year(found, _ranges_when_spent(policy, day, facts)), year_open=True)


def _ranges_when_spent(
    policy: Policy, day: date, facts: Mapping[str, Fact]
) -> Mapping[str, tuple[int, int]]:
    """The ranges of the amounts that depend on the year, if more was paid than any ceiling."""
    question = ask(policy, facts, day, opening_of(policy, LARGEST_AMOUNT))
    graph = policy.era_on(day).graph
    total = f"{policy.own_so_far}{TO_DATE}"
    dependent = [
        name
        for name in policy.outputs
        for rule in graph.needed_for(question.kind, [name])
        if total in rule.signature.arguments
    ]
    return spread(question, dependent).ranges


def _with_any_year(fresh: Answer, spent: Mapping[str, tuple[int, int]]) -> Answer:
    """One answer for a year of which it is not known how much was paid before.

    Every amount rises or falls with what was paid before (a test holds the pack to that), so it
    lies between the two ends: nothing paid, and more than any ceiling.
    """
    both = {name: (ends, spent.get(name, ends)) for name, ends in fresh.ranges.items()}
    ranges = {
        name: (min(one[0], other[0]), max(one[1], other[1])) for name, (one, other) in both.items()
    }
    low, high = ranges["own_pay"]
    left = sum(end - start for start, end in both["own_pay"]) // 2
    most = fresh.narrows_most
    if high > low and (most is None or left < most.left):
        words = structure.own_so_far().words.label
        most = Narrowing(OWN_SO_FAR, True, words.zh, words.en, high - low, left)
    elif most is not None:
        most = replace(most, width=high - low)
    return replace(fresh, ranges=ranges, narrows_most=most)


def limits_result(
    policy: Policy, day: date, known: Mapping[str, Fact], kinds: tuple[str, ...]
) -> LimitsResult:
    """The most a person can owe, for the kind that is known or for each there is."""
    facts = {name: fact for name, fact in known.items() if name != "kind"}
    wanted = (str(known["kind"]),) if "kind" in known else kinds
    limits = tuple(Limit(kind, limit_of(policy, day, facts, kind)) for kind in wanted)
    return LimitsResult(policy, day, known, limits)


def household_result(guide: Guide, replies: Replies, day: date) -> HouseholdResult:
    """Everything the packs grant to who asks."""
    way = str(replies.get(structure.WAY) or structure.HOUSEHOLD_WAY)
    household = household_of(guide, replies, day)
    return HouseholdResult(way, answer_household(household, guide.policies))


def household_of(guide: Guide, replies: Replies, day: date) -> Household:
    """The replies as a household (gacha, banner, league) that can be answered."""
    way = str(replies.get(structure.WAY) or structure.HOUSEHOLD_WAY)
    place = str(replies.get(structure.PLACE) or "")
    if way == structure.DOCTOR_WAY:
        doctor = Member("医生", guide.known(replies), ())
        return Household(day, Recipient.HOUSEHOLD, place, {}, (doctor,))
    facts = guide.known(replies)
    members: list[Member] = []
    if way == structure.HOUSEHOLD_WAY:
        for number in range(1, structure.MOST_PEOPLE + 1):
            slot = f"{number}.{structure.LABEL}"
            if structure.names_nobody(number, replies):
                break
            own = {
                name.removeprefix(f"{number}."): reply
                for name, reply in replies.items()
                if name.startswith(f"{number}.") and name != slot and reply is not None
            }
            label = structure.person_words(replies[slot]).zh
            if label in {member.label for member in members}:
                label = f"{label}（{number}）"
            members.append(Member(label, own, ()))
    return Household(day, Recipient(way), place, facts, tuple(members))
