"""Which question comes next: the routes through everything that can be asked.

An enquiry is nothing but the replies given so far. A walk over them says which questions apply, in
order. Whether a question applies is decided from the replies before it, so that going back and
changing one keeps all others but those that no longer apply. A question that has no reply yet is
asked only if it can still change the answer, whatever was said before or after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from doudi.estimate.asking import structure
from doudi.estimate.asking.bill_turns import OWN_SO_FAR, turns_bill, turns_limits
from doudi.estimate.asking.grant_turns import Grant, facts_of, grants_to, in_scope, turns_grant
from doudi.estimate.asking.question import Question, Replies, Reply, Sort, sort_of
from doudi.estimate.asking.result import (
    BillResult,
    LimitsResult,
    NotInForce,
    Result,
    bill_result,
    household_result,
    limits_result,
)
from doudi.estimate.asking.spans import span_options, spans
from doudi.estimate.asking.structure import (
    BILL_WAY,
    LABEL,
    MOST_PEOPLE,
    PERIOD,
    PLACE,
    RECIPIENTS,
    WAY,
)
from doudi.estimate.asking.wording import Entry, options_of, pack_words, wording
from doudi.estimate.unknowns import needed_inputs
from doudi.rules.entitlements import Recipient, Words
from doudi.rules.facts import Fact, Input
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit

BILL = "bill"

_HOUSEHOLD_FACTS = {"households": 1}
"""What a household need not be asked: it is one."""


@dataclass(frozen=True)
class Walk:
    """The answered questions that apply and the one to ask next, in order, and what was replied.

    A reply that no longer applies, or that its question does not take, is not among ``replies``.
    ``next`` is None when nothing is left that could change the answer.
    """

    questions: tuple[Question, ...]
    replies: Replies
    next: Question | None

    def question(self, slot: str) -> Question | None:
        """The question of that slot, if it applies."""
        return next((one for one in self.questions if one.slot == slot), None)


@dataclass(frozen=True)
class Guide:
    """Asks for everything that ``policies`` grant; bills are answered by ``bill_policy``."""

    policies: tuple[Policy, ...]
    bill_policy: Policy

    def walk(self, replies: Replies) -> Walk:
        """The questions that apply to someone who has given ``replies``, up to the next open one.

        Replies to questions behind an open one are kept as long as they can apply.
        """
        kept: dict[str, Reply] = {}
        asked: list[Question] = []
        open_questions: list[Question] = []
        for question in self._questions(kept):
            given = question.slot in replies and question.accepts(replies[question.slot])
            if not given and open_questions and question.name not in structure.ALWAYS:
                # Whether it will be asked is seen when its turn comes.
                open_questions.append(question)
                continue
            if not self._turns(question, kept):
                continue
            if given:
                kept[question.slot] = replies[question.slot]
            else:
                open_questions.append(question)
            asked.append(question)
        # What was open when it was passed may have been settled by what came after it.
        following = next((one for one in open_questions if self._turns(one, kept)), None)
        standing = [one for one in asked if one.slot in kept]
        if following is not None:
            order = [one.slot for one in self._questions(kept)]
            standing = sorted([*standing, following], key=lambda one: order.index(one.slot))
        return Walk(tuple(standing), kept, following)

    def reply(self, replies: Replies, slot: str, reply: Reply) -> Walk:
        """The walk after one reply was given or changed."""
        return self.walk({**replies, slot: reply})

    def result(self, replies: Replies) -> Result:
        """What comes out for the replies given so far; whatever is open counts as unknown."""
        kept = self.walk(replies).replies
        day = self.day(kept)
        way = kept.get(WAY) or structure.HOUSEHOLD_WAY
        if way != BILL_WAY:
            return household_result(self, kept, day)
        if not self.bill_policy.valid_from <= day <= self.bill_policy.valid_to:
            return NotInForce(self.bill_policy, day)
        known = self._bill_facts(kept)
        if KIND in known and BILL in known:
            return bill_result(self.bill_policy, day, known)
        return limits_result(self.bill_policy, day, known, self.kinds)

    def day(self, replies: Replies) -> date:
        """The day that the replies are about; the last one of all if nobody knows it."""
        chosen = replies.get(PERIOD)
        if isinstance(chosen, str):
            return date.fromisoformat(chosen)
        return max(pack.valid_to for pack in self._packs_of(replies))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of care that come with a bill."""
        policy = self.bill_policy
        outputs = [rule for rule in policy.all_rules if rule.name in policy.outputs]
        return tuple(
            str(kind) for kind in policy.kinds if any(rule.runs_for(str(kind)) for rule in outputs)
        )

    # ---- The routes ------------------------------------------------------------------------------

    def _questions(self, kept: Mapping[str, Reply]) -> Iterator[Question]:
        """The questions that apply, one after the other; ``kept`` grows as they are answered."""
        yield structure.way()
        if WAY not in kept:
            return
        yield structure.period(span_options(spans(self._packs_of(kept))))
        if PERIOD not in kept:
            return
        if kept[WAY] == BILL_WAY:
            yield from self._bill_questions(kept)
        else:
            yield from self._grant_questions(kept)

    def _packs_of(self, replies: Replies) -> tuple[Policy, ...]:
        """The packs that have something to say to whoever asks."""
        way = replies.get(WAY) or structure.HOUSEHOLD_WAY
        if way == BILL_WAY:
            return (self.bill_policy,)
        recipients = RECIPIENTS[str(way)]
        return tuple(
            pack for pack in self.policies if any(one.to in recipients for one in pack.entitlements)
        )

    def _bill_questions(self, kept: Mapping[str, Reply]) -> Iterator[Question]:
        policy, day = self.bill_policy, self.day(kept)
        if not policy.valid_from <= day <= policy.valid_to:
            return
        yield self._about(policy, KIND, self.kinds)
        for name in self._bill_names(kept, day):
            yield self._about(policy, name, whole=kept)

    def _bill_names(self, kept: Mapping[str, Reply], day: date) -> list[str]:
        kind = kept.get(KIND)
        kinds = self.kinds if kind is None else (str(kind),)
        needed = {name for one in kinds for name in needed_inputs(self.bill_policy, one, day)}
        first = [name for name in (BILL, "registered") if name in needed]
        rest = [name for name in self.bill_policy.inputs if name in needed and name not in first]
        return [*first, *rest, *([OWN_SO_FAR] if self.bill_policy.own_so_far else [])]

    def _bill_facts(self, kept: Replies) -> dict[str, Fact]:
        """The facts of a bill that are known for certain."""
        names = (*self.bill_policy.inputs, OWN_SO_FAR)
        return {name: fact for name in names if (fact := kept.get(name)) is not None}

    def _grant_questions(self, kept: Mapping[str, Reply]) -> Iterator[Question]:
        way = str(kept[WAY] or structure.HOUSEHOLD_WAY)
        everything = grants_to(self.policies, RECIPIENTS[way])
        day = self.day(kept)
        places = [grant.entitlement.area for grant in in_scope(everything, day, "")]
        areas = {area.code: area for area in places if area is not None}
        if not areas:
            return
        yield structure.place(tuple(areas[code] for code in sorted(areas, reverse=True)))
        if PLACE not in kept:
            return
        grants = in_scope(everything, day, str(kept[PLACE] or ""))
        shared, personal = _split(grants, way, day)
        yield from self._facts(shared, 0, kept)
        if way == structure.HOUSEHOLD_WAY:
            yield from self._people(personal, kept)

    def _people(
        self, personal: Sequence[tuple[Policy, str]], kept: Mapping[str, Reply]
    ) -> Iterator[Question]:
        """One member of the household after the other, until nobody else is wanted."""
        for number in range(1, MOST_PEOPLE + 1):
            questions = list(self._facts(personal, number, kept))
            if not any(self._turns(question, kept) for question in questions):
                return  # nothing about a person can matter, so nobody has to be named
            label = structure.label(number)
            yield label
            if structure.names_nobody(number, kept):
                return
            yield from self._facts(personal, number, kept)

    def _facts(
        self, names: Sequence[tuple[Policy, str]], number: int, kept: Mapping[str, Reply]
    ) -> Iterator[Question]:
        for policy, name in names:
            question = self._about(policy, name, whole=kept, person=number)
            yield question.for_person(number) if number else question

    def _about(
        self,
        policy: Policy,
        name: str,
        only: tuple[Fact, ...] = (),
        whole: Mapping[str, Reply] | None = None,
        person: int = 0,
    ) -> Question:
        """The question for a fact of a pack."""
        if name == OWN_SO_FAR:
            return structure.own_so_far()
        item: Input = policy.inputs[name]
        entry: Entry = pack_words(policy).get(name, {})
        most = (whole or {}).get(f"{person}.{item.at_most}" if person else item.at_most or "")
        return Question(
            name,
            name,
            sort_of(item),
            wording(entry, Words(item.zh, item.en)),
            options_of(entry, item, only),
            most if type(most) is int else None,
        )

    # ---- What can still change the answer --------------------------------------------------------

    def _turns(self, question: Question, kept: Replies) -> bool:
        """Whether the reply to ``question`` can still change the answer."""
        if question.name in structure.ALWAYS or question.name == KIND:
            return True
        day = self.day(kept)
        if kept[WAY] == BILL_WAY:
            known = self._bill_facts(kept)
            if question.name == BILL:
                return True
            if KIND in known and BILL in known:
                return turns_bill(self.bill_policy, day, known, question.name)
            kinds = (str(known.pop(KIND)),) if KIND in known else self.kinds
            return turns_limits(self.bill_policy, day, known, kinds, question.name)
        grants = self.grants(kept, question.person)
        known = self.known(kept, question.person)
        return any(turns_grant(grant, day, known, question.name) for grant in grants)

    def grants(self, replies: Replies, person: int = 0) -> tuple[Grant, ...]:
        """What can be granted to whoever asks, or (``person`` > 0) to a member of a household."""
        way = str(replies.get(WAY) or structure.HOUSEHOLD_WAY)
        recipients = (Recipient.PERSON,) if person else RECIPIENTS[way]
        day, place = self.day(replies), str(replies.get(PLACE) or "")
        return _in_scope(self, recipients, day, place)

    def known(self, replies: Replies, person: int = 0) -> dict[str, Fact]:
        """The facts known of whoever asks, or of a member of the household with all that holds."""
        facts: dict[str, Fact] = {}
        if (replies.get(WAY) or structure.HOUSEHOLD_WAY) == structure.HOUSEHOLD_WAY:
            facts |= _HOUSEHOLD_FACTS
        prefix = f"{person}."
        for slot, reply in replies.items():
            if reply is None or slot in structure.ALWAYS:
                continue
            if "." not in slot:
                facts[slot] = reply
            elif person and slot.startswith(prefix) and not slot.endswith(LABEL):
                facts[slot.removeprefix(prefix)] = reply
        return facts


