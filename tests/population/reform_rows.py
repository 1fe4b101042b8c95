"""A few people whose amounts are worked out by hand, for comparing and solving."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
from tests.population.histories import Row, as_table


def stay(person: int, bill_yuan: int, **more: Any) -> Row:
    """An inpatient stay of a registered person at level three, all of it in the catalogue."""
    return {
        "person": person,
        "date": date(2018, 5, 1),
        "policy": None,
        "kind": "inpatient",
        "hospital_level": 3,
        "outside_league": False,
        "registered": True,
        "serious": False,
        "bill": bill_yuan * 100,
        "catalogue": bill_yuan * 100,
        **more,
    }


def outpatient(person: int, bill_yuan: int, **more: Any) -> Row:
    """An ordinary outpatient visit of somebody who is not registered."""
    return stay(person, bill_yuan, kind="outpatient", registered=False, **more)


THREE = [
    # 20,000 of which half is outside the catalogue. Basic: (10,000 - 600) x 75% = 7,050; of 2,950
    # supplementary 55% = 1,622.50; of 1,327.50 assistance 90% = 1,194.75; 10,132.75 is left, and
    # the floor leaves 10% of 20,000 = 2,000 to the person: the backstop pays 8,132.75.
    stay(1, 20_000, catalogue=1_000_000),
    # Half of 800: 50% for those not registered.
    outpatient(2, 800),
    # 1,000 x 65% (50% and 15 points for the registered): 350 is left.
    {**outpatient(1, 1_000), "registered": True, "date": date(2018, 6, 1)},
]
"""Person 1 pays 2,000 + 350, person 2 pays 400."""


def three() -> pa.Table:
    """The three claims, with the banner of each."""
    return as_table(THREE).append_column("banner", pa.array(["突泉县", None, "突泉县"]))
