"""Undoing a file of listings: they are withdrawn, with what was settled because of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from doudi.office.care.models import Treatment, TreatmentPlan
from doudi.office.imports.listings_recording import settle_again
from doudi.office.imports.models import ImportedListing, PeopleImport
from doudi.office.imports.undo_plan import Undo
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.registry.people_together import batched
from doudi.office.settlement.entries import Who

ENDED = ("入库以后已移出名单", "was ended since")
CARED_FOR = ("已登记治疗或治疗方案", "a treatment or a plan is recorded")


def plan_of_listings(found: PeopleImport) -> Undo:
    """Which listings undoing would withdraw, and which stay and why.

    One that was withdrawn meanwhile is neither.
    """
    of_listing = {"listing": OuterRef("listing"), "withdrawn_at": None}
    rows = (
        ImportedListing.objects.filter(staged__people_import=found, listing__withdrawn_at=None)
        .annotate(
            ended=Exists(
                DiseaseListing.objects.filter(pk=OuterRef("listing"), valid_to__isnull=False)
            )
            & Q(staged__listed_to=None),
            cared_for=Exists(Treatment.objects.filter(**of_listing))
            | Exists(TreatmentPlan.objects.filter(**of_listing)),
        )
        .order_by("listing")
    )
    withdrawn: list[int] = []
    staying: dict[int, tuple[str, str]] = {}
    for listing, ended, cared_for in rows.values_list("listing", "ended", "cared_for"):
        if ended:
            staying[listing] = ENDED
        elif cared_for:
            staying[listing] = CARED_FOR
        else:
            withdrawn.append(listing)
    return Undo(tuple(withdrawn), staying)


def withdraw_listings(found: PeopleImport, keys: Sequence[int], who: Who, now: datetime) -> None:
    """Withdraw listings, and settle again what was settled because of them."""
    for some in batched(keys):
        DiseaseListing.objects.filter(pk__in=some).update(withdrawn_at=now)
    serious = DiseaseListing.with_withdrawn.filter(
        imported__staged__people_import=found,
        list=DiseaseListing.List.SERIOUS,
        withdrawn_at=now,
    )
    settle_again(Person.objects.filter(pk__in=serious.values("person")), who)
