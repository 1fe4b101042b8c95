"""The order in which claims are settled: by person, then by date, then as they stand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]

_ROOM = 63
"""Bits of a signed number that a packed key can use."""


def is_in_order(person: Ints, day: Ints) -> bool:
    """Whether the claims stand by rising person and, within one, by date."""
    if len(person) < 2:  # noqa: PLR2004 - nothing to compare
        return True
    before, after = person[:-1], person[1:]
    if (after < before).any():
        return False
    return not ((after == before) & (day[1:] < day[:-1])).any()


def settlement_order(person: Ints, day: Ints) -> Ints | None:
    """The places of the claims in the order of settlement, or None where they stand so already.

    Which person comes first does not matter to any amount.
    """
    if is_in_order(person, day):
        return None
    lowest, first_day = int(person.min()), int(day.min())
    person_bits = (int(person.max()) - lowest).bit_length()
    day_bits = (int(day.max()) - first_day).bit_length()
    place_bits = len(person).bit_length()
    if person_bits + day_bits + place_bits > _ROOM:
        return np.lexsort((day, person))
    # Person, day and place in one number: sorting plain numbers is several times faster than
    # finding the order of rows, and no two are equal, so nothing has to be kept stable.
    key = person.astype(np.int64) - lowest
    key <<= day_bits
    key |= day.astype(np.int64) - first_day
    key <<= place_bits
    key |= np.arange(len(person), dtype=np.int64)
    key.sort()
    key &= (1 << place_bits) - 1
    return key


def starts_of_years(person: Ints, day: Ints) -> NDArray[np.bool_]:
    """True at the first claim of each person's calendar year, of claims in settlement order."""
    first = np.ones(len(person), np.bool_)
    if not len(person):
        return first
    np.not_equal(person[1:], person[:-1], out=first[1:])
    year = calendar_year(day)
    if year is not None:
        first[1:] |= year[1:] != year[:-1]
    return first


def calendar_year(day: Ints) -> Ints | None:
    """The year of each day, counted from the earliest; None where all lie in one."""
    span = np.array([day.min(), day.max()]).astype("datetime64[D]").astype("datetime64[Y]")
    if span[0] == span[1]:
        return None
    new_years = np.arange(span[0] + 1, span[1] + 1).astype("datetime64[D]").astype(np.int64)
    return np.searchsorted(new_years, day, side="right")
