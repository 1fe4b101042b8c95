"""The divisions of the league: those that this package brings, put into the registry."""

from __future__ import annotations

import csv
from importlib import resources

from doudi.office.audit.services import note
from doudi.office.registry.changes import one_change
from doudi.office.registry.models import Division

_BATCH = 1_000


def known_divisions() -> list[Division]:
    """The divisions of the league as this package brings them, those above before those below."""
    text = resources.files("doudi.office.registry").joinpath("divisions.csv").read_text("utf-8")
    return [
        Division(
            code=row["code"],
            name=row["name"],
            level=Division.Level(row["level"]),
            parent_id=row["parent"] or None,
        )
        for row in csv.DictReader(text.splitlines())
    ]


def load_divisions(*, actor: str = "doudi", reason: str = "divisions.csv") -> int:
    """Put the divisions of the league into the registry, and their names right; how many."""
    divisions = known_divisions()
    with one_change(actor, reason):
        Division.objects.bulk_create(
            divisions,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "level", "parent"],
        )
        detail = {"divisions": len(divisions)}
        note(
            actor=actor, reason=reason, service="load_divisions", subject="divisions", detail=detail
        )
    return len(divisions)
