"""The good rows of a file, and the people whom rows are about."""

from __future__ import annotations

from django.db.models import QuerySet

from doudi.office.imports.models import PeopleImport, StagedRow
from doudi.office.registry.models import Person


def good_rows(waiting: PeopleImport) -> QuerySet[StagedRow]:
    """The rows without faults."""
    return waiting.staged.filter(state=StagedRow.State.GOOD)


def people_of(rows: QuerySet[StagedRow]) -> QuerySet[Person]:
    """The people whom rows are about."""
    return Person.objects.filter(public_id__in=rows.values("person"))


def lock_people(people: QuerySet[Person], *, no_key: bool) -> None:
    """Lock people in one order: whoever changes one of them, or settles for them, waits.

    Without ``no_key`` also who admits one of them waits, and then finds nobody. A statement of
    its own: one that waits for a lock still looks at the rest as it was when it began, and would
    not see whom the other one has just admitted.
    """
    locked = people.select_for_update(of=("self",), no_key=no_key).order_by("pk")
    for _person in locked.values_list("pk").iterator():
        pass
