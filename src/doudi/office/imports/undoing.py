"""Undoing an import: what it brought is withdrawn, except what has a history by now.

Nothing is deleted. One person asks for it, another does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from doudi.office.audit.services import note
from doudi.office.imports.intake import locked_import
from doudi.office.imports.listings_undoing import plan_of_listings, withdraw_listings
from doudi.office.imports.models import PeopleImport
from doudi.office.imports.people_undoing import plan_of_people, withdraw_people
from doudi.office.imports.staged_people import good_rows, lock_people, people_of
from doudi.office.imports.undo_plan import Undo
from doudi.office.registry.changes import one_change
from doudi.office.registry.errors import RegistryRefused
from doudi.office.settlement.entries import Who


@dataclass(frozen=True)
class Undoer:
    """How one sort of file is undone; ``no_key`` as `lock_people` has it."""

    plan: Callable[[PeopleImport], Undo]
    withdraw: Callable[[PeopleImport, Sequence[int], Who, datetime], None]
    no_key: bool


UNDOERS: Mapping[str, Undoer] = {
    PeopleImport.Content.PEOPLE: Undoer(plan_of_people, withdraw_people, no_key=False),
    PeopleImport.Content.LISTINGS: Undoer(plan_of_listings, withdraw_listings, no_key=True),
}


def plan_undo(people_import: PeopleImport) -> Undo:
    """What undoing an import would do now."""
    return UNDOERS[people_import.content].plan(people_import)


def ask_to_undo(*, actor: str, reason: str, public_id: str) -> None:
    """Ask that an import be undone; somebody else has to do it."""
    with one_change(actor, reason):
        found = locked_import(public_id)
        if found.state != PeopleImport.State.COMMITTED:
            raise RegistryRefused("只有已入库的导入才能撤销", "only what is recorded is undone")
        if found.undo_asked_by:
            raise RegistryRefused(
                f"{found.undo_asked_by} 已经申请撤销", "somebody has asked to undo it already"
            )
        found.undo_asked_by, found.undo_reason = actor, reason
        found.save(update_fields=["undo_asked_by", "undo_reason"])
        detail = {"file": found.file_name}
        subject = f"import:{public_id}"
        note(actor=actor, reason=reason, service="ask_to_undo", subject=subject, detail=detail)


def decline_undo(*, actor: str, reason: str, public_id: str) -> None:
    """Turn down a request to undo an import, or take one's own back."""
    with one_change(actor, reason):
        found = locked_import(public_id)
        if found.state != PeopleImport.State.COMMITTED or not found.undo_asked_by:
            raise RegistryRefused("没有待办的撤销申请", "nobody has asked to undo it")
        detail = {"asked_by": found.undo_asked_by, "asked_for": found.undo_reason}
        found.undo_asked_by, found.undo_reason = "", ""
        found.save(update_fields=["undo_asked_by", "undo_reason"])
        subject = f"import:{public_id}"
        note(actor=actor, reason=reason, service="decline_undo", subject=subject, detail=detail)


def undo_import(*, actor: str, reason: str, public_id: str) -> Undo:
    """Withdraw what an import brought; what stayed, and why, is in the answer.

    RegistryRefused when nobody has asked for it or only ``actor`` has, and when all would stay.
    """
    with one_change(actor, reason):
        found = locked_import(public_id)
        if found.state != PeopleImport.State.COMMITTED or not found.undo_asked_by:
            raise RegistryRefused("没有待办的撤销申请", "nobody has asked to undo it")
        if found.undo_asked_by == actor:
            raise RegistryRefused(
                "撤销由您申请，须由另一人办理", "who asks to undo an import cannot do it as well"
            )
        undoer = UNDOERS[found.content]
        lock_people(people_of(good_rows(found)), no_key=undoer.no_key)
        plan = undoer.plan(found)
        if not plan.withdrawn:
            raise RegistryRefused("这次导入的都不能撤销", "nothing of this import can be withdrawn")
        now = timezone.now()
        undoer.withdraw(found, plan.withdrawn, Who(actor, reason), now)
        found.state = PeopleImport.State.UNDONE
        found.undone_by, found.undone_at = actor, now
        found.withdrawn_rows = len(plan.withdrawn)
        found.save(update_fields=["state", "undone_by", "undone_at", "withdrawn_rows"])
        detail = {
            "file": found.file_name,
            "asked_by": found.undo_asked_by,
            "withdrawn": len(plan.withdrawn),
            "staying": len(plan.staying),
        }
        subject = f"import:{public_id}"
        note(actor=actor, reason=reason, service="undo_import", subject=subject, detail=detail)
    return plan
