"""Correcting at the window: the cascade first, a second person, and then the entries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import log_in
from tests.office.web.people_and_places import HERE, THERE, account
from tests.office.web.stays import another_stay, settled_stay

from doudi.office.approvals.models import Proposal
from doudi.office.settlement.models import Claim, Entry

AsRole = Callable[..., Client]


@pytest.mark.django_db
def test_a_reversal_waits_for_a_second_person_and_then_gives_the_quota_back(
    as_role: AsRole,
) -> None:
    claim = settled_stay()
    later = another_stay(claim)
    clerk, checker = as_role("clerk"), as_role("hospital")
    shown = clerk.get(f"/window/claims/{claim.pk}/reverse").content.decode()
    assert "会跟着变的结算" in shown
    assert Entry.objects.filter(sort="reverse").count() == 0
    clerk.post(f"/window/claims/{claim.pk}/reverse", {"reason": "录错了人"})
    proposal = Proposal.objects.get()
    path = f"/desk/approvals/{proposal.public_id}"
    clerk.post(path, {"decision": "approve", "remark": ""})
    assert Entry.objects.filter(sort="reverse").count() == 0
    checker.post(path, {"decision": "approve", "remark": ""})
    assert Entry.objects.get(sort="reverse").claim == claim
    year = later.year
    year.refresh_from_db()
    assert year.totals["registered_own"] == later.entries.order_by("-number")[0].outputs["own_pay"]


@pytest.mark.django_db
def test_a_corrected_line_takes_the_place_of_the_wrong_one(as_role: AsRole) -> None:
    claim = settled_stay()
    clerk, checker = as_role("clerk"), as_role("hospital")
    fields = {
        "replaces": "1",
        "item": "治疗",
        "catalogue": "A",
        "quantity": "1",
        "unit_price": "8000",
        "reason": "单价录错",
    }
    looked = clerk.post(f"/window/claims/{claim.pk}/correct", fields | {"step": "look"})
    assert "更正后个人自付" in looked.content.decode()
    assert Proposal.objects.count() == 0
    clerk.post(f"/window/claims/{claim.pk}/correct", fields | {"step": "propose"})
    path = f"/desk/approvals/{Proposal.objects.get().public_id}"
    checker.post(path, {"decision": "approve", "remark": ""})
    replacement = Claim.objects.get(replaces=claim)
    assert replacement.facts["bill"] == 800_000
    assert claim.admission.fee_lines.count() == 2


@pytest.mark.django_db
def test_a_claim_of_another_hospital_can_be_neither_looked_at_nor_corrected(
    as_role: AsRole,
) -> None:
    claim = settled_stay(HERE)
    for role in ("clerk", "hospital"):
        stranger = as_role(role, THERE)
        for job in ("reverse", "correct"):
            assert stranger.get(f"/window/claims/{claim.pk}/{job}").status_code == 404
        assert stranger.get(f"/window/slips/{claim.pk}").status_code == 404


def test_a_reversal_with_its_cascade_in_a_real_browser(page: Page) -> None:
    claim = settled_stay()
    another_stay(claim)
    log_in(page, account("clerk"))
    page.goto(f"/window/stays/{claim.admission.public_id}")
    page.get_by_role("link", name="冲销").click()
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(2)  # the heading and the later stay's difference
    assert_accessible(page)
    page.get_by_label("原因").fill("录错了人")
    page.get_by_role("button", name="提交冲销，等人复核").click()
    expect(page.get_by_text("已提交，等另一个人复核")).to_be_visible()
    assert Entry.objects.filter(sort="reverse").count() == 0
    page.get_by_role("button", name="退出").click()
    log_in(page, account("hospital"))
    page.goto(f"/desk/approvals/{Proposal.objects.get().public_id}")
    assert_accessible(page)
    page.get_by_role("button", name="通过并办理").click()
    page.wait_for_url("**/desk/approvals/")
    assert Entry.objects.filter(sort="reverse").count() == 1
    assert Entry.objects.filter(sort="difference").count() == 1
