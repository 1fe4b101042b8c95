"""What a search finds is exported whole, or not at all and in words; nothing runs in Excel."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.office.web.people_and_places import HERE, THERE, household_member

from doudi.office.audit.models import Call

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Client]
ADDRESS = "/desk/people/export"


def rows_of(answer: Any) -> list[list[Any]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    rows: list[list[Any]] = sheet.to_python()
    return rows


def test_an_export_has_all_that_the_page_only_begins_to_show(as_role: AsRole) -> None:
    for number in range(60):
        household_member(HERE, name=f"王{number:02}", insured=False)
    household_member(THERE, name="王远", insured=False)
    client = as_role("sumu")
    shown = client.post("/desk/people/", {"text": "王"}).content.decode()
    assert shown.count("/desk/people/") < 60
    assert "导出 Excel 是全部" in shown
    heading, *rows = rows_of(client.post(ADDRESS, {"text": "王"}))
    assert heading[0] == "姓名"
    assert [row[0] for row in rows] == [f"王{number:02}" for number in range(60)]
    assert Call.objects.get(service="export_people").detail == {"people": 60}


def test_too_many_are_refused_in_words_and_nothing_is_recorded(
    as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doudi.office.web.desk.people_export.MOST_EXPORTED", 2)
    for number in range(3):
        household_member(HERE, name=f"王{number}")
    client = as_role("sumu")
    answer = client.post(ADDRESS, {"text": "王"})
    assert "超过 2 人" in answer.content.decode()
    assert not Call.objects.filter(service="export_people").exists()
    assert len(rows_of(client.post(ADDRESS, {"text": "王1"}))) == 2


def test_what_cannot_be_looked_for_is_said_and_a_village_exports_nothing(as_role: AsRole) -> None:
    client = as_role("sumu")
    assert "校验位" in client.post(ADDRESS, {"text": "152299196105040018"}).content.decode()
    empty = client.post(ADDRESS, {"text": ""})
    assert empty["Content-Type"].startswith("text/html") and "error" in empty.content.decode()
    assert not Call.objects.filter(service="export_people").exists()
    assert as_role("village").post(ADDRESS, {"text": "王"}).status_code == 403


def test_a_name_like_a_formula_is_a_text_in_the_file(as_role: AsRole) -> None:
    household_member(HERE, name="=合成+1")
    answer = as_role("sumu").post(ADDRESS, {"text": "=合"})
    assert rows_of(answer)[1][0] == "=合成+1"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
