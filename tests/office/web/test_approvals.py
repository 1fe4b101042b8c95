"""Two people at their desks: one proposes, the other looks and decides."""

from __future__ import annotations

import pytest
from tests.office.web.addresses import EXAMPLES
from tests.office.web.conftest import Statements, logged_in
from tests.office.web.people_and_places import account

from doudi.office.accounts.models import User
from doudi.office.approvals.models import Proposal
from doudi.office.registry.models import RegistrationPeriod


@pytest.mark.django_db
def test_a_change_is_looked_at_and_approved(statements: Statements) -> None:
    name = EXAMPLES["proposal"]()
    client = logged_in(account("sumu"))
    client.get("/desk/approvals/")
    with statements(4):
        shown = client.get("/desk/approvals/").content.decode()
    assert f"/desk/approvals/{name}" in shown
    with statements(15):
        text = client.get(f"/desk/approvals/{name}").content.decode()
    assert "登记建档立卡" in text and "因病" in text and "通过并办理" in text
    answer = client.post(f"/desk/approvals/{name}", {"decision": "approve", "remark": ""})
    assert answer["Location"] == "/desk/approvals/"
    assert RegistrationPeriod.objects.count() == 1
    again = client.post(f"/desk/approvals/{name}", {"decision": "approve"}).content.decode()
    assert "已经处理过了" in again
    assert RegistrationPeriod.objects.count() == 1


@pytest.mark.django_db
def test_its_maker_can_take_it_back_and_not_approve_it() -> None:
    name = EXAMPLES["proposal"]()
    maker = Proposal.objects.get(public_id=name).maker
    client = logged_in(User.objects.get(username=maker))
    assert "通过并办理" not in client.get(f"/desk/approvals/{name}").content.decode()
    refused = client.post(f"/desk/approvals/{name}", {"decision": "approve"}).content.decode()
    assert "不能复核" in refused
    client.post(f"/desk/approvals/{name}", {"decision": "take_back"})
    assert Proposal.objects.get(public_id=name).state == "taken_back"


@pytest.mark.django_db
def test_a_refusal_needs_a_reason() -> None:
    name = EXAMPLES["proposal"]()
    client = logged_in(account("banner"))
    answer = client.post(f"/desk/approvals/{name}", {"decision": "refuse", "remark": " "})
    assert "请写明不通过的理由" in answer.content.decode()
    client.post(f"/desk/approvals/{name}", {"decision": "refuse", "remark": "材料不全"})
    assert Proposal.objects.get(public_id=name).remark == "材料不全"
