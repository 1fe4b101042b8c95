"""A settled stay in the hospital of a place, for the tests of pages."""

from __future__ import annotations

from tests.office.builders import DAY, WHO, YUAN, enrol, line, new_key
from tests.office.web.people_and_places import HERE, Place, household_member

from doudi.office.settlement import services
from doudi.office.settlement.models import Claim


def settled_stay(place: Place = HERE) -> Claim:
    """The claim of a new person, registered and insured: 12,000 yuan in the place's hospital."""
    person = household_member(place)
    enrol(person, DAY.year)
    stay = services.admit(
        key=new_key(),
        person=person.public_id,
        institution=place.hospital,
        kind="inpatient",
        admitted_on=DAY,
        agreement="协议一",
        who=WHO,
    )["admission"]
    services.enter_fees(key=new_key(), admission=stay, lines=[line(12_000 * YUAN)], who=WHO)
    done = services.settle(key=new_key(), admission=stay, day=DAY, who=WHO)
    return Claim.objects.select_related("admission__person").get(pk=done["claim"])
