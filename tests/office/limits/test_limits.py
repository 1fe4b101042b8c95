"""The limits hold for all processes of the server together, and forget what is over."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from tests.office.databases import at_once

from doudi.office.api.guard import PER_ADDRESS, ByAddress
from doudi.office.limits import services
from doudi.office.limits.models import Tally
from doudi.office.limits.services import count, delete_expired, seconds_left

NOON = 1_545_192_000
"""A second at which a span of a minute begins."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    now = [NOON]
    monkeypatch.setattr(services, "_now", lambda: now[0])
    return now


@pytest.mark.real_commits
def test_two_connections_count_together_and_lose_no_count() -> None:
    def ten_times() -> list[int]:
        return [count(thing="ask", sender="192.0.2.1", seconds=86_400) for _ in range(10)]

    found = at_once(ten_times, ten_times)
    assert sorted([*found[0], *found[1]]) == list(range(1, 21))
    assert Tally.objects.get().times == 20


@pytest.mark.django_db
def test_each_sender_and_each_thing_has_a_count_of_its_own(clock: list[int]) -> None:
    del clock
    for sender, thing in (("192.0.2.1", "ask"), ("192.0.2.2", "ask"), ("192.0.2.1", "save")):
        assert count(thing=thing, sender=sender, seconds=60) == 1
    assert count(thing="ask", sender="192.0.2.1", seconds=60) == 2


@pytest.mark.django_db
def test_a_new_span_begins_at_one_and_the_old_count_is_deleted(clock: list[int]) -> None:
    assert [count(thing="ask", sender="a", seconds=60) for _ in range(3)] == [1, 2, 3]
    clock[0] += 59
    assert count(thing="ask", sender="a", seconds=60) == 4
    assert seconds_left(60) == 1
    clock[0] += 1
    assert count(thing="ask", sender="a", seconds=60) == 1
    assert Tally.objects.count() == 1
    clock[0] += 60
    assert delete_expired() == 1


@pytest.mark.django_db
def test_the_table_holds_no_address() -> None:
    count(thing="ask", sender="192.0.2.77", seconds=60)
    assert "192.0.2.77" not in str(Tally.objects.values_list())
    assert len(Tally.objects.get().key) == 64


@pytest.mark.django_db
def test_the_interface_stops_an_address_after_its_last_call(clock: list[int]) -> None:
    del clock
    request = RequestFactory().get("/api/estimate", REMOTE_ADDR="192.0.2.9")
    limit, of_another_process = ByAddress(), ByAddress()
    allowed = [
        (limit if turn % 2 else of_another_process).allow_request(request)
        for turn in range(PER_ADDRESS + 1)
    ]
    assert allowed == [True] * PER_ADDRESS + [False]
    assert limit.wait() == 60
