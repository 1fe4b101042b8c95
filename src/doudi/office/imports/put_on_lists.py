"""Putting the people of waiting rows on the lists that the rows name."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from doudi.office.imports.models import StagedRow
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.registry.people_together import batched

AT_ONCE = 1_000


def list_staged(rows: QuerySet[StagedRow], actor: str) -> list[tuple[int, DiseaseListing]]:
    """The listings that were made, each with the key of its row; their people are there."""
    columns = ("pk", "person", "diseases", "listed_from", "listed_to", "document")
    found: list[dict[str, Any]] = list(rows.order_by("row").values(*columns))
    people: dict[str, int] = {}
    for some in batched([str(row["person"]) for row in found]):
        known = Person.objects.filter(public_id__in=some)
        people |= dict(known.values_list("public_id", "pk"))
    listings = [
        (
            row["pk"],
            DiseaseListing(
                person_id=people[row["person"]],
                list=kind,
                disease=disease,
                valid_from=row["listed_from"],
                valid_to=row["listed_to"],
                document=row["document"],
                recorded_by=actor,
            ),
        )
        for row in found
        for kind, disease in row["diseases"]
    ]
    DiseaseListing.objects.bulk_create([row for _key, row in listings], batch_size=AT_ONCE)
    return listings
