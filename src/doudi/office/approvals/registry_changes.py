"""Changes of the registry as proposals: done together with what they do to settled claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from doudi.office.approvals.models import Proposal
from doudi.office.registry import services as registry
from doudi.office.registry.changes import locked_person
from doudi.office.registry.models import Division, Household, Person
from doudi.office.registry.moves import locked_households
from doudi.office.registry.sealed_numbers import masked_number
from doudi.office.registry.selectors import common_division
from doudi.office.settlement import moves
from doudi.office.settlement.registry_effects import Effect, follow_registry, preview_change
from doudi.office.settlement.services import Who

ENROL_VILLAGE = "enrol_village"
PERSON_SERVICES: dict[str, Callable[..., Any]] = {
    "add_registration": registry.add_registration,
    "end_registration": registry.end_registration,
    "withdraw_registration": registry.withdraw_registration,
    "enrol": registry.enrol,
    "withdraw_enrolment": registry.withdraw_enrolment,
    "list_disease": registry.list_disease,
    "end_listing": registry.end_listing,
    "withdraw_listing": registry.withdraw_listing,
    "correct_person": registry.correct_person,
    "name_head": registry.name_head,
    "record_phone": registry.record_phone,
    "correct_id_number": registry.correct_id_number,
    "join_household": moves.join_household,
    "split_household": moves.split_household,
    "move_household": moves.move_household,
}
"""The service of each kind of change that concerns one person."""

SECRETS = {"record_phone": "phone", "correct_id_number": "id_number"}
"""Kinds whose given number a proposal names and masks, and what their service calls it."""

SEALED = "sealed"
_PERSON = "person:"
_DAYS = ("valid_from", "valid_to", "moved_on")


def subject_of(person: Person) -> str:
    """What a proposal about a person is about."""
    return f"{_PERSON}{person.public_id}"


def without_secrets(
    kind: str, given: Mapping[str, Any], person: Person, actor: str
) -> dict[str, Any]:
    """What may be kept of a change for ever: a number is masked, and sealed beside it."""
    name = SECRETS.get(kind)
    if name is None or not given[name]:
        return dict(given)
    sealed = registry.seal_number(person=person, use=name, number=given[name], actor=actor)
    return {**given, name: masked_number(name, given[name]), SEALED: sealed.public_id}


def forget_secrets(proposal: Proposal) -> None:
    """Delete the number that a proposal names, which nobody will need: it was not approved."""
    if SEALED in proposal.given:
        registry.forget_number(proposal.given[SEALED])


def concerned_division(person: Person, given: Mapping[str, Any]) -> str | None:
    """The lowest division that holds where a person lives and where a move would lead.

    Only who looks after all of it can approve: nobody puts people into another one's registry.
    """
    codes = set() if person.household is None else {person.household.division_id}
    if given.get("division_code"):
        codes |= set(
            Division.objects.filter(pk=given["division_code"]).values_list("pk", flat=True)
        )
    elif given.get("household_number"):
        there = Household.objects.filter(number=given["household_number"])
        codes |= set(there.values_list("division", flat=True))
    return common_division(*codes) if codes else None


def place_now(proposal: Proposal) -> str | None:
    """`concerned_division` as it is now, which nobody changes until this transaction ends.

    Whoever is about has been locked in the order of moves (`registry.moves.locked_households`).
    """
    person = person_of(proposal)
    if person is None:
        return None
    locked_households(person.pk, proposal.given.get("household_number", ""))
    locked_person(person.pk)
    person.refresh_from_db(fields=["household"])
    return concerned_division(person, proposal.given)


def person_of(proposal: Proposal) -> Person | None:
    """The person a proposal is about, with the household's village; None for other proposals."""
    if not proposal.subject.startswith(_PERSON):
        return None
    people = Person.objects.select_related("household__division__parent")
    return people.filter(public_id=proposal.subject.removeprefix(_PERSON)).first()


def apply_person_change(proposal: Proposal) -> dict[str, Any]:
    """Do a change of one person's records, and settle again the claims that it touches."""
    changed = _do(proposal.kind, proposal.given, proposal.maker, proposal.reason)
    person = person_of(proposal)
    effects = [] if person is None else follow_registry(person, _who(proposal))
    return {"row": changed.pk, "settled_again": [effect.as_json() for effect in effects]}


def apply_village_enrolment(proposal: Proposal) -> dict[str, Any]:
    """Enrol everybody of a village who is registered and not enrolled yet."""
    people = registry.enrol_village(actor=proposal.maker, reason=proposal.reason, **proposal.given)
    return {"people": people}


def preview_effects(kind: str, given: Mapping[str, Any], person: Person) -> list[Effect]:
    """What a change would do to settled claims; nothing is kept, and what is refused is raised."""
    return preview_change(person, lambda: _do(kind, given, "preview", "preview"))


def effects_of(proposal: Proposal, person: Person | None) -> list[Effect]:
    """What a waiting proposal about a person would do to settled claims now; else nothing."""
    if person is None or proposal.kind not in PERSON_SERVICES:
        return []
    return preview_effects(proposal.kind, proposal.given, person)


def _do(kind: str, given: Mapping[str, Any], actor: str, reason: str) -> Any:
    read: dict[str, Any] = {
        name: date.fromisoformat(value) if name in _DAYS and value else value
        for name, value in given.items()
    }
    sealed = read.pop(SEALED, None)
    if sealed is not None:
        read[SECRETS[kind]] = registry.sealed_number(sealed)
    return PERSON_SERVICES[kind](actor=actor, reason=reason, **read)


def _who(proposal: Proposal) -> Who:
    return Who(proposal.maker, proposal.reason)
