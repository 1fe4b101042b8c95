"""A household, and the people of a village, on paper: as a page to print and as PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.money import yuan
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import divisions_in_scope, households_in_scope, people_in_scope
from doudi.office.audit.services import note
from doudi.office.paper.sheet import Sheet, SheetTable, sheet_pdf
from doudi.office.registry.models import (
    Division,
    Enrolment,
    Health,
    Person,
    RegistrationPeriod,
    Relation,
)
from doudi.office.registry.phones import shown_phone
from doudi.office.registry.selectors import masked_id_number
from doudi.office.registry.standings import OnADay, standings_on
from doudi.office.settlement.household_year import MemberYear, household_year, newest_year_of
from doudi.office.settlement.policy import active_policy
from doudi.office.web.components import Badge, Cell, Column, Link, Pair, Table
from doudi.office.web.desk import registry_words as words
from doudi.office.web.labels import label
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people


@dataclass(frozen=True)
class _OnPaper:
    """What a page shows and a PDF prints."""

    title: str
    place: str
    facts: list[Pair]
    tables: list[Table]
    marks: list[str]
    notes: list[str]
    signatures: list[str]
    wide: bool = False


@staff_page(Permission.SEE_PEOPLE)
def of_household(request: StaffRequest, household: int) -> HttpResponse:
    """The sheet of a household, to be read and printed."""
    paper = _household(request, household)
    pdf = reverse("desk:household_sheet_pdf", args=[household])
    return _page(request, paper, pdf, reverse("desk:household", args=[household]))


@staff_page(Permission.SEE_PEOPLE)
def of_household_pdf(request: StaffRequest, household: int) -> HttpResponse:
    """The same as PDF."""
    return _pdf(_household(request, household), f"household-{household}")


@staff_page(Permission.SEE_PEOPLE)
def of_village(request: StaffRequest, place: str) -> HttpResponse:
    """The people of a village, to be read and printed."""
    paper = _village(request, place)
    shows_people(request, len(paper.tables[0].rows))
    pdf = reverse("desk:village_list_pdf", args=[place])
    return _page(request, paper, pdf, reverse("desk:place", args=[place]))


@staff_page(Permission.SEE_PEOPLE)
def of_village_pdf(request: StaffRequest, place: str) -> HttpResponse:
    """The same as PDF; that somebody took it is recorded, as an export is."""
    paper = _village(request, place)
    shows_people(request, len(paper.tables[0].rows))
    note(
        actor=request.user.username,
        reason="print",
        service="print_village",
        subject=f"division:{place}",
        detail={"people": len(paper.tables[0].rows)},
    )
    return _pdf(paper, f"village-{place}")


def _page(request: StaffRequest, paper: _OnPaper, pdf: str, back: str) -> HttpResponse:
    return render(request, "desk/sheet.html", {"sheet": paper, "pdf": pdf, "back": back})


def _pdf(paper: _OnPaper, name: str) -> HttpResponse:
    sheet = Sheet(
        title=paper.title,
        place=paper.place,
        facts=[(str(pair.label), _text(pair.value)) for pair in paper.facts],
        tables=[_table(table) for table in paper.tables],
        marks=paper.marks,
        notes=paper.notes,
        signatures=paper.signatures,
        wide=paper.wide,
    )
    answer = HttpResponse(sheet_pdf(sheet), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _table(table: Table) -> SheetTable:
    return SheetTable(
        caption=str(table.caption),
        heads=[str(column.label) for column in table.columns],
        numeric=[column.numeric for column in table.columns],
        rows=[[_text(cell) for cell in row] for row in table.rows],
        empty=str(table.empty),
    )


def _text(cell: Cell) -> str:
    if cell is None:
        return "—"
    if isinstance(cell, Link | Badge):
        return str(cell.text)
    return str(cell)


def _household(request: StaffRequest, key: int) -> _OnPaper:
    found = get_object_or_404(
        households_in_scope(request.user).select_related("division__parent"), pk=key
    )
    people = list(found.people.order_by("relation", "pk"))
    today = timezone.localdate()
    standings = standings_on(people, today)
    tables = [_members(people, standings, today), _periods(people), _enrolments(people)]
    notes = [_printed(today), _("身份证号和电话遮住中间。")]
    if request.user.may(Permission.SEE_SETTLEMENTS):
        tables += _year(people)
    else:
        notes.append(_("您的账号不看结算，所以没有本年费用。"))
    return _OnPaper(
        title=_("建档立卡户情况表"),
        place=words.place(found) or "",
        facts=[
            Pair(_("户编号"), found.number),
            Pair(_("户主"), _head(people)),
            Pair(_("人数"), len(people)),
            Pair(_("致贫原因"), _causes(standings)),
        ],
        tables=tables,
        marks=_marks(found.synthetic),
        notes=notes,
        signatures=[_("户主"), _("嘎查村"), _("日期")],
    )


def _village(request: StaffRequest, code: str) -> _OnPaper:
    gacha = get_object_or_404(
        divisions_in_scope(request.user).select_related("parent"),
        pk=code,
        level=Division.Level.GACHA,
    )
    people = list(
        people_in_scope(request.user)
        .filter(household__division=gacha)
        .select_related("household")
        .order_by("household__number", "relation", "pk")
    )
    today = timezone.localdate()
    above = "" if gacha.parent is None else gacha.parent.name
    standings = standings_on(people, today)
    registered = sum(row.registration is not None for row in standings.values())
    return _OnPaper(
        title=_("嘎查村人员名单"),
        place=f"{above}{gacha.name}",
        facts=[
            Pair(_("户数"), len({person.household_id for person in people})),
            Pair(_("人数"), len(people)),
            Pair(_("其中建档立卡"), registered),
            Pair(_("村代码"), gacha.code),
        ],
        tables=[_members(people, standings, today, with_household=True)],
        marks=_marks(any(person.synthetic for person in people)),
        notes=[_printed(today), _("身份证号和电话遮住中间。")],
        signatures=[],
        wide=True,
    )


def _members(
    people: Sequence[Person],
    standings: Mapping[int, OnADay],
    today: date,
    *,
    with_household: bool = False,
) -> Table:
    heads = [
        *([_("户编号")] if with_household else []),
        _("姓名"),
        _("与户主关系"),
        _("身份证号"),
        _("联系电话"),
        _("健康状况"),
        _("建档立卡"),
        _("{year} 年参保").format(year=today.year),
        _("病种名单"),
    ]
    rows = []
    for person in people:
        standing = standings[person.pk]
        number = "" if person.household is None else person.household.number
        rows.append(
            [
                *([number] if with_household else []),
                person.name,
                words.relation(person),
                masked_id_number(person),
                shown_phone(person),
                label(Health(person.health)) if person.health else None,
                _("是") if standing.registration is not None else _("否"),
                _("是") if standing.enrolment is not None else _("否"),
                words.illnesses(standing),
            ]
        )
    caption = _("人员") if with_household else _("家庭成员")
    columns = [Column(head) for head in heads]
    return Table(caption, columns, rows, empty=_("没有人"))


def _periods(people: Sequence[Person]) -> Table:
    names = {person.pk: person.name for person in people}
    rows = RegistrationPeriod.objects.filter(person__in=list(names), withdrawn_at=None)
    return Table(
        _("建档立卡经过"),
        [Column(_("姓名")), Column(_("起止")), Column(_("致贫原因")), Column(_("依据文件"))],
        [
            [
                names[row.person_id],
                words.days(row.valid_from, row.valid_to),
                words.cause(row.cause),
                row.document,
            ]
            for row in rows.order_by("valid_from", "person", "pk")
        ],
        empty=_("没有登记过"),
    )


def _enrolments(people: Sequence[Person]) -> Table:
    names = {person.pk: person.name for person in people}
    rows = Enrolment.objects.filter(person__in=list(names)).order_by("-year", "person")
    return Table(
        _("参保"),
        [
            Column(_("年度")),
            Column(_("姓名")),
            Column(_("个人缴费（元）"), numeric=True),
            Column(_("缴费人")),
        ],
        [
            [
                str(row.year),
                names[row.person_id],
                yuan(row.premium_own_fen),
                label(Enrolment.PaidBy(row.paid_by)),
            ]
            for row in rows
        ],
        empty=_("没有登记过"),
    )


def _year(people: Sequence[Person]) -> list[Table]:
    """What was settled in the newest year in which anything was, and what the caps leave."""
    year = newest_year_of(people)
    if year is None:
        return [Table(_("本年费用"), [Column(_("姓名"))], [], empty=_("还没有结算过"))]
    members = household_year(people, year)
    settled = Table(
        _("{year} 年费用").format(year=year),
        [
            Column(_("姓名")),
            Column(_("结算笔数"), numeric=True),
            Column(_("总费用（元）"), numeric=True),
            Column(_("报销（元）"), numeric=True),
            Column(_("自付（元）"), numeric=True),
        ],
        [
            [
                one.person.name,
                one.totals.claims,
                yuan(one.totals.bill_fen),
                yuan(sum(one.totals.payers.values())),
                yuan(one.totals.own_fen),
            ]
            for one in members
        ],
    )
    return [settled, _rooms(members, year)]


def _rooms(members: Sequence[MemberYear], year: int) -> Table:
    parameters = active_policy().parameters
    return Table(
        _("{year} 年额度").format(year=year),
        [
            Column(_("姓名")),
            Column(_("项目")),
            Column(_("额度（元）"), numeric=True),
            Column(_("已用（元）"), numeric=True),
            Column(_("余额（元）"), numeric=True),
        ],
        [
            [
                one.person.name,
                either(parameters[room.parameter].zh, parameters[room.parameter].en),
                yuan(room.cap_fen),
                yuan(room.used_fen),
                yuan(room.left_fen),
            ]
            for one in members
            for room in one.rooms
        ],
        empty=_("这一年没有可用的政策版本"),
    )


def _head(people: Sequence[Person]) -> str | None:
    return next((one.name for one in people if one.relation == Relation.HEAD), None)


def _causes(standings: Mapping[int, OnADay]) -> str | None:
    periods = [row.registration for row in standings.values()]
    causes = sorted({period.cause for period in periods if period is not None})
    return "、".join(words.cause(cause) or "" for cause in causes) or None


def _marks(synthetic: bool) -> list[str]:
    return [_("合成数据，不是真人")] if synthetic else []


def _printed(today: date) -> str:
    return _("{day} 的登记情况。").format(day=today)
