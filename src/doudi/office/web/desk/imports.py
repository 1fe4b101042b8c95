"""Importing people and lists: a template, sending, looking by cell, recording, undoing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import Permission
from doudi.office.imports import services, worker
from doudi.office.imports.fault_report import fault_report, notes_of
from doudi.office.imports.models import PeopleImport
from doudi.office.imports.selectors import (
    imports_within,
    listings_staying,
    people_staying,
    rows_with_faults,
    rows_with_warnings,
    same_file_before,
)
from doudi.office.registry.errors import RegistryRefused
from doudi.office.web.components import Badge, Cell, Column, Link, Pair, Table, Tone
from doudi.office.web.desk.effects import effects_table
from doudi.office.web.desk.import_forms import DecisionForm, UploadForm
from doudi.office.web.desk.people_export import workbook_response
from doudi.office.web.desk.registry_words import listing_name
from doudi.office.web.labels import label
from doudi.office.web.pages import FORM, StaffRequest, staff_page
from doudi.office.web.person_reads import shows_people

_ON_A_PAGE = 50
_MOST_STAYING = 50
_TONES: dict[str, Tone] = {
    PeopleImport.State.READING: "neutral",
    PeopleImport.State.FAILED: "bad",
    PeopleImport.State.STAGED: "warning",
    PeopleImport.State.COMMITTED: "good",
    PeopleImport.State.DISCARDED: "neutral",
    PeopleImport.State.UNDONE: "neutral",
}
_NEEDS_APPROVER = ("commit", "commit_good", "undo")


@staff_page(Permission.IMPORT_PEOPLE, FORM)
def listing(request: StaffRequest) -> HttpResponse:
    """Send a file, and what became of those sent before."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            waiting = _receive(request, form.cleaned_data)
        except RegistryRefused as refused:
            form.add_error("file", either(refused.zh, refused.en))
        else:
            return redirect("desk:import", people_import=waiting.public_id)
    page = Paginator(_in_scope(request.user), _ON_A_PAGE).get_page(request.GET.get("page"))
    table = Table(
        _("导入记录"),
        [
            Column(_("时间")),
            Column(_("文件")),
            Column(_("内容类别")),
            Column(_("区划")),
            Column(_("上传人")),
            Column(_("状态")),
            Column(_("入库数"), numeric=True),
            Column(_("入库人")),
        ],
        [
            [
                f"{timezone.localtime(row.uploaded_at):%Y-%m-%d %H:%M}",
                Link(row.file_name, reverse("desk:import", args=[row.public_id])),
                label(PeopleImport.Content(row.content)),
                row.division.name,
                row.uploaded_by,
                _state(row),
                row.committed_rows or None,
                row.decided_by or None,
            ]
            for row in page
        ],
        empty=_("还没有导入过文件"),
    )
    return render(request, "desk/imports.html", {"form": form, "page": page, "table": table})


@staff_page(Permission.IMPORT_PEOPLE)
def template(request: StaffRequest) -> HttpResponse:
    """An empty workbook with the villages of the account's division."""
    assert request.user.division is not None
    content = services.people_template(request.user.division)
    return workbook_response(content, _("人员导入模板"))


@staff_page(Permission.IMPORT_PEOPLE)
def listings_template(request: StaffRequest) -> HttpResponse:
    """An empty workbook for putting people who are registered already on disease lists."""
    del request
    return workbook_response(services.listings_template(), _("病种名单导入模板"))


@staff_page(Permission.IMPORT_PEOPLE)
def faults(request: StaffRequest, people_import: str) -> HttpResponse:
    """All faults and warnings of a file as a workbook."""
    found = get_object_or_404(_in_scope(request.user), public_id=people_import)
    shows_people(request, found.faulty_rows + found.held_rows)
    return workbook_response(fault_report(found), _("核对结果"))


@staff_page(Permission.IMPORT_PEOPLE, FORM)
def one(request: StaffRequest, people_import: str) -> HttpResponse:
    """One file: how far it is read, what is wrong in it by cell, and what to do with it."""
    found = get_object_or_404(_in_scope(request.user), public_id=people_import)
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            _decide(request.user, found, **form.cleaned_data)
        except RegistryRefused as refused:
            form.add_error(None, either(refused.zh, refused.en))
            found.refresh_from_db()
        else:
            return redirect("desk:import", people_import=found.public_id)
    shown = {
        "people_import": found,
        "form": form,
        "facts": _facts(found),
        "of_people": found.content == PeopleImport.Content.PEOPLE,
        "percent": 100 * found.done // found.total if found.total else 0,
        "stuck": services.is_stuck(found),
        "may_approve": request.user.may(Permission.APPROVE_PEOPLE),
        "own": found.uploaded_by == request.user.username,
        "asked_by_me": found.undo_asked_by == request.user.username,
        "failure": either(found.failure_zh, found.failure_en),
    }
    details = _details(request, found)
    if "table" in details:
        shows_people(request, len(details["table"].rows))
    return render(request, "desk/import.html", shown | details)


def _receive(request: StaffRequest, given: dict[str, Any]) -> PeopleImport:
    assert request.user.division is not None
    waiting = services.receive_file(
        actor=request.user.username,
        reason=given["note"],
        content=given["content"],
        division_code=request.user.division.code,
        name=given["file"].name,
        chunks=given["file"].chunks(),
        synthetic=not settings.PRODUCTION,
    )
    worker.start_reading(waiting.public_id)
    return waiting


