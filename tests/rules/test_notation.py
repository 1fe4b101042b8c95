"""Values as an author writes them: read exactly, and refused when their unit or size is unsure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.rules.amounts import Band, Schedule
from doudi.rules.errors import BadValue
from doudi.rules.notation import read_count, read_fen, read_rate, read_schedule

WHAT = "parameter fund_cap"


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0 yuan", 0),
        ("1200 yuan", 120_000),
        ("0.5 yuan", 50),
        ("0.01 yuan", 1),
        ("1,200.50 yuan", 120_050),
        ("10000000000 yuan", 10**12),
    ],
)
def test_yuan_are_read_as_fen(text: str, fen: int) -> None:
    assert read_fen(text, WHAT) == fen


@pytest.mark.parametrize(
    "text",
    [
        1200,
        1200.0,
        "1200",
        "1200元",
        "1200 fen",
        "-1 yuan",
        "0.001 yuan",
        "twelve yuan",
        " yuan",
        "NaN yuan",
        "Infinity yuan",
        "sNaN yuan",
        "1e999999 yuan",
        "99999999999999999999 yuan",
        None,
        True,
        ["5 yuan"],
    ],
)
def test_an_amount_that_is_not_whole_fen_in_yuan_is_refused(text: Any) -> None:
    with pytest.raises(BadValue, match=WHAT):
        read_fen(text, WHAT)


@given(st.integers(0, 10**12))
def test_every_amount_is_read_as_it_was_written(fen: int) -> None:
    assert read_fen(f"{Decimal(fen) / 100} yuan", WHAT) == fen


@pytest.mark.parametrize(
    ("text", "rate"), [("0%", 0), ("55%", 5_500), ("12.5%", 1_250), ("0.01%", 1), ("100%", 10_000)]
)
def test_percent_are_read_as_basis_points(text: str, rate: int) -> None:
    assert read_rate(text, WHAT) == rate


@pytest.mark.parametrize(
    "text",
    [
        0.55,
        55,
        "55",
        "0.55",
        "-1%",
        "100.01%",
        "0.001%",
        "50.00000000000000000000000000000001%",
        "half%",
        "%",
        "NaN%",
        "1e999999%",
        None,
        True,
    ],
)
def test_a_rate_that_is_not_whole_basis_points_is_refused(text: Any) -> None:
    with pytest.raises(BadValue, match=WHAT):
        read_rate(text, WHAT)


def test_a_rate_may_be_negative_only_where_the_reader_is_told_so() -> None:
    assert read_rate("-5%", WHAT, lowest=-10_000) == -500
    with pytest.raises(BadValue):
        read_rate("-100.01%", WHAT, lowest=-10_000)


@given(st.integers(0, 10_000))
def test_every_rate_is_read_as_it_was_written(rate: int) -> None:
    assert read_rate(f"{Decimal(rate) / 100}%", WHAT) == rate


def test_a_count_is_a_whole_number() -> None:
    assert read_count(10, WHAT) == 10


@pytest.mark.parametrize("number", [-1, 1.0, "10", True, None])
def test_anything_else_is_no_count(number: Any) -> None:
    with pytest.raises(BadValue, match=WHAT):
        read_count(number, WHAT)


def test_a_schedule_is_a_list_of_bands_of_which_the_last_is_open() -> None:
    bands = [{"to": "30000 yuan", "rate": "65%"}, {"rate": "70%"}]
    assert read_schedule(bands, WHAT) == Schedule((Band(3_000_000, 6_500), Band(None, 7_000)))


@pytest.mark.parametrize(
    "bands",
    [
        [],
        {},
        "65%",
        ["65%"],
        [{"to": "30000 yuan"}],
        [{"to": "30000 yuan", "rate": "65%"}],
        [{"rate": "65%"}, {"rate": "70%"}],
        [{"rate": "65%", "from": "0 yuan"}],
        [{"to": "30000 yuan", "rate": "65%"}, {"to": "20000 yuan", "rate": "65%"}, {"rate": "0%"}],
        [{"to": 30000, "rate": "65%"}, {"rate": "0%"}],
        [{"to": "0 yuan", "rate": "65%"}, {"rate": "0%"}],
        [{"rate": "165%"}],
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused(bands: Any) -> None:
    with pytest.raises(BadValue, match=WHAT):
        read_schedule(bands, WHAT)
