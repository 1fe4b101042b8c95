"""From the league down to a village, its households, and one household with all its members."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import divisions_in_scope, households_in_scope
from doudi.office.registry.models import Division, RegistrationPeriod
from doudi.office.registry.selectors import codes_within
from doudi.office.registry.standings import households_in
from doudi.office.web.components import Column, Link, Pair, Table
from doudi.office.web.desk import registry_words as words
from doudi.office.web.desk.move_tables import moves_of_household
from doudi.office.web.desk.people import people_table
from doudi.office.web.labels import label_of
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people


@staff_page(Permission.SEE_PEOPLE)
def own_place(request: StaffRequest) -> HttpResponse:
    """The place of the account; an institution has none, and looks for people instead."""
    if request.user.division_id is None:
        return redirect("desk:people")
    return redirect("desk:place", place=request.user.division_id)


@staff_page(Permission.SEE_PEOPLE)
def place(request: StaffRequest, place: str) -> HttpResponse:
    """What lies in a division: the divisions below it, or the households of a village."""
    found = get_object_or_404(
        divisions_in_scope(request.user).select_related("parent__parent__parent"), pk=place
    )
    is_village = found.level == Division.Level.GACHA
    table = _households(found) if is_village else _below(found)
    if is_village:
        shows_people(request, len(table.rows))
    assert request.user.division is not None
    first, last = codes_within(request.user.division)
    above = [row for row in _path(found) if first <= row.code <= last]
    return render(
        request,
        "desk/place.html",
        {
            "place": found,
            "above": [Link(row.name, _address(row)) for row in above],
            "table": table,
            "is_village": is_village,
            "may_export": request.user.may(Permission.EXPORT_PEOPLE),
            "may_change": request.user.may(Permission.CHANGE_PEOPLE),
        },
    )


@staff_page(Permission.SEE_PEOPLE)
def one(request: StaffRequest, household: int) -> HttpResponse:
    """A household: its members today, and all their registrations in the order of time."""
    found = get_object_or_404(
        households_in_scope(request.user).select_related("division__parent"), pk=household
    )
    people = list(
        found.people.select_related("household__division__parent").order_by("relation", "pk")
    )
    facts = [
        Pair(_("户编号"), found.number),
        Pair(_("住址"), Link(words.place(found) or "", _address(found.division))),
        Pair(_("人数"), len(people)),
    ]
    names = {person.pk: person.name for person in people}
    today = timezone.localdate()
    periods = RegistrationPeriod.objects.filter(person__in=list(names)).order_by(
        "-valid_from", "person", "pk"
    )
    history = Table(
        _("建档立卡经过"),
        [
            Column(_("起止")),
            Column(_("姓名")),
            Column(_("状态")),
            Column(_("致贫原因")),
            Column(_("依据文件")),
        ],
        [
            [
                words.days(row.valid_from, row.valid_to),
                names[row.person_id],
                words.period_state(row, today),
                words.cause(row.cause),
                row.document,
            ]
            for row in periods
        ],
        empty=_("没有登记过"),
    )
    return render(
        request,
        "desk/household.html",
        {
            "household": found,
            "facts": facts,
            "members": people_table(_("家庭成员"), people, with_place=False),
            "history": history,
            "moves": moves_of_household(found),
        },
    )


def _path(division: Division) -> list[Division]:
    """The divisions that a division lies in, the largest first."""
    found: list[Division] = []
    above = division.parent
    while above is not None:
        found.insert(0, above)
        above = above.parent
    return found


def _address(division: Division) -> str:
    return reverse("desk:place", args=[division.code])


def _below(division: Division) -> Table:
    return Table(
        _("下级区划"),
        [Column(_("名称")), Column(_("代码")), Column(_("级别"))],
        [
            [
                Link(row.name, _address(row)),
                row.code,
                label_of(row, "level"),
            ]
            for row in division.children.order_by("code")
        ],
        empty=_("没有下级区划"),
    )


def _households(gacha: Division) -> Table:
    return Table(
        _("户"),
        [
            Column(_("户编号")),
            Column(_("户主")),
            Column(_("人数"), numeric=True),
            Column(_("其中建档立卡"), numeric=True),
            Column(_("致贫原因")),
        ],
        [
            [
                Link(line.household.number, reverse("desk:household", args=[line.household.pk])),
                line.head or None,
                line.people,
                line.registered,
                words.cause(line.cause),
            ]
            for line in households_in(gacha, timezone.localdate())
        ],
        empty=_("这个村还没有登记的户"),
    )
