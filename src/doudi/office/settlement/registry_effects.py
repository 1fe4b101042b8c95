"""What a change of the registry does to claims that are settled already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from doudi.office.registry.models import Person
from doudi.office.settlement.amounts import ListedClaim, listed
from doudi.office.settlement.corrections import reassess_year
from doudi.office.settlement.entries import Who
from doudi.office.settlement.models import Claim, PersonYear

_PREVIEW = Who("preview", "preview")


@dataclass(frozen=True)
class Effect:
    """What a stay was settled with before and after a change of the registry; money in fen."""

    before: ListedClaim
    after: ListedClaim

    def as_json(self) -> dict[str, Any]:
        """As the record of the change keeps it."""
        return {
            "admission": self.after.admission,
            "date": self.after.day.isoformat(),
            "own_before_fen": self.before.own_fen,
            "own_after_fen": self.after.own_fen,
            "payers_before_fen": self.before.payers,
            "payers_after_fen": self.after.payers,
        }


def follow_registry(person: Person, who: Who) -> list[Effect]:
    """Settle a person's claims again where the registry now says something else of their day.

    Inside the caller's transaction, after the change, which holds the person: whoever settles for
    them meanwhile waits, and then sees it. Answers the stays whose amounts changed.
    """
    years = _years(person)
    if not years:
        return []
    before = _in_force(person)
    for year in years:
        # Each claim under the version of the policy that it was settled by.
        reassess_year(person.public_id, year, who, under_today=False)
    after = _in_force(person)
    return [
        Effect(before[admission], claim)
        for admission, claim in after.items()
        if admission in before and _amounts(claim) != _amounts(before[admission])
    ]


def preview_change(person: Person, change: Callable[[], Any]) -> list[Effect]:
    """What `follow_registry` would answer after a change; nothing of it is kept.

    What the change itself refuses is raised.
    """
    with transaction.atomic():
        change()
        effects = follow_registry(person, _PREVIEW)
        transaction.set_rollback(True)
    return effects


def _years(person: Person) -> list[int]:
    years = PersonYear.objects.filter(person=person).order_by("year")
    return list(years.values_list("year", flat=True))


def _in_force(person: Person) -> dict[str, ListedClaim]:
    claims = Claim.objects.filter(year__person=person).order_by("date", "position")
    return {claim.admission: claim for claim in listed(claims) if claim.state == "settled"}


def _amounts(claim: ListedClaim) -> tuple[dict[str, int], int]:
    return claim.payers, claim.own_fen
