"""Recording the good rows of a file of listings, with what they do to claims that are settled.

The people are locked first, so that nobody lists them or settles for them meanwhile. Only the
serious list says something of a claim: whoever is put on it and has settled claims has them
looked at again, one by one, as by any change of the registry. These are few; of all others the
number of SQL statements grows by the many hundred only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from doudi.estimate.claims_file import RowFault
from doudi.office.imports.models import ImportedListing, PeopleImport
from doudi.office.imports.put_on_lists import AT_ONCE, list_staged
from doudi.office.imports.staged_people import good_rows, lock_people, people_of
from doudi.office.registry.listings_together import gone, overlaps
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.settlement.entries import Who
from doudi.office.settlement.models import PersonYear
from doudi.office.settlement.registry_effects import Effect, follow_registry

_SERIOUS = {"diseases__0__0": DiseaseListing.List.SERIOUS}
_PREVIEW = Who("preview", "preview")
MOST_PREVIEWED = 50


def stale_listings(waiting: PeopleImport) -> Iterator[RowFault]:
    """What of the good rows no longer fits the registry; their people are locked from here on."""
    lock_people(people_of(good_rows(waiting)), no_key=True)
    rows = [
        {
            "row": row,
            "person": person,
            "list": diseases[0][0],
            "disease": diseases[0][1],
            "valid_from": valid_from,
            "valid_to": valid_to,
        }
        for row, person, diseases, valid_from, valid_to in good_rows(waiting)
        .order_by("row")
        .values_list("row", "person", "diseases", "listed_from", "listed_to")
    ]
    return chain(gone(rows, waiting.division), overlaps(rows))


def record_listings(
    waiting: PeopleImport, actor: str, reason: str, now: datetime
) -> tuple[int, dict[str, Any]]:
    """Put the people of the good rows on their lists; how many listings, and the record of it."""
    del now
    made = list_staged(good_rows(waiting), actor)
    ImportedListing.objects.bulk_create(
        [ImportedListing(staged_id=key, listing=listing) for key, listing in made],
        batch_size=AT_ONCE,
    )
    effects = settle_again(people_of(good_rows(waiting).filter(**_SERIOUS)), Who(actor, reason))
    settled_again = [effect.as_json() for effect in effects]
    return len(made), {"listings": len(made), "settled_again": settled_again}


def to_settle_again(waiting: PeopleImport) -> QuerySet[Person]:
    """Whose settled claims recording the file would look at again."""
    return with_claims(people_of(good_rows(waiting).filter(**_SERIOUS)))


def preview_effects(waiting: PeopleImport) -> list[Effect]:
    """What recording the file would do to settled claims; nothing of it is kept.

    Of the first `MOST_PREVIEWED` people of `to_settle_again`.
    """
    people = list(to_settle_again(waiting).order_by("pk")[:MOST_PREVIEWED])
    with transaction.atomic():
        names = [person.public_id for person in people]
        list_staged(good_rows(waiting).filter(person__in=names, **_SERIOUS), _PREVIEW.actor)
        effects = [effect for person in people for effect in follow_registry(person, _PREVIEW)]
        transaction.set_rollback(True)
    return effects


def settle_again(people: QuerySet[Person], who: Who) -> list[Effect]:
    """Have the settled claims of people follow the registry, inside the caller's transaction."""
    found = with_claims(people).order_by("pk")
    return [effect for person in found for effect in follow_registry(person, who)]


def with_claims(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of people for whom something was ever settled."""
    return people.filter(Exists(PersonYear.objects.filter(person=OuterRef("pk"))))
