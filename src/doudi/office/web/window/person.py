"""One person at the window: who it is, what holds on the day, what the year still leaves."""

from __future__ import annotations

import uuid
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import admissions_in_scope, person_in_scope
from doudi.office.registry.models import Person
from doudi.office.registry.selectors import masked_id_number, standing_on
from doudi.office.settlement.models import Admission
from doudi.office.settlement.persons_year import YearShown, persons_year
from doudi.office.settlement.policy import active_policy
from doudi.office.settlement.services import admit as admit_person
from doudi.office.web.components import Badge, Column, Link, Money, Pair, Table
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.asking import asked, by_clerk, key_of
from doudi.office.web.window.forms import AdmitForm, admit_form
from doudi.office.web.window.home import state_badge
from doudi.office.web.window.words import kind_word
from doudi.office.web.window.working_day import working_day


@staff_page(Permission.SETTLE)
def screen(request: StaffRequest, person: str) -> HttpResponse:
    """Everything that the window needs to know before it admits."""
    found = _person(request, person)
    day = working_day(request)
    return _shown(request, found, admit_form(day, _new_agreement(day)))


@staff_page(Permission.SETTLE, ("POST",))
def admit(request: StaffRequest, person: str) -> HttpResponse:
    """Admit the person, without a deposit where none is to be taken (H-53), and open the stay."""
    found = _person(request, person)
    form = AdmitForm(request.POST)
    if form.is_valid():
        fields = form.cleaned_data
        answer = asked(
            form,
            lambda: admit_person(
                key=key_of(form),
                person=person,
                institution=str(request.user.institution_id),
                kind=fields["kind"],
                admitted_on=fields["admitted_on"],
                agreement=fields["agreement"],
                deposit_fen=fields["deposit"],
                who=by_clerk(request.user, "admit at the window"),
            ),
        )
        if answer is not None:
            return redirect("window:stay", admission=answer["admission"])
    return _shown(request, found, form)


def _person(request: StaffRequest, person: str) -> Person:
    found = person_in_scope(request.user, person).select_related("household__division")
    return get_object_or_404(found)


def _new_agreement(day: date) -> str:
    """A number for the agreement that is signed now; the clerk may type another."""
    return f"{day:%Y%m%d}-{uuid.uuid4().hex[:6].upper()}"


def _shown(request: StaffRequest, person: Person, form: AdmitForm) -> HttpResponse:
    day = working_day(request)
    year = persons_year(person=person.public_id, day=day)
    stays = admissions_in_scope(request.user).filter(person=person, claims__isnull=True)
    context = {
        "person": person,
        "day": day,
        "facts": facts_of(person, day),
        "rooms": rooms_table(year),
        "claims": claims_table(request, person, year),
        "open_stays": open_stays_table(list(stays.order_by("-admitted_on")[:20])),
        "form": form,
    }
    return render(request, "window/person.html", context)


def facts_of(person: Person, day: date) -> list[Pair]:
    """Who the person is and what the registry says of the day; the ID number is masked."""
    standing = standing_on(person.pk, day)
    yes, no = _("是"), _("否")
    household = person.household
    listings = "、".join(row["disease"] for row in standing.evidence["listings"])
    return [
        Pair(_("身份证号"), masked_id_number(person)),
        Pair(_("住址"), household.division.name if household else "—"),
        Pair(_("建档立卡"), Badge(yes, "good") if standing.registered else Badge(no, "neutral")),
        Pair(
            _("参加居民医保"),
            Badge(yes, "good") if standing.enrolled else Badge(_("没有参保记录"), "bad"),
        ),
        Pair(_("病种名单"), listings or "—"),
    ]


def rooms_table(year: YearShown) -> Table:
    """What is used and left of each cap of the year."""
    parameters = active_policy().parameters
    return Table(
        _("%(year)s 年额度") % {"year": year.year},
        [
            Column(_("项目")),
            Column(_("额度"), numeric=True),
            Column(_("已用"), numeric=True),
            Column(_("余额"), numeric=True),
        ],
        [
            [
                either(parameters[room.parameter].zh, parameters[room.parameter].en),
                Money(room.cap_fen),
                Money(room.used_fen),
                Money(room.left_fen),
            ]
            for room in year.rooms
        ],
    )


def claims_table(request: StaffRequest, person: Person, year: YearShown) -> Table:
    """The year's claims; only those of the account's own stays can be opened."""
    # Of the person first: by the hospital alone a database would go through all of its stays.
    stays = admissions_in_scope(request.user).filter(
        person=person, public_id__in=[claim.admission for claim in year.claims]
    )
    own = set(stays.values_list("public_id", flat=True))
    return Table(
        _("本年结算"),
        [
            Column(_("日期")),
            Column(_("医疗机构")),
            Column(_("类别")),
            Column(_("状态")),
            Column(_("总费用"), numeric=True),
            Column(_("个人自付"), numeric=True),
        ],
        [
            [
                Link(claim.day.isoformat(), reverse("window:stay", args=[claim.admission]))
                if claim.admission in own
                else claim.day.isoformat(),
                claim.institution,
                kind_word(claim.kind),
                state_badge(claim),
                Money(claim.bill_fen),
                Money(claim.own_fen),
            ]
            for claim in year.claims
        ],
        empty=_("本年还没有结算"),
        totals=["", "", "", "", Money(year.totals.bill_fen), Money(year.totals.own_fen)],
    )


def open_stays_table(stays: list[Admission]) -> Table | None:
    """Stays here that are not settled yet."""
    if not stays:
        return None
    return Table(
        _("未结算的就医"),
        [Column(_("入院日期")), Column(_("类别"))],
        [
            [
                Link(stay.admitted_on.isoformat(), reverse("window:stay", args=[stay.public_id])),
                kind_word(stay.kind),
            ]
            for stay in stays
        ],
    )
