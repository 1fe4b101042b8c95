"""A disease listing that was a mistake stays, and nothing rests on it any more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.office.builders import DAY, SAID, WHO, YUAN, claim_row, hospital, settled
from tests.office.care.builders import designated, listed, served, signed
from tests.office.web.people_and_places import household_member

from doudi.office.audit.models import Call
from doudi.office.care import services as care
from doudi.office.care.errors import CareRefused
from doudi.office.care.selectors import chronic_patients, serious_patients, severe_patients
from doudi.office.registry import services
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.registry.selectors import standing_on
from doudi.office.registry.standings import standings_on
from doudi.office.settlement.models import Claim
from doudi.office.settlement.registry_effects import follow_registry, preview_change

pytestmark = pytest.mark.django_db


def withdraw(listing: DiseaseListing) -> None:
    services.withdraw_listing(**SAID, listing_id=listing.pk)


def test_a_withdrawn_listing_stays_and_counts_no_more() -> None:
    person = household_member()
    for name, disease in (("serious", "胃癌"), ("severe_backstop", "重症"), ("chronic", "哮喘")):
        withdraw(listed(person, name, disease))
    standing = standing_on(person.pk, DAY)
    assert (standing.serious, standing.evidence["listings"]) == (False, [])
    assert standings_on([person], DAY)[person.pk].listings == ()
    people = Person.objects.all()
    for patients in (serious_patients, severe_patients, chronic_patients):
        assert not patients(people, DAY).exists()
    assert not person.listings.exists()
    assert DiseaseListing.with_withdrawn.exclude(withdrawn_at=None).count() == 3


def test_one_listing_of_several_is_withdrawn_and_the_others_hold() -> None:
    person = household_member()
    listed(person, "serious", "食管癌")
    withdraw(listed(person, "serious", "胃癌"))
    standing = standing_on(person.pk, DAY)
    assert standing.registered
    assert standing.enrolled
    assert [row["disease"] for row in standing.evidence["listings"]] == ["食管癌"]


def test_a_listing_is_withdrawn_once_and_its_days_can_be_listed_again() -> None:
    person = household_member()
    listing = listed(person)
    withdraw(listing)
    with pytest.raises(RegistryRefused, match="withdrawn"):
        withdraw(listing)
    with pytest.raises(RegistryRefused, match="withdrawn"):
        services.end_listing(**SAID, listing_id=listing.pk, valid_to=DAY)
    assert listed(person) in person.listings.all()


def test_a_listing_that_has_ended_can_be_withdrawn() -> None:
    listing = listed(household_member(), "serious", "胃癌")
    services.end_listing(**SAID, listing_id=listing.pk, valid_to=date(2018, 12, 31))
    withdraw(listing)
    assert not standing_on(listing.person_id, DAY).serious


def test_who_withdrew_a_listing_and_why_is_recorded() -> None:
    listing = listed(household_member(), "serious", "胃癌")
    services.withdraw_listing(actor="乙", reason="误诊", listing_id=listing.pk)
    call = Call.objects.get(service="withdraw_listing")
    assert (call.actor, call.reason) == ("乙", "误诊")
    assert call.detail["id"] == listing.pk
    assert (call.detail["list"], call.detail["disease"]) == ("serious", "胃癌")


def test_nothing_of_care_is_recorded_for_a_withdrawn_listing() -> None:
    listing = listed(household_member(), "serious", "胃癌")
    given: dict[str, Any] = {"listing_id": listing.pk, "institution": designated()}
    treatment = care.record_treatment(**SAID, treated_on=DAY, **given)
    withdraw(listing)
    with pytest.raises(RegistryRefused, match="withdrawn"):
        care.record_treatment(**SAID, treated_on=DAY, **given)
    with pytest.raises(RegistryRefused, match="withdrawn"):
        care.plan_treatment(**SAID, planned_on=date(2100, 1, 1), **given)
    treatment.refresh_from_db()
    assert treatment.withdrawn_at is None


def test_drugs_are_not_delivered_because_of_a_withdrawn_listing() -> None:
    person = household_member()
    contract = signed(person)
    withdraw(listed(person))
    with pytest.raises(CareRefused, match="no list"):
        served(contract, "drug_delivery")


def test_what_was_settled_because_of_a_withdrawn_listing_is_settled_again() -> None:
    person = household_member()
    listing = listed(person, "serious", "胃癌")
    done = [settled(person, 50_000 * YUAN, at=hospital(2)) for _stay in range(2)]
    assert claim_row(done[1].claim).facts["serious"] is True
    expected = [
        (effect.after.admission, effect.after.own_fen)
        for effect in preview_change(person, lambda: withdraw(listing))
    ]
    assert not Claim.objects.filter(replaces__isnull=False).exists()
    withdraw(listing)
    effects = follow_registry(person, WHO)
    assert [(each.after.admission, each.after.own_fen) for each in effects] == expected
    assert dict(expected)[done[1].admission] > done[1].own
    replaced = Claim.objects.filter(replaces__isnull=False)
    assert {claim.facts["serious"] for claim in replaced} == {False}
