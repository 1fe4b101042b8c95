"""Values as a policy author writes them - ``1200 yuan``, ``50%`` - read exactly."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from doudi.rules.amounts import LARGEST_YEAR, MOST_BANDS, WHOLE, Band, Schedule
from doudi.rules.errors import BadValue

_LARGEST_STATED = LARGEST_YEAR
_LARGEST_EXPONENT = 20
_EXACT = Context(prec=60, traps=[InvalidOperation, Inexact])


def read_fen(text: Any, what: str) -> int:
    """``1200 yuan`` or ``0.5 yuan`` to fen; a bare number is refused because its unit is unsure."""
    if not isinstance(text, str) or not text.endswith(" yuan"):
        raise BadValue(f"{what}: write an amount as '1200 yuan', not {text!r}")
    fen = _scaled(text.removesuffix(" yuan"), 100, what)
    if not 0 <= fen <= _LARGEST_STATED:
        raise BadValue(f"{what}: {text!r} is out of bounds")
    return fen


def read_rate(text: Any, what: str, *, lowest: int = 0, highest: int = WHOLE) -> int:
    """``50%`` to basis points."""
    if not isinstance(text, str) or not text.endswith("%"):
        raise BadValue(f"{what}: write a rate as '50%', not {text!r}")
    rate = _scaled(text.removesuffix("%"), 100, what)
    if not lowest <= rate <= highest:
        raise BadValue(f"{what}: {text!r} is not between {lowest / 100:g}% and {highest / 100:g}%")
    return rate


def read_count(number: Any, what: str) -> int:
    """A whole number of persons, households, days or things."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise BadValue(f"{what}: write a whole number, not {number!r}")
    return number


def read_schedule(bands: Any, what: str) -> Schedule:
    """A list of ``{to: 30000 yuan, rate: 65%}``, the last without ``to``."""
    if not isinstance(bands, list) or not all(isinstance(band, dict) for band in bands):
        raise BadValue(f"{what}: write a schedule as a list of {{to: 30000 yuan, rate: 65%}}")
    for band in bands:
        if not {"rate"} <= set(band) <= {"to", "rate"}:
            raise BadValue(f"{what}: a band has 'rate' and, but for the last, 'to'; not {band!r}")
    if len(bands) > MOST_BANDS:
        raise BadValue(f"{what}: a schedule has at most {MOST_BANDS} bands, not {len(bands)}")
    try:
        return Schedule(
            tuple(
                Band(
                    read_fen(band["to"], what) if "to" in band else None,
                    read_rate(band["rate"], what),
                )
                for band in bands
            )
        )
    except ValueError as error:
        raise BadValue(f"{what}: {error}") from error


def _scaled(text: str, scale: int, what: str) -> int:
    try:
        number = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        raise BadValue(f"{what}: {text!r} is not a number") from None
    if not number.is_finite():
        raise BadValue(f"{what}: {text!r} is not a number")
    if number.adjusted() > _LARGEST_EXPONENT:
        raise BadValue(f"{what}: {text!r} is out of bounds")
    try:
        steps = _EXACT.multiply(number, Decimal(scale))
    except Inexact:
        steps = Decimal("NaN")
    if steps != steps.to_integral_value():
        raise BadValue(f"{what}: {text!r} is finer than the smallest unit")
    return int(steps)
