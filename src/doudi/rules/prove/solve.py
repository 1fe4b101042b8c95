"""Asking the solver: whether some unknowns break a statement, and how small they can be.

No one way of solving is quick on every question, so a few are tried in turn. How long each may
try is told by the solver's own count of its work, not by a clock, so that an answer does not
hang on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import z3


class Answer(Enum):
    """What the solver says of a set of conditions."""

    NONE = "none"
    FOUND = "found"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reply:
    """An answer, with a model of the unknowns where one was found."""

    answer: Answer
    model: Any = None


_SIMPLIFIED = ("simplify", "propagate-values", "solve-eqs", "elim-term-ite", "simplify", "smt")
_PURIFIED = (
    "simplify",
    "purify-arith",
    "propagate-values",
    "solve-eqs",
    "ctx-simplify",
    "smt",
)

_PROOF, _SEARCH, _FURTHER = 8_000_000, 5_000_000, 10_000_000
"""How much work a proof, a search for small amounts and one for any amounts may take.

In the solver's own count, of which some two to four million are a second.
"""

_TOPS = (30, 3_000, 300_000)
"""The sizes up to which a model is looked for, one after the other: 30 fen, 30 yuan, ..."""


def is_impossible(conditions: Iterable[Any], *, thorough: bool = True) -> bool:
    """Whether the solver shows that no unknowns fulfil all ``conditions``.

    False says nothing: there may be some, or the work ran out. Unless ``thorough`` only the
    first way of solving is tried.
    """
    listed = list(conditions)
    for solver in _ways_to_prove():
        found = _checked(solver, listed, _PROOF)
        if found.answer is not Answer.UNKNOWN or not thorough:
            return found.answer is Answer.NONE
    return False


def _ways_to_prove() -> Iterator[Any]:
    yield z3.Solver()
    yield z3.Then(*_SIMPLIFIED).solver()
    yield z3.Then(*_PURIFIED).solver()


def find(conditions: Iterable[Any], work: int = _SEARCH) -> Reply:
    """A model of ``conditions``, or that there is none, or that the work ran out."""
    return _checked(z3.Then(*_SIMPLIFIED).solver(), list(conditions), work)


def _checked(solver: Any, conditions: Sequence[Any], work: int) -> Reply:
    solver.set("rlimit", work)
    solver.add(conditions)
    found = solver.check()
    if found == z3.unsat:
        return Reply(Answer.NONE)
    if found == z3.sat:
        return Reply(Answer.FOUND, solver.model())
    return Reply(Answer.UNKNOWN)


@dataclass(frozen=True)
class Extreme:
    """A model of least or greatest size; ``certain`` when the solver showed that it is."""

    model: Any
    size: int
    certain: bool


def find_any(conditions: Iterable[Any]) -> Any:
    """Some model of ``conditions``; None when none was found."""
    return find(conditions, _FURTHER).model


def find_smallest(conditions: Sequence[Any], size: Any, *, further: bool) -> Extreme | None:
    """A model in which ``size`` is as small as could be found; None when no model was found.

    Small sizes are tried first, and any size only with ``further``; once there is a model, the
    size is halved again and again.
    """
    found, low, certain = None, 0, True
    for top in _TOPS:
        reply = find([*conditions, size <= top])
        if reply.answer is Answer.FOUND:
            found = reply.model
            break
        certain = certain and reply.answer is Answer.NONE
        low = top + 1
    if found is None and further:
        found = find_any(conditions)
    if found is None:
        return None
    best = value_in(found, size)
    while low < best:
        middle = (low + best - 1) // 2
        reply = find([*conditions, size <= middle])
        if reply.answer is Answer.FOUND:
            found = reply.model
            best = value_in(found, size)
        else:
            certain = certain and reply.answer is Answer.NONE
            low = middle + 1
    return Extreme(found, best, certain)


def find_largest(conditions: Sequence[Any], size: Any, most: int) -> Extreme | None:
    """A model in which ``size``, at most ``most``, is as large as could be found."""
    reply = find(conditions, _FURTHER)
    if reply.answer is not Answer.FOUND:
        return None
    found, certain = reply.model, True
    best, high = value_in(found, size), most
    while best < high:
        middle = (best + high + 1) // 2
        reply = find([*conditions, size >= middle])
        if reply.answer is Answer.FOUND:
            found = reply.model
            best = value_in(found, size)
        else:
            certain = certain and reply.answer is Answer.NONE
            high = middle - 1
    return Extreme(found, best, certain)


def value_in(model: Any, term: Any) -> Any:
    """The plain value of a term in a model; what the model leaves open is 0 or false."""
    if not isinstance(term, z3.ExprRef):
        return term
    value = model.eval(term, model_completion=True)
    return z3.is_true(value) if z3.is_bool(value) else value.as_long()
