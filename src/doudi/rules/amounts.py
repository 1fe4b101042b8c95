"""Exact arithmetic on money: integer fen, rates in basis points, no float anywhere.

The functions here are the words of the rule language (semantics.md §1). Every use of a rule -
explained, settled, simulated, proved - means the same thing by them.
"""

from __future__ import annotations

from dataclasses import dataclass

WHOLE = 10_000
"""100% in basis points."""

LARGEST_AMOUNT = 10**12
"""The largest single amount, in fen (10 billion yuan); larger input is refused."""

MOST_BANDS = 8
"""The most bands of a schedule: every schedule takes the same room in the fused loop's table."""

LARGEST_YEAR = 9 * 10**14
"""The largest bill of one person's year, in fen: below it no product in a rule leaves 64 bits."""


@dataclass(frozen=True)
class Band:
    """Up to ``upper`` fen (None: without end) the rate is ``rate`` basis points."""

    upper: int | None
    rate: int


@dataclass(frozen=True)
class Schedule:
    """Rates by band, lowest band first; only the last band is open."""

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        uppers = [band.upper for band in self.bands]
        if not uppers or uppers[-1] is not None or None in uppers[:-1]:
            raise ValueError("a schedule needs bands of which only the last is open")
        closed = [upper for upper in uppers if upper is not None]
        if closed != sorted(set(closed)) or any(upper <= 0 for upper in closed):
            raise ValueError("the upper bounds of a schedule must rise")
        if any(not 0 <= band.rate <= WHOLE for band in self.bands):
            raise ValueError("a rate in a schedule lies between 0% and 100%")

    def shifted(self, points: int) -> Schedule:
        """Every rate moved by ``points`` basis points, kept between 0% and 100%."""
        return Schedule(
            tuple(Band(band.upper, min(WHOLE, max(0, band.rate + points))) for band in self.bands)
        )


def share(amount: int, rate: int) -> int:
    """``amount`` × ``rate``, rounded half up to the fen."""
    return (amount * rate + WHOLE // 2) // WHOLE


def share_down(amount: int, rate: int) -> int:
    """``amount`` × ``rate``, rounded down to the fen: the doubt goes to who pays."""
    return amount * rate // WHOLE


def between(low: int, high: int, schedule: Schedule) -> int:
    """What the schedule gives on the part of an amount from ``low`` to ``high``, rounded once."""
    if high <= low:
        return 0
    total = 0
    floor = 0
    for band in schedule.bands:
        top = high if band.upper is None else min(high, band.upper)
        total += max(0, top - max(low, floor)) * band.rate
        if band.upper is None:
            break
        floor = band.upper
    return (total + WHOLE // 2) // WHOLE


def up_to(amount: int, schedule: Schedule) -> int:
    """What the schedule gives on the whole of ``amount``."""
    return between(0, amount, schedule)


def raise_rate(rate: int, rise: int) -> int:
    """``rate`` raised by ``rise`` percentage points, at most 100%."""
    return min(WHOLE, rate + rise)


def raise_rate_relative(rate: int, rise: int) -> int:
    """``rate`` raised by the share ``rise`` of itself, at most 100%."""
    return min(WHOLE, rate + share(rate, rise))


def raised(schedule: Schedule, rise: int) -> Schedule:
    """Every rate of the schedule raised by ``rise`` points, at most 100%."""
    return Schedule(tuple(Band(band.upper, raise_rate(band.rate, rise)) for band in schedule.bands))


def raised_relative(schedule: Schedule, rise: int) -> Schedule:
    """Every rate of the schedule raised by the share ``rise`` of itself, at most 100%."""
    return Schedule(
        tuple(Band(band.upper, raise_rate_relative(band.rate, rise)) for band in schedule.bands)
    )
