"""Health poverty relief of 2018 worked out a second time, the plain way, from semantics.md §3-§4.

It shares nothing with the rules of the pack: exact fractions, one function from top to bottom, and
no imports of Doudi. What it knows of the pack are the names of its values. Below the fold stand the
claims and values that tests draw for it, as plain data too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import strategies as st

Bands = list[tuple[int | None, int]]
"""(upper bound in fen or None, rate in basis points), lowest band first."""

OUTPUTS = (
    "basic_pay",
    "critical_pay",
    "commercial_pay",
    "assistance_pay",
    "backstop_pay",
    "own_pay",
)


def half_up(amount: Fraction) -> int:
    """To the nearest fen, a half upwards."""
    return floor(amount + Fraction(1, 2))


def part(amount: int, rate: int) -> int:
    """A share of an amount, to the nearest fen."""
    return half_up(Fraction(amount) * Fraction(rate, 10_000))


def on_bands(low: int, high: int, bands: Bands) -> int:
    """What the bands give on everything that lies between ``low`` and ``high``."""
    given = Fraction(0)
    start = 0
    for upper, rate in bands:
        end = high if upper is None else min(upper, high)
        width = end - max(start, low)
        if width > 0:
            given += width * Fraction(rate, 10_000)
        start = end if upper is None else upper
    return half_up(given)


def higher(rate: int, rise: int, reading: str) -> int:
    """A rate after the rise, in points or as a share of itself, at most the whole."""
    more = rise if reading == "points" else part(rate, rise)
    return min(10_000, rate + more)


@dataclass
class Year:
    """What one person's year has come to."""

    basic: int = 0
    left_after_basic: int = 0
    critical: int = 0
    assistance: int = 0
    family_bed: int = 0
    own_while_registered: int = 0


@dataclass
class Fold:
    """Settles claims one after the other; ``values`` and ``readings`` go by their names."""

    values: Mapping[str, Any]
    readings: Mapping[str, str]
    year: Year = field(default_factory=Year)

    def settle(self, claim: Mapping[str, Any]) -> tuple[int, ...]:
        """The six amounts of one claim, in the order of OUTPUTS."""
        total, reg = claim["bill"], claim["registered"]
        if claim["kind"] == "inpatient":
            basic, critical, commercial, assistance, before = self._stay(claim)
        else:
            basic, assistance = self._care(claim)
            critical = commercial = before = 0
        rest = total - basic - critical - commercial - assistance - before
        ceiling = 0
        if reg:
            ceiling = max(
                0,
                rest - max(0, self.values["own_year_ceiling"] - self.year.own_while_registered),
            )
            self.year.own_while_registered += rest - ceiling
        return basic, critical, commercial, assistance, before + ceiling, rest - ceiling

    def _stay(self, claim: Mapping[str, Any]) -> tuple[int, int, int, int, int]:
        v, year = self.values, self.year
        total, inside, reg = claim["bill"], claim["catalogue"], claim["registered"]
        level, rise = claim["hospital_level"], self.readings["rise"]
        counted = inside
        if claim["outside_league"]:
            counted -= part(inside, v["outside_first_pay"])

        deductible = v[f"basic_deductible[{level}]"]
        bands = v[f"basic_schedule[{level}]"]
        if reg:
            deductible -= part(deductible, v["basic_deductible_cut"])
            bands = [(upper, higher(rate, v["basic_rate_rise"], rise)) for upper, rate in bands]
        p1 = min(on_bands(deductible, counted, bands), max(0, v["basic_cap"] - year.basic))

        x = counted - p1
        u0, u1 = year.left_after_basic, year.left_after_basic + x
        deductible = v["critical_deductible"]
        bands = v["critical_schedule"]
        if reg:
            deductible -= part(deductible, v["critical_deductible_cut"])
            bands = [(upper, higher(rate, v["critical_rate_rise"], rise)) for upper, rate in bands]
        a0, a1 = max(0, u0 - deductible), max(0, u1 - deductible)
        p2 = min(x, on_bands(0, a1, bands) - on_bands(0, a0, bands))
        if not reg:
            p2 = min(p2, max(0, v["critical_cap"] - year.critical))

        p3 = p4 = p5a = p5b = 0
        if reg:
            base = total if self.readings["commercial_base"] == "bill" else counted
            p3 = part(base - p1 - p2, v["commercial_rate"])
            room = v["assistance_cap"]
            if self.readings["assistance_cap_period"] == "year":
                room = max(0, room - year.assistance)
            p4 = min(part(max(0, counted - p1 - p2 - p3), v["assistance_rate"]), room)
            r4 = max(0, counted - p1 - p2 - p3 - p4)
            if claim["serious"]:
                p5a = part(min(r4, a1 - a0), v["serious_assistance_rate"])
            base = inside if self.readings["floor_base"] == "catalogue" else total
            limit = floor(base * Fraction(v["own_share_ceiling"], 10_000))
            p5b = max(0, (base - p1 - p2 - p3 - p4 - p5a) - limit)
        year.basic += p1
        year.left_after_basic += x
        year.critical += p2
        year.assistance += p4
        return p1, p2, p3, p4, p5a + p5b

    def _care(self, claim: Mapping[str, Any]) -> tuple[int, int]:
        v = self.values
        kind, inside, reg = claim["kind"], claim["catalogue"], claim["registered"]
        if kind == "family_bed":
            basic = 0
            if reg:
                basic = min(inside, max(0, v["family_bed_year_limit"] - self.year.family_bed))
            self.year.family_bed += basic
            return basic, 0
        if kind == "package":
            return (inside - part(inside, v["package_own_share"]) if reg else 0), 0
        chronic = kind in ("chronic", "drug_purchase")
        rate = v["chronic_rate" if chronic else f"{kind}_rate"]
        if reg:
            rate = higher(rate, v["outpatient_rate_rise"], self.readings["rise"])
        basic = part(inside, rate)
        assistance = 0
        if chronic and reg:
            assistance = max(0, part(inside, v["chronic_floor"]) - basic)
        return basic, assistance


