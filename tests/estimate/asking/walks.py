"""Random people answering questions, and an independent eye on whether a question matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from random import Random
from typing import Any

from hypothesis import strategies as st
from tests.policies.naive_fold import EDGES, Fold, Year
from tests.rules.small_pack import claim_values, readings_of

from doudi.estimate.asking import Guide, Question, Sort, Walk
from doudi.estimate.entitlements import all_policies, answer_entitlement
from doudi.policies import policy
from doudi.rules.amounts import Schedule
from doudi.rules.entitlements import Check, Condition, Recipient
from doudi.rules.parameters import Value

HINGGAN = policy("hinggan-2018")
GUIDE = Guide(all_policies(), HINGGAN)
DAY = date(2018, 12, 31)
VALUES = claim_values(HINGGAN, DAY)
CEILING = 5_000_00

BILL_FACTS: dict[str, tuple[Any, ...]] = {
    "registered": (True, False),
    "serious": (True, False),
    "outside_league": (True, False),
    "hospital_level": (1, 2, 3),
}


def replies_to(question: Question) -> st.SearchStrategy[Any]:
    """Any reply a person can give, 不清楚 in a quarter of the cases."""
    return st.one_of(st.none(), *[_known_reply(question)] * 3)


def _known_reply(question: Question) -> st.SearchStrategy[Any]:
    if question.sort is Sort.FLAG:
        return st.booleans()
    if question.sort is Sort.CHOICE:
        return st.sampled_from([option.value for option in question.options])
    if question.sort is Sort.COUNT:
        return st.integers(0, 40)
    return st.one_of(EDGES, st.integers(0, 30_000_000)).map(lambda fen: min(fen, question.most))


def walk_through(data: st.DataObject, fixed: Mapping[str, Any], most: int = 40) -> Iterator[Walk]:
    """Every page of one person's way; ``fixed`` are the replies that are not drawn."""
    walk = GUIDE.walk({})
    for _ in range(most):
        yield walk
        question = walk.next
        if question is None:
            return
        reply = fixed[question.slot] if question.slot in fixed else data.draw(replies_to(question))
        walk = GUIDE.reply(walk.replies, question.slot, reply)
        assert walk.replies[question.slot] == reply
    raise AssertionError(f"still asking after {most} questions")


# ---- Bills: does it matter? By the naive fold of the tests, which knows nothing of the rules. ----


def matters_to_bill(known: Mapping[str, Any], name: str) -> bool:
    """Whether two values of ``name`` lead to different amounts somewhere among the open rest."""
    random = Random(7)
    for attempt in range(600):
        rest = {fact: random.choice(values) for fact, values in BILL_FACTS.items()}
        rest["catalogue"] = known["bill"] * random.choice((0, 50, 80, 90, 100)) // 100
        rest["own_so_far"] = random.choice((0, 0, CEILING // 2, CEILING))
        facts = {**rest, **known}
        values = _unsure_values(random, plain=attempt < 10)
        tried = BILL_FACTS.get(name) or _amounts(facts, name)
        amounts = {
            Fold(
                values, readings_of(HINGGAN), Year(own_while_registered=case["own_so_far"])
            ).settle(case)
            for case in ({**facts, name: value} for value in tried)
        }
        if len(amounts) > 1:
            return True
    return False


def _amounts(facts: Mapping[str, Any], name: str) -> tuple[int, ...]:
    return (0, CEILING) if name == "own_so_far" else (0, facts["bill"] // 2, facts["bill"])


def _unsure_values(random: Random, *, plain: bool) -> dict[str, Any]:
    """The values of the pack, with those that nobody confirms at one end of their ranges."""
    if plain:
        return VALUES
    moved = {
        name: _end(HINGGAN.parameters[name].on(DAY), random.choice((0, 1)))
        for name in VALUES
        if not HINGGAN.parameters[name].on(DAY).status.sure
    }
    return {**VALUES, **moved}


def _end(value: Value, end: int) -> Any:
    if isinstance(value.value, Schedule) and value.shift is not None:
        return [
            (band.upper, min(10_000, max(0, band.rate + value.shift[end])))
            for band in value.value.bands
        ]
    return (value.low, value.high)[end]


# ---- Grants: does it matter? By answering each entitlement with both values. ---------------------


def matters_to_grants(
    known: Mapping[str, Any], name: str, recipients: tuple[Recipient, ...], day: date, place: str
) -> bool:
    """Whether some entitlement comes out differently for two values of ``name``."""
    for pack in GUIDE.policies:
        for entitlement in pack.entitlements:
            if entitlement.to not in recipients or name not in pack.inputs:
                continue
            open_conditions = [
                item for item in entitlement.conditions if item.fact not in (*known, name)
            ]
            for choice in product((True, False), repeat=len(open_conditions)):
                rest = {
                    item.fact: _value(item, pack, holds)
                    for item, holds in zip(open_conditions, choice, strict=True)
                }
                for amounts in _AMOUNTS:
                    came_out = {
                        _shown(
                            answer_entitlement(
                                pack,
                                entitlement,
                                {**amounts, **rest, **known, name: one},
                                day,
                                place,
                            )
                        )
                        for one in _tried(pack.inputs[name])
                    }
                    if len(came_out) > 1:
                        return True
    return False


_AMOUNTS: tuple[dict[str, int], ...] = (
    {},
    {"conversion_fees": 8_650},
    {"cost_price": 0},
    {"drug_deliveries": 1},
    {"family_bed_visits": 1},
)


def _value(condition: Condition, pack: Any, holds: bool) -> Any:
    if condition.check is Check.AT_LEAST:
        return condition.wanted[0] if holds else 0
    options = list(_tried(pack.inputs[condition.fact]))
    return next((one for one in options if condition.holds(one) == holds), options[0])


def _tried(declared: Any) -> tuple[Any, ...]:
    if declared.unit.value == "flag":
        return (True, False)
    return tuple(declared.options) or (0, 1, 1_000)


def _shown(item: Any) -> tuple[Any, ...]:
    """What a person sees of an entitlement: how it came out and, where it can be had, its worth."""
    if item.outcome.value == "not granted" or item.worth is None:
        return (item.outcome,)
    return (item.outcome, item.worth.form, item.worth.low, item.worth.high)
