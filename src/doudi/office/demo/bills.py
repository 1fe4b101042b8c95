"""Made-up stays and visits: who, where, when, and the lines of the bill. All our assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from doudi.office.demo.draw import Draw
from doudi.office.demo.institutions import (
    LEAGUE_HOSPITAL,
    OUTSIDE_HOSPITAL,
    banner_hospital,
    sumu_hospital,
)
from doudi.office.demo.people import League
from doudi.office.settlement.fees import FeeInput

FIRST_DAY, LAST_DAY = date(2018, 1, 2), date(2018, 9, 25)
INPATIENT = "inpatient"

_KINDS = (
    (INPATIENT, 40),
    ("chronic", 30),
    ("outpatient", 14),
    ("drug_purchase", 6),
    ("observation", 5),
    ("package", 3),
    ("family_bed", 2),
)
_REGISTERED_PERCENT = 80
# So much of the care goes to a fifth of the people.
_OFTEN_PERCENT, _OFTEN_SHARE = 60, 5
# Lowest and highest bill in yuan; most are near the lowest.
_STAYS = {"sumu": (600, 8_000), "banner": (1_500, 30_000), "league": (4_000, 90_000)}
_OUTSIDE = (8_000, 200_000)
_VISITS = {
    "chronic": (60, 1_500),
    "outpatient": (30, 700),
    "drug_purchase": (60, 600),
    "observation": (150, 1_800),
    "package": (20, 120),
    "family_bed": (200, 2_000),
}
# Item, catalogue class, share of the bill in percent.
_ITEMS = (
    ("合成检查", "A", 25),
    ("合成治疗", "A", 20),
    ("合成药品", "B", 42),
    ("合成耗材", "C", 13),
)
_OWN_OF_CLASS_B = 10


@dataclass(frozen=True)
class Bill:
    """A stay or visit with its bill; ``number`` counts them from 0."""

    number: int
    person: int
    institution: str
    kind: str
    admitted_on: date
    day: date
    lines: tuple[FeeInput, ...]


def bills(league: League, count: int) -> Iterator[Bill]:
    """So many bills, in the order of their days, spread evenly over the nine months."""
    draw = Draw("bills", league.seed)
    days = (LAST_DAY - FIRST_DAY).days + 1
    for number in range(count):
        day = FIRST_DAY + timedelta(days=number * days // count)
        person = _patient(draw, league)
        kind = draw.weighted(_KINDS)
        institution, low, high = _where(draw, kind, league.division_of(person))
        stay = draw.between(2, 14) if kind == INPATIENT else 0
        yield Bill(
            number=number,
            person=person,
            institution=institution,
            kind=kind,
            admitted_on=max(day - timedelta(days=stay), date(day.year, 1, 1)),
            day=day,
            lines=tuple(_lines(draw, draw.low_between(100 * low, 100 * high))),
        )


def _patient(draw: Draw, league: League) -> int:
    """Somebody insured; some come often, as the chronically ill do."""
    poor = draw.chance(_REGISTERED_PERCENT) or not league.insured_others
    pool = league.registered if poor else league.insured_others
    often = draw.chance(_OFTEN_PERCENT)
    return pool[draw.below(max(1, len(pool) // _OFTEN_SHARE) if often else len(pool))]


def _where(draw: Draw, kind: str, division: str) -> tuple[str, int, int]:
    """An institution, and the lowest and highest bill there in yuan."""
    if kind != INPATIENT:
        near = kind in ("package", "family_bed") or draw.chance(70)
        code = sumu_hospital(division) if near else banner_hospital(division)
        return (code, *_VISITS[kind])
    place = draw.weighted((("banner", 42), ("sumu", 30), ("league", 21), ("outside", 7)))
    if place == "outside":
        return (OUTSIDE_HOSPITAL, *_OUTSIDE)
    codes = {
        "sumu": sumu_hospital(division),
        "banner": banner_hospital(division),
        "league": LEAGUE_HOSPITAL,
    }
    return (codes[place], *_STAYS[place])


def _lines(draw: Draw, about_fen: int) -> Iterator[FeeInput]:
    """Lines of together about so many fen; of class B the person first pays a tenth."""
    for item, catalogue, share in _ITEMS:
        quantity = draw.between(1, 9)
        price = max(about_fen * share // 100 // quantity, 1)
        total = price * quantity
        own = total if catalogue == "C" else 0
        first = total * _OWN_OF_CLASS_B // 100 if catalogue == "B" else 0
        over = (total - first) // 20 if catalogue == "B" and draw.chance(10) else 0
        yield FeeInput(
            item=item,
            catalogue=catalogue,
            quantity_thousandths=1000 * quantity,
            unit_price_fen=price,
            total_fen=total,
            full_own_fen=own,
            over_limit_fen=over,
            first_own_fen=first,
            in_scope_fen=total - own - over - first,
        )
