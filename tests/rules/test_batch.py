"""Claims as they are written down, settled by the loop as they are explained one by one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.policies import policy
from doudi.rules import explain
from doudi.rules.batch import batch_of, in_settlement_order, number_of
from doudi.rules.errors import BadInput, NoVersionInForce
from doudi.rules.fuse import fuse
from doudi.rules.kernel import run_compiled, run_plain

HINGGAN = policy("hinggan-2018")
FUSED = fuse(HINGGAN)
STAY: dict[str, Any] = {
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "bill": 1_200_000,
    "catalogue": 1_200_000,
    "registered": True,
    "serious": False,
}


def claim(person: str, day: date, **facts: Any) -> dict[str, Any]:
    return {"person": person, "date": day, **STAY, **facts}


claims = st.lists(
    st.builds(
        claim,
        person=st.sampled_from(["one", "two", "three"]),
        day=st.integers(0, 364).map(lambda days: date(2018, 1, 1) + timedelta(days=days)),
        kind=st.sampled_from(["inpatient", "chronic", "family_bed"]),
        hospital_level=st.integers(1, 3),
        bill=st.integers(2_000_000, 30_000_000),
        catalogue=st.integers(0, 2_000_000),
        registered=st.booleans(),
    ),
    max_size=12,
)


@given(claims)
def test_a_batch_is_settled_as_its_claims_are_explained_in_turn(listed: list[Any]) -> None:
    amounts = run_plain(FUSED, batch_of(HINGGAN, FUSED, listed))
    years: dict[Any, Any] = {}
    for number, one in enumerate(in_settlement_order(listed)):
        facts = {name: fact for name, fact in one.items() if name not in ("person", "date")}
        explained = explain(HINGGAN, facts, one["date"], years.get(one["person"]))
        years[one["person"]] = explained.closing
        assert explained.outputs == {name: column[number] for name, column in amounts.items()}


def test_the_order_is_by_person_then_date_and_within_a_day_as_given() -> None:
    may, june = date(2018, 5, 1), date(2018, 6, 1)
    listed = [
        claim("two", june),
        claim("one", june, bill=3),
        claim("two", may),
        claim("one", june, bill=1),
    ]
    ordered = in_settlement_order(listed)
    assert ordered == [listed[1], listed[3], listed[2], listed[0]]
    assert list(batch_of(HINGGAN, FUSED, []).first) == []


def test_the_first_claim_of_each_person_is_marked() -> None:
    days = [date(2018, 5, 1), date(2018, 6, 1)]
    batch = batch_of(HINGGAN, FUSED, [claim(who, day) for who in ("a", "b") for day in days])
    assert list(batch.first) == [True, False, True, False]


def test_the_lists_can_be_compiled_too() -> None:
    batch = batch_of(HINGGAN, FUSED, [claim("a", date(2018, 5, 1)), claim("b", date(2018, 5, 1))])
    assert run_compiled(FUSED, batch)["own_pay"].tolist() == run_plain(FUSED, batch)["own_pay"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"bill": "much"}, "bill"),
        ({"beds": 3}, "beds"),
        ({"person": None}, "person"),
        ({"date": None}, "date"),
        ({"date": "2018-05-01"}, "date"),
        ({"date": datetime(2018, 5, 1)}, "date"),
    ],
)
def test_what_a_claim_says_wrongly_is_refused_by_name(more: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        batch_of(HINGGAN, FUSED, [{**claim("a", date(2018, 5, 1)), **more}])
    assert caught.value.field == field


@pytest.mark.parametrize("name", ["kind", "bill", "hospital_level", "registered"])
def test_what_a_claim_does_not_say_is_refused_where_it_matters(name: str) -> None:
    short = claim("a", date(2018, 5, 1))
    del short[name]
    with pytest.raises(BadInput) as caught:
        batch_of(HINGGAN, FUSED, [short])
    assert caught.value.field == name


def test_what_cannot_matter_need_not_be_said() -> None:
    visit = claim("a", date(2018, 5, 1), kind="outpatient")
    del visit["hospital_level"]
    amounts = run_plain(FUSED, batch_of(HINGGAN, FUSED, [visit]))
    facts = {name: fact for name, fact in visit.items() if name not in ("person", "date")}
    assert amounts["own_pay"] == [explain(HINGGAN, facts, visit["date"]).outputs["own_pay"]]


def test_a_day_out_of_force_is_refused() -> None:
    with pytest.raises(NoVersionInForce):
        batch_of(HINGGAN, FUSED, [claim("a", date(2019, 1, 1))])


def test_a_named_option_stands_in_its_column_by_its_place() -> None:
    assert number_of(HINGGAN.inputs["kind"], "chronic") == 1
    assert number_of(HINGGAN.inputs["hospital_level"], 3) == 3
    assert number_of(HINGGAN.inputs["bill"], None) == 0