def _decide(user: User, found: PeopleImport, *, decision: str, reason: str) -> None:
    if decision in _NEEDS_APPROVER and not user.may(Permission.APPROVE_PEOPLE):
        raise PermissionDenied
    said: dict[str, Any] = {
        "actor": user.username,
        "reason": reason,
        "public_id": found.public_id,
    }
    acts: dict[str, Callable[[], Any]] = {
        "commit": lambda: services.commit_import(**said, only_good=False),
        "commit_good": lambda: services.commit_import(**said, only_good=True),
        "discard": lambda: services.discard_import(**said),
        "ask_undo": lambda: services.ask_to_undo(**said),
        "undo": lambda: services.undo_import(**said),
        "decline_undo": lambda: services.decline_undo(**said),
        "retry": lambda: worker.start_reading(found.public_id),
    }
    acts[decision]()


def _details(request: StaffRequest, found: PeopleImport) -> dict[str, Any]:
    """What the page shows besides, by how far the import has come."""
    if found.state == PeopleImport.State.STAGED:
        odd = request.GET.get("show") == "warnings" or not (found.faulty_rows + found.held_rows)
        rows = rows_with_warnings(found) if odd else rows_with_faults(found)
        page = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
        before = same_file_before(found)
        return {
            "page": page,
            "odd": odd,
            "table": _notes_table(page, odd),
            "before": before,
            "wrong": found.faulty_rows + found.held_rows,
            **_settled_again(found),
        }
    if found.state == PeopleImport.State.COMMITTED and found.undo_asked_by:
        plan = services.plan_undo(found)
        return {"undo": plan, "table": _staying_table(found, plan)}
    return {}


def _settled_again(found: PeopleImport) -> dict[str, Any]:
    """What recording a file of listings would do to claims that are settled already."""
    if found.content == PeopleImport.Content.PEOPLE:
        return {}
    people = services.to_settle_again(found).count()
    if not people:
        return {}
    return {
        "to_settle_again": people,
        "previewed": min(people, services.MOST_PREVIEWED),
        "effects": effects_table(services.preview_effects(found)),
    }


def _notes_table(page: Any, odd: bool) -> Table:
    rows: list[list[Cell]] = [
        [
            note["cell"],
            # Second, because a phone shows two columns without scrolling.
            either(note["zh"], note["en"]),
            note["value"] or None,
            note["heading"] or None,
            row.name or None,
            row.household or None,
        ]
        for row in page
        for note in (row.warnings if odd else notes_of(row))
    ]
    return Table(
        _("提示（可以入库，请看一眼）") if odd else _("错误（不能入库）"),
        [
            Column(_("单元格")),
            Column(_("问题")),
            Column(_("内容")),
            Column(_("列")),
            Column(_("姓名")),
            Column(_("户编号")),
        ],
        rows,
        empty=_("没有"),
    )


def _staying_table(found: PeopleImport, plan: services.Undo) -> Table:
    keys = list(plan.staying)[:_MOST_STAYING]
    if found.content == PeopleImport.Content.PEOPLE:
        caption, what = _("不能撤销的人"), _("户编号")
        whom = {key: (row.name, str(row.household)) for key, row in people_staying(keys).items()}
    else:
        caption, what = _("不能撤销的名单记录"), _("病种")
        listings = listings_staying(keys)
        whom = {key: (row.person.name, listing_name(row)) for key, row in listings.items()}
    return Table(
        caption,
        [Column(_("姓名")), Column(what), Column(_("为什么"))],
        [[*whom[key], either(*plan.staying[key])] for key in keys],
        empty=_("没有，全部可以撤销"),
    )


def _facts(found: PeopleImport) -> list[Pair]:
    facts = [
        Pair(_("状态"), _state(found)),
        Pair(_("内容类别"), label(PeopleImport.Content(found.content))),
        Pair(_("文件"), f"{found.file_name}（{found.file_bytes:,} B）"),
        Pair("SHA-256", found.file_sha256),
        Pair(_("区划"), found.division.name),
        Pair(_("说明"), found.note),
        Pair(
            _("上传"),
            f"{found.uploaded_by} · {timezone.localtime(found.uploaded_at):%Y-%m-%d %H:%M}",
        ),
    ]
    if found.decided_at is not None:
        decided = timezone.localtime(found.decided_at)
        what = _("放弃") if found.state == PeopleImport.State.DISCARDED else _("入库")
        facts.append(Pair(what, f"{found.decided_by} · {decided:%Y-%m-%d %H:%M}"))
    if found.committed_rows:
        facts.append(Pair(_("入库数"), found.committed_rows))
    if found.undone_at is not None:
        undone = timezone.localtime(found.undone_at)
        facts.append(Pair(_("撤销"), f"{found.undone_by} · {undone:%Y-%m-%d %H:%M}"))
        facts.append(Pair(_("撤销数"), found.withdrawn_rows))
    return facts


def _state(found: PeopleImport) -> Badge:
    return Badge(_STATES[found.state](), _TONES[found.state])


_STATES: dict[str, Callable[[], str]] = {
    PeopleImport.State.READING: lambda: _("正在读取"),
    PeopleImport.State.FAILED: lambda: _("读不了"),
    PeopleImport.State.STAGED: lambda: _("待核对"),
    PeopleImport.State.COMMITTED: lambda: _("已入库"),
    PeopleImport.State.DISCARDED: lambda: _("已放弃"),
    PeopleImport.State.UNDONE: lambda: _("已撤销"),
}


def _in_scope(user: User) -> QuerySet[PeopleImport]:
    if user.division is None:
        return PeopleImport.objects.none()
    return imports_within(user.division)
