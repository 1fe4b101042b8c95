"""The free check-up, and the illness that it finds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.office.builders import SAID
from tests.office.web.people_and_places import account, household_member

from doudi.office.approvals.models import Proposal
from doudi.office.approvals.services import approve
from doudi.office.audit.models import Call
from doudi.office.care import services as care
from doudi.office.care.errors import CareRefused
from doudi.office.care.models import CheckUp, CheckUpCall
from doudi.office.care.selectors import CheckUpState, check_up_figures, checked_people
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.registry.selectors import standing_on

pytestmark = pytest.mark.django_db
DAY = date(2018, 6, 4)


def called(person: Person, why: str = "wishes") -> None:
    care.call_to_check_up(**SAID, person_id=person.pk, year=2018, why=why)


def checked(person: Person, finding: str = "not_ill", **given: Any) -> Proposal | None:
    _check_up, proposal = care.record_check_up(
        by=account("village"),
        reason="体检",
        person_id=person.pk,
        day=DAY,
        finding=finding,
        **given,
    )
    return proposal


@pytest.mark.clause("H-60")
def test_the_called_the_checked_and_those_who_still_wait_are_counted_apart() -> None:
    wishing, key, nobody = (household_member(name=name) for name in ("甲", "乙", "丙"))
    called(wishing)
    called(key, "key_person")
    checked(wishing)
    checked(nobody, "untreated", disease="高血压")
    found = check_up_figures(Person.objects.all(), 2018)
    assert (found.wishes, found.key_persons, found.done, found.ill) == (1, 1, 2, 1)
    waiting = checked_people(Person.objects.all(), 2018, CheckUpState.WAITING)
    assert found.waiting == 1
    assert list(waiting) == [key]


@pytest.mark.clause("H-60")
def test_the_free_check_up_is_for_the_registered() -> None:
    person = household_member(since=None)
    with pytest.raises(CareRefused, match="for the registered"):
        called(person)
    with pytest.raises(CareRefused, match="not registered"):
        checked(person)


def test_a_call_that_was_a_mistake_counts_no_more_and_can_be_made_again() -> None:
    person = household_member()
    called(person)
    call = CheckUpCall.objects.get()
    care.withdraw_call(**SAID, call_id=call.pk)
    found = check_up_figures(Person.objects.all(), 2018)
    assert (found.wishes, found.waiting) == (0, 0)
    with pytest.raises(CareRefused, match="withdrawn already"):
        care.withdraw_call(**SAID, call_id=call.pk)
    called(person, "key_person")
    assert check_up_figures(Person.objects.all(), 2018).key_persons == 1
    assert CheckUpCall.objects.count() == 2


def test_a_check_up_that_was_a_mistake_counts_no_more_and_its_illness_stays_proposed() -> None:
    person = household_member()
    called(person)
    proposal = checked(person, "untreated", disease="高血压", report_to="chronic")
    assert proposal is not None
    care.withdraw_check_up(**SAID, check_up_id=CheckUp.objects.get().pk)
    found = check_up_figures(Person.objects.all(), 2018)
    assert (found.done, found.ill, found.waiting) == (0, 0, 1)
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.WAITING
    checked(person)
    assert check_up_figures(Person.objects.all(), 2018).done == 1
    assert CheckUp.objects.count() == 2
    call = Call.objects.get(service="withdraw_check_up")
    assert (call.subject, call.actor) == (f"person:{person.public_id}", SAID["actor"])


@pytest.mark.clause("H-61")
def test_an_illness_that_is_found_is_proposed_and_listed_once_somebody_else_approves() -> None:
    person = household_member()
    proposal = checked(person, "untreated", disease="高血压", report_to="chronic")
    assert proposal is not None
    assert not standing_on(person.pk, DAY).lists
    approve(proposal=proposal, by=account("sumu"))
    assert standing_on(person.pk, DAY).lists == {"chronic"}
    listing = DiseaseListing.objects.get(person=person)
    assert (listing.disease, listing.valid_from) == ("高血压", DAY)


@pytest.mark.clause("H-61")
def test_type_and_state_of_treatment_are_kept_with_the_finding() -> None:
    person = household_member()
    checked(person, "in_treatment", disease="糖尿病")
    found = CheckUp.objects.get(person=person)
    assert (found.disease, found.finding, found.year) == ("糖尿病", "in_treatment", 2018)
    with pytest.raises(CareRefused, match="recorded already"):
        checked(person)


def test_without_an_illness_there_is_no_disease_and_with_one_there_is() -> None:
    person = household_member()
    with pytest.raises(CareRefused, match="no illness"):
        checked(person, "not_ill", disease="糖尿病")
    with pytest.raises(Exception, match="missing"):
        checked(person, "untreated")
    assert not CheckUp.objects.exists()


def test_what_cannot_be_proposed_leaves_no_check_up_either() -> None:
    person = household_member()
    with pytest.raises(Exception, match="may not propose"):
        care.record_check_up(
            by=account("clerk"),
            reason="体检",
            person_id=person.pk,
            day=DAY,
            finding="untreated",
            disease="高血压",
            report_to="chronic",
        )
    assert not CheckUp.objects.exists()
