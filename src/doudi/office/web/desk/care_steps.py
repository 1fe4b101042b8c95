"""What can be recorded about somebody's care: who may, by which form, and by which service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import Permission
from doudi.office.care import services as care
from doudi.office.care.contracts import contract_of, teams_to_choose
from doudi.office.care.models import Service, ServicePackage, Treatment, TreatmentPlan
from doudi.office.registry.changes import existing
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.settlement.models import Institution
from doudi.office.web.desk import care_forms as forms
from doudi.office.web.desk import registry_words as words

Given = Mapping[str, Any]
Rows = dict[str, forms.Choices]


@dataclass(frozen=True)
class Step:
    """One sort of record."""

    label: Promise | str
    permission: Permission
    form: type[forms.CareForm]
    rows: Callable[[Person], Rows]
    act: Callable[[User, Person, Given], object]


def _teams(person: Person) -> forms.Choices:
    return [
        (team.public_id, f"{team.name}（{team.institution.name}）")
        for team in teams_to_choose([person])
    ]


def _teams_and_packages(person: Person) -> Rows:
    packages = ServicePackage.objects.filter(closed_on=None).order_by("pk")
    shown = [(str(row.pk), f"{row.name}：{row.disease}") for row in packages]
    return {"team": _teams(person), "package": [forms.NONE, *shown]}


def _listings(person: Person) -> forms.Choices:
    found = person.listings.filter(list=DiseaseListing.List.SERIOUS).order_by("-valid_from", "pk")
    return [
        (row.pk, f"{row.disease}（{words.days(row.valid_from, row.valid_to)}）") for row in found
    ]


def _designated() -> list[tuple[str, str]]:
    found = Institution.objects.filter(serious_designated=True).order_by("-level", "code")
    return list(found.values_list("code", "name"))


def _to_plan(person: Person) -> Rows:
    return {"listing": _listings(person), "institution": _designated()}


def _to_treat(person: Person) -> Rows:
    return {"listing": _listings(person), "institution": [forms.NONE, *_designated()]}


def _services(person: Person) -> Rows:
    found = Service.objects.filter(contract__person=person, withdrawn_at=None).order_by("-day")
    return {"row": [(row.pk, f"{row.day} {row.get_sort_display()}") for row in found[:100]]}


def _contracts(person: Person) -> Rows:
    found = person.contracts.filter(withdrawn_at=None).select_related("team").order_by("pk")
    return {
        "row": [
            (row.pk, f"{words.days(row.valid_from, row.valid_to)} {row.team.name}") for row in found
        ]
    }


def _treatments(person: Person) -> Rows:
    standing = Treatment.objects.filter(withdrawn_at=None, listing__withdrawn_at=None)
    found = standing.filter(listing__person=person).order_by("pk")
    return {"row": [(row.pk, f"{row.treated_on} {row.institution.name}") for row in found]}


def _plans(person: Person) -> Rows:
    standing = TreatmentPlan.objects.filter(withdrawn_at=None, listing__withdrawn_at=None)
    found = standing.filter(listing__person=person).select_related("institution", "listing")
    return {
        "row": [
            (row.pk, f"{row.listing.disease} {row.planned_on} {row.institution.name}")
            for row in found.order_by("pk")
        ]
    }


def _calls(person: Person) -> Rows:
    found = person.check_up_calls.filter(withdrawn_at=None).order_by("-year")
    return {"row": [(row.pk, f"{row.year} {row.get_why_display()}") for row in found]}


def _check_ups(person: Person) -> Rows:
    found = person.check_ups.filter(withdrawn_at=None).order_by("-day")
    return {"row": [(row.pk, f"{row.day} {row.get_finding_display()}") for row in found]}


def _nothing(person: Person) -> Rows:
    del person
    return {}


def _who(user: User, given: Given) -> dict[str, Any]:
    return {"actor": user.username, "reason": given["reason"]}


def _signing(given: Given) -> dict[str, Any]:
    package = given["package"]
    names = ("team", "valid_from", "agreed_by")
    return {name: given[name] for name in names} | {"package_id": int(package) if package else None}


def _contract(person: Person) -> int:
    return int(existing(contract_of(person)).pk)


def _sign(user: User, person: Person, given: Given) -> object:
    return care.sign(**_who(user, given), person_id=person.pk, **_signing(given))


def _sign_household(user: User, person: Person, given: Given) -> object:
    return care.sign_household(
        **_who(user, given),
        household_id=int(existing(person.household).pk),
        team=given["team"],
        valid_from=given["valid_from"],
    )


def _change_team(user: User, person: Person, given: Given) -> object:
    return care.change_team(**_who(user, given), contract_id=_contract(person), **_signing(given))


def _end_contract(user: User, person: Person, given: Given) -> object:
    return care.end_contract(
        **_who(user, given), contract_id=_contract(person), valid_to=given["valid_to"]
    )


def _service(user: User, person: Person, given: Given) -> object:
    return care.record_service(
        **_who(user, given),
        contract_id=_contract(person),
        sort=given["sort"],
        day=given["day"],
        note=given["note"],
    )


def _withdrawing(
    withdraw: Callable[..., object], key: str
) -> Callable[[User, Person, Given], object]:
    """Withdraws the record that the form names; the service takes its number as ``key``."""

    def act(user: User, person: Person, given: Given) -> object:
        del person
        return withdraw(**_who(user, given), **{key: given["row"]})

    return act


def _plan(user: User, person: Person, given: Given) -> object:
    del person
    return care.plan_treatment(
        **_who(user, given),
        listing_id=given["listing"],
        planned_on=given["planned_on"],
        institution=given["institution"],
        note=given["note"],
    )


def _treat(user: User, person: Person, given: Given) -> object:
    del person
    return care.record_treatment(
        **_who(user, given),
        listing_id=given["listing"],
        treated_on=given["treated_on"],
        institution=given["institution"] or given["other"],
    )


def _call(user: User, person: Person, given: Given) -> object:
    return care.call_to_check_up(
        **_who(user, given), person_id=person.pk, year=given["year"], why=given["why"]
    )


def _check_up(user: User, person: Person, given: Given) -> object:
    names = ("reason", "day", "finding", "disease", "report_to")
    facts = {name: given[name] for name in names}
    return care.record_check_up(by=user, person_id=person.pk, **facts)


_RECORD, _PLAN = Permission.RECORD_CARE, Permission.PLAN_TREATMENT

STEPS: dict[str, Step] = {
    "service": Step(_("记一次服务"), _RECORD, forms.ServiceForm, _nothing, _service),
    "sign": Step(_("签约"), _RECORD, forms.SignForm, _teams_and_packages, _sign),
    "sign_household": Step(
        _("全家签约"),
        _RECORD,
        forms.SignHouseholdForm,
        lambda person: {"team": _teams(person)},
        _sign_household,
    ),
    "change_team": Step(_("换团队"), _RECORD, forms.SignForm, _teams_and_packages, _change_team),
    "end_contract": Step(_("结束签约"), _RECORD, forms.EndContractForm, _nothing, _end_contract),
    "plan": Step(_("定治疗方案"), _PLAN, forms.PlanForm, _to_plan, _plan),
    "treat": Step(_("登记治疗"), _PLAN, forms.TreatForm, _to_treat, _treat),
    "call": Step(_("列入体检名单"), _RECORD, forms.CallForm, _nothing, _call),
    "check_up": Step(_("登记体检"), _RECORD, forms.CheckUpForm, _nothing, _check_up),
    "withdraw_service": Step(
        _("撤回一次服务"),
        _RECORD,
        forms.WithdrawForm,
        _services,
        _withdrawing(care.withdraw_service, "service_id"),
    ),
    "withdraw_contract": Step(
        _("撤回签约"),
        _RECORD,
        forms.WithdrawForm,
        _contracts,
        _withdrawing(care.withdraw_contract, "contract_id"),
    ),
    "withdraw_plan": Step(
        _("撤回治疗方案"),
        _PLAN,
        forms.WithdrawForm,
        _plans,
        _withdrawing(care.withdraw_plan, "plan_id"),
    ),
    "withdraw_treatment": Step(
        _("撤回治疗记录"),
        _PLAN,
        forms.WithdrawForm,
        _treatments,
        _withdrawing(care.withdraw_treatment, "treatment_id"),
    ),
    "withdraw_call": Step(
        _("撤出体检名单"),
        _RECORD,
        forms.WithdrawForm,
        _calls,
        _withdrawing(care.withdraw_call, "call_id"),
    ),
    "withdraw_check_up": Step(
        _("撤回体检记录"),
        _RECORD,
        forms.WithdrawCheckUpForm,
        _check_ups,
        _withdrawing(care.withdraw_check_up, "check_up_id"),
    ),
}


def steps_for(user: User, person: Person, *, signed: bool, untreated: bool) -> list[str]:
    """The steps that make sense for somebody now and that the account may take."""
    fits = {
        "service": signed,
        "sign": not signed,
        "sign_household": not signed,
        "change_team": signed,
        "end_contract": signed,
        "plan": untreated,
        "treat": untreated,
    }
    return [
        name
        for name, step in STEPS.items()
        if fits.get(name, True) and user.may(step.permission) and _has_rows(step, person)
    ]


def _has_rows(step: Step, person: Person) -> bool:
    """Whether there is something to withdraw, where a step withdraws."""
    return not issubclass(step.form, forms.WithdrawForm) or bool(step.rows(person)["row"])
