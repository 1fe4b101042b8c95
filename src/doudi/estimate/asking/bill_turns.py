"""Whether one more fact about a bill can still change what comes out of it.

A fact turns the answer when there is some completion of everything that is still open (other
facts, and the values that no source confirms) under which two of its values lead to different
amounts. The completions tried are all options, the ends and the middle of what an unknown amount
can be, and the ends of every unsure value; the first difference ends the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import product

from doudi.estimate.answer import guaranteed_own
from doudi.estimate.settler import SamePolicy
from doudi.estimate.spread import amounts_at_ends
from doudi.estimate.unknowns import Axis, Question, ask
from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.errors import BadInput
from doudi.rules.facts import Fact
from doudi.rules.policy import KIND, Policy

OWN_SO_FAR = "own_so_far"
"""The slot of what the person has paid this year: no input of a pack, but a running total."""

_AMOUNTS = "bill"
Known = Mapping[str, Fact]
"""The facts of a bill that are known for certain, and ``own_so_far`` (money in fen)."""


def turns_bill(policy: Policy, day: date, known: Known, name: str) -> bool:
    """Whether ``name`` can still change the amounts of a bill of which kind and total are known."""
    others = tuple(sorted((key, fact) for key, fact in known.items() if key != name))
    return _turns_bill(SamePolicy(policy), day, others, name)


def turns_limits(
    policy: Policy, day: date, known: Known, kinds: tuple[str, ...], name: str
) -> bool:
    """Whether ``name`` can still change the most a person can owe, for one of ``kinds``."""
    others = tuple(sorted((key, fact) for key, fact in known.items() if key != name))
    return _turns_limits(SamePolicy(policy), day, others, kinds, name)


# A person going through the questions asks the same of one page after the other. What is kept is
# of nobody: some facts of a bill, and yes or no.
@lru_cache(maxsize=4096)
def _turns_bill(
    same: SamePolicy, day: date, known: tuple[tuple[str, Fact], ...], name: str
) -> bool:
    policy = same.policy
    facts = dict(known)
    paid = facts.pop(OWN_SO_FAR, None)
    if name == OWN_SO_FAR:
        return _year_turns(policy, day, facts)
    question = ask(policy, facts, day, opening_of(policy, paid))
    asked = {axis.name: axis for axis in question.unknown}
    if name not in asked:
        return False
    values = _values(question, asked.pop(name))
    for other in _completions(question, list(asked.values())):
        choices = [{**question.facts, **other, name: value} for value in values]
        if len(set(map(frozenset, amounts_at_ends(question, choices)))) > 1:
            return True
    return False


def _year_turns(policy: Policy, day: date, facts: Known) -> bool:
    """Whether what was paid before can matter: nothing at all against more than any limit."""
    if policy.own_so_far is None:
        return False
    fresh, spent = (
        ask(policy, facts, day, opening_of(policy, paid)) for paid in (0, LARGEST_AMOUNT)
    )
    return any(
        amounts_at_ends(fresh, [{**fresh.facts, **other}])
        != amounts_at_ends(spent, [{**spent.facts, **other}])
        for other in _completions(fresh, list(fresh.unknown))
    )


def opening_of(policy: Policy, paid: Fact | None) -> dict[str, int]:
    """The running totals of a year in which ``paid`` fen were paid before, as `answer` takes."""
    if not paid or policy.own_so_far is None:
        return {}
    return {policy.own_so_far: int(paid)}


def _values(question: Question, axis: Axis) -> tuple[Fact, ...]:
    """What an unknown fact can be: its options, or an amount from nothing to the whole."""
    if axis.options:
        return axis.options
    whole = question.policy.inputs[axis.name].at_most
    most = int(question.facts[whole]) if whole is not None else axis.high
    return tuple(sorted({0, axis.low, axis.usual, axis.high, most}))


def _completions(question: Question, open_axes: list[Axis]) -> Iterator[dict[str, Fact]]:
    """Every way to fill in the open facts, from the fullest to the emptiest.

    Of an amount: the whole, what is usual, and nothing.

    A larger amount and a yes reach more rules, so the difference is usually found at once.
    """
    names = [axis.name for axis in open_axes]
    choices = [_fullest_first(question, axis) for axis in open_axes]
    for picked in product(*choices):
        yield dict(zip(names, picked, strict=True))


def _fullest_first(question: Question, axis: Axis) -> tuple[Fact, ...]:
    values = _values(question, axis)
    return tuple(reversed(axis.options or (values[0], axis.usual, values[-1])))


# ---- Without a kind or a total: only what the person can owe at most -----------------------------


def limit_of(policy: Policy, day: date, known: Known, kind: str) -> int | None:
    """The most a person can owe for a claim of ``kind``, in fen; None where nothing limits it.

    A total that is not known is taken as the largest there is: a guarantee never falls when an
    amount grows (a test holds every pack to that).
    """
    facts = {name: fact for name, fact in known.items() if name != OWN_SO_FAR}
    total = facts.get(_AMOUNTS, LARGEST_AMOUNT)
    opening = opening_of(policy, known.get(OWN_SO_FAR))
    limit = guaranteed_own(ask(policy, {**facts, KIND: kind, _AMOUNTS: total}, day, opening))
    return None if limit is None or limit >= int(total) else limit


@lru_cache(maxsize=4096)
def _turns_limits(
    same: SamePolicy,
    day: date,
    known: tuple[tuple[str, Fact], ...],
    kinds: tuple[str, ...],
    name: str,
) -> bool:
    policy, facts = same.policy, dict(known)
    return any(_turns_limit(policy, day, facts, kind, name) for kind in kinds)


def _turns_limit(policy: Policy, day: date, facts: Known, kind: str, name: str) -> bool:
    total = facts.get(_AMOUNTS, LARGEST_AMOUNT)
    given = {key: fact for key, fact in facts.items() if key != OWN_SO_FAR}
    question = ask(policy, {**given, KIND: kind, _AMOUNTS: total}, day, {})
    axes = {axis.name: axis for axis in question.unknown}
    values: tuple[Fact, ...]
    if name in (OWN_SO_FAR, _AMOUNTS):
        values = (0, LARGEST_AMOUNT)
    elif name in axes and (_AMOUNTS in facts or axes[name].options):
        values = _values(question, axes.pop(name))
    else:
        return False
    for other in _completions(question, [axis for axis in axes.values() if axis.options]):
        reached = set()
        for value in values:
            try:
                reached.add(limit_of(policy, day, {**facts, **other, name: value}, kind))
            except BadInput:
                continue  # a part that is larger than this total
        if len(reached) > 1:
            return True
    return False