def settle_all(
    claims: Sequence[tuple[Any, int, Mapping[str, Any]]],
    values: Mapping[str, Any],
    readings: Mapping[str, str],
) -> list[tuple[int, ...]]:
    """The amounts of claims (person, calendar year, facts) in the order in which they are settled.

    A new year of a person starts from nothing; persons may be mixed in any order.
    """
    folds: dict[tuple[Any, int], Fold] = {}
    return [
        folds.setdefault((person, year), Fold(values, readings)).settle(facts)
        for person, year, facts in claims
    ]


# ---- What tests draw for it ------------------------------------------------------------------

LARGEST = 10**12
"""The largest single amount in fen (semantics.md §1)."""

KINDS = (
    "inpatient",
    "chronic",
    "drug_purchase",
    "outpatient",
    "observation",
    "family_bed",
    "package",
)

EDGES_IN_YUAN = (
    *(100, 200, 400, 600, 1_200),
    *(4_200, 5_000, 7_000, 14_000),
    *(30_000, 50_000, 70_000, 160_000, 200_000, 500_000),
)
"""Deductibles whole and halved, ends of bands, limits and caps."""

EDGES = st.builds(
    lambda yuan, whole, off: yuan * (100 if whole else 50) + off,
    st.sampled_from(EDGES_IN_YUAN),
    st.booleans(),
    st.integers(-3, 3),
)

AMOUNTS = st.one_of(
    st.integers(0, 40),
    EDGES,
    st.integers(0, 3_000_000),
    st.integers(0, 60_000_000),
    st.integers(LARGEST - 3, LARGEST),
)

RATES = st.one_of(st.sampled_from((0, 1, 4_999, 5_000, 9_999, 10_000)), st.integers(0, 10_000))


@st.composite
def claims(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> dict[str, Any]:
    """The facts of one claim."""
    bill = draw(AMOUNTS)
    inside = draw(st.one_of(st.just(bill), st.integers(0, bill), AMOUNTS, st.just(0)))
    return {
        "kind": draw(st.sampled_from(kinds)),
        "hospital_level": draw(st.sampled_from((1, 2, 3))),
        "outside_league": draw(st.booleans()),
        "bill": bill,
        "catalogue": min(bill, inside),
        "registered": draw(st.sampled_from((True, True, False))),
        "serious": draw(st.booleans()),
    }


@st.composite
def bands(draw: st.DrawFn) -> Bands:
    """Any rates on up to five bands."""
    uppers = sorted(draw(st.sets(AMOUNTS.filter(bool), max_size=4)))
    return [(upper, draw(RATES)) for upper in [*uppers, None]]


def anything_for(units: Mapping[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    """Any value at all for each name, by its unit: fen, rate or schedule."""
    draws: dict[str, st.SearchStrategy[Any]] = {"fen": AMOUNTS, "rate": RATES, "schedule": bands()}
    return st.fixed_dictionaries({name: draws[unit] for name, unit in units.items()})
