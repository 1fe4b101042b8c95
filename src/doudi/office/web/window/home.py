"""The first screen of the window: find a person, and what was settled today."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.models import LookUp
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.services import look_up
from doudi.office.registry.identity import BadNumber
from doudi.office.registry.models import Person
from doudi.office.registry.search import find_people, namesakes
from doudi.office.registry.selectors import masked_id_number
from doudi.office.settlement.amounts import ListedClaim
from doudi.office.settlement.day_sheet import DayShown, day_of
from doudi.office.web.components import Badge, Column, Link, Money, Table
from doudi.office.web.pages import FORM, StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people
from doudi.office.web.window.forms import DayForm, FindForm
from doudi.office.web.window.words import kind_word
from doudi.office.web.window.working_day import working_day


@staff_page(Permission.SETTLE)
def home(request: StaffRequest) -> HttpResponse:
    """Find somebody; and the day's list with its sums."""
    return _shown(request, FindForm())


@staff_page(Permission.SETTLE, FORM)
def find(request: StaffRequest) -> HttpResponse:
    """Open the person with this ID number or card, or choose among those of this name.

    Finding is recorded, and is what lets the window see the person for the day.
    """
    form = FindForm(request.POST or None)
    if not form.is_valid():
        return _shown(request, form)
    text = form.cleaned_data["text"]
    if chosen := request.POST.get("person"):
        alike = {person.public_id: person for person in namesakes(text)}
        if chosen in alike:
            return _opened(request, alike[chosen], LookUp.By.NAME)
    if not any(character.isdigit() for character in text):
        return _namesakes(request, form, text)
    try:
        found = find_people(text, most=2)
    except BadNumber as fault:
        form.add_error("text", either(fault.zh, str(fault)))
        return _shown(request, form)
    if len(found) != 1:
        form.add_error("text", _("没有找到这个号码的人；请核对号码"))
        return _shown(request, form)
    long = len(text.strip()) in (15, 18)
    return _opened(request, found[0], LookUp.By.ID_NUMBER if long else LookUp.By.CARD)


def _opened(request: StaffRequest, person: Person, by: LookUp.By) -> HttpResponse:
    look_up(user=request.user, person=person, by=by)
    return redirect("window:person", person=person.public_id)


def _namesakes(request: StaffRequest, form: FindForm, text: str) -> HttpResponse:
    found = namesakes(text)
    if not found:
        form.add_error("text", _("没有叫这个名字的人；请输入姓名全名，或改用身份证号"))
        return _shown(request, form)
    people = [(person, masked_id_number(person)) for person in found]
    shows_people(request, len(people))
    return render(request, "window/namesakes.html", {"text": text, "people": people})


def _shown(request: StaffRequest, form: FindForm) -> HttpResponse:
    day = working_day(request)
    shown = day_of(institution=str(request.user.institution_id), day=day)
    shows_people(request, len(shown.claims))
    return render(
        request,
        "window/home.html",
        {
            "form": form,
            "day_form": DayForm(initial={"day": day}),
            "day": day,
            "table": day_table(shown, day),
        },
    )


def day_table(shown: DayShown, day: date) -> Table:
    """A day's settlements with their sums; reversed ones are marked and not counted."""
    totals = shown.totals
    return Table(
        _("%(day)s 结算") % {"day": day.isoformat()},
        [
            Column(_("姓名")),
            Column(_("类别")),
            Column(_("状态")),
            Column(_("总费用"), numeric=True),
            Column(_("各方支付"), numeric=True),
            Column(_("个人自付"), numeric=True),
        ],
        [
            [
                Link(claim.name, reverse("window:stay", args=[claim.admission])),
                kind_word(claim.kind),
                state_badge(claim),
                Money(claim.bill_fen),
                Money(sum(claim.payers.values())),
                Money(claim.own_fen),
            ]
            for claim in shown.claims
        ],
        empty=_("这一天还没有结算"),
        totals=[
            _("合计 %(count)s 笔") % {"count": totals.claims},
            "",
            "",
            Money(totals.bill_fen),
            Money(sum(totals.payers.values())),
            Money(totals.own_fen),
        ],
    )


def state_badge(claim: ListedClaim) -> Badge:
    """Whether a settlement is in force."""
    if claim.state == "settled":
        return Badge(_("在用"), "good")
    if claim.state == "corrected":
        return Badge(_("已更正"), "warning")
    return Badge(_("已冲销"), "bad")
