"""Lists of people as Excel files: within the account's scope, masked, running nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import divisions_in_scope, people_in_scope
from doudi.office.audit.services import note
from doudi.office.registry import identity
from doudi.office.registry.models import Division, Enrolment, Person
from doudi.office.registry.people import reveal_id_numbers
from doudi.office.registry.phones import shown_phone
from doudi.office.registry.search import MOST_EXPORTED
from doudi.office.registry.standings import OnADay, standings_on
from doudi.office.web.desk import registry_words as words
from doudi.office.web.desk.people import found_people
from doudi.office.web.desk.people_forms import FindForm, ReasonForm
from doudi.office.web.labels import label
from doudi.office.web.pages import FORM, StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people
from doudi.office.workbooks import table_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_page(Permission.EXPORT_PEOPLE, ("POST",))
def found(request: StaffRequest) -> HttpResponse:
    """All the people whom the search finds, as Excel; the page shows the first of them.

    Nothing is left out in silence: when there are too many, that is said in place of a file.
    """
    form = FindForm(request.POST)
    people: list[Person] = []
    if form.is_valid():
        try:
            people = found_people(request, form.cleaned_data["text"], MOST_EXPORTED + 1)
        except identity.BadNumber as bad:
            form.add_error("text", either(bad.zh, bad.en))
        if len(people) > MOST_EXPORTED:
            most = f"{MOST_EXPORTED:,}"
            form.add_error(
                "text", _("找到的超过 {most} 人，请写得更全一些再导出").format(most=most)
            )
    if form.errors:
        return render(request, "desk/people.html", {"form": form, "may_export": True})
    _noted(request, "search", len(people))
    shows_people(request, len(people))
    return people_workbook(people, {}, _("找到的人"))


@staff_page(Permission.EXPORT_PEOPLE, FORM)
def of_place(request: StaffRequest, place: str) -> HttpResponse:
    """The people of a village as Excel: masked, or in full for a reason that is recorded."""
    gacha = get_object_or_404(
        divisions_in_scope(request.user), pk=place, level=Division.Level.GACHA
    )
    people = list(
        people_in_scope(request.user)
        .filter(household__division=gacha)
        .select_related("household__division__parent")
        .order_by("household__number", "relation", "pk")
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        if not request.user.may(Permission.UNMASK):
            raise PermissionDenied
        if form.is_valid():
            numbers = reveal_id_numbers(
                actor=request.user.username,
                reason=form.cleaned_data["reason"],
                subject=f"division:{gacha.code}",
                people=people,
            )
            shows_people(request, len(people))
            return people_workbook(people, numbers, gacha.name)
    if request.GET.get("masked"):
        _noted(request, f"division:{gacha.code}", len(people))
        shows_people(request, len(people))
        return people_workbook(people, {}, gacha.name)
    shown = {
        "form": form,
        "place": gacha,
        "count": len(people),
        "may_unmask": request.user.may(Permission.UNMASK),
    }
    return render(request, "desk/place_export.html", shown)


def people_workbook(
    people: Sequence[Person], numbers: Mapping[int, str], name: str
) -> HttpResponse:
    """People with what holds for them today, one a line; ``numbers`` in full where they are."""
    today = timezone.localdate()
    standings = standings_on(people, today)
    heading = [
        _("姓名"),
        _("身份证号"),
        _("与户主关系"),
        _("性别、出生"),
        _("建档立卡"),
        _("致贫原因"),
        _("参保"),
        _("病种名单"),
        _("户编号"),
        _("住址"),
        _("联系电话"),
    ]
    rows = (_line(person, numbers, standings[person.pk], today.year) for person in people)
    return workbook_response(table_workbook(name, heading, rows), name)


def workbook_response(content: bytes, name: str) -> HttpResponse:
    """A workbook to be saved under a name and today's date."""
    response = HttpResponse(content, content_type=XLSX)
    filename = quote(f"{name} {timezone.localdate():%Y-%m-%d}.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{filename}"
    return response


def _line(person: Person, numbers: Mapping[int, str], standing: OnADay, year: int) -> list[str]:
    number = numbers.get(person.pk)
    if number is None:
        number = identity.masked(identity.decrypt(person.id_cipher, public_id=person.public_id))
    period = standing.registration
    paid = standing.enrolment
    return [
        person.name,
        number,
        words.relation(person),
        words.sex_and_birth(person),
        "" if period is None else words.days(period.valid_from, period.valid_to),
        "" if period is None else words.cause(period.cause) or "",
        "" if paid is None else f"{year} {label(Enrolment.PaidBy(paid.paid_by))}",
        words.illnesses(standing) or "",
        "" if person.household is None else person.household.number,
        words.place(person.household) or "",
        shown_phone(person) or "",
    ]


def _noted(request: StaffRequest, subject: str, people: int) -> None:
    note(
        actor=request.user.username,
        reason="export",
        service="export_people",
        subject=subject,
        detail={"people": people},
    )
