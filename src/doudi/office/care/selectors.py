"""The three batches (H-32) and the check-ups: who is meant, who is served, who still waits.

Every function takes the people it may speak of, as `accounts.scope` gives them, so that a number
and the list behind it are the same query. Who needs what is read from the registry's lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from doudi.office.care.models import CheckUp, CheckUpCall, Contract, Treatment, TreatmentPlan
from doudi.office.care.rendered import CHRONIC_LISTS
from doudi.office.registry.models import DiseaseListing, Person


class Batch(StrEnum):
    """How far treatment of a serious disease has come; one of them for every patient."""

    TREATED = "treated"
    ELSEWHERE = "elsewhere"
    """Treated, but in a hospital that is not designated: outside the batch (H-35)."""
    PLANNED = "planned"
    UNPLANNED = "unplanned"
    """Untreated and without a plan, which every untreated patient must have (H-41)."""


@dataclass(frozen=True)
class SeriousFigures:
    """Patients on the serious list, by how far they are; for all, and for each disease."""

    needed: int
    by_state: dict[Batch, int]
    diseases: tuple[tuple[str, dict[Batch, int]], ...]

    @property
    def treated(self) -> int:
        """Treated in the batch."""
        return self.by_state[Batch.TREATED]


@dataclass(frozen=True)
class CheckUpFigures:
    """People of one year: called as wishing or as key persons, done, found ill, still waiting."""

    wishes: int
    key_persons: int
    done: int
    ill: int
    waiting: int


def holds_on(day: date) -> Q:
    """Rows with days, such as listings and contracts, that hold on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def serious_patients(
    people: QuerySet[Person], day: date, state: Batch | None = None
) -> QuerySet[DiseaseListing]:
    """The listings of the serious list that hold on a day, all or those in one state."""
    treatments = Treatment.objects.filter(listing=OuterRef("pk"), withdrawn_at=None)
    plans = TreatmentPlan.objects.filter(listing=OuterRef("pk"), withdrawn_at=None)
    listings = DiseaseListing.objects.filter(
        _of(people), holds_on(day), list=DiseaseListing.List.SERIOUS
    ).annotate(
        is_treated=Exists(treatments.filter(designated=True)),
        is_treated_elsewhere=Exists(treatments.filter(designated=False)),
        is_planned=Exists(plans),
    )
    if state is None:
        return listings
    untreated = Q(is_treated=False, is_treated_elsewhere=False)
    conditions = {
        Batch.TREATED: Q(is_treated=True),
        Batch.ELSEWHERE: Q(is_treated_elsewhere=True),
        Batch.PLANNED: untreated & Q(is_planned=True),
        Batch.UNPLANNED: untreated & Q(is_planned=False),
    }
    return listings.filter(conditions[state])


def state_of(listing: object) -> Batch:
    """The state of a listing that `serious_patients` gave."""
    names = ("is_treated", "is_treated_elsewhere", "is_planned")
    return _state_of(*(bool(getattr(listing, name, False)) for name in names))


def _state_of(treated: bool, elsewhere: bool, planned: bool) -> Batch:
    if treated:
        return Batch.TREATED
    if elsewhere:
        return Batch.ELSEWHERE
    return Batch.PLANNED if planned else Batch.UNPLANNED


def serious_figures(people: QuerySet[Person], day: date) -> SeriousFigures:
    """How many of them need treatment, are treated, have a plan; in one SQL statement."""
    diseases: dict[str, dict[Batch, int]] = {}
    total = dict.fromkeys(Batch, 0)
    names = ("disease", "is_treated", "is_treated_elsewhere", "is_planned")
    rows = serious_patients(people, day).order_by("disease")
    for disease, *marks in rows.values_list(*names):
        state = _state_of(*marks)
        diseases.setdefault(disease, dict.fromkeys(Batch, 0))[state] += 1
        total[state] += 1
    return SeriousFigures(sum(total.values()), total, tuple(diseases.items()))


