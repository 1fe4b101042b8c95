"""Peer: numpy, 64-bit integers, all people's n-th claims at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from measured import (
    CHRONIC,
    DRUG_PURCHASE,
    FAMILY_BED,
    INPATIENT,
    OBSERVATION,
    OUTPATIENT,
    OUTPUTS,
    PACKAGE,
    Amounts,
    Columns,
    run,
)
from turns import turns

WHOLE = 10_000
OPEN = 2**62


def share(amount: Any, rate: Any) -> Any:
    return (amount * rate + WHOLE // 2) // WHOLE


def between(low: Any, high: Any, bands: list[list[int | None]], rise: int) -> Any:
    total = np.zeros_like(high)
    floor = 0
    for upper, rate in bands:
        top = OPEN if upper is None else upper
        part = np.minimum(high, top) - np.maximum(low, floor)
        total += np.maximum(part, 0) * min(WHOLE, rate + rise)
        floor = top
    return np.where(high > low, (total + WHOLE // 2) // WHOLE, 0)


def by_level(level: Any, choices: list[Any]) -> Any:
    return np.choose(level - 1, choices)


def stay(v: dict[str, Any], claim: Columns, year: Amounts) -> tuple[Any, ...]:
    """Basic, critical, commercial, assistance and the backstop before the year's ceiling."""
    bill, reg, level = claim["bill"], claim["registered"], claim["hospital_level"]
    inside = claim["catalogue"]
    first = np.where(claim["outside_league"], share(inside, v["outside_first_pay"]), 0)
    counted = inside - first
    deductible = by_level(level, [np.int64(v[f"basic_deductible[{n}]"]) for n in (1, 2, 3)])
    deductible = np.where(
        reg, deductible - share(deductible, v["basic_deductible_cut"]), deductible
    )
    schedules = [v[f"basic_schedule[{n}]"] for n in (1, 2, 3)]
    plain = by_level(level, [between(deductible, counted, s, 0) for s in schedules])
    raised = by_level(
        level, [between(deductible, counted, s, v["basic_rate_rise"]) for s in schedules]
    )
    basic = np.minimum(np.where(reg, raised, plain), np.maximum(0, v["basic_cap"] - year["basic"]))
    left = counted - basic
    cut = v["critical_deductible"] - share(v["critical_deductible"], v["critical_deductible_cut"])
    limit = np.where(reg, cut, v["critical_deductible"])
    low = np.maximum(0, year["left"] - limit)
    high = np.maximum(0, year["left"] + left - limit)
    bands, rise, none = v["critical_schedule"], v["critical_rate_rise"], np.zeros_like(high)
    raised = between(none, high, bands, rise) - between(none, low, bands, rise)
    plain = between(none, high, bands, 0) - between(none, low, bands, 0)
    capped = np.minimum(plain, np.maximum(0, v["critical_cap"] - year["critical"]))
    critical = np.minimum(left, np.where(reg, raised, capped))
    rest = counted - basic - critical
    commercial = np.where(reg, share(rest, v["commercial_rate"]), 0)
    rest -= commercial
    room = np.maximum(0, v["assistance_cap"] - year["assistance"])
    assistance = np.where(
        reg, np.minimum(share(np.maximum(0, rest), v["assistance_rate"]), room), 0
    )
    rest = np.maximum(0, rest - assistance)
    listed = np.where(
        reg & claim["serious"],
        share(np.minimum(rest, high - low), v["serious_assistance_rate"]),
        0,
    )
    paid = basic + critical + commercial + assistance + listed
    floor = np.where(reg, np.maximum(0, bill - paid - bill * v["own_share_ceiling"] // WHOLE), 0)
    year["basic"] += basic
    year["left"] += left
    year["critical"] += critical
    year["assistance"] += assistance
    return basic, critical, commercial, assistance, listed + floor


def care(v: dict[str, Any], kind: int, claim: Columns, year: Amounts) -> tuple[Any, Any]:
    """Basic insurance and assistance on care without a stay."""
    inside, reg = claim["catalogue"], claim["registered"]
    none = np.zeros_like(inside)
    if kind == FAMILY_BED:
        room = np.maximum(0, v["family_bed_year_limit"] - year["family_bed"])
        basic = np.where(reg, np.minimum(inside, room), 0)
        year["family_bed"] += basic
        return basic, none
    if kind == PACKAGE:
        return np.where(reg, inside - share(inside, v["package_own_share"]), 0), none
    name = {OUTPATIENT: "outpatient_rate", OBSERVATION: "observation_rate"}
    rate = v[name.get(kind, "chronic_rate")]
    raised = min(WHOLE, rate + v["outpatient_rate_rise"])
    basic = share(inside, np.where(reg, raised, rate))
    if kind not in (CHRONIC, DRUG_PURCHASE):
        return basic, none
    top_up = np.maximum(0, share(inside, v["chronic_floor"]) - basic)
    return basic, np.where(reg, top_up, 0)


YEAR = ("basic", "left", "critical", "assistance", "family_bed", "own")


def one_kind(v: dict[str, Any], kind: int, claim: Columns, year: Amounts) -> list[Any]:
    """The six amounts of claims of one kind, each of another person; ``year`` moves on."""
    if kind == INPATIENT:
        basic, critical, commercial, assistance, backstop = stay(v, claim, year)
    else:
        basic, assistance = care(v, kind, claim, year)
        critical = commercial = backstop = np.zeros_like(basic)
    own = claim["bill"] - basic - critical - commercial - assistance - backstop
    room = np.maximum(0, v["own_year_ceiling"] - year["own"])
    over = np.where(claim["registered"], np.maximum(0, own - room), 0)
    year["own"] += np.where(claim["registered"], own - over, 0)
    return [basic, critical, commercial, assistance, backstop + over, own - over]


def settle(values: dict[str, Any], columns: Columns, yearly: bool) -> Amounts:
    people, sequence = turns(columns)
    state = {name: np.zeros(people, np.int64) for name in YEAR}
    size = people if yearly else len(columns["bill"])
    out = {name: np.zeros(size, np.int64) for name in OUTPUTS}
    for rows, who in sequence:
        kinds = columns["kind"][rows]
        for kind in np.unique(kinds):
            chosen = kinds == kind
            here, them = rows[chosen], who[chosen]
            claim = {name: column[here] for name, column in columns.items()}
            year = {name: state[name][them] for name in YEAR}
            amounts = one_kind(values, int(kind), claim, year)
            for name in YEAR:
                state[name][them] = year[name]
            for name, amount in zip(OUTPUTS, amounts, strict=True):
                # One claim of a person a turn, so no place comes twice.
                out[name][them if yearly else here] += amount
    return out


if __name__ == "__main__":
    run(settle, "numpy")
