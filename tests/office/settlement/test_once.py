"""One request has one effect, however often it comes; another under its key is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.office.builders import (
    DAY,
    WHO,
    YUAN,
    admitted,
    line,
    new_key,
    owes,
    rows_of,
    settled,
    someone,
    stay,
    year_of,
)
from tests.office.databases import at_once
from tests.office.every_service import EVERY, Request

from doudi.office.audit.models import Call
from doudi.office.audit.services import KeyReused
from doudi.office.ledger.models import Account, ClosedMonth, Posting, Statement, Transfer
from doudi.office.settlement import services
from doudi.office.settlement.models import (
    Admission,
    Claim,
    Entry,
    FeeLine,
    Instalment,
    PersonYear,
)
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.services import Who

TABLES: tuple[Any, ...] = (
    *(Admission, FeeLine, PersonYear, Claim, Entry, Instalment),
    *(Account, Posting, Transfer, ClosedMonth, Statement, Call),
)

each_service = pytest.mark.parametrize("prepare", EVERY, ids=lambda prepare: prepare.__name__)


@pytest.mark.django_db
@each_service
def test_a_reply_that_was_lost_is_given_again_and_nothing_happens_twice(
    prepare: Callable[[], Request],
) -> None:
    request, key = prepare(), new_key()
    request(key)  # and the reply never arrives
    kept = rows_of(*TABLES)
    stored = Call.objects.get(key=key).answer
    assert request(key) == stored
    assert request(key) == stored
    assert rows_of(*TABLES) == kept


@pytest.mark.real_commits
@each_service
def test_the_same_request_from_eight_clients_at_once_has_one_effect(
    prepare: Callable[[], Request],
) -> None:
    """Also for one that waits for the other's lock and then finds nothing left to do."""
    request, key = prepare(), new_key()
    calls = Call.objects.count()
    answers = at_once(*[lambda: request(key)] * 8)
    assert [answer for answer in answers if answer != answers[0]] == []
    assert isinstance(answers[0], dict)
    assert Call.objects.count() == calls + 1
    assert Call.objects.get(key=key).answer == answers[0]


@pytest.mark.real_commits
def test_sixteen_clients_with_one_key_settle_one_stay_once() -> None:
    person = someone()
    admission, key = stay(person, 12_000 * YUAN, 10_800 * YUAN), new_key()
    answers = at_once(
        *[lambda: services.settle(key=key, admission=admission, day=DAY, who=WHO)] * 16
    )
    assert answers == [answers[0]] * 16
    assert answers[0]["own_fen"] == 1_200 * YUAN
    assert rows_of(Claim, Entry, Posting) == {
        "settlement.Claim": 1,
        "settlement.Entry": 1,
        "ledger.Posting": 1,
    }
    assert owes(admission) == 1_200 * YUAN
    assert year_of(person).sequence == 1


@pytest.mark.real_commits
def test_sixteen_clients_with_their_own_keys_settle_one_stay_once() -> None:
    admission = stay(someone(), 12_000 * YUAN, 10_800 * YUAN)
    answers = at_once(
        *[lambda: services.settle(key=new_key(), admission=admission, day=DAY, who=WHO)] * 16
    )
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 15
    assert Entry.objects.count() == 1
    assert owes(admission) == 1_200 * YUAN


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["another stay", "another day", "another place in the year"])
def test_the_same_key_with_another_body_is_refused(other: str) -> None:
    person, key = someone(), new_key()
    first = settled(person, 1_000)
    admission = stay(person, 1_000)
    request: dict[str, Any] = {"admission": admission, "day": DAY, "before": None}
    services.settle(key=key, who=WHO, **request)
    changes: dict[str, dict[str, Any]] = {
        "another stay": {"admission": stay(person, 1_000)},
        "another day": {"day": date(2018, 5, 10)},
        "another place in the year": {"before": first.claim},
    }
    kept = rows_of(*TABLES)
    with pytest.raises(KeyReused) as refused:
        services.settle(key=key, who=WHO, **request | changes[other])
    assert key in refused.value.zh
    assert rows_of(*TABLES) == kept


@pytest.mark.django_db
def test_a_key_is_not_shared_by_two_services() -> None:
    key = new_key()
    done = settled(someone(), 12_000 * YUAN)
    services.reverse(key=key, claim=done.claim, who=WHO)
    with pytest.raises(KeyReused):
        services.pay_own(key=key, admission=done.admission, amount_fen=1, day=DAY, who=WHO)


@pytest.mark.django_db
def test_a_request_that_was_refused_leaves_its_key_free() -> None:
    key = new_key()
    admission = admitted(someone())
    with pytest.raises(Refused):
        services.enter_fees(key=key, admission=admission, lines=[line(1_000, total_fen=1)], who=WHO)
    services.enter_fees(key=key, admission=admission, lines=[line(1_000)], who=WHO)
    assert FeeLine.objects.count() == 1


@pytest.mark.django_db
def test_whoever_repeats_a_request_it_is_recorded_as_the_first_one_asked() -> None:
    key, admission = new_key(), stay(someone(), 1_000)
    for actor in ("窗口甲", "窗口乙"):
        services.settle(key=key, admission=admission, day=DAY, who=Who(actor, "出院"))
    assert Call.objects.get(key=key).actor == "窗口甲"
    assert Entry.objects.get().actor == "窗口甲"
