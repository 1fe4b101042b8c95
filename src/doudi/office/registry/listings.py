"""On which disease lists a person is, from when to when."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

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
    """Set the last day on a disease list; once only: a wrong day is withdrawn."""
    with one_change(actor, reason):
        listing = locked_listing(listing_id)
        if listing.valid_to is not None:
            raise RegistryRefused("这条名单记录已经结束", "the listing has an end already")
        check_days(listing.valid_from, valid_to)
        listing.valid_to = valid_to
        listing.save(update_fields=["valid_to"])
        note_person(actor, reason, "end_listing", listing.person, days_of(listing))
    return listing


def withdraw_listing(*, actor: str, reason: str, listing_id: int) -> DiseaseListing:
    """Mark a listing as recorded by mistake. It stays, but nothing rests on it any more.

    Its treatment and plans stay with it and count no more either.
    """
    with one_change(actor, reason):
        listing = locked_listing(listing_id)
        listing.withdrawn_at = timezone.now()
        listing.save(update_fields=["withdrawn_at"])
        detail = days_of(listing) | {"list": listing.list, "disease": listing.disease}
        note_person(actor, reason, "withdraw_listing", listing.person, detail)
    return listing


def locked_listing(listing_id: int) -> DiseaseListing:
    """The listing, read again once its person is locked; RegistryRefused for a withdrawn one."""
    listing = existing(DiseaseListing.with_withdrawn.filter(pk=listing_id).first())
    person = locked_person(listing.person_id)
    listing.refresh_from_db()
    listing.person = person
    if listing.withdrawn_at is not None:
        raise RegistryRefused("这条名单记录已撤回", "the listing is withdrawn")
    return listing
