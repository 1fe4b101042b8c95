"""On which disease lists a person is, from when to when."""

from __future__ import annotations

from datetime import date

from doudi.office.registry.changes import (
    check_choice,
    check_days,
    check_document,
    check_text,
    days_of,
    existing,
    locked_person,
    note_person,
    one_change,
    refuse_overlap,
)
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import DiseaseListing


def list_disease(
    *,
    actor: str,
    reason: str,
    person_id: int,
    list: str,
    disease: str,
    valid_from: date,
    document: str,
    valid_to: date | None = None,
) -> DiseaseListing:
    """Put the person on a disease list, to ``valid_to`` inclusive or until ended.

    RegistryRefused when the person is on that list for that disease on one of the days already.
    """
    check_days(valid_from, valid_to)
    check_choice("病种名单", "list", list, DiseaseListing.List.values)
    check_text("病种", "disease", disease, 60)
    check_document(document)
    with one_change(actor, reason):
        person = locked_person(person_id)
        same = person.listings.filter(list=list, disease=disease)
        refuse_overlap(same, valid_from, valid_to, "病种名单", "listing")
        listing = DiseaseListing.objects.create(
            person=person,
            list=list,
            disease=disease,
            valid_from=valid_from,
            valid_to=valid_to,
            document=document,
            recorded_by=actor,
        )
        detail = days_of(listing) | {"list": list, "disease": disease}
        note_person(actor, reason, "list_disease", person, detail)
    return listing


def end_listing(*, actor: str, reason: str, listing_id: int, valid_to: date) -> DiseaseListing:
    """Set the last day on a disease list; once only."""
    with one_change(actor, reason):
        listing = existing(DiseaseListing.objects.filter(pk=listing_id).first())
        person = locked_person(listing.person_id)
        listing.refresh_from_db()
        if listing.valid_to is not None:
            raise RegistryRefused("这条名单记录已经结束", "the listing has an end already")
        check_days(listing.valid_from, valid_to)
        listing.valid_to = valid_to
        listing.save(update_fields=["valid_to"])
        note_person(actor, reason, "end_listing", person, days_of(listing))
    return listing
