"""Values with their dates, statuses and ranges, and what is refused about them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rules.small_pack import BASIS, FIRST_DAY, LAST_DAY

from doudi.rules.errors import BadValue, MissingStatus, NoVersionInForce, OverlappingValues
from doudi.rules.parameters import Parameter, Status, read_parameter

SPAN = (FIRST_DAY, LAST_DAY)


def read(**entry: Any) -> Parameter:
    whole = {"zh": "某数", "en": "Some value", "unit": "fen", "value": "100 yuan", **entry}
    return read_parameter("some_cap", {k: v for k, v in whole.items() if v is not ...}, SPAN)


def assumed(**entry: Any) -> Parameter:
    return read(**{"status": "assumption", "basis": BASIS, **entry})


def test_a_value_holds_for_the_validity_of_its_pack_where_it_says_nothing_else() -> None:
    value = assumed().on(FIRST_DAY)
    assert (value.valid_from, value.valid_to, value.value) == (FIRST_DAY, LAST_DAY, 10_000)


# ---- Status ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "status", "sure"),
    [
        ({"status": "cited", "clauses": ["G-01"]}, Status.CITED, True),
        ({"status": "adopted", "document": "no. 5"}, Status.ADOPTED, True),
        ({"status": "stand-in", "basis": BASIS}, Status.STAND_IN, False),
        ({"status": "assumption", "basis": BASIS}, Status.ASSUMPTION, False),
        ({"status": "not stated", "value": ...}, Status.NOT_STATED, False),
    ],
)
def test_each_status_says_whether_a_promise_may_rest_on_it(
    entry: dict[str, Any], status: Status, sure: bool
) -> None:
    value = read(**entry).on(FIRST_DAY)
    assert (value.status, value.status.sure) == (status, sure)
    assert value.status.zh


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"status": None},
        {"status": ""},
        {"status": "sure"},
        {"status": "cited"},
        {"status": "assumption"},
        {"status": "stand-in"},
        {"status": "adopted"},
    ],
)
def test_a_value_without_a_status_or_what_the_status_needs_is_refused(
    entry: dict[str, Any],
) -> None:
    with pytest.raises(MissingStatus, match="some_cap"):
        read(**entry)


@pytest.mark.parametrize("entry", [{"status": "not stated"}, {"status": "cited", "value": ...}])
def test_exactly_a_value_that_is_not_stated_has_no_value(entry: dict[str, Any]) -> None:
    with pytest.raises(BadValue, match="some_cap"):
        read(clauses=["G-01"], **entry)


# ---- Range -----------------------------------------------------------------------------------


def test_a_range_bounds_an_amount() -> None:
    value = assumed(range=["80 yuan", "120 yuan"]).on(FIRST_DAY)
    assert (value.low, value.high) == (8_000, 12_000)


def test_the_range_of_a_schedule_shifts_all_its_rates() -> None:
    bands = [{"to": "10 yuan", "rate": "3%"}, {"rate": "97%"}]
    value = assumed(unit="schedule", value=bands, range=["-5%", "15%"]).on(FIRST_DAY)
    assert value.shift == (-500, 1_500)
    rates = [[band.rate for band in bound.bands] for bound in (value.low, value.high)]  # type: ignore[union-attr]
    assert rates == [[0, 9_200], [1_800, 10_000]]


@pytest.mark.parametrize(
    "entry",
    [
        {"range": ["110 yuan", "120 yuan"]},
        {"range": ["80 yuan", "90 yuan"]},
        {"range": ["120 yuan", "80 yuan"]},
        {"range": ["80 yuan"]},
        {"range": "80 yuan"},
        {"range": [80, 120]},
        {"unit": "code", "value": "152200", "range": ["1", "2"]},
        {"unit": "schedule", "value": [{"rate": "5%"}], "range": ["1%", "2%"]},
        {"status": "not stated", "value": ..., "range": ["80 yuan", "120 yuan"]},
    ],
)
def test_a_range_that_does_not_hold_its_value_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(BadValue, match="some_cap"):
        assumed(**entry)


# ---- Dates -----------------------------------------------------------------------------------

SPRING = {"from": date(2018, 1, 1), "to": date(2018, 6, 30), "value": "1 yuan"}
AUTUMN = {"from": date(2018, 7, 1), "to": date(2018, 12, 31), "value": "2 yuan"}
SURE = {"status": "assumption", "basis": BASIS}


def listed(*values: dict[str, Any]) -> Parameter:
    return read(value=..., values=[{**SURE, **value} for value in values])


def test_the_value_of_a_day_is_the_one_in_force_both_ends_included() -> None:
    both = listed(AUTUMN, SPRING)
    days = [date(2018, 1, 1), date(2018, 6, 30), date(2018, 7, 1), date(2018, 12, 31)]
    assert [both.on(day).value for day in days] == [100, 100, 200, 200]


@pytest.mark.parametrize("day", [date(2017, 12, 31), date(2019, 1, 1)])
def test_a_day_outside_all_dates_has_no_value(day: date) -> None:
    with pytest.raises(NoVersionInForce, match="some_cap"):
        listed(SPRING, AUTUMN).on(day)


def test_a_day_in_a_gap_has_no_value_and_not_the_nearest() -> None:
    late = {**AUTUMN, "from": date(2018, 8, 1)}
    with pytest.raises(NoVersionInForce, match="2018-07-15"):
        listed(SPRING, late).on(date(2018, 7, 15))


@pytest.mark.parametrize("start", [date(2018, 6, 30), date(2018, 1, 1), date(2018, 3, 1)])
def test_two_values_on_one_day_are_refused(start: date) -> None:
    with pytest.raises(OverlappingValues, match="some_cap"):
        listed(SPRING, {**AUTUMN, "from": start})


def test_a_value_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadValue, match="some_cap"):
        listed({**SPRING, "to": date(2017, 12, 31)})


def test_a_date_in_quotes_is_refused() -> None:
    with pytest.raises(BadValue, match="some_cap"):
        listed({**SPRING, "from": "2018-01-01"})


# ---- Shape -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        {"unit": "yuan"},
        {"unit": ...},
        {"zh": ...},
        {"colour": "red"},
        {"value": 100},
        {"unit": "rate", "value": "100 yuan"},
        {"unit": "count", "value": "10"},
        {"unit": "code", "value": 152200},
        {"basis": "made up"},
    ],
)
def test_an_entry_that_cannot_be_read_is_refused_by_name(entry: dict[str, Any]) -> None:
    with pytest.raises(BadValue, match="some_cap"):
        assumed(**entry)


@pytest.mark.parametrize("entry", [None, 5, "100 yuan", ["100 yuan"]])
def test_an_entry_that_is_no_mapping_is_refused_by_name(entry: Any) -> None:
    with pytest.raises(BadValue, match="some_cap"):
        read_parameter("some_cap", entry, SPAN)


@pytest.mark.parametrize("values", [[5], ["100 yuan"], 5, {"value": "100 yuan"}])
def test_values_that_are_no_list_of_mappings_are_refused_by_name(values: Any) -> None:
    with pytest.raises(BadValue, match="some_cap"):
        read(value=..., values=values)
