"""A settled stay in the hospital of a place, for the tests of pages."""

from __future__ import annotations

from tests.office.builders import DAY, WHO, YUAN, line, new_key
from tests.office.web.people_and_places import HERE, Place, household_member

from doudi.office.settlement import services
from doudi.office.settlement.models import Claim


def settled_stay(place: Place = HERE, name: str = "合成甲") -> Claim:
    """The claim of a new person, registered and insured: 12,000 yuan in the place's hospital."""
    return _settled(household_member(place, name).public_id, place.hospital, 12_000)


def another_stay(claim: Claim) -> Claim:
    """A later claim of the same person and hospital: 60,000 yuan, so that caps come to bear."""
    return _settled(claim.admission.person.public_id, claim.institution_id, 60_000)


def _settled(person: str, hospital: str, yuan: int) -> Claim:
    stay = services.admit(
        key=new_key(),
        person=person,
        institution=hospital,
        kind="inpatient",
        admitted_on=DAY,
        agreement="协议一",
        who=WHO,
    )["admission"]
    services.enter_fees(key=new_key(), admission=stay, lines=[line(yuan * YUAN)], who=WHO)
    done = services.settle(key=new_key(), admission=stay, day=DAY, who=WHO)
    return Claim.objects.select_related("admission__person", "year").get(pk=done["claim"])
