"""Undoing a file of people: they are withdrawn, except those who have a history by now.

Somebody who was treated, or whose records somebody changed since, stays, and so does the
household: a household goes whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from doudi.office.audit.models import Call
from doudi.office.imports.models import ImportedListing, PeopleImport
from doudi.office.imports.staged_people import good_rows, people_of
from doudi.office.imports.undo_plan import Undo
from doudi.office.registry.models import Enrolment, Household, Person, RegistrationPeriod, Relation
from doudi.office.registry.people_together import batched
from doudi.office.settlement.entries import Who
from doudi.office.settlement.models import Admission

TREATED = ("已有就医记录", "was treated")
CHANGED = ("入库以后登记有变更", "was changed since")
OTHERS = ("同户有后来登记的人", "others joined the household since")
HOUSEMATE = ("同户有人不能撤销", "somebody of the household cannot be withdrawn")
# Asking for a number, or for a change that nobody has approved, changes nothing.
_CHANGES_NOTHING = ("reveal_id_number", "propose", "take_back", "proposal_refused")


def plan_of_people(found: PeopleImport) -> Undo:
    """Whom undoing would withdraw, and who stays and why."""
    return _plan(people_of(good_rows(found)).order_by("pk"), found.decided_at)


def withdraw_people(found: PeopleImport, keys: Sequence[int], who: Who, now: datetime) -> None:
    """Withdraw people and their registrations, and the households that nobody is left in."""
    del who
    for some in batched(keys):
        Person.objects.filter(pk__in=some).update(withdrawn_at=now)
        RegistrationPeriod.objects.filter(person__in=some, withdrawn_at=None).update(
            withdrawn_at=now
        )
    numbers = good_rows(found).values("household")
    left = Person.objects.filter(household=OuterRef("pk"))
    Household.objects.filter(~Exists(left), number__in=numbers).update(withdrawn_at=now)


def _plan(people: QuerySet[Person], recorded_at: datetime | None) -> Undo:
    stays = Admission.objects.filter(person=OuterRef("pk"))
    subject = Concat(Value("person:"), OuterRef("public_id"), output_field=CharField())
    calls = Call.objects.filter(subject=subject).exclude(service__in=_CHANGES_NOTHING)
    # A whole village is enrolled, and a file of listings recorded, in one call that names nobody.
    enrolments = Enrolment.objects.filter(person=OuterRef("pk"), recorded_at__gt=recorded_at)
    listings = ImportedListing.objects.filter(
        listing__person=OuterRef("pk"), listing__withdrawn_at=None
    )
    rows = list(
        people.annotate(
            treated=Exists(stays),
            changed=Exists(calls) | Exists(enrolments) | Exists(listings),
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
