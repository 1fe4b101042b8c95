"""Packs of other rules in one table: they take turns in a year, and totals go by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.small_pack import INPUTS, OWN_PAY, with_values
from tests.rules.small_pack import Packs as PackFolder

from doudi.population import BadTable, Packs, Settler, read_claims
from doudi.rules import Policy, explain

Row = dict[str, Any]

STOP_LOSS = '''
@rule("G-01", zh="基金支付")
def fund_pay(
    kind: Choice, bill: Fen, own_pay_to_date: Fen, seat: Choice, fund_cap: Fen, half: Rate
) -> Fen:
    """Everything once the person has paid the cap, half of a lying seat, else nothing."""
    if own_pay_to_date >= fund_cap:
        return bill
    return share(bill, half) if seat == "lying" and kind == "rental" else 0
'''


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    """Today's pack, the same under another cap, and one of other rules, inputs and kinds."""
    folder = PackFolder(tmp_path_factory.mktemp("turns"))
    today = folder()
    kinds = INPUTS["kind"]["options"]
    seats = {name: {"zh": "座", "en": name} for name in ("sitting", "lying")}
    other = folder(
        name="other",
        rules=STOP_LOSS + OWN_PAY,
        parameters={
            "half": {
                **{"zh": "一半", "en": "Half", "unit": "rate", "value": "50%"},
                **{"status": "assumption", "basis": {"zh": "虚构", "en": "made up"}},
            }
        },
        inputs={
            "kind": {**INPUTS["kind"], "options": dict(reversed(kinds.items()))},
            "seat": {"unit": "choice", "zh": "座", "en": "Seat", "of": "claim", "options": seats},
        },
    )
    return Packs.of(
        {"today": today, "capped": with_values(today, {"fund_cap": 50}), "other": other}
    )


def one_by_one(rows: list[Row], packs: Mapping[str, Policy]) -> list[dict[str, int]]:
    """Each claim explained after what was paid before, whichever pack paid it."""
    amounts: list[dict[str, int]] = [{} for _ in rows]
    years: defaultdict[Any, dict[str, int]] = defaultdict(lambda: {"fund_pay": 0, "own_pay": 0})
    for place in sorted(range(len(rows)), key=lambda at: (rows[at]["date"], at)):
        row = dict(rows[place])
        day, name = row.pop("date"), row.pop("policy")
        year = years[row.pop("person")]
        facts = {key: value for key, value in row.items() if value is not None}
        opening = {total: year[total] for total in packs[name].summed}
        amounts[place] = explain(packs[name], facts, day, opening).outputs
        for total in year:
            year[total] += amounts[place][total]
    return amounts


def as_arrow(rows: list[Row]) -> pa.Table:
    text, number = pa.string(), pa.int64()
    types = {"person": number, "date": pa.date32(), "policy": text, "kind": text, "zone": number}
    types |= {"bill": number, "member": pa.bool_(), "seat": text}
    columns = [pa.array([row.get(name) for row in rows], kind) for name, kind in types.items()]
    return pa.table(columns, names=list(types))


def row(policy: str, person: int, days: int, kind: str, bill: int, member: bool, seat: str) -> Row:
    facts = {"kind": kind, "zone": 1, "bill": bill, "member": member}
    facts |= {"seat": seat} if policy == "other" else {}
    return {
        "person": person,
        "date": date(2018, 1, 1) + timedelta(days=days),
        "policy": policy,
        **facts,
    }


rows_of_a_year = st.lists(
    st.builds(
        row,
        policy=st.sampled_from(["today", "capped", "other"]),
        person=st.integers(1, 2),
        days=st.integers(0, 9),
        kind=st.sampled_from(["ride", "rental"]),
        bill=st.sampled_from([0, 1, 49, 166, 3_333, 9_999, 20_000]),
        member=st.booleans(),
        seat=st.sampled_from(["sitting", "lying"]),
    ),
    max_size=16,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(rows=rows_of_a_year)
def test_packs_that_take_turns_go_on_from_what_the_others_paid(
    rows: list[Row], packs: Packs
) -> None:
    settler = Settler(packs)
    assert [loop.packs for loop in settler.loops] == [(0, 1), (2,)]
    found = settler.settle(read_claims(as_arrow(rows), packs))
    amounts = [{name: int(found[name][at]) for name in found} for at in range(len(rows))]
    assert amounts == one_by_one(rows, packs.by_name)


def test_the_fund_of_one_pack_counts_what_was_paid_under_another(packs: Packs) -> None:
    rows = [
        row("today", 1, 0, "ride", 10_000, False, "sitting"),
        row("other", 1, 1, "ride", 700, True, "sitting"),
    ]
    found = Settler(packs).settle(read_claims(as_arrow(rows), packs))
    # The person has paid 100 yuan, which is the other pack's cap: that pack pays the rest.
    assert found["own_pay"].tolist() == [10_000, 0]
    assert found["fund_pay"].tolist() == [0, 700]


def test_an_input_is_needed_only_where_the_claims_own_pack_needs_it(packs: Packs) -> None:
    rows = [
        row("today", 1, 0, "ride", 1, False, "sitting"),
        {**row("other", 1, 1, "ride", 1, True, "sitting"), "seat": None},
    ]
    with pytest.raises(BadTable) as caught:
        read_claims(as_arrow(rows), packs)
    assert [(fault.row, fault.field) for fault in caught.value.faults] == [(2, "seat")]
    assert len(read_claims(as_arrow(rows[:1]), packs)) == 1
