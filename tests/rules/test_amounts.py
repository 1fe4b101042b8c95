"""The arithmetic of money against exact fractions: nothing is lost and one rounding is made."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.rules.amounts import (
    LARGEST_AMOUNT,
    LARGEST_YEAR,
    Band,
    Schedule,
    between,
    raise_rate,
    raise_rate_relative,
    raised,
    raised_relative,
    share,
    share_down,
    up_to,
)

MANY = settings(max_examples=500)

AMOUNTS = st.one_of(
    st.integers(0, 50), st.integers(0, 10**7), st.integers(0, 10**12), st.just(10**12)
)
RATES = st.one_of(
    st.sampled_from((0, 1, 4_999, 5_000, 5_001, 9_999, 10_000)), st.integers(0, 10_000)
)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    uppers = sorted(draw(st.sets(AMOUNTS.filter(bool), max_size=5)))
    return Schedule(tuple(Band(upper, draw(RATES)) for upper in [*uppers, None]))


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def rate_at(amount: int, schedule: Schedule) -> int:
    """The rate of the fen that lies just above ``amount``."""
    return next(b.rate for b in schedule.bands if b.upper is None or amount < b.upper)


def exact_between(low: int, high: int, schedule: Schedule) -> Fraction:
    """The schedule's exact gift, by cutting at every bound inside."""
    cuts = [low, *(b.upper for b in schedule.bands if b.upper and low < b.upper < high), high]
    return sum(
        (
            (end - start) * Fraction(rate_at(start, schedule), 10_000)
            for start, end in pairwise(cuts)
        ),
        Fraction(0),
    )


# ---- A share ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "rate", "result"),
    [
        (0, 5_000, 0),
        (1, 5_000, 1),
        (1, 4_999, 0),
        (3, 5_000, 2),
        (5, 1_000, 1),
        (4, 1_000, 0),
        (15, 1_000, 2),
        (25, 1_000, 3),
        (155_250, 9_000, 139_725),
        (10**12, 10_000, 10**12),
        (10**12 - 1, 9_999, 999_899_999_999),
    ],
)
def test_a_share_is_rounded_half_up(amount: int, rate: int, result: int) -> None:
    assert share(amount, rate) == result


@MANY
@given(AMOUNTS, RATES)
def test_a_share_is_the_exact_product_rounded_half_up(amount: int, rate: int) -> None:
    assert share(amount, rate) == half_up(Fraction(amount * rate, 10_000))


@MANY
@given(AMOUNTS, RATES)
def test_a_share_down_is_the_exact_product_rounded_down(amount: int, rate: int) -> None:
    assert share_down(amount, rate) == floor(Fraction(amount * rate, 10_000))
    assert share_down(amount, rate) <= share(amount, rate) <= share_down(amount, rate) + 1


@MANY
@given(AMOUNTS, RATES)
def test_a_share_and_the_share_of_the_rest_miss_the_whole_by_a_fen_at_most(
    amount: int, rate: int
) -> None:
    assert 0 <= share(amount, rate) + share(amount, 10_000 - rate) - amount <= 1


# ---- A schedule ------------------------------------------------------------------------------

LEVEL_THREE = Schedule(
    (Band(3_000_000, 6_500), Band(7_000_000, 7_000), Band(20_000_000, 7_500), Band(None, 8_000))
)


@pytest.mark.parametrize(
    ("low", "high", "result"),
    [
        (120_000, 3_000_000, 1_872_000),
        (120_000, 10_000_000, 6_922_000),
        (3_000_000, 7_000_000, 2_800_000),
        (0, 30_000_000, 22_500_000),
        (20_000_000, 30_000_000, 8_000_000),
        (120_000, 120_000, 0),
        (120_000, 119_999, 0),
        (10**12, 0, 0),
    ],
)
def test_a_schedule_gives_each_band_its_rate_on_the_part_inside(
    low: int, high: int, result: int
) -> None:
    assert between(low, high, LEVEL_THREE) == result


def test_a_schedule_rounds_once_and_not_band_by_band() -> None:
    # Three bands of half a fen each make 1.5, that is 2, and not 1 + 1 + 1.
    halves = Schedule((Band(1, 5_000), Band(2, 5_000), Band(None, 5_000)))
    assert between(0, 3, halves) == 2
    # 0.4 and 0.4 make 0.8, that is 1, and not 0 + 0.
    assert between(0, 2, Schedule((Band(1, 4_000), Band(None, 4_000)))) == 1


