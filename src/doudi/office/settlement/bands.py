"""The bands by which figures sort settlements: what a person paid, and what the payers gave."""

from __future__ import annotations

from bisect import bisect_left

OWN_BANDS = (0, 50_000, 100_000, 200_000, 300_000, 500_000)
"""The most that is paid in each band, in fen; one more band lies above the last."""

SHARE_BANDS = (50, 60, 70, 80, 90)
"""From how many per cent of the bill the payers give in each band; one more lies below."""

_ALL = 100


def own_band(own_fen: int) -> int:
    """The place of an own part in `OWN_BANDS`, or one beyond it."""
    return bisect_left(OWN_BANDS, own_fen)


def share_band(bill_fen: int, own_fen: int) -> int:
    """How many of `SHARE_BANDS` the payers' part of a bill reaches."""
    given = (bill_fen - own_fen) * _ALL
    return sum(given >= bill_fen * least for least in SHARE_BANDS)
