"""A table is settled as its claims are explained one by one, to the fen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.population.histories import Row, as_table, histories, settled_one_by_one
from tests.rules.small_pack import every_reading, in_force, with_values

from doudi.policies import policy
from doudi.population import BadTable, Packs, Settler, read_claims, run, settle, settle_in_parts
from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.kernel import compiled_loop

HINGGAN = policy("hinggan-2018")
FIRST, LAST = date(2018, 1, 1), date(2019, 12, 31)
READINGS = [in_force(pack, FIRST, LAST) for pack in every_reading(HINGGAN)]
VERSIONS = Packs.of({f"reading {number}": pack for number, pack in enumerate(READINGS)})
UNDER_EVERY_READING = Settler(VERSIONS)
STAY: Row = {
    "person": 1,
    "date": date(2018, 4, 28),
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "bill": 1_200_000,
    "catalogue": 1_200_000,
    "registered": True,
    "serious": False,
}


def amounts_of(rows: list[Row], packs: Any, workers: int | None = None) -> list[dict[str, int]]:
    found = settle(read_claims(as_table(rows), Packs.of(packs)), workers=workers)
    return by_row(found, len(rows))


def by_row(found: Mapping[str, Any], count: int) -> list[dict[str, int]]:
    return [{name: int(column[at]) for name, column in found.items()} for at in range(count)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(histories(VERSIONS.names, FIRST, LAST))
def test_two_years_under_every_reading_in_one_table_agree_with_the_explanations(
    rows: list[Row],
) -> None:
    found = UNDER_EVERY_READING.settle(read_claims(as_table(rows), VERSIONS))
    assert by_row(found, len(rows)) == settled_one_by_one(rows, VERSIONS.by_name, "reading 0")


def test_the_published_example_comes_out_in_the_middle_of_a_table() -> None:
    rows = [{**STAY, "person": person, "registered": person == 2} for person in (3, 2, 1)]
    assert [amounts["own_pay"] for amounts in amounts_of(rows, HINGGAN)] == [
        498_000,
        15_525,
        498_000,
    ]


def test_claims_of_one_day_count_in_the_order_in_which_they_stand() -> None:
    bed = {**STAY, "kind": "family_bed"}
    rows = [{**bed, "bill": bill, "catalogue": bill} for bill in (400_000, 300_000)]
    assert [amounts["basic_pay"] for amounts in amounts_of(rows, HINGGAN)] == [400_000, 20_000]
    assert [amounts["basic_pay"] for amounts in amounts_of(rows[::-1], HINGGAN)] == [
        300_000,
        120_000,
    ]


def test_an_earlier_day_goes_first_wherever_it_stands() -> None:
    bed = {**STAY, "kind": "family_bed", "bill": 300_000, "catalogue": 300_000}
    rows = [{**bed, "date": date(2018, 6, day)} for day in (3, 1, 2)]
    assert [row["basic_pay"] for row in amounts_of(rows, HINGGAN)] == [0, 300_000, 120_000]


def many(count: int, people: int, seed: int = 7) -> pa.Table:
    random = np.random.default_rng(seed)
    kinds = np.array(["inpatient", "chronic", "family_bed", "package"])
    bill = random.integers(0, 9_000_000, count)
    return pa.table(
        {
            "person": random.integers(0, people, count),
            "date": (np.datetime64("2018-01-01") + random.integers(0, 730, count)),
            "kind": kinds[random.integers(0, 4, count)],
            "hospital_level": random.integers(1, 4, count),
            "outside_league": random.random(count) < 0.2,
            "bill": bill,
            "catalogue": bill // 2,
            "registered": random.random(count) < 0.7,
            "serious": random.random(count) < 0.1,
        }
    )


def test_parts_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = read_claims(many(20_000, 3_000), Packs.of(READINGS[0]))
    whole = settle(claims, workers=1)
    monkeypatch.setattr(run, "PART", 500)
    for workers in (1, 2, 5):
        parts = settle(claims, workers=workers)
        assert all((parts[name] == whole[name]).all() for name in whole)
    # Each part ends with a person's year, and every claim is in one part.
    places = [np.asarray(part.at) for part in settle_in_parts(claims, workers=2)]
    assert len(places) > 30
    assert sorted(np.concatenate(places).tolist()) == list(range(20_000))


def test_a_reform_of_values_or_readings_runs_on_the_loop_that_is_there() -> None:
    claims = read_claims(many(3_000, 300), Packs.of(READINGS[0]))
    settle(claims)
    before = compiled_loop.cache_info().misses
    changed = with_values(READINGS[0], {"basic_cap": 1_000_000})
    for pack in (changed, READINGS[-1]):
        assert settle(claims, Packs.of(pack))["own_pay"].sum() != settle(claims)["own_pay"].sum()
    assert compiled_loop.cache_info().misses == before


def test_other_amounts_than_the_outputs_can_be_wanted() -> None:
    claims = read_claims(as_table([STAY, {**STAY, "kind": "chronic"}]), Packs.of(HINGGAN))
    found = settle(claims, wanted=["own_pay", "inpatient_basic"])
    assert list(found) == ["own_pay", "inpatient_basic"]
    assert found["inpatient_basic"].tolist() == [855_000, 0]


def test_packs_of_other_names_are_refused_for_claims_that_were_read_before() -> None:
    claims = read_claims(as_table([STAY]), Packs.of(HINGGAN))
    with pytest.raises(ValueError, match="read the claims again"):
        settle(claims, Packs.of({"another": HINGGAN}))


def test_a_year_too_large_to_compute_is_refused_by_its_row() -> None:
    most = {**STAY, "bill": LARGEST_AMOUNT, "catalogue": LARGEST_AMOUNT}
    rows = [
        {**most, "person": 1 + number % 2, "date": date(2018, 1, 1) + timedelta(days=number % 300)}
        for number in range(4_000)
    ]
    with pytest.raises(BadTable) as caught:
        amounts_of(rows, HINGGAN)
    assert caught.value.faults[0].row > 900
    assert "too large" in caught.value.faults[0].en


def test_a_table_of_no_claims_gives_no_amounts() -> None:
    assert amounts_of([], HINGGAN) == []


persons = st.sampled_from([0, 1, 2, 2**62, -(2**62), 2**63 - 1])


@given(st.lists(st.tuples(persons, st.integers(0, 729)), max_size=30))
def test_the_order_is_by_person_and_day_and_then_as_they_stand(
    pairs: list[tuple[int, int]],
) -> None:
    rows = [
        {**STAY, "person": person, "date": FIRST + timedelta(days=days)} for person, days in pairs
    ]
    order = read_claims(as_table(rows), Packs.of(READINGS[0])).order
    found = list(range(len(pairs))) if order is None else order.tolist()
    assert found == sorted(range(len(pairs)), key=lambda at: (*pairs[at], at))
