"""What the pages show of imports; nothing here changes them."""

from __future__ import annotations

from django.db.models import QuerySet

from doudi.office.imports.models import PeopleImport, StagedRow
from doudi.office.registry.models import DiseaseListing, Division, Person
from doudi.office.registry.selectors import codes_within


def imports_within(division: Division) -> QuerySet[PeopleImport]:
    """The imports for a division and all below it, the latest first."""
    return (
        PeopleImport.objects.filter(division__code__range=codes_within(division))
        .select_related("division")
        .order_by("-uploaded_at", "-pk")
    )


def same_file_before(people_import: PeopleImport) -> PeopleImport | None:
    """The latest other import of the very same file that is recorded, or None."""
    return (
        PeopleImport.objects.filter(
            file_sha256=people_import.file_sha256, state=PeopleImport.State.COMMITTED
        )
        .exclude(pk=people_import.pk)
        .order_by("-pk")
        .first()
    )


def rows_with_faults(people_import: PeopleImport) -> QuerySet[StagedRow]:
    """The rows that cannot be recorded, those held by somebody else's fault among them."""
    return people_import.staged.exclude(state=StagedRow.State.GOOD).order_by("row")


def rows_with_warnings(people_import: PeopleImport) -> QuerySet[StagedRow]:
    """The rows that are odd."""
    return people_import.staged.filter(warned=True).order_by("row")


def people_staying(keys: list[int]) -> dict[int, Person]:
    """People by key, with their households."""
    return Person.objects.select_related("household").in_bulk(keys)


def listings_staying(keys: list[int]) -> dict[int, DiseaseListing]:
    """Listings by key, with their people."""
    return DiseaseListing.objects.select_related("person").in_bulk(keys)
