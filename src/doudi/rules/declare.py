"""How a pack declares its rules, promises, guarantees and arithmetic checks.

The decorators leave the function as it is, callable with plain numbers, and only attach a card
that says what it carries. The loader collects the cards; nothing is registered globally, so two
versions of one pack can be loaded side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

CARD = "__doudi_card__"


class Role(Enum):
    """What a declared function is for."""

    RULE = "rule"
    PROMISE = "promise"
    GUARANTEE = "guarantee"
    FINDING = "finding"


@dataclass(frozen=True)
class Shows:
    """Which other results make the working of a payment readable to a person.

    Each field is the name of a rule, a parameter or an input; ``cap_left`` is the room under a
    cap before this payment.
    """

    payer: str
    base: str | None = None
    deductible: str | None = None
    rate: str | None = None
    cap_left: str | None = None


@dataclass(frozen=True)
class Variant:
    """Another way the same case could have gone, for a promise that compares two cases.

    ``build`` turns the facts of a case into the facts of one or more cases that are settled one
    after the other. A promise reads the sum of result ``x`` over them as ``x_if_<name>``.

    So that it can be proved, ``build`` only adds, subtracts and replaces facts. The comparison
    applies where the facts are as ``when`` says and where what ``build`` gives are facts that
    would be accepted; ``build`` may also give None where it does not, which the prover cannot
    read. ``free`` names further amounts that ``build`` finds among the facts: each may be
    anything from 0 to the input that it is mapped to. The prover tries all of them; where one
    case is checked, they are the half.
    """

    name: str
    zh: str
    build: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]] | None]
    when: Mapping[str, Any] = field(default_factory=dict)
    free: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """What a declared function carries."""

    role: Role
    name: str
    clauses: tuple[str, ...]
    zh: str
    en: str
    applies_to: tuple[str, ...] | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    shows: Shows | None = None
    under: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    claimed: bool = True


def _attach(function: F, card: Card) -> F:
    setattr(function, CARD, card)
    return function


def _first_line(function: Callable[..., Any]) -> str:
    return (function.__doc__ or "").strip().split("\n", maxsplit=1)[0]


def rule(
    *clauses: str,
    zh: str,
    name: str | None = None,
    applies_to: Sequence[str] | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    shows: Shows | None = None,
) -> Callable[[F], F]:
    """Declare a function that computes one result from the results its arguments name.

    ``clauses`` are the ids it carries; ``zh`` is its name in Chinese; ``applies_to`` lists the
    kinds for which it runs (for any other kind its amount is 0). A change of law is a second
    function with the same ``name`` and a ``valid_from``.
    """

    def attach(function: F) -> F:
        return _attach(
            function,
            Card(
                Role.RULE,
                name or function.__name__,
                clauses,
                zh,
                _first_line(function),
                tuple(applies_to) if applies_to is not None else None,
                valid_from,
                valid_to,
                shows,
            ),
        )

    return attach


def promise(
    *clauses: str,
    zh: str,
    applies_to: Sequence[str] | None = None,
    under: Mapping[str, tuple[str, ...]] | None = None,
    variants: Sequence[Variant] = (),
    claimed: bool = True,
) -> Callable[[F], F]:
    """Declare a statement (a function to bool) that must hold for every possible case.

    ``under`` names the interpretations for which it is claimed (others: every reading).
    ``claimed=False`` marks a statement that is to be decided rather than assumed.
    """

    def attach(function: F) -> F:
        return _attach(
            function,
            Card(
                Role.PROMISE,
                function.__name__,
                clauses,
                zh,
                _first_line(function),
                tuple(applies_to) if applies_to is not None else None,
                under=dict(under or {}),
                variants=tuple(variants),
                claimed=claimed,
            ),
        )

    return attach


def guarantee(*clauses: str, zh: str, applies_to: Sequence[str]) -> Callable[[F], F]:
    """Declare the most a person can owe, from the facts and from confirmed values alone.

    The loader refuses a guarantee that reads, directly or through a rule, a value that is not
    cited or adopted; that is why it holds whatever the unconfirmed values turn out to be.
    """

    def attach(function: F) -> F:
        return _attach(
            function,
            Card(
                Role.GUARANTEE,
                function.__name__,
                clauses,
                zh,
                _first_line(function),
                tuple(applies_to),
            ),
        )

    return attach


def finding(*clauses: str, zh: str) -> Callable[[F], F]:
    """Declare a check of the source's own arithmetic over the pack's parameters."""

    def attach(function: F) -> F:
        return _attach(
            function,
            Card(Role.FINDING, function.__name__, clauses, zh, _first_line(function)),
        )

    return attach
