"""Undoing an import: the people it brought are withdrawn, except those who have a history by now.

Nothing is deleted. Somebody who was treated, or whose records somebody changed since, stays, and
so does the household: a household goes whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from doudi.office.audit.models import Call
from doudi.office.audit.services import note
from doudi.office.imports.intake import locked_import
from doudi.office.imports.models import PeopleImport, StagedRow
from doudi.office.registry.changes import one_change
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Enrolment, Household, Person, RegistrationPeriod, Relation
from doudi.office.registry.people_together import batched
from doudi.office.settlement.models import Admission

TREATED = ("已有就医记录", "was treated")
CHANGED = ("入库以后登记有变更", "was changed since")
OTHERS = ("同户有后来登记的人", "others joined the household since")
HOUSEMATE = ("同户有人不能撤销", "somebody of the household cannot be withdrawn")
# Asking for a number, or for a change that nobody has approved, changes nothing.
_CHANGES_NOTHING = ("reveal_id_number", "propose", "take_back", "proposal_refused")


@dataclass(frozen=True)
class Undo:
    """Whom undoing would withdraw, and who stays and why (zh, en), by the key of the person."""

    withdrawn: tuple[int, ...]
    staying: dict[int, tuple[str, str]]


def plan_undo(people_import: PeopleImport) -> Undo:
    """What undoing an import would do now."""
    return _plan(_people_of(people_import), people_import.decided_at)


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
    """Withdraw the people whom an import brought; who stayed, and why, is in the answer.

    RegistryRefused when nobody has asked for it or only ``actor`` has, and when everybody would
    stay.
    """
    with one_change(actor, reason):
        found = locked_import(public_id)
        if found.state != PeopleImport.State.COMMITTED or not found.undo_asked_by:
            raise RegistryRefused("没有待办的撤销申请", "nobody has asked to undo it")
        if found.undo_asked_by == actor:
            raise RegistryRefused(
                "撤销由您申请，须由另一人办理", "who asks to undo an import cannot do it as well"
            )
        _lock_people(found)
        plan = _plan(_people_of(found).order_by("pk"), found.decided_at)
        if not plan.withdrawn:
            raise RegistryRefused(
                "这次导入的人都不能撤销", "none of the people of this import can be withdrawn"
            )
        now = timezone.now()
        for some in batched(plan.withdrawn):
            Person.objects.filter(pk__in=some).update(withdrawn_at=now)
            RegistrationPeriod.objects.filter(person__in=some, withdrawn_at=None).update(
                withdrawn_at=now
            )
        numbers = found.staged.filter(state=StagedRow.State.GOOD).values("household")
        left = Person.objects.filter(household=OuterRef("pk"))
        Household.objects.filter(~Exists(left), number__in=numbers).update(withdrawn_at=now)
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


def _lock_people(people_import: PeopleImport) -> None:
    """Lock them in one order: whoever admits one of them waits, and then finds nobody.

    A statement of its own: one that waits for a lock still looks at the stays as they were when
    it began, and would not see whom the other one has just admitted.
    """
    people = _people_of(people_import).select_for_update(of=("self",)).order_by("pk")
    for _person in people.values_list("pk").iterator():
        pass


def _people_of(people_import: PeopleImport) -> QuerySet[Person]:
    rows = people_import.staged.filter(state=StagedRow.State.GOOD)
    return Person.objects.filter(public_id__in=rows.values("person"))


def _plan(people: QuerySet[Person], recorded_at: datetime | None) -> Undo:
    stays = Admission.objects.filter(person=OuterRef("pk"))
    subject = Concat(Value("person:"), OuterRef("public_id"), output_field=CharField())
    calls = Call.objects.filter(subject=subject).exclude(service__in=_CHANGES_NOTHING)
    # A whole village is enrolled in one call, which names no single person.
    enrolments = Enrolment.objects.filter(person=OuterRef("pk"), recorded_at__gt=recorded_at)
    rows = list(
        people.annotate(
            treated=Exists(stays), changed=Exists(calls) | Exists(enrolments)
        ).values_list("pk", "household_id", "relation", "treated", "changed")
    )
    staying: dict[int, tuple[str, str]] = {}
    households: defaultdict[int | None, list[int]] = defaultdict(list)
    headed: list[int] = []
    for pk, household, relation, treated, changed in rows:
        households[household].append(pk)
        if relation == Relation.HEAD and household is not None:
            headed.append(household)
        if treated:
            staying[pk] = TREATED
        elif changed:
            staying[pk] = CHANGED
    joined = _joined_since(headed, households)
    for home, members in households.items():
        if home in joined:
            why = OTHERS
        elif any(pk in staying for pk in members):
            why = HOUSEMATE
        else:
            continue
        for pk in members:
            staying.setdefault(pk, why)
    return Undo(tuple(pk for pk, *_ in rows if pk not in staying), staying)


def _joined_since(
    headed: Sequence[int], households: defaultdict[int | None, list[int]]
) -> set[int | None]:
    """The households whose head would go while others stay."""
    joined: set[int | None] = set()
    for some in batched(headed):
        people = Person.objects.filter(household__in=some)
        for household, pk in people.values_list("household_id", "pk"):
            if pk not in households[household]:
                joined.add(household)
    return joined
