"""Random claims of a few people, and what they come to when each is explained in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from tests.policies.naive_fold import claims

from doudi.rules import Policy, explain

Row = dict[str, Any]

KINDS = (
    "inpatient",
    "chronic",
    "drug_purchase",
    "outpatient",
    "observation",
    "family_bed",
    "package",
)


@st.composite
def histories(
    draw: st.DrawFn, policies: Sequence[str], first: date, last: date, size: int = 14
) -> list[Row]:
    """Rows in any order: few people, so that they have much to add up and many days in common."""
    rows: list[Row] = []
    days = (last - first).days
    new_years = [(date(year, 1, 1) - first).days for year in range(first.year, last.year + 1)]
    turns = [day for new_year in new_years for day in (new_year - 1, new_year)]
    near = st.sampled_from([day for day in turns if 0 <= day <= days] or [0])
    for facts in draw(st.lists(claims(), max_size=size)):
        day = draw(st.one_of(st.integers(0, days), near))
        rows.append(
            {
                "person": draw(st.integers(-1, 2)),
                "date": first + timedelta(days=day),
                "policy": draw(st.sampled_from([*policies, None])),
                **facts,
            }
        )
    return rows


def settled_one_by_one(
    rows: Sequence[Row], packs: Mapping[str, Policy], default: str
) -> list[dict[str, int]]:
    """The outputs of each row in the order of the rows, from the rules that explain a case."""
    amounts: list[dict[str, int]] = [{} for _ in rows]
    totals: dict[tuple[Any, int], dict[str, int]] = {}
    for place in sorted(range(len(rows)), key=lambda at: (rows[at]["date"], at)):
        row = dict(rows[place])
        person, day, name = row.pop("person"), row.pop("date"), row.pop("policy", None)
        facts = {key: value for key, value in row.items() if value is not None}
        year = totals.setdefault((person, day.year), {})
        explanation = explain(packs[name or default], facts, day, year)
        year.update(explanation.closing)
        amounts[place] = dict(explanation.outputs)
    return amounts


def as_table(rows: Sequence[Row]) -> pa.Table:
    """The rows as an Arrow table of the types that are the rule."""
    schema = pa.schema(
        [
            ("person", pa.int64()),
            ("date", pa.date32()),
            ("kind", pa.dictionary(pa.int8(), pa.string())),
            ("policy", pa.dictionary(pa.int8(), pa.string())),
            ("hospital_level", pa.int8()),
            ("outside_league", pa.bool_()),
            ("bill", pa.int64()),
            ("catalogue", pa.int64()),
            ("registered", pa.bool_()),
            ("serious", pa.bool_()),
        ]
    )
    return pa.table(
        [
            pa.array([row.get(name) for row in rows], schema.field(name).type)
            for name in schema.names
        ],
        schema=schema,
    )