def _in_scope(
    guide: Guide, recipients: tuple[Recipient, ...], day: date, place: str
) -> tuple[Grant, ...]:
    return in_scope(grants_to(guide.policies, recipients), day, place)


def _split(
    grants: Sequence[Grant], way: str, day: date
) -> tuple[list[tuple[Policy, str]], list[tuple[Policy, str]]]:
    """The facts to ask once, and those to ask of each member of a household.

    What is granted to the household as a whole makes a fact one of the household.
    """
    shared: dict[str, Policy] = {}
    personal: dict[str, Policy] = {}
    of_members = way == structure.HOUSEHOLD_WAY
    for grant in grants:
        of_person = of_members and grant.entitlement.to is Recipient.PERSON
        for name in facts_of(grant, day):
            (personal if of_person else shared).setdefault(name, grant.policy)
    for name in shared:
        personal.pop(name, None)
    if of_members:
        for name in _HOUSEHOLD_FACTS:
            shared.pop(name, None)
    return _in_order(shared), _in_order(personal)


def _in_order(names: Mapping[str, Policy]) -> list[tuple[Policy, str]]:
    """In the order of the packs, what opens others first: flags and choices before amounts."""
    listed = [(policy, name) for name, policy in names.items()]
    return sorted(listed, key=lambda one: one[0].inputs[one[1]].unit in (Unit.FEN, Unit.COUNT))


__all__ = ["BillResult", "Guide", "LimitsResult", "Sort", "Walk"]
