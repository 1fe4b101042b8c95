"""What one person proposes is done only when another, whose business it is, approves it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from tests.office.approved_figures import ADOPTION, cap_of
from tests.office.builders import YUAN, settled
from tests.office.databases import at_once
from tests.office.web.people_and_places import HERE, THERE, account, household_member

from doudi.office.accounts.models import User
from doudi.office.approvals import services
from doudi.office.approvals.adoption import is_approved
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.scope import proposals_in_scope
from doudi.office.audit.models import Call
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Person, RegistrationPeriod
from doudi.office.settlement import policy
from doudi.office.settlement.models import Entry
from doudi.office.web.public.results import guide
from doudi.rules.adoption import RefusedAdoption


def proposed(person: Person, by: User, **changes: Any) -> Proposal:
    """A registration of the person, put up for approval."""
    given = {
        "person_id": person.pk,
        "valid_from": "2018-01-01",
        "cause": "01",
        "document": "扶贫办〔2018〕1号",
    }
    return services.propose(
        kind="add_registration",
        subject=f"person:{person.public_id}",
        given=given | changes,
        reason="新识别",
        by=by,
        division=HERE.gacha,
    )


@pytest.mark.django_db
def test_what_is_proposed_is_done_when_somebody_else_approves_it() -> None:
    person = household_member(HERE, since=None)
    maker, checker = account("village"), account("sumu")
    proposal = proposed(person, maker)
    assert not RegistrationPeriod.objects.filter(person=person).exists()
    done = services.approve(proposal=proposal, by=checker)
    period = RegistrationPeriod.objects.get(person=person)
    assert (period.recorded_by, period.cause) == (maker.username, "01")
    assert (done.checker, done.answer) == (
        checker.username,
        {"row": period.pk, "settled_again": []},
    )
    calls = Call.objects.filter(subject=f"person:{person.public_id}", actor=checker.username)
    assert calls.get().detail["maker"] == maker.username


@pytest.mark.django_db
def test_nobody_approves_what_they_proposed_themselves() -> None:
    maker = account("sumu")
    proposal = proposed(household_member(HERE, since=None), maker)
    with pytest.raises(ApprovalRefused):
        services.approve(proposal=proposal, by=maker)
    assert not RegistrationPeriod.objects.exists()


@pytest.mark.django_db
def test_the_database_itself_refuses_a_maker_who_checks() -> None:
    maker = account("sumu")
    proposal = proposed(household_member(HERE, since=None), maker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            state="approved", checker=maker.username, decided_at=proposal.made_at
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"maker": "somebody"},
        {"given": {"person_id": 7}},
        {"reason": "别的"},
        {"kind": "enrol"},
    ],
)
def test_the_database_refuses_to_change_what_was_proposed(changes: dict[str, Any]) -> None:
    proposal = proposed(household_member(HERE, since=None), account("village"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**changes)


@pytest.mark.django_db
def test_the_database_refuses_to_change_or_delete_a_decision() -> None:
    proposal = proposed(household_member(HERE, since=None), account("village"))
    services.refuse(proposal=proposal, by=account("sumu"), remark="材料不全")
    mine = Proposal.objects.filter(pk=proposal.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        mine.update(remark="材料齐全")
    with pytest.raises(DatabaseError), transaction.atomic():
        mine.delete()


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "place"), [("village", HERE), ("sumu", THERE), ("auditor", HERE)])
def test_only_who_has_the_role_and_the_place_decides(role: str, place: Any) -> None:
    proposal = proposed(household_member(HERE, since=None), account("village"))
    other = account(role, place)
    assert not proposals_in_scope(other).exists()
    with pytest.raises(ApprovalRefused):
        services.approve(proposal=proposal, by=other)
    with pytest.raises(ApprovalRefused):
        services.refuse(proposal=proposal, by=other, remark="不")


@pytest.mark.django_db
def test_what_the_registry_refuses_keeps_waiting() -> None:
    person = household_member(HERE)
    proposal = proposed(person, account("village"))
    with pytest.raises(RegistryRefused):
        services.approve(proposal=proposal, by=account("sumu"))
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


@pytest.mark.django_db
def test_the_same_change_waits_once_and_can_be_taken_back_by_its_maker() -> None:
    person = household_member(HERE, since=None)
    maker = account("village")
    first = proposed(person, maker)
    with pytest.raises(ApprovalRefused):
        proposed(person, account("village"))
    with pytest.raises(ApprovalRefused):
        services.take_back(proposal=first, by=account("sumu"))
    services.take_back(proposal=first, by=maker)
    proposed(person, maker)
    with pytest.raises(ApprovalRefused):
        services.approve(proposal=first, by=account("sumu"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["clerk", "administrator", "auditor"])
def test_a_role_without_the_permission_cannot_propose(role: str) -> None:
    with pytest.raises(ApprovalRefused):
        proposed(household_member(HERE, since=None), account(role))


@pytest.mark.django_db
def test_a_reversal_is_made_by_two_and_once() -> None:
    person = household_member(HERE)
    done = settled(person, 1_200_000, 1_000_000, at=HERE.hospital)
    proposal = services.propose(
        kind="reverse",
        subject=done.claim,
        given={"claim": done.claim},
        reason="录错了人",
        by=account("clerk"),
        institution=HERE.hospital,
    )
    with pytest.raises(ApprovalRefused):
        services.approve(proposal=proposal, by=account("hospital", THERE))
    services.approve(proposal=proposal, by=account("hospital"))
    assert Entry.objects.filter(claim__id=done.claim, sort="reverse").count() == 1


@pytest.mark.django_db
def test_a_bureaus_figures_need_two_people_of_the_league(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    maker, checker = account("league"), account("league")
    proposal = services.propose(
        kind="adopt", subject="adoption", given={"text": ADOPTION}, reason="医保局文件", by=maker
    )
    with pytest.raises(ApprovalRefused):
        services.approve(proposal=proposal, by=maker)
    done = services.approve(proposal=proposal, by=checker)
    assert done.answer is not None
    path = Path(done.answer["file"])
    assert path.read_text(encoding="utf-8") == ADOPTION
    assert done.answer["values"] == ["assistance_cap"]
    assert is_approved(path)
    path.write_text(cap_of(70_000), encoding="utf-8")
    assert not is_approved(path)


@pytest.mark.real_commits
def test_approved_figures_are_settled_and_answered_by_without_a_restart(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA = tmp_path
    monkeypatch.setattr(policy, "_SECONDS", 0.0)
    monkeypatch.setattr(policy._seen, "again", 0.0)
    monkeypatch.delenv("DOUDI_ADOPTION", raising=False)
    before, day = policy.active_policy(), date(2018, 5, 9)
    for yuan in (60_000, 70_000):
        text = cap_of(yuan)
        proposal = services.propose(
            kind="adopt",
            subject="adoption",
            given={"text": text},
            reason="医保局文件",
            by=account("league"),
        )
        assert policy.active_policy().value_on("assistance_cap", day).value != yuan * YUAN
        services.approve(proposal=proposal, by=account("league"))
        assert policy.active_policy().value_on("assistance_cap", day).value == yuan * YUAN
        assert guide().bill_policy.version == policy.active_policy().version
        assert policy.adoption_of(policy.active_policy()) == text
    [current] = [path for path in tmp_path.glob("adoptions/*.yaml") if "70000" in path.read_text()]
    current.write_text(text.replace("70000", "80000"), encoding="utf-8")
    with pytest.raises(RefusedAdoption):
        policy.active_policy()
    settings.DATA = tmp_path / "elsewhere"
    assert policy.active_policy() is before


@pytest.mark.django_db
def test_a_faulty_file_of_figures_is_not_approved(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    faulty = ADOPTION.replace("assistance_cap", "assistance_cup")
    proposal = services.propose(
        kind="adopt", subject="adoption", given={"text": faulty}, reason="试", by=account("league")
    )
    with pytest.raises(ApprovalRefused):
        services.approve(proposal=proposal, by=account("league"))
    assert not list(tmp_path.iterdir())


@pytest.mark.real_commits
def test_two_checkers_at_once_make_one_change() -> None:
    person = household_member(HERE, since=None)
    proposal = proposed(person, account("village"))
    checkers = [account("sumu"), account("sumu")]
    answers = at_once(
        *(lambda by=by: services.approve(proposal=proposal, by=by) for by in checkers)
    )
    assert [type(answer) for answer in answers].count(ApprovalRefused) == 1
    assert RegistrationPeriod.objects.filter(person=person).count() == 1
