"""People of the registry: found, shown with all that was ever recorded of them, seen in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import people_in_scope, person_in_scope
from doudi.office.approvals.kinds import KINDS
from doudi.office.registry import identity
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import DiseaseListing, Enrolment, Health, Person, Relation
from doudi.office.registry.people import reveal_id_number
from doudi.office.registry.phones import reveal_phone, shown_phone
from doudi.office.registry.search import MOST_FOUND, matching
from doudi.office.registry.standings import OnADay, standings_on
from doudi.office.web.components import Badge, Cell, Column, Link, Money, Pair, Table
from doudi.office.web.desk import registry_words as words
from doudi.office.web.desk.move_tables import former_numbers, moves_of
from doudi.office.web.desk.people_forms import FindForm, ReasonForm
from doudi.office.web.labels import label
from doudi.office.web.pages import FORM, StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people

_WITH_PLACE = ("household__division__parent",)


@staff_page(Permission.SEE_PEOPLE, FORM)
def find(request: StaffRequest) -> HttpResponse:
    """Look for people. What is looked for is sent in the form, so that no address holds it."""
    form = FindForm(request.POST or None)
    shown: dict[str, Any] = {"form": form, "may_export": request.user.may(Permission.EXPORT_PEOPLE)}
    if form.is_valid():
        try:
            found = found_people(request, form.cleaned_data["text"])
        except identity.BadNumber as bad:
            form.add_error("text", either(bad.zh, bad.en))
        else:
            shown |= {"table": people_table(_("找到的人"), found), "most": len(found) == MOST_FOUND}
            shows_people(request, len(found))
    return render(request, "desk/people.html", shown)


def found_people(request: StaffRequest, text: str, most: int = MOST_FOUND) -> list[Person]:
    """The people in the account's scope whom a text may mean, at most so many."""
    return matching(people_in_scope(request.user).select_related(*_WITH_PLACE), text, most)


@staff_page(Permission.SEE_PEOPLE, FORM)
def one(request: StaffRequest, person: str) -> HttpResponse:
    """A person: today, everything recorded, and with a reason the whole ID number."""
    found = get_object_or_404(person_in_scope(request.user, person).select_related(*_WITH_PLACE))
    may_unmask = request.user.may(Permission.UNMASK)
    form = ReasonForm(request.POST or None)
    whole: dict[str, str] = {}
    if request.method == "POST":
        if not may_unmask:
            raise PermissionDenied
        if form.is_valid():
            whole = _revealed(request, found, form)
    today = timezone.localdate()
    standing = standings_on([found], today)[found.pk]
    return render(
        request,
        "desk/person.html",
        {
            "person": found,
            "form": form,
            "may_unmask": may_unmask and not whole,
            "may_see_care": request.user.may(Permission.SEE_CARE),
            "changes": _changes(found, standing)
            if request.user.may(Permission.CHANGE_PEOPLE)
            else None,
            "facts": _facts(found, standing, whole),
            "registrations": _registrations(found),
            "enrolments": _enrolments(found),
            "listings": _listings(found),
            "former": [table for table in (moves_of(found), former_numbers(found)) if table.rows],
        },
    )


def _revealed(request: StaffRequest, person: Person, form: ReasonForm) -> dict[str, str]:
    """The number that was asked for in full, by what it is; none when that is refused."""
    what = "phone" if request.POST.get("what") == "phone" else "id_number"
    reveal = reveal_phone if what == "phone" else reveal_id_number
    reason = form.cleaned_data["reason"]
    try:
        number = reveal(actor=request.user.username, reason=reason, person_id=person.pk)
    except RegistryRefused as refused:
        form.add_error("reason", either(refused.zh, refused.en))
        return {}
    return {what: number}


_EVERYDAY = ("add_registration", "end_registration", "enrol", "list_disease", "end_listing")
"""What happens to people. The other changes put records right or follow who moves."""


def _changes(person: Person, standing: OnADay) -> dict[str, list[tuple[str, Promise]]]:
    """The changes that make sense for somebody now, with what they are called."""
    registered = standing.registration is not None
    possible = {
        "add_registration": not registered,
        "end_registration": registered,
        "withdraw_registration": person.registrations.filter(withdrawn_at=None).exists(),
        "enrol": True,
        "withdraw_enrolment": person.enrolments.exists(),
        "list_disease": True,
        "end_listing": bool(standing.listings),
        "withdraw_listing": person.listings.exists(),
        "correct_person": True,
        "record_phone": True,
        "correct_id_number": True,
        "join_household": True,
        "split_household": person.household is not None,
        "move_household": person.household is not None,
        "name_head": person.household is not None and person.relation != Relation.HEAD,
    }
    fitting = [(kind, KINDS[kind].label) for kind, fits in possible.items() if fits]
    return {
        "everyday": [change for change in fitting if change[0] in _EVERYDAY],
        "others": [change for change in fitting if change[0] not in _EVERYDAY],
    }


