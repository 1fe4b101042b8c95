"""Proposing a change of the registry: filled in, looked at with what it does, then proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.roles import Role
from doudi.office.accounts.scope import divisions_in_scope, person_in_scope
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.kinds import KINDS
from doudi.office.approvals.registry_changes import (
    ENROL_VILLAGE,
    concerned_division,
    preview_effects,
    subject_of,
    without_secrets,
)
from doudi.office.approvals.services import propose
from doudi.office.registry.enrolments import to_enrol
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import DiseaseListing, Division, Person
from doudi.office.settlement.refusals import Refused
from doudi.office.web.components import Column, Pair, Table
from doudi.office.web.desk import registry_words as words
from doudi.office.web.desk.effects import effects_table
from doudi.office.web.desk.move_forms import (
    IdNumberForm,
    JoinForm,
    MoveHouseholdForm,
    SplitForm,
)
from doudi.office.web.desk.people_forms import (
    ChangeForm,
    CorrectPersonForm,
    EndForm,
    EnrolForm,
    EnrolVillageForm,
    ListForm,
    NameHeadForm,
    PhoneForm,
    RegisterForm,
    WithdrawForm,
)
from doudi.office.web.pages import FORM, StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people

_REFUSALS = (ApprovalRefused, RegistryRefused, Refused)
_MOST_SHOWN = 100

Rows = Sequence[tuple[int, str]]

_FORMS: dict[str, type[ChangeForm]] = {
    "add_registration": RegisterForm,
    "end_registration": EndForm,
    "withdraw_registration": WithdrawForm,
    "enrol": EnrolForm,
    "withdraw_enrolment": WithdrawForm,
    "list_disease": ListForm,
    "end_listing": EndForm,
    "withdraw_listing": WithdrawForm,
    "correct_person": CorrectPersonForm,
    "name_head": NameHeadForm,
    "record_phone": PhoneForm,
    "correct_id_number": IdNumberForm,
    "join_household": JoinForm,
    "split_household": SplitForm,
    "move_household": MoveHouseholdForm,
}


def _open_registrations(person: Person) -> Rows:
    rows = person.registrations.filter(withdrawn_at=None, valid_to=None).order_by("-valid_from")
    return [(row.pk, words.days(row.valid_from, row.valid_to)) for row in rows]


def _standing_registrations(person: Person) -> Rows:
    rows = person.registrations.filter(withdrawn_at=None).order_by("-valid_from")
    return [(row.pk, words.days(row.valid_from, row.valid_to)) for row in rows]


def _enrolments(person: Person) -> Rows:
    return [(row.pk, str(row.year)) for row in person.enrolments.order_by("-year")]


def _open_listings(person: Person) -> Rows:
    return _named_listings(person.listings.filter(valid_to=None))


def _standing_listings(person: Person) -> Rows:
    return _named_listings(person.listings.all())


def _named_listings(listings: QuerySet[DiseaseListing]) -> Rows:
    return [
        (row.pk, f"{words.listing_name(row)}（{words.days(row.valid_from, row.valid_to)}）")
        for row in listings.order_by("-valid_from")
    ]


_ROWS: dict[str, tuple[str, Callable[[Person], Rows]]] = {
    "end_registration": ("period_id", _open_registrations),
    "withdraw_registration": ("period_id", _standing_registrations),
    "withdraw_enrolment": ("enrolment_id", _enrolments),
    "end_listing": ("listing_id", _open_listings),
    "withdraw_listing": ("listing_id", _standing_listings),
}
"""Kinds that change a row that is there: what the service calls it, and which can be chosen."""


@staff_page(Permission.CHANGE_PEOPLE, FORM)
def propose_one(request: StaffRequest, person: str, kind: str) -> HttpResponse:
    """One change of one person's records.

    The first answer shows what it would do to settled claims, by doing it and taking it back; the
    second puts it up for approval.
    """
    seen = person_in_scope(request.user, person)
    found = get_object_or_404(seen.select_related("household__division__parent"))
    if kind not in _FORMS:
        raise Http404
    form = _form(kind, found, request.POST or None)
    shown: dict[str, Any] = {
        "person": found,
        "form": form,
        "title": KINDS[kind].label,
        "facts": [
            Pair(_("户编号"), None if found.household is None else found.household.number),
            Pair(_("住址"), words.place(found.household)),
        ],
    }
    if form.is_valid():
        given = form.given() | _named(kind, found)
        try:
            if request.POST.get("confirmed"):
                return _proposed(request, found, kind, given, form.cleaned_data["reason"])
            shown["effects"] = effects_table(preview_effects(kind, given, found))
        except _REFUSALS as refused:
            form.add_error(None, either(refused.zh, str(refused)))
    return render(request, "desk/change.html", shown)


@staff_page(Permission.CHANGE_PEOPLE, FORM)
def enrol_village(request: StaffRequest) -> HttpResponse:
    """Enrol all registered people of a village for a year: shown first, then proposed."""
    villages = divisions_in_scope(request.user).filter(level=Division.Level.GACHA)
    chosen = request.POST.get("gacha") or request.GET.get("gacha")
    if chosen:
        villages = villages.filter(pk=chosen)
    elif request.user.role not in (Role.VILLAGE, Role.SUMU):
        # A banner has too many villages for one list: they are chosen among the households.
        return redirect("desk:own_place")
    form = EnrolVillageForm(
        request.POST or None,
        villages=villages.order_by("code"),
        initial={"gacha": chosen},
    )
    shown: dict[str, Any] = {"form": form}
    if form.is_valid():
        gacha, year = form.cleaned_data["gacha"], form.cleaned_data["year"]
        people = list(to_enrol(gacha, year)[: _MOST_SHOWN + 1])
        if not people:
            form.add_error(None, _("这个村没有需要登记的人：建档立卡的人这一年都已参保"))
        elif request.POST.get("confirmed"):
            try:
                return _village_proposed(request, form)
            except _REFUSALS as refused:
                form.add_error(None, either(refused.zh, str(refused)))
        else:
            shown |= {"people": _people(people), "count": to_enrol(gacha, year).count()}
            shows_people(request, len(people[:_MOST_SHOWN]))
    return render(request, "desk/enrol_village.html", shown)


def _form(kind: str, person: Person, data: Any) -> ChangeForm:
    initial = {"name": person.name, "relation": person.relation}
    form = _FORMS[kind](data, initial=initial if kind == "correct_person" else None)
    form.for_person(person)
    if kind in _ROWS:
        name, rows = _ROWS[kind]
        form.fields[name] = forms.TypedChoiceField(
            label=str(KINDS[kind].label), choices=rows(person), coerce=int
        )
        form.order_fields([name])
    return form


def _named(kind: str, person: Person) -> dict[str, Any]:
    """Whose records they are, where no row says so."""
    return {} if kind in _ROWS else {"person_id": person.pk}


def _proposed(
    request: StaffRequest, person: Person, kind: str, given: dict[str, Any], reason: str
) -> HttpResponse:
    with transaction.atomic():
        propose(
            kind=kind,
            subject=subject_of(person),
            given=without_secrets(kind, given, person, request.user.username),
            reason=reason,
            by=request.user,
            division=concerned_division(person, given),
        )
    messages.success(request, _("已提出，等待另一人复核"))
    return redirect("desk:person", person=person.public_id)


def _village_proposed(request: StaffRequest, form: EnrolVillageForm) -> HttpResponse:
    gacha = form.cleaned_data["gacha"]
    propose(
        kind=ENROL_VILLAGE,
        subject=f"division:{gacha.code}",
        given=form.given(),
        reason=form.cleaned_data["reason"],
        by=request.user,
        division=gacha.code,
    )
    messages.success(request, _("已提出，等待另一人复核"))
    return redirect("desk:place", place=gacha.code)


def _people(people: Sequence[Person]) -> Table:
    return Table(
        _("将登记参保的人"),
        [
            Column(_("姓名")),
            Column(_("与户主关系")),
            Column(_("户编号")),
        ],
        [
            [
                person.name,
                words.relation(person),
                None if person.household is None else person.household.number,
            ]
            for person in people[:_MOST_SHOWN]
        ],
    )
