"""Who looked through which list of people and when: one row for each list, by one statement."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from doudi.office.accounts.models import ListRead, User
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.person_reads import DAYS_KEPT, READER
from doudi.office.accounts.scope import accounts_of_place


def record_list(*, reader: User, page: str, asked: str, rows: int) -> None:
    """Record that an account was shown a list with so many people, on a page named by its route."""
    ListRead.objects.create(
        reader=reader, page=page, asked=asked, rows=rows, read_at=timezone.now()
    )


def list_reads_in_scope(user: User) -> QuerySet[ListRead]:
    """The lists that accounts of the same place and below it were shown, newest first."""
    if not user.may(Permission.SEE_READS):
        return ListRead.objects.none()
    reads = ListRead.objects.filter(reader__in=accounts_of_place(user))
    return reads.select_related(*READER).order_by("-read_at", "-pk")


def delete_old_lists(*, days: int = DAYS_KEPT) -> int:
    """Delete what was recorded more than so many days ago; how many rows there were."""
    before = timezone.now() - timedelta(days=days)
    return ListRead.objects.filter(read_at__lt=before).delete()[0]
