"""Finding a person, and what the person is entitled to on a day."""

from __future__ import annotations

from ninja import Router

from doudi.office.accounts.models import LookUp
from doudi.office.accounts.scope import person_in_scope
from doudi.office.accounts.services import look_up
from doudi.office.api.guard import Bearer, ByToken, TokenRequest
from doudi.office.api.problems import PROBLEMS, not_found
from doudi.office.api.shapes import Day, Entitlement, FindGiven, Found, InPathPerson, RoomShown
from doudi.office.registry.models import Person
from doudi.office.registry.selectors import find_by_id_number, standing_on
from doudi.office.settlement.persons_year import persons_year
from doudi.office.tokens.scopes import Scope

router = Router(tags=["people"], throttle=[ByToken()])


@router.post("people/find", response={200: Found, **PROBLEMS}, auth=Bearer(Scope.SETTLE))
def find(request: TokenRequest, given: FindGiven) -> Found:
    """The person with this ID number, who is then in the token's scope for the day."""
    person = find_by_id_number(given.id_number)
    if person is None:
        raise not_found("登记库里没有这个人", "nobody of the registry has this number")
    look_up(user=request.auth.account, person=person, by=LookUp.By.ID_NUMBER)
    return Found(person=person.public_id)


@router.get(
    "people/{person}/entitlement",
    response={200: Entitlement, **PROBLEMS},
    auth=Bearer(Scope.READ),
)
def entitlement(request: TokenRequest, person: InPathPerson, on: Day) -> Entitlement:
    """What holds for the person on a day, and what the year leaves of each cap."""
    found = seen_person(request, person)
    shown = persons_year(person=person, day=on)
    standing = standing_on(found.pk, on)
    institution = request.auth.account.institution
    designated = institution is not None and institution.serious_designated
    return Entitlement(
        person=person,
        date=on,
        enrolled=standing.enrolled,
        registered=standing.registered,
        serious_listed=standing.serious,
        serious=standing.serious and designated,
        rooms=[
            RoomShown(
                rule=room.rule,
                zh=room.zh,
                cap_fen=room.cap_fen,
                used_fen=room.used_fen,
                left_fen=room.left_fen,
                status=room.status,
            )
            for room in shown.rooms
        ],
    )


def seen_person(request: TokenRequest, person: str) -> Person:
    """The person if the token sees them; Stopped with 404 otherwise."""
    found = person_in_scope(request.auth.account, person).first()
    if found is None:
        raise not_found(
            "没有这个人，或不在本机构的范围内", "no such person, or not in the institution's scope"
        )
    return found
