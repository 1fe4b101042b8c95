"""Peer: a loop written by hand for exactly this policy, compiled by numba, on both processors.

The values stand in the code's arguments; nothing can be explained, changed or proved with it. It
is the measure of what the same arithmetic costs when a person writes it for speed alone.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from measured import OUTPUTS, Amounts, Columns, run

OPEN = 2**62
BANDS = 4


@numba.njit(inline="always")
def share(amount, rate):
    return (amount * rate + 5_000) // 10_000


@numba.njit
def between(low, high, uppers, rates, rise):
    if high <= low:
        return 0
    total = 0
    floor = 0
    for band in range(len(uppers)):
        part = min(high, uppers[band]) - max(low, floor)
        if part > 0:
            total += part * min(10_000, rates[band] + rise)
        if high <= uppers[band]:
            break
        floor = uppers[band]
    return (total + 5_000) // 10_000


@numba.njit(parallel=True, cache=False)
def loop(
    starts,
    kind,
    level,
    outside,
    bill,
    inside,
    registered,
    serious,
    deductibles,
    uppers,
    rates,
    critical_uppers,
    critical_rates,
    basic_cut,
    basic_rise,
    basic_cap,
    outside_first,
    critical_deductible,
    critical_cut,
    critical_rise,
    critical_cap,
    commercial_rate,
    assistance_rate,
    assistance_cap,
    serious_rate,
    own_share,
    own_year,
    chronic_rate,
    chronic_floor,
    outpatient_rate,
    observation_rate,
    outpatient_rise,
    bed_limit,
    package_own,
    out_basic,
    out_critical,
    out_commercial,
    out_assistance,
    out_backstop,
    out_own,
    yearly,
):
    for person in numba.prange(len(starts) - 1):
        year_basic = year_left = year_critical = year_assistance = year_bed = year_own = 0
        for i in range(starts[person], starts[person + 1]):
            total = bill[i]
            reg = registered[i]
            basic = critical = commercial = assistance = backstop = 0
            k = kind[i]
            if k == 0:
                counted = inside[i]
                if outside[i]:
                    counted -= share(counted, outside_first)
                n = level[i] - 1
                deductible = deductibles[n]
                rise = 0
                limit = critical_deductible
                steep = 0
                if reg:
                    deductible -= share(deductible, basic_cut)
                    rise = basic_rise
                    limit -= share(limit, critical_cut)
                    steep = critical_rise
                basic = min(
                    between(deductible, counted, uppers[n], rates[n], rise),
                    max(0, basic_cap - year_basic),
                )
                left = counted - basic
                low = max(0, year_left - limit)
                high = max(0, year_left + left - limit)
                critical = between(0, high, critical_uppers, critical_rates, steep)
                critical -= between(0, low, critical_uppers, critical_rates, steep)
                critical = min(left, critical)
                if reg:
                    rest = left - critical
                    commercial = share(rest, commercial_rate)
                    rest -= commercial
                    assistance = min(
                        share(rest, assistance_rate), max(0, assistance_cap - year_assistance)
                    )
                    rest -= assistance
                    if serious[i]:
                        backstop = share(min(rest, high - low), serious_rate)
                    paid = basic + critical + commercial + assistance + backstop
                    backstop += max(0, total - paid - total * own_share // 10_000)
                else:
                    critical = min(critical, max(0, critical_cap - year_critical))
                year_basic += basic
                year_left += left
                year_critical += critical
                year_assistance += assistance
            elif k <= 2:
                rate = chronic_rate
                if reg:
                    rate = min(10_000, rate + outpatient_rise)
                basic = share(inside[i], rate)
                if reg:
                    assistance = max(0, share(inside[i], chronic_floor) - basic)
            elif k <= 4:
                rate = outpatient_rate if k == 3 else observation_rate
                if reg:
                    rate = min(10_000, rate + outpatient_rise)
                basic = share(inside[i], rate)
            elif reg:
                if k == 5:
                    basic = min(inside[i], max(0, bed_limit - year_bed))
                    year_bed += basic
                else:
                    basic = inside[i] - share(inside[i], package_own)
            own = total - basic - critical - commercial - assistance - backstop
            if reg:
                over = max(0, own - max(0, own_year - year_own))
                backstop += over
                own -= over
                year_own += own
            at = np.int64(person) if yearly else np.int64(i)
            out_basic[at] += basic
            out_critical[at] += critical
            out_commercial[at] += commercial
            out_assistance[at] += assistance
            out_backstop[at] += backstop
            out_own[at] += own


def bands(schedule: list[list[int | None]]) -> tuple[Any, Any]:
    padded = schedule + [[None, 0]] * (BANDS - len(schedule))
    uppers = np.array([OPEN if upper is None else upper for upper, _rate in padded], np.int64)
    return uppers, np.array([rate for _upper, rate in padded], np.int64)


def settle(values: dict[str, Any], columns: Columns, yearly: bool) -> Amounts:
    v = values
    person, day = columns["person"], columns["date"]
    later = (person[1:] > person[:-1]) | ((person[1:] == person[:-1]) & (day[1:] >= day[:-1]))
    order = None if later.all() else np.lexsort((day, person))
    if order is not None:
        columns = {name: column[order] for name, column in columns.items()}
        person = columns["person"]
    fresh = np.concatenate([[True], person[1:] != person[:-1]])
    starts = np.append(np.flatnonzero(fresh), len(person))
    schedules = [bands(v[f"basic_schedule[{n}]"]) for n in (1, 2, 3)]
    critical = bands(v["critical_schedule"])
    size = len(starts) - 1 if yearly else len(person)
    out = [np.zeros(size, np.int64) for _ in OUTPUTS]
    loop(
        starts,
        *(columns[name] for name in ("kind", "hospital_level", "outside_league")),
        *(columns[name] for name in ("bill", "catalogue", "registered", "serious")),
        np.array([v[f"basic_deductible[{n}]"] for n in (1, 2, 3)], np.int64),
        np.stack([uppers for uppers, _rates in schedules]),
        np.stack([rates for _uppers, rates in schedules]),
        *critical,
        *(v[name] for name in SINGLE),
        *out,
        yearly,
    )
    if order is None or yearly:
        return dict(zip(OUTPUTS, out, strict=True))
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return {name: column[back] for name, column in zip(OUTPUTS, out, strict=True)}


SINGLE = (
    "basic_deductible_cut",
    "basic_rate_rise",
    "basic_cap",
    "outside_first_pay",
    "critical_deductible",
    "critical_deductible_cut",
    "critical_rate_rise",
    "critical_cap",
    "commercial_rate",
    "assistance_rate",
    "assistance_cap",
    "serious_assistance_rate",
    "own_share_ceiling",
    "own_year_ceiling",
    "chronic_rate",
    "chronic_floor",
    "outpatient_rate",
    "observation_rate",
    "outpatient_rate_rise",
    "family_bed_year_limit",
    "package_own_share",
)

if __name__ == "__main__":
    run(settle, "numba")
