"""Who opened which person's page and when: one row for each page and person, by one statement."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from doudi.office.accounts.models import PersonRead, User
from doudi.office.accounts.scope import people_in_scope
from doudi.office.registry.models import Person

READER = ("reader__division", "reader__institution")
"""What names a reader and the place that the reader works for."""

DAYS_KEPT = 365
SHORTEST_DAYS = 180
"""Half a year, which network logs have to be kept at least."""


def record_reads(*, reader: User, page: str, people: QuerySet[Person]) -> None:
    """Record that an account was shown these people on a page, named by its route."""
    rows = people.order_by().annotate(shown_id=F("pk")).values("shown_id")
    shown, parameters = rows.query.sql_with_params()
    statement = (
        "INSERT INTO accounts_personread (person_id, reader_id, page, read_at) "
        f"SELECT shown.shown_id, %s, %s, %s FROM ({shown}) AS shown"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [reader.pk, page, timezone.now(), *parameters])


def reads_in_scope(user: User) -> QuerySet[PersonRead]:
    """The reads of people whom the account may see, newest first."""
    # Asked of each read: of an IN, SQLite would first collect the people of a whole league.
    seen = people_in_scope(user).filter(pk=OuterRef("person_id"))
    reads = PersonRead.objects.filter(Exists(seen))
    return reads.select_related("person", *READER).order_by("-read_at", "-pk")


def delete_old(*, days: int = DAYS_KEPT) -> int:
    """Delete what was recorded more than so many days ago; how many rows there were."""
    before = timezone.now() - timedelta(days=days)
    return PersonRead.objects.filter(read_at__lt=before).delete()[0]
