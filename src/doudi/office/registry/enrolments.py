"""For which years a person is insured."""

from __future__ import annotations

from doudi.office.registry.changes import (
    check_choice,
    check_document,
    locked_person,
    note_person,
    one_change,
)
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Enrolment
from doudi.rules.amounts import LARGEST_AMOUNT

_YEARS = range(2003, 2101)  # the rural scheme, from which today's came, began in 2003


def enrol(
    *,
    actor: str,
    reason: str,
    person_id: int,
    year: int,
    premium_own_fen: int,
    paid_by: str,
    document: str,
) -> Enrolment:
    """Record that the person is insured for a year; ``premium_own_fen`` is the own part's amount.

    RegistryRefused for a second enrolment of one year.
    """
    check_choice("缴费人", "paid_by", paid_by, Enrolment.PaidBy.values)
    check_document(document)
    if year not in _YEARS:
        raise RegistryRefused(f"参保年度 {year} 不对", f"year {year} is not possible")
    if not 0 <= premium_own_fen <= LARGEST_AMOUNT:
        raise RegistryRefused("个人缴费金额不对", "the premium is out of bounds")
    with one_change(actor, reason):
        person = locked_person(person_id)
        if person.enrolments.filter(year=year).exists():
            raise RegistryRefused(f"{year} 年已参保", f"already enrolled for {year}")
        enrolment = Enrolment.objects.create(
            person=person,
            year=year,
            premium_own_fen=premium_own_fen,
            paid_by=paid_by,
            document=document,
            recorded_by=actor,
        )
        detail = {"year": year, "premium_own_fen": premium_own_fen, "paid_by": paid_by}
        note_person(actor, reason, "enrol", person, detail | {"document": document})
    return enrolment