def people_table(caption: str, people: list[Person], *, with_place: bool = True) -> Table:
    """People with what holds for them today, each with a link."""
    today = timezone.localdate()
    standings = standings_on(people, today)
    labels = [
        _("姓名"),
        _("与户主关系"),
        _("性别、出生"),
        _("建档立卡"),
        _("参保"),
        _("病种名单"),
        *([_("户编号"), _("住址")] if with_place else []),
    ]
    return Table(
        caption,
        [Column(label) for label in labels],
        [
            [
                Link(row.name, reverse("desk:person", args=[row.public_id])),
                words.relation(row),
                words.sex_and_birth(row),
                words.registered(standings[row.pk]),
                words.enrolled(standings[row.pk], today.year),
                words.illnesses(standings[row.pk]),
                *([household_link(row), words.place(row.household)] if with_place else []),
            ]
            for row in people
        ],
        empty=_("没有找到。可以换个写法，或只输前几个字。"),
    )


def household_link(person: Person) -> Cell:
    """The number of somebody's household, which opens it."""
    if person.household is None:
        return None
    return Link(person.household.number, reverse("desk:household", args=[person.household.pk]))


def _facts(person: Person, standing: OnADay, whole: Mapping[str, str]) -> list[Pair]:
    year = timezone.localdate().year
    shown = whole.get("id_number") or identity.masked(
        identity.decrypt(person.id_cipher, public_id=person.public_id)
    )
    return [
        Pair(_("今天"), words.registered(standing)),
        Pair(_("参保"), words.enrolled(standing, year)),
        Pair(_("病种名单"), words.illnesses(standing)),
        Pair(_("身份证号"), shown),
        Pair(_("社保卡"), _("已登记") if person.card_index else _("没有登记")),
        Pair(_("联系电话"), whole.get("phone") or shown_phone(person)),
        Pair(_("性别、出生"), words.sex_and_birth(person)),
        Pair(_("健康状况"), label(Health(person.health)) if person.health else None),
        Pair(_("与户主关系"), words.relation(person)),
        Pair(_("户编号"), household_link(person)),
        Pair(_("住址"), words.place(person.household)),
    ]


def _registrations(person: Person) -> Table:
    today = timezone.localdate()
    return Table(
        _("建档立卡"),
        [
            Column(_("起止")),
            Column(_("状态")),
            Column(_("致贫原因")),
            Column(_("依据文件")),
            Column(_("登记")),
        ],
        [
            [
                words.days(row.valid_from, row.valid_to),
                words.period_state(row, today),
                words.cause(row.cause),
                row.document,
                _recorded(row.recorded_by, row.recorded_at),
            ]
            for row in person.registrations.order_by("-valid_from", "-pk")
        ],
        empty=_("没有登记过"),
    )


def _enrolments(person: Person) -> Table:
    return Table(
        _("参保"),
        [
            Column(_("年度"), numeric=True),
            Column(_("个人缴费"), numeric=True),
            Column(_("缴费人")),
            Column(_("状态")),
            Column(_("依据文件")),
            Column(_("登记")),
        ],
        [
            [
                str(row.year),
                Money(row.premium_own_fen),
                label(Enrolment.PaidBy(row.paid_by)),
                Badge(_("已撤回")) if row.withdrawn_at is not None else Badge(_("有效"), "good"),
                row.document,
                _recorded(row.recorded_by, row.recorded_at),
            ]
            for row in Enrolment.with_withdrawn.filter(person=person).order_by("-year", "-pk")
        ],
        empty=_("没有登记过"),
    )


def _listings(person: Person) -> Table:
    today = timezone.localdate()
    return Table(
        _("病种名单"),
        [
            Column(_("病种")),
            Column(_("起止")),
            Column(_("状态")),
            Column(_("依据文件")),
            Column(_("登记")),
        ],
        [
            [
                words.listing_name(row),
                words.days(row.valid_from, row.valid_to),
                words.listing_state(row, today),
                row.document,
                _recorded(row.recorded_by, row.recorded_at),
            ]
            for row in DiseaseListing.with_withdrawn.filter(person=person).order_by(
                "-valid_from", "-pk"
            )
        ],
        empty=_("不在任何名单上"),
    )


def _recorded(actor: str, moment: Any) -> str:
    return f"{actor} · {timezone.localtime(moment):%Y-%m-%d}"
