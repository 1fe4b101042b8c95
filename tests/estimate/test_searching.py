"""The search is one text: as it is and compiled it finds the same, and it draws as Python draws."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.estimate import searching
from doudi.estimate.answer import answer
from doudi.estimate.search_loop import ahead, below, near, pieces_of, take
from doudi.policies import policy
from doudi.rules.fuse import fuse
from doudi.rules.kernel import CACHE_VARIABLE

HINGGAN = policy("hinggan-2018")
DAY = date(2018, 4, 28)


@pytest.fixture(scope="module")
def machine_code(tmp_path_factory: pytest.TempPathFactory) -> Generator[searching.Loops]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("loops")))
        kept: dict[str, searching.Loops] = {}
        patch.setattr(searching, "_compiled", kept)
        searching.warm_up(fuse(HINGGAN))
        yield kept[fuse(HINGGAN).digest]


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "inpatient", "bill": 1_200_000},
        {"kind": "inpatient", "bill": 6_000_000, "registered": True, "serious": True},
        {"kind": "inpatient", "bill": 34_567_89, "hospital_level": 3, "outside_league": False},
        {"kind": "chronic", "bill": 543_210, "registered": True},
        {"kind": "family_bed", "bill": 600_000},
        {"kind": "package", "bill": 100_000},
    ],
)
@pytest.mark.parametrize("paid", [0, 123_456])
def test_compiled_and_plain_answers_are_the_same_to_the_fen(
    machine_code: searching.Loops, monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any], paid: int
) -> None:
    opening = {str(HINGGAN.own_so_far): paid} if paid else {}
    monkeypatch.setattr(searching, "_compiled", {})
    plain = answer(HINGGAN, facts, DAY, opening)
    monkeypatch.setattr(searching, "_compiled", {fuse(HINGGAN).digest: machine_code})
    fast = answer(HINGGAN, facts, DAY, opening)
    assert fast.ranges == plain.ranges
    assert fast.unknown == plain.unknown
    assert fast.narrows_most == plain.narrows_most


@given(seed=st.integers(0, 2**32), limits=st.lists(st.integers(1, 2**40), min_size=1, max_size=20))
def test_the_draws_are_those_of_pythons_own_generator(seed: int, limits: list[int]) -> None:
    source = Random(seed)
    words = [source.getrandbits(32) for _ in range(400)]
    cursor, random = [0], Random(seed)
    assert [below(words, cursor, limit) for limit in limits] == [
        random.randrange(limit) for limit in limits
    ]


@given(low=st.integers(0, 1000), length=st.integers(1, 1000))
def test_pieces_reach_from_end_to_end_in_order(low: int, length: int) -> None:
    points = [[0, 0] for _ in range(17)]
    count = pieces_of([7, low, 99], 1, low, low + length, 16, points)
    places = [point[1] for point in points[:count]]
    assert places == sorted(set(places))
    assert (places[0], places[-1]) == (low, low + length)
    assert {point[0] for point in points[:count]} == {7}


def test_close_by_is_every_fen_up_to_the_ends_of_the_axis() -> None:
    points = [[0] for _ in range(49)]
    count = near([10, 0], 0, 0, 12, 24, points)
    assert [point[0] for point in points[:count]] == list(range(13))


def test_a_point_that_is_only_as_good_changes_nothing() -> None:
    here = [5, 100]
    assert take(here, 1, 2, [[6], [7]], [100, 100]) == 0
    assert here == [5, 100]
    assert take(here, -1, 2, [[6], [7]], [100, 99]) == 1
    assert here == [7, 99]


def test_nothing_lies_ahead_of_a_point_that_did_not_move() -> None:
    axes = [[0, 0, 0, 100]]
    points = [[0] for _ in range(4)]
    assert ahead([5, 1], [5, 1], axes, [0], points) == 0
    assert ahead([30, 1], [20, 1], axes, [0], points) == 4
    assert [point[0] for point in points] == [40, 50, 70, 100]
