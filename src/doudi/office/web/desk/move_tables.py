"""What stood in the registry before: where people lived, and which number they had."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.office.registry import identity
from doudi.office.registry.models import Household, Move, Person, SealedNumber
from doudi.office.registry.sealed_numbers import open_sealed
from doudi.office.web.components import Column, Table


def moves_of(person: Person) -> Table:
    """Where somebody came from, alone or with the household, the newest first."""
    own = Q(person=person)
    if person.household_id is not None:
        own |= Q(person=None, to_household=person.household_id)
    rows = _read(Move.objects.filter(own))
    # What the household did before the person joined it is not the person's history.
    joined = max((row.pk for row in rows if row.person_id == person.pk), default=0)
    return _table([row for row in rows if row.person_id == person.pk or row.pk > joined])


def moves_of_household(household: Household) -> Table:
    """Who came and went, and where the household was, the newest first."""
    moves = Move.objects.filter(Q(from_household=household) | Q(to_household=household))
    return _table(_read(moves))


def former_numbers(person: Person) -> Table:
    """The ID numbers that somebody was recorded with before, masked."""
    rows = SealedNumber.objects.filter(
        person=person, use=SealedNumber.Use.ID_NUMBER, former=True
    ).order_by("-pk")
    return Table(
        _("以前登记的身份证号"),
        [Column(_("号码")), Column(_("更正"))],
        [
            [
                identity.masked(open_sealed(row)),
                f"{row.recorded_by} · {timezone.localtime(row.recorded_at):%Y-%m-%d}",
            ]
            for row in rows
        ],
    )


def _read(moves: QuerySet[Move]) -> list[Move]:
    rows = moves.select_related(
        "person", "from_household", "to_household", "from_division", "to_division"
    )
    return list(rows.order_by("-moved_on", "-pk"))


def _table(rows: Sequence[Move]) -> Table:
    return Table(
        _("迁移"),
        [
            Column(_("日期")),
            Column(_("谁")),
            Column(_("从")),
            Column(_("到")),
            Column(_("原因")),
            Column(_("登记")),
        ],
        [
            [
                row.moved_on.isoformat(),
                _("全户") if row.person is None else row.person.name,
                " ".join(
                    part
                    for part in (
                        "" if row.from_division is None else row.from_division.name,
                        "" if row.from_household is None else row.from_household.number,
                    )
                    if part
                )
                or None,
                f"{row.to_division.name} {row.to_household.number}",
                row.reason,
                f"{row.recorded_by} · {timezone.localtime(row.recorded_at):%Y-%m-%d}",
            ]
            for row in rows
        ],
    )
