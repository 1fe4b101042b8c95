"""Recording the waiting rows of a file, by somebody else than who sent it, in one transaction.

The rows were checked when the file was read; what the registry has learned since is looked at
once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from doudi.estimate.claims_file import RowFault
from doudi.office.audit.services import note
from doudi.office.imports.cells import CellNote, note_of
from doudi.office.imports.file_sorts import FILE_SORTS
from doudi.office.imports.intake import locked_import
from doudi.office.imports.listings_recording import record_listings, stale_listings
from doudi.office.imports.models import PeopleImport, StagedRow
from doudi.office.imports.people_recording import record_people, stale_people
from doudi.office.registry.changes import one_change
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.index_keys import hold_settled_index_key


@dataclass(frozen=True)
class Recorder:
    """How the good rows of one sort of file are recorded.

    ``stale`` tells what of them no longer fits the registry; ``record`` answers how many there
    were and what the record of the call says of them.
    """

    stale: Callable[[PeopleImport], Iterable[RowFault]]
    record: Callable[[PeopleImport, str, str, datetime], tuple[int, dict[str, Any]]]


RECORDERS: Mapping[str, Recorder] = {
    PeopleImport.Content.PEOPLE: Recorder(stale_people, record_people),
    PeopleImport.Content.LISTINGS: Recorder(stale_listings, record_listings),
}


def commit_import(*, actor: str, reason: str, public_id: str, only_good: bool) -> int:
    """Record the rows of a file; how many. All of them, or with ``only_good`` those without
    faults, of people whole households only.

    RegistryRefused when it is decided already, when ``actor`` is who sent the file, when there
    are faults and not ``only_good``, and when the registry has changed so that some rows no
    longer fit: those then are marked with what is wrong, and nothing is recorded.
    """
    stale: dict[int, CellNote] = {}
    count = 0
    with one_change(actor, reason):
        waiting = locked_import(public_id)
        _check(waiting, actor, only_good)
        if waiting.content == PeopleImport.Content.PEOPLE:
            hold_settled_index_key()
        stale = _stale(waiting)
        if not stale:
            count = _record(waiting, actor, reason)
    if stale:
        mark_stale(waiting, stale)
        zh = f"读取之后登记库变了，有 {len(stale)} 行不再合适，未作任何改动，请重新核对"
        raise RegistryRefused(zh, f"{len(stale)} rows no longer fit the registry")
    return count


def _check(waiting: PeopleImport, actor: str, only_good: bool) -> None:
    if waiting.state != PeopleImport.State.STAGED:
        label = waiting.get_state_display()
        raise RegistryRefused(f"这份文件的状态是“{label}”，不能入库", f"it is {waiting.state}")
    if waiting.uploaded_by == actor:
        raise RegistryRefused(
            "文件由您上传，须由另一人核对入库", "who sent the file cannot record it as well"
        )
    if not waiting.good_rows:
        raise RegistryRefused("没有可以入库的行", "no row can be recorded")
    wrong = waiting.faulty_rows + waiting.held_rows
    if wrong and not only_good:
        zh = f"还有 {wrong} 行不能入库；请改正后重传，或选择只入库无误的行"
        raise RegistryRefused(zh, f"{wrong} rows have faults")


def _stale(waiting: PeopleImport) -> dict[int, CellNote]:
    """The rows that no longer fit the registry, and what is wrong with each."""
    headings = FILE_SORTS[waiting.content].columns.headings
    found: dict[int, CellNote] = {}
    for fault in RECORDERS[waiting.content].stale(waiting):
        found.setdefault(fault.row, note_of(fault, waiting.columns, headings))
    return found


def mark_stale(waiting: PeopleImport, stale: dict[int, CellNote]) -> None:
    """Keep what is now wrong with waiting rows; their households wait with them."""
    with transaction.atomic():
        waiting = locked_import(waiting.public_id)
        rows = list(waiting.staged.filter(row__in=list(stale)))
        for row in rows:
            row.faults = [*row.faults, stale[row.row]]
            row.state = StagedRow.State.FAULTY
        StagedRow.objects.bulk_update(rows, ["faults", "state"], batch_size=500)
        households = waiting.staged.filter(row__in=list(stale)).exclude(household="")
        waiting.staged.filter(
            household__in=households.values("household"), state=StagedRow.State.GOOD
        ).update(state=StagedRow.State.HELD)
        for state in StagedRow.State:
            setattr(waiting, f"{state}_rows", waiting.staged.filter(state=state).count())
        waiting.save(update_fields=["good_rows", "held_rows", "faulty_rows"])


def _record(waiting: PeopleImport, actor: str, reason: str) -> int:
    now = timezone.now()
    count, found = RECORDERS[waiting.content].record(waiting, actor, reason, now)
    waiting.state = PeopleImport.State.COMMITTED
    waiting.decided_by, waiting.decided_at, waiting.committed_rows = actor, now, count
    waiting.save(update_fields=["state", "decided_by", "decided_at", "committed_rows"])
    detail = found | {
        "file": waiting.file_name,
        "sha256": waiting.file_sha256,
        "uploaded_by": waiting.uploaded_by,
        "left_out": waiting.faulty_rows + waiting.held_rows,
        "synthetic": waiting.synthetic,
    }
    subject = f"import:{waiting.public_id}"
    note(actor=actor, reason=reason, service="commit_import", subject=subject, detail=detail)
    return count
