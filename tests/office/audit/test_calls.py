"""Who did what, when and why: one row for every call that changed something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.office.builders import (
    DAY,
    WHO,
    YUAN,
    admitted,
    hospital,
    line,
    new_key,
    settled,
    someone,
    stay,
)
from tests.office.every_service import EVERY, Request

from doudi.office.audit.models import Call
from doudi.office.audit.services import body_hash, seal_day
from doudi.office.settlement import services
from doudi.office.settlement.models import Entry
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.services import Who

pytestmark = pytest.mark.django_db

NAMES = {"settle_late": "settle", "reverse_claim": "reverse", "correct_claim": "correct"}
"""The services whose requests go by another name."""


@pytest.mark.parametrize("prepare", EVERY, ids=lambda prepare: prepare.__name__)
def test_every_service_leaves_who_did_what_when_and_why(prepare: Callable[[], Request]) -> None:
    request, key = prepare(), new_key()
    before = Call.objects.count()
    answer = request(key)
    assert Call.objects.count() == before + 1
    call = Call.objects.get(key=key)
    assert (call.actor, call.reason) == (WHO.actor, WHO.reason)
    assert call.service == NAMES.get(prepare.__name__, prepare.__name__)
    assert call.subject
    assert call.detail
    assert call.answer == answer
    assert abs(timezone.now() - call.recorded_at) < timedelta(minutes=1)


def test_registering_an_institution_and_sealing_a_day_are_recorded_too() -> None:
    who = Who("医保局乙", "新设窗口")
    services.register_institution(
        code="152200000999",
        name="合成卫生院",
        level=1,
        designated=True,
        inside_league=True,
        who=who,
    )
    seal_day(day=DAY, actor="医保局丙", reason="日终")
    calls = Call.objects.order_by("pk").values_list("service", "actor", "reason")
    assert list(calls) == [
        ("register_institution", "医保局乙", "新设窗口"),
        ("seal_day", "医保局丙", "日终"),
    ]


def test_every_change_of_the_registry_is_recorded() -> None:
    person = someone(serious=True)
    services_called = Call.objects.filter(subject__contains=person.public_id)
    assert set(services_called.values_list("service", flat=True)) == {
        "register_person",
        "enrol",
        "add_registration",
        "list_disease",
    }


def test_an_entry_says_who_and_why_too() -> None:
    admission = stay(someone(), 1_000)
    services.settle(key=new_key(), admission=admission, day=DAY, who=Who("窗口丙", "出院结算"))
    entry = Entry.objects.get()
    assert (entry.actor, entry.reason) == ("窗口丙", "出院结算")


def test_what_was_refused_or_only_looked_at_is_not_recorded() -> None:
    admission = admitted(someone())
    before = Call.objects.count()
    with pytest.raises(Refused):
        services.enter_fees(key=new_key(), admission=admission, lines=[], who=WHO)
    assert Call.objects.count() == before
    done = settled(someone(), 1_000)
    before = Call.objects.count()
    services.preview_reverse(claim=done.claim)
    services.preview_correct(claim=done.claim, facts={"hospital_level": 1})
    assert Call.objects.count() == before


def test_the_hash_of_a_request_does_not_depend_on_the_order_of_its_fields() -> None:
    assert body_hash({"a": 1, "b": [1, 2]}) == body_hash({"b": [1, 2], "a": 1})
    others: list[dict[str, Any]] = [
        {"a": 1, "b": [2, 1]},
        {"a": "1", "b": [1, 2]},
        {"a": 1},
        {"a": None, "b": [1, 2]},
    ]
    hashes = {body_hash(other) for other in others} | {body_hash({"a": 1, "b": [1, 2]})}
    assert len(hashes) == 5


def test_the_request_is_kept_as_it_came() -> None:
    key, admission = new_key(), admitted(someone(), at=hospital(2))
    given = line(1_235 * YUAN, item="阿莫西林胶囊")
    services.enter_fees(key=key, admission=admission, lines=[given], who=WHO)
    assert Call.objects.get(key=key).detail["lines"] == [given.to_dict()]
