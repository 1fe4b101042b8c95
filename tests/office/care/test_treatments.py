"""Batch one: serious disease, treated in seven hospitals; who is not treated has a plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.office.builders import SAID
from tests.office.care.builders import DAY, designated, ordinary, serious_patient
from tests.office.web.people_and_places import household_member

from doudi.office.audit.models import Call
from doudi.office.care import services as care
from doudi.office.care.errors import CareRefused
from doudi.office.care.models import TreatmentPlan
from doudi.office.care.selectors import Batch, serious_figures, serious_patients
from doudi.office.registry.models import DiseaseListing, Person

pytestmark = pytest.mark.django_db


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def plan(listing: DiseaseListing, at: str, day: date | None = None) -> int:
    made = care.plan_treatment(
        **SAID, listing_id=listing.pk, planned_on=day or tomorrow(), institution=at
    )
    return int(made.pk)


def treat(listing: DiseaseListing, at: str) -> int:
    done = care.record_treatment(**SAID, listing_id=listing.pk, treated_on=DAY, institution=at)
    return int(done.pk)


def states() -> dict[Batch, int]:
    return serious_figures(Person.objects.all(), DAY).by_state


@pytest.mark.clause("H-41")
def test_whoever_is_untreated_and_has_no_plan_is_on_the_duty_list_until_there_is_one() -> None:
    planned, waiting = serious_patient(), serious_patient("合成丙")
    plan(planned, designated())
    duty = serious_patients(Person.objects.all(), DAY, Batch.UNPLANNED)
    assert list(duty) == [waiting]
    plan(waiting, designated())
    assert not duty.all().exists()
    assert states()[Batch.PLANNED] == 2


@pytest.mark.clause("H-33")
def test_a_plan_names_a_hospital_that_is_designated_for_serious_disease() -> None:
    with pytest.raises(CareRefused, match="not designated"):
        plan(serious_patient(), ordinary())


@pytest.mark.clause("H-33")
def test_treatment_in_another_hospital_is_recorded_and_does_not_count_in_the_batch() -> None:
    treat(serious_patient(), designated())
    treat(serious_patient("合成丙"), ordinary())
    serious_patient("合成丁")
    found = states()
    assert (found[Batch.TREATED], found[Batch.ELSEWHERE], found[Batch.UNPLANNED]) == (1, 1, 1)
    figures = serious_figures(Person.objects.all(), DAY)
    assert (figures.needed, figures.treated) == (3, 1)


def test_whoever_is_treated_needs_no_plan_and_is_not_treated_twice() -> None:
    listing = serious_patient()
    treat(listing, designated())
    with pytest.raises(CareRefused, match="treated already"):
        plan(listing, designated())
    with pytest.raises(CareRefused, match="recorded already"):
        treat(listing, designated())


def test_a_treatment_recorded_by_mistake_is_withdrawn_and_can_be_recorded_again() -> None:
    listing = serious_patient()
    care.withdraw_treatment(**SAID, treatment_id=treat(listing, designated()))
    assert states()[Batch.UNPLANNED] == 1
    treat(listing, designated())
    assert states()[Batch.TREATED] == 1


def test_a_plan_recorded_by_mistake_counts_no_more_and_the_one_before_it_does_again() -> None:
    listing = serious_patient()
    first, last = (plan(listing, designated()) for _time in range(2))
    care.withdraw_plan(**SAID, plan_id=last)
    assert states()[Batch.PLANNED] == 1
    care.withdraw_plan(**SAID, plan_id=first)
    assert states()[Batch.UNPLANNED] == 1
    assert TreatmentPlan.objects.count() == 2
    with pytest.raises(CareRefused, match="withdrawn already"):
        care.withdraw_plan(**SAID, plan_id=first)
    plan(listing, designated())
    assert states()[Batch.PLANNED] == 1
    call = Call.objects.filter(service="withdraw_plan").earliest("pk")
    assert (call.actor, call.reason) == (SAID["actor"], SAID["reason"])
    assert call.detail == {"id": last}


def test_a_plan_is_for_a_day_to_come_and_a_treatment_for_one_that_has_come() -> None:
    listing = serious_patient()
    with pytest.raises(CareRefused, match="past"):
        plan(listing, designated(), DAY)
    with pytest.raises(CareRefused, match="not come"):
        care.record_treatment(
            **SAID, listing_id=listing.pk, treated_on=tomorrow(), institution=designated()
        )


def test_only_a_listing_of_the_serious_list_is_planned_for() -> None:
    person = household_member()
    listing = DiseaseListing.objects.create(
        person=person, list="chronic", disease="高血压", valid_from=DAY, document="文"
    )
    with pytest.raises(CareRefused, match="serious list"):
        plan(listing, designated())


def test_every_change_leaves_who_made_it_and_why() -> None:
    listing = serious_patient()
    plan(listing, designated())
    care.withdraw_treatment(**SAID, treatment_id=treat(listing, designated()))
    calls = Call.objects.filter(subject=f"person:{listing.person.public_id}").order_by("pk")
    done = [(call.service, call.actor, call.reason) for call in calls][-3:]
    assert done == [
        (service, SAID["actor"], SAID["reason"])
        for service in ("plan_treatment", "record_treatment", "withdraw_treatment")
    ]
