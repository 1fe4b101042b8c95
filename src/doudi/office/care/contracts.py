"""Signing with one family-doctor team, of one's own free will, alone or as a family (H-42)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from doudi.office.care.errors import CareRefused
from doudi.office.care.models import Contract, ServicePackage, Team
from doudi.office.care.treatments import check_past
from doudi.office.care.withdrawing import mark_withdrawn
from doudi.office.registry.changes import (
    check_choice,
    check_days,
    existing,
    locked_person,
    note_person,
    one_change,
    refuse_overlap,
)
from doudi.office.registry.models import Person


def sign(
    *,
    actor: str,
    reason: str,
    person_id: int,
    team: str,
    valid_from: date,
    agreed_by: str,
    package_id: int | None = None,
) -> Contract:
    """The person chooses a team, from ``valid_from`` until it is ended.

    CareRefused when the person has a team on one of these days: it is one at a time. Who agreed
    is asked for because the choice is the family's own.
    """
    check_past(valid_from)
    check_choice("同意签约的人", "agreed_by", agreed_by, Contract.AgreedBy.values)
    with one_change(actor, reason):
        found, package = _open_team(team), _open_package(package_id)
        person = locked_person(person_id)
        return _sign(actor, reason, person, found, valid_from, agreed_by, package)


def sign_household(
    *, actor: str, reason: str, household_id: int, team: str, valid_from: date
) -> list[Contract]:
    """The whole family chooses one team, all of them or nobody; whoever has it already stays.

    CareRefused, with the name, when a member has another team.
    """
    check_past(valid_from)
    with one_change(actor, reason):
        found = _open_team(team)
        signed = []
        members = Person.objects.filter(household=household_id).order_by("pk")
        for key in members.values_list("pk", flat=True):
            person = locked_person(key)
            standing = contract_of(person)
            if standing is not None and standing.team_id == found.pk:
                continue
            head = Contract.AgreedBy.HEAD
            signed.append(_sign(actor, reason, person, found, valid_from, head, None, household_id))
        if not signed:
            raise CareRefused("全家都已和这个团队签约", "the whole family has this team already")
    return signed


def end_contract(*, actor: str, reason: str, contract_id: int, valid_to: date) -> Contract:
    """Set the last day of a contract; once only."""
    check_past(valid_to)
    with one_change(actor, reason):
        contract = _locked(contract_id)
        _end(actor, reason, contract, valid_to)
    return contract


def change_team(
    *,
    actor: str,
    reason: str,
    contract_id: int,
    team: str,
    valid_from: date,
    agreed_by: str,
    package_id: int | None = None,
) -> Contract:
    """The person goes over to another team: the day before is the last with the old one."""
    check_past(valid_from)
    check_choice("同意签约的人", "agreed_by", agreed_by, Contract.AgreedBy.values)
    with one_change(actor, reason):
        found, package = _open_team(team), _open_package(package_id)
        contract = _locked(contract_id)
        if contract.team_id == found.pk:
            raise CareRefused("已和这个团队签约", "the person has this team already")
        _end(actor, reason, contract, valid_from - timedelta(days=1))
        return _sign(actor, reason, contract.person, found, valid_from, agreed_by, package)


def withdraw_contract(*, actor: str, reason: str, contract_id: int) -> Contract:
    """Mark a contract as recorded by mistake; refused where services rest on it."""
    with one_change(actor, reason):
        contract = _locked(contract_id)
        if contract.services.filter(withdrawn_at=None).exists():
            raise CareRefused("这份签约下已有服务记录，请先撤回服务", "services rest on it")
        mark_withdrawn(
            contract, contract.person, actor=actor, reason=reason, service="withdraw_contract"
        )
    return contract


def contract_of(person: Person) -> Contract | None:
    """The contract that somebody has and that has no end, if any."""
    return (
        Contract.objects.filter(person=person, valid_to=None, withdrawn_at=None)
        .select_related("team__institution", "package")
        .first()
    )


def teams_to_choose(people: Sequence[Person]) -> list[Team]:
    """The teams that are open in the banner where these people live: theirs to choose from."""
    digits = {p.household.division_id[:6] for p in people if p.household is not None}
    return [
        team
        for code in sorted(digits)
        for team in Team.objects.filter(
            closed_on=None,
            institution__division__code__range=(code.ljust(12, "0"), code.ljust(12, "9")),
        )
        .select_related("institution")
        .order_by("institution", "name")
    ]


def _sign(
    actor: str,
    reason: str,
    person: Person,
    team: Team,
    valid_from: date,
    agreed_by: str,
    package: ServicePackage | None,
    household_id: int | None = None,
) -> Contract:
    standing = person.contracts.filter(withdrawn_at=None)
    # The name stands there because a family is signed together.
    refuse_overlap(standing, valid_from, None, f"{person.name}的签约", "contract")
    contract = Contract.objects.create(
        person=person,
        team=team,
        package=package,
        household_id=household_id,
        agreed_by=agreed_by,
        valid_from=valid_from,
        recorded_by=actor,
    )
    # Once the contract names the team nobody can dissolve it; somebody may have a moment before.
    _open_team(team.public_id)
    detail = {
        "id": contract.pk,
        "team": team.public_id,
        "package": None if package is None else package.pk,
        "valid_from": valid_from.isoformat(),
        "agreed_by": agreed_by,
        "household": household_id,
    }
    note_person(actor, reason, "sign_contract", person, detail)
    return contract


def _end(actor: str, reason: str, contract: Contract, valid_to: date) -> None:
    if contract.valid_to is not None:
        raise CareRefused("这份签约已经结束", "the contract has an end already")
    check_days(contract.valid_from, valid_to)
    if contract.services.filter(withdrawn_at=None, day__gt=valid_to).exists():
        raise CareRefused("这一天以后还有服务记录", "services were rendered after that day")
    contract.valid_to = valid_to
    contract.save(update_fields=["valid_to"])
    detail = {"id": contract.pk, "valid_to": valid_to.isoformat()}
    note_person(actor, reason, "end_contract", contract.person, detail)


def _locked(contract_id: int) -> Contract:
    """A contract that stands, read again once its person is locked."""
    contract = existing(Contract.objects.filter(pk=contract_id).first())
    person = locked_person(contract.person_id)
    contract.refresh_from_db()
    contract.person = person
    if contract.withdrawn_at is not None:
        raise CareRefused("这份签约已撤回", "the contract is withdrawn")
    return contract


def _open_team(public_id: str) -> Team:
    team = existing(Team.objects.filter(public_id=public_id).first())
    if team.closed_on is not None:
        raise CareRefused(f"{team.name}已经撤销", "the team is closed")
    return team


def _open_package(package_id: int | None) -> ServicePackage | None:
    if package_id is None:
        return None
    package = existing(ServicePackage.objects.filter(pk=package_id).first())
    if package.closed_on is not None:
        raise CareRefused(f"{package.name}已经停用", "the package is no longer in use")
    return package