def chronic_patients(
    people: QuerySet[Person], day: date, *, signed: bool | None = None
) -> QuerySet[Person]:
    """The people on a list of chronic disease on a day: those who should have a contract (H-44)."""
    listed = DiseaseListing.objects.filter(holds_on(day), list__in=CHRONIC_LISTS)
    contracts = Contract.objects.filter(holds_on(day), withdrawn_at=None, person=OuterRef("pk"))
    # The lists are short beside the people: found by them, nobody else is looked at.
    found = people.filter(pk__in=listed.values("person"))
    if signed is None:
        return found
    return found.filter(Exists(contracts) if signed else ~Exists(contracts))


def chronic_figures(people: QuerySet[Person], day: date) -> tuple[int, int]:
    """How many should have a contract, and how many of them do; one SQL statement."""
    contracts = Contract.objects.filter(holds_on(day), withdrawn_at=None, person=OuterRef("pk"))
    found = chronic_patients(people, day).aggregate(
        needed=Count("pk"), signed=Count("pk", filter=Exists(contracts))
    )
    return found["needed"], found["signed"]


def severe_patients(people: QuerySet[Person], day: date) -> QuerySet[DiseaseListing]:
    """The third batch: listings approved for the backstop of severe illness (H-51)."""
    return DiseaseListing.objects.filter(
        _of(people), holds_on(day), list=DiseaseListing.List.SEVERE_BACKSTOP
    )


class CheckUpState(StrEnum):
    """What a list of a year's check-ups shows."""

    WISHES = "wishes"
    KEY_PERSONS = "key_person"
    DONE = "done"
    ILL = "ill"
    WAITING = "waiting"


def checked_people(people: QuerySet[Person], year: int, state: CheckUpState) -> QuerySet[Person]:
    """The people behind one number of a year's check-ups (H-60, H-61)."""
    calls = CheckUpCall.objects.filter(year=year, withdrawn_at=None)
    done = CheckUp.objects.filter(year=year, withdrawn_at=None)
    rows: dict[CheckUpState, QuerySet[Any]] = {
        CheckUpState.WISHES: calls.filter(why=CheckUpCall.Why.WISHES),
        CheckUpState.KEY_PERSONS: calls.filter(why=CheckUpCall.Why.KEY_PERSON),
        CheckUpState.DONE: done,
        CheckUpState.ILL: done.exclude(finding=CheckUp.Treated.NOT_ILL),
        CheckUpState.WAITING: calls,
    }
    found = people.filter(pk__in=rows[state].values("person"))
    if state is not CheckUpState.WAITING:
        return found
    return found.filter(~Exists(done.filter(person=OuterRef("pk"))))


def _of(people: QuerySet[Person]) -> Exists:
    """Rows about one of these people, looked up row by row."""
    return Exists(people.filter(pk=OuterRef("person")))


def last_check_up_year(day: date) -> int:
    """The newest year that somebody was called or checked in, else that of ``day``."""
    calls = CheckUpCall.objects.filter(withdrawn_at=None).order_by("-year")
    newest: int | None = calls.values_list("year", flat=True).first()
    return newest or day.year


def check_up_figures(people: QuerySet[Person], year: int) -> CheckUpFigures:
    """A year's check-ups, in one SQL statement."""
    calls = CheckUpCall.objects.filter(year=year, withdrawn_at=None)
    done = CheckUp.objects.filter(year=year, withdrawn_at=None)
    # A union inside IN: the few people are collected by index and nobody else is looked at.
    found = people.filter(pk__in=calls.values("person").union(done.values("person")))
    of_person = {"person": OuterRef("pk")}
    called, checked = Exists(calls.filter(**of_person)), Exists(done.filter(**of_person))
    ill = Exists(done.filter(**of_person).exclude(finding=CheckUp.Treated.NOT_ILL))
    why = CheckUpCall.Why
    counts = found.aggregate(
        wishes=Count("pk", filter=Exists(calls.filter(**of_person, why=why.WISHES))),
        key_persons=Count("pk", filter=Exists(calls.filter(**of_person, why=why.KEY_PERSON))),
        done=Count("pk", filter=checked),
        ill=Count("pk", filter=ill),
        waiting=Count("pk", filter=called & ~checked),
    )
    return CheckUpFigures(**counts)
