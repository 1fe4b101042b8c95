"""Who, why and the key of a call fit the records, or the call is refused before it does anything.

PostgreSQL would end such a call with an error of its own, and SQLite would take it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.office.builders import (
    DAY,
    admitted,
    hospital,
    line,
    new_key,
    rows_of,
    settled,
    someone,
    stay,
)
from tests.office.every_service import EVERY, Request

from doudi.office.audit.models import Call, Seal
from doudi.office.audit.services import LONGEST, BadCall, note, seal_day
from doudi.office.ledger import services as ledger
from doudi.office.ledger.models import ClosedMonth, Posting, Transfer
from doudi.office.settlement import services
from doudi.office.settlement.models import Admission, Claim, Entry, FeeLine, Institution
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.services import Who

pytestmark = pytest.mark.django_db

TABLES = (Admission, FeeLine, Claim, Entry, Posting, Transfer, Call, ClosedMonth, Seal)
BAD = ["", " ", "一\n二"]


@pytest.mark.parametrize("make", EVERY, ids=lambda make: make.__name__)
def test_a_key_that_is_too_long_is_refused_before_anything_is_done(
    make: Callable[[], Request],
) -> None:
    request = make()
    kept = rows_of(*TABLES)
    with pytest.raises(BadCall, match="101 characters, at most 100") as error:
        request("k" * (LONGEST["key"] + 1))
    assert "请求编号有 101 个字，最多 100 个字" in error.value.zh
    assert rows_of(*TABLES) == kept
    request("k" * LONGEST["key"])
    assert Call.objects.filter(key="k" * LONGEST["key"]).count() == 1


@pytest.mark.parametrize("field", ["actor", "reason"])
def test_who_and_why_are_as_long_as_the_records_hold_and_no_longer(field: str) -> None:
    admission = stay(someone(), 1_000)
    longest = LONGEST[field]
    kept = rows_of(*TABLES)
    for text in ("字" * (longest + 1), *BAD):
        said = {"actor": "甲", "reason": "乙"} | {field: text}
        with pytest.raises(BadCall) as error:
            services.settle(key=new_key(), admission=admission, day=DAY, who=Who(**said))
        assert error.value.zh
        with pytest.raises(BadCall):
            ledger.close_month(key=new_key(), period="201805", **said)
        with pytest.raises(BadCall):
            seal_day(day=DAY, **said)
    assert rows_of(*TABLES) == kept
    said = {"actor": "甲", "reason": "乙"} | {field: "字" * longest}
    services.settle(key=new_key(), admission=admission, day=DAY, who=Who(**said))
    assert getattr(Entry.objects.get(), field) == "字" * longest


def test_a_subject_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadCall, match="subject"):
        services.reverse(key=new_key(), claim="c" * 121, who=Who("甲", "乙"))
    detail: dict[str, Any] = {}
    with pytest.raises(BadCall):
        note(actor="甲", reason="乙", service="x", subject="s" * 121, detail=detail)


def test_an_agreement_that_is_too_long_is_refused() -> None:
    person = someone()
    hospital()
    kept = rows_of(*TABLES)
    with pytest.raises(Refused, match="60"):
        admitted(person, agreement="协" * 61)
    assert rows_of(*TABLES) == kept


@pytest.mark.parametrize(
    "wrong", [{"code": "1" * 13}, {"code": " "}, {"name": "院" * 81}, {"name": ""}, {"level": 4}]
)
def test_an_institution_that_the_records_cannot_hold_is_refused(wrong: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"code": "152200000999", "name": "合成医院", "level": 2} | wrong
    with pytest.raises(Refused):
        services.register_institution(**facts, designated=True, inside_league=True)
    assert not Institution.objects.exists()


def test_messages_to_the_clerk_count_in_yuan() -> None:
    done = settled(someone(), 12_000_00, 10_800_00)
    with pytest.raises(Refused) as error:
        services.pay_own(
            key=new_key(),
            admission=done.admission,
            amount_fen=1_200_01,
            day=DAY,
            who=Who("甲", "乙"),
        )
    assert error.value.zh == "应收 1,200 元，不能收 1,200.01 元"
    with pytest.raises(Refused) as error:
        services.plan_instalments(
            key=new_key(), admission=done.admission, parts=[(DAY, 50)], who=Who("甲", "乙")
        )
    assert error.value.zh == "各期合计 0.50 元，应等于应收 1,200 元"
    admission = admitted(someone())
    for fault, words in (
        ({"total_fen": 1_234_56}, "数量乘以单价应为 1,000 元，而不是 1,234.56 元"),
        ({"in_scope_fen": 1}, "合计 0.01 元，应等于总额 1,000 元"),
    ):
        wrong = line(1_000_00, **fault)
        with pytest.raises(Refused) as error:
            services.enter_fees(
                key=new_key(), admission=admission, lines=[wrong], who=Who("甲", "乙")
            )
        assert words in error.value.zh
        assert "分" not in error.value.zh.replace("部分", "")
