"""The seven kinds of claim of hinggan-2018 as one loop written by hand for numba.

What somebody would write who needs only this policy, only these values and no explanations: every
value is a constant, every total a local variable. It shares nothing with the rules of the pack.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

OUTPUTS = (
    "basic_pay",
    "critical_pay",
    "commercial_pay",
    "assistance_pay",
    "backstop_pay",
    "own_pay",
)
INPUTS = (
    "hospital_level",
    "outside_league",
    "bill",
    "catalogue",
    "registered",
    "serious",
)

_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}


@numba.njit(**_OPTIONS)
def _part(amount, rate):
    return (amount * rate + 5_000) // 10_000


@numba.njit(**_OPTIONS)
def _basic(level, low, high, rise):
    """The basic schedule of the level on what lies between low and high."""
    if high <= low:
        return 0
    if level == 1:
        return _part(high - low, min(10_000, 8_500 + rise))
    if level == 2:
        return _part(high - low, min(10_000, 7_500 + rise))
    total = max(0, min(high, 3_000_000) - low) * min(10_000, 6_500 + rise)
    total += max(0, min(high, 7_000_000) - max(low, 3_000_000)) * min(10_000, 7_000 + rise)
    total += max(0, min(high, 20_000_000) - max(low, 7_000_000)) * min(10_000, 7_500 + rise)
    total += max(0, high - max(low, 20_000_000)) * min(10_000, 8_000 + rise)
    return (total + 5_000) // 10_000


@numba.njit(**_OPTIONS)
def settle(  # noqa: PLR0912, PLR0915 - one loop is what it is to be compared with
    first, kind, level, outside, bill, catalogue, registered, serious, out
):
    """Settle claims that stand by person and date into the six rows of ``out``."""
    basic_total = critical_total = assistance_total = left_total = bed_total = own_total = 0
    for i in range(len(bill)):
        if first[i]:
            basic_total = critical_total = assistance_total = left_total = bed_total = own_total = 0
        poor = registered[i]
        whole, inside = bill[i], catalogue[i]
        basic = critical = commercial = assistance = backstop = 0
        if kind[i] == 0:
            counted = inside - _part(inside, 2_000) if outside[i] else inside
            deductible = 20_000 if level[i] == 1 else 40_000 if level[i] == 2 else 120_000
            if poor:
                deductible -= _part(deductible, 5_000)
            basic = _basic(level[i], deductible, counted, 1_000 if poor else 0)
            basic = min(basic, max(0, 16_000_000 - basic_total))
            left = counted - basic
            start = 700_000 if poor else 1_400_000
            before, after = max(0, left_total - start), max(0, left_total + left - start)
            rate = 7_000 if poor else 6_000
            critical = min(left, _part(after, rate) - _part(before, rate))
            if poor:
                commercial = _part(counted - basic - critical, 5_500)
                rest = max(0, counted - basic - critical - commercial)
                assistance = min(_part(rest, 9_000), max(0, 5_000_000 - assistance_total))
                if serious[i]:
                    backstop = _part(min(rest - assistance, after - before), 9_000)
                paid = basic + critical + commercial + assistance + backstop
                backstop += max(0, whole - paid - whole * 1_000 // 10_000)
            else:
                critical = min(critical, max(0, 50_000_000 - critical_total))
            basic_total += basic
            critical_total += critical
            assistance_total += assistance
            left_total += left
        elif kind[i] == 1 or kind[i] == 2:
            basic = _part(inside, 7_500 if poor else 6_000)
            if poor:
                assistance = max(0, _part(inside, 9_000) - basic)
        elif kind[i] == 3 or kind[i] == 4:
            basic = _part(inside, 6_500 if poor else 5_000)
        elif kind[i] == 5:
            if poor:
                basic = min(inside, max(0, 420_000 - bed_total))
                bed_total += basic
        elif poor:
            basic = inside - _part(inside, 1_000)
        if poor:
            paid = basic + critical + commercial + assistance + backstop
            backstop += max(0, whole - paid - max(0, 500_000 - own_total))
        own = whole - basic - critical - commercial - assistance - backstop
        if poor:
            own_total += own
        out[0, i] = basic
        out[1, i] = critical
        out[2, i] = commercial
        out[3, i] = assistance
        out[4, i] = backstop
        out[5, i] = own


def warm_up() -> None:
    """Compile now."""
    one, flag = np.ones(1, np.int64), np.ones(1, np.bool_)
    settle(flag, one.astype(np.int8), one, flag, one, one, flag, flag, np.empty((6, 1), np.int64))
