"""The other way in which a claim could have gone, built over unknown facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import z3

from doudi.rules.declare import Variant
from doudi.rules.errors import UnreadableRule
from doudi.rules.prove.values import Value, is_known


class _Unknown:
    """An unknown fact in the hands of a pack: it can be passed on, added and subtracted.

    Anything else would look at what is not known, and is refused.
    """

    def __init__(self, term: Value) -> None:
        self.term = term

    def __add__(self, other: Any) -> _Unknown:
        return _Unknown(self.term + _bare(other))

    def __radd__(self, other: Any) -> _Unknown:
        return _Unknown(_bare(other) + self.term)

    def __sub__(self, other: Any) -> _Unknown:
        return _Unknown(self.term - _bare(other))

    def __rsub__(self, other: Any) -> _Unknown:
        return _Unknown(_bare(other) - self.term)

    def _refuse(self, *_: Any) -> NoReturn:
        raise _LooksAtUnknownError

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = _refuse


class _LooksAtUnknownError(Exception):
    def __str__(self) -> str:
        return (
            "it looks at a fact, which the prover does not know; say in when= for which facts the "
            "comparison holds, and only add, subtract and replace"
        )


def _bare(value: Any) -> Value:
    return value.term if isinstance(value, _Unknown) else value


def build(
    variant: Variant, facts: Mapping[str, Value], parts: Mapping[str, Value], place: str
) -> list[dict[str, Value]]:
    """The facts of the cases of ``variant`` over unknown ``facts`` and free amounts ``parts``.

    UnreadableRule names the line of the pack that does more than the prover can follow.
    """
    given = {
        name: value if is_known(value) else _Unknown(value)
        for name, value in {**facts, **parts}.items()
    }
    try:
        cases = variant.build(given)
        if cases is None:
            raise _LooksAtUnknownError
        return [
            {name: _bare(value) for name, value in case.items() if name not in parts}
            for case in cases
        ]
    except UnreadableRule:
        raise
    except Exception as error:
        raise UnreadableRule(
            f"{_line_of(error, place)}: variant {variant.name}: the prover cannot read it: {error}"
        ) from error


def _line_of(error: Exception, place: str) -> str:
    """The file and line of the pack at which the error arose."""
    found = place
    file = place.rsplit(":", 1)[0]
    step = error.__traceback__
    while step is not None:
        name = Path(step.tb_frame.f_code.co_filename).name
        if name == file:
            found = f"{name}:{step.tb_lineno}"
        step = step.tb_next
    return found


def unknown_parts(
    variants: Sequence[Variant], facts: Mapping[str, Value]
) -> tuple[dict[str, Value], list[Any]]:
    """An unknown for each free amount of the variants, and what is true of it."""
    parts: dict[str, Value] = {}
    bounds: list[Any] = []
    for variant in variants:
        for name, whole in variant.free.items():
            parts[name] = z3.Int(name)
            bounds += [parts[name] >= 0, parts[name] <= facts[whole]]
    return parts, bounds
