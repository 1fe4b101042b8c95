"""Phones on the pages: masked everywhere, seen whole for a reason, changed by two people."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.office.builders import SAID
from tests.office.web.people_and_places import HERE, household_member

from doudi.office.approvals.models import Proposal
from doudi.office.audit.models import Call
from doudi.office.registry import services as registry
from doudi.office.registry.models import Person
from doudi.office.registry.phones import phone_of

PHONE, MASKED = "13800138000", "138****8000"
AsRole = Callable[..., Client]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def with_phone() -> Person:
    person = household_member(HERE, name="合成甲")
    registry.record_phone(**SAID, person_id=person.pk, phone=PHONE)
    return person


@pytest.mark.django_db
def test_a_phone_is_masked_on_the_page_and_whole_for_a_reason(as_role: AsRole) -> None:
    person = with_phone()
    address = f"/desk/people/{person.public_id}"
    shown = text_of(as_role("village").get(address))
    assert MASKED in shown and PHONE not in shown
    asked = {"reason": "通知复诊", "what": "phone"}
    assert as_role("village").post(address, asked).status_code == 403
    client = as_role("sumu")
    assert PHONE not in text_of(client.post(address, {"reason": "", "what": "phone"}))
    assert PHONE in text_of(client.post(address, asked))
    call = Call.objects.get(service="reveal_phone")
    assert (call.reason, call.subject) == ("通知复诊", f"person:{person.public_id}")
    assert not Call.objects.filter(service="reveal_id_number").exists()


@pytest.mark.django_db
def test_an_export_has_the_phone_masked(as_role: AsRole) -> None:
    with_phone()
    answer = as_role("sumu").get(f"/desk/places/{HERE.gacha}/export?masked=1")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    heading, line = rows.to_python()
    assert line[heading.index("联系电话")] == MASKED


@pytest.mark.django_db
def test_a_phone_is_changed_by_two_and_stands_in_no_proposal(as_role: AsRole) -> None:
    person = household_member(HERE)
    maker, checker = as_role("village"), as_role("sumu")
    address = f"/desk/people/{person.public_id}/changes/record_phone"
    given = {"phone": PHONE, "reason": "本人来登记"}
    assert "11 位手机号" in text_of(maker.post(address, given | {"phone": "1380"}))
    assert "没有：这项变更不改变已结算的费用" in text_of(maker.post(address, given))
    assert not registry_rows()
    maker.post(address, given | {"confirmed": "1"})
    proposal = Proposal.objects.get()
    assert PHONE not in str(proposal.given)
    page = f"/desk/approvals/{proposal.public_id}"
    waiting = text_of(checker.get(page))
    assert MASKED in waiting and PHONE not in waiting
    refused = text_of(checker.post(page, {"decision": "reveal", "remark": ""}))
    assert "写明原因" in refused and PHONE not in refused
    assert PHONE in text_of(checker.post(page, {"decision": "reveal", "remark": "打电话核对"}))
    assert Call.objects.get(service="reveal_sealed_number").reason == "打电话核对"
    assert PHONE not in text_of(maker.post(page, {"decision": "reveal", "remark": "看看"}))
    checker.post(page, {"decision": "approve", "remark": ""})
    person.refresh_from_db()
    assert phone_of(person) == PHONE
    assert PHONE not in str(list(Call.objects.values("detail", "reason", "subject")))


@pytest.mark.django_db
def test_the_phone_of_a_refused_change_is_gone_and_its_page_is_there(as_role: AsRole) -> None:
    person = household_member(HERE)
    address = f"/desk/people/{person.public_id}/changes/record_phone"
    given = {"phone": PHONE, "reason": "本人来登记", "confirmed": "1"}
    as_role("village").post(address, given)
    checker = as_role("sumu")
    page = f"/desk/approvals/{Proposal.objects.get().public_id}"
    checker.post(page, {"decision": "refuse", "remark": "不是本人的"})
    shown = text_of(checker.get(page))
    assert MASKED in shown and "未通过" in shown
    answer = checker.post(page, {"decision": "reveal", "remark": "再看看"})
    assert answer.status_code == 200
    assert PHONE not in text_of(answer)


@pytest.mark.django_db
def test_a_phone_is_removed_by_two(as_role: AsRole) -> None:
    person = with_phone()
    address = f"/desk/people/{person.public_id}/changes/record_phone"
    as_role("village").post(address, {"phone": "", "reason": "停机", "confirmed": "1"})
    checker = as_role("sumu")
    page = f"/desk/approvals/{Proposal.objects.get().public_id}"
    assert "删去" in text_of(checker.get(page))
    checker.post(page, {"decision": "approve", "remark": ""})
    person.refresh_from_db()
    assert phone_of(person) is None


def registry_rows() -> bool:
    return Proposal.objects.exists() or Call.objects.filter(service="propose").exists()