@MANY
@given(AMOUNTS, AMOUNTS, schedules())
def test_between_is_the_exact_sum_rounded_once(low: int, high: int, schedule: Schedule) -> None:
    exact = exact_between(low, high, schedule) if high > low else Fraction(0)
    assert between(low, high, schedule) == half_up(exact)


@MANY
@given(AMOUNTS, schedules())
def test_up_to_is_between_nothing_and_the_amount(amount: int, schedule: Schedule) -> None:
    assert up_to(amount, schedule) == between(0, amount, schedule)
    assert 0 <= up_to(amount, schedule) <= amount


@MANY
@given(AMOUNTS, RATES)
def test_a_schedule_of_one_band_is_a_share(amount: int, rate: int) -> None:
    assert up_to(amount, Schedule((Band(None, rate),))) == share(amount, rate)


@MANY
@given(AMOUNTS, st.integers(0, 10**9), schedules())
def test_more_never_gets_less_from_a_schedule_nor_more_than_it_adds(
    amount: int, more: int, schedule: Schedule
) -> None:
    gain = up_to(amount + more, schedule) - up_to(amount, schedule)
    assert 0 <= gain <= more


# ---- Raised ----------------------------------------------------------------------------------


@MANY
@given(schedules(), RATES)
def test_raising_in_points_adds_to_every_rate_and_stops_at_the_whole(
    schedule: Schedule, rise: int
) -> None:
    expected = [(b.upper, min(10_000, b.rate + rise)) for b in schedule.bands]
    assert [(b.upper, b.rate) for b in raised(schedule, rise).bands] == expected


@MANY
@given(schedules(), RATES)
def test_a_relative_rise_adds_a_share_of_the_rate_and_stops_at_the_whole(
    schedule: Schedule, rise: int
) -> None:
    expected = [
        (b.upper, min(10_000, b.rate + half_up(Fraction(b.rate * rise, 10_000))))
        for b in schedule.bands
    ]
    assert [(b.upper, b.rate) for b in raised_relative(schedule, rise).bands] == expected


@given(RATES, RATES)
def test_one_rate_is_raised_as_a_schedule_of_one_band_is(rate: int, rise: int) -> None:
    alone = Schedule((Band(None, rate),))
    assert raised(alone, rise).bands[0].rate == raise_rate(rate, rise)
    assert raised_relative(alone, rise).bands[0].rate == raise_rate_relative(rate, rise)


def test_ten_percent_more_is_ten_points_or_a_tenth_of_the_rate() -> None:
    assert raise_rate(6_500, 1_000) == 7_500
    assert raise_rate_relative(6_500, 1_000) == 7_150
    assert raise_rate(9_500, 1_000) == raise_rate_relative(9_500, 1_000) == 10_000


@given(schedules(), st.integers(-10_000, 10_000))
def test_a_shift_moves_every_rate_and_stays_between_nothing_and_the_whole(
    schedule: Schedule, points: int
) -> None:
    expected = [max(0, min(10_000, b.rate + points)) for b in schedule.bands]
    assert [b.rate for b in schedule.shifted(points).bands] == expected


# ---- Bounds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (Band(100, 5_000),),
        (Band(None, 5_000), Band(None, 6_000)),
        (Band(None, 5_000), Band(100, 6_000)),
        (Band(200, 5_000), Band(100, 5_000), Band(None, 0)),
        (Band(100, 5_000), Band(100, 5_000), Band(None, 0)),
        (Band(0, 5_000), Band(None, 0)),
        (Band(-5, 5_000), Band(None, 0)),
        (Band(None, -1),),
        (Band(None, 10_001),),
        (Band(100, 10_001), Band(None, 0)),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(bands: tuple[Band, ...]) -> None:
    with pytest.raises(ValueError, match="schedule"):
        Schedule(bands)


def test_the_largest_amounts_fit_into_64_bits_with_every_product_of_a_rule() -> None:
    assert LARGEST_AMOUNT == 10**12
    assert (LARGEST_YEAR + LARGEST_AMOUNT) * 10_000 + 5_000 < 2**63
