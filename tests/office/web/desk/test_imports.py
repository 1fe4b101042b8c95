"""Importing people through the pages: send, look at the faults, record by another, undo."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook
from tests.office import builders
from tests.office.builders import SAID, YUAN
from tests.office.imports.files import (
    LISTINGS_HEADING,
    as_csv,
    as_workbook,
    line,
    listing_line,
    staged_listings,
)
from tests.office.registry.conftest import number
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in, logged_in
from tests.office.web.imported import staged_import
from tests.office.web.people_and_places import HERE, THERE, account, household_member

from doudi.office.imports import services, worker
from doudi.office.imports.models import PeopleImport
from doudi.office.registry import services as registry
from doudi.office.registry.models import Household, Person

AsRole = Callable[..., Client]


@pytest.fixture
def read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files in this process, inside the test's transaction."""
    monkeypatch.setattr(worker, "start_reading", services.stage_file)


def address(waiting: PeopleImport) -> str:
    return f"/desk/imports/{waiting.public_id}"


def decide(client: Client, waiting: PeopleImport, decision: str) -> Any:
    return client.post(address(waiting), {"decision": decision, "reason": "已核对"})


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.django_db
@pytest.mark.usefixtures("read_at_once")
def test_a_file_that_is_sent_leads_to_its_faults_by_cell(as_role: AsRole) -> None:
    client = as_role("village")
    rows = line(0, 村代码=HERE.gacha), line(1, 村代码=HERE.gacha, 身份证号=5.12322e17)
    file = SimpleUploadedFile("名单.xlsx", as_workbook(*rows))
    sent = client.post("/desk/imports/", {"content": "people", "file": file, "note": "年度核对"})
    assert sent.status_code == 302
    shown = text_of(client.get(sent["Location"]))
    assert ">B3</td>" in shown
    assert "后几位已经丢失" in shown
    assert number(0) not in shown
    assert not Person.objects.exists()
    assert PeopleImport.objects.get().division_id == HERE.gacha


@pytest.mark.django_db
def test_a_village_looks_only_at_what_was_sent_for_it(as_role: AsRole) -> None:
    waiting = staged_import(HERE)
    assert as_role("village").get(address(waiting)).status_code == 200
    assert as_role("sumu").get(address(waiting)).status_code == 200
    stranger = as_role("sumu", THERE)
    assert stranger.get(address(waiting)).status_code == 404
    assert stranger.get(f"{address(waiting)}/faults").status_code == 404
    assert "名单.csv" not in text_of(stranger.get("/desk/imports/"))
    assert as_role("clerk").get("/desk/imports/").status_code == 403


@pytest.mark.django_db
def test_the_sender_cannot_record_and_another_can(as_role: AsRole) -> None:
    maker = account("sumu")
    waiting = staged_import(HERE, by=maker.username)
    answer = decide(logged_in(maker), waiting, "commit")
    assert "须由另一人核对入库" in text_of(answer)
    assert decide(as_role("village"), waiting, "commit").status_code == 403
    assert not Person.objects.exists()
    assert decide(as_role("sumu"), waiting, "commit").status_code == 302
    assert Person.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("read_at_once")
def test_a_file_of_a_disease_list_is_sent_looked_at_recorded_and_undone_by_two(
    as_role: AsRole,
) -> None:
    ill, other = household_member(HERE, "合成病"), household_member(HERE, "合成别")
    for _stay in range(2):
        builders.settled(ill, 50_000 * YUAN, at=builders.hospital(2))
    rows = listing_line(ill, 病种名单="大病", 病种="胃癌"), listing_line(other, 姓名="错名")
    content = as_csv(*rows, heading=LISTINGS_HEADING)
    file = SimpleUploadedFile("大病名单.csv", content)
    village, sumu, second = as_role("village"), as_role("sumu"), as_role("sumu")
    sent = village.post("/desk/imports/", {"content": "listings", "file": file, "note": "H-39"})
    page = sent["Location"]
    shown = text_of(village.get(page))
    assert "与登记库里的姓名不符" in shown
    assert "入库时，1 个已有结算的人按名单重新核定" in shown
    assert "自付：之后" in shown
    assert "同户有错" not in shown
    assert not ill.listings.exists()
    assert as_role("sumu", THERE).get(page).status_code == 404
    assert "只入库无误的 1 行" in text_of(sumu.get(page))
    decision = {"decision": "commit_good", "reason": "已核对"}
    assert village.post(page, decision).status_code == 403
    assert sumu.post(page, decision).status_code == 302
    assert ill.listings.get().disease == "胃癌"
    assert "大病名单.csv" in text_of(village.get("/desk/imports/"))
    sumu.post(page, {"decision": "ask_undo", "reason": "传错"})
    assert "1 条名单记录不再算数，0 条保留" in text_of(second.get(page))
    assert second.post(page, {"decision": "undo", "reason": "属实"}).status_code == 302
    assert not ill.listings.exists()
    assert Person.objects.filter(pk=ill.pk).exists()


@pytest.mark.django_db
def test_a_listing_that_stays_is_named_with_its_person(as_role: AsRole) -> None:
    ill = household_member(HERE, "合成病")
    waiting = staged_listings(listing_line(ill), division=HERE.gacha)
    client = as_role("sumu")
    decide(client, waiting, "commit")
    listing = ill.listings.get()
    registry.end_listing(**SAID, listing_id=listing.pk, valid_to=date(2018, 12, 31))
    decide(client, waiting, "ask_undo")
    shown = text_of(client.get(address(waiting)))
    assert "0 条名单记录不再算数，1 条保留" in shown
    assert "慢性病：高血压" in shown
    assert "入库以后已移出名单" in shown


@pytest.mark.django_db
def test_the_template_of_lists_is_for_who_may_import(as_role: AsRole) -> None:
    address = "/desk/imports/listings-template"
    content = as_role("village").get(address).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names[0] == "病种名单"
    assert as_role("clerk").get(address).status_code == 403


@pytest.mark.django_db
def test_undoing_shows_who_stays_and_needs_two(as_role: AsRole) -> None:
    waiting = staged_import(HERE, {}, {})
    checker, other = as_role("sumu"), as_role("sumu")
    decide(checker, waiting, "commit")
    assert decide(checker, waiting, "ask_undo").status_code == 302
    shown = text_of(checker.get(address(waiting)))
    assert "撤销后，2 人不再在册，0 人保留" in shown
    assert 'value="undo"' not in shown
    assert "撤销由您申请" in text_of(decide(checker, waiting, "undo"))
    assert decide(other, waiting, "undo").status_code == 302
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_the_faults_come_as_a_workbook_that_runs_nothing(as_role: AsRole) -> None:
    waiting = staged_import(HERE, {"与户主关系": "=1+1"}, {"与户主关系": '@SUM("x")'})
    answer = as_role("village").get(f"{address(waiting)}/faults")
    assert answer["Content-Disposition"].startswith("attachment")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == ["单元格", "列", "内容", "问题", "类别"]
    assert [row[0] for row in rows[1:]] == ["D2", "D3"]
    assert rows[2][2] == '@SUM("x")'


@pytest.mark.django_db
def test_the_template_has_the_villages_of_the_account(as_role: AsRole) -> None:
    content = as_role("village").get("/desk/imports/template").content
    lists = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("选项")
    assert [row[2] for row in lists.to_python() if row[2]] == [f"{HERE.gacha} 苏木嘎查"]


@pytest.mark.django_db
def test_a_file_that_nobody_reads_any_more_can_be_read_again(
    as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_role("village")
    monkeypatch.setattr(worker, "start_reading", lambda _public_id: None)
    file = SimpleUploadedFile("名单.csv", as_csv(line(0, 村代码=HERE.gacha)))
    client.post("/desk/imports/", {"content": "people", "file": file, "note": "年度核对"})
    waiting = PeopleImport.objects.get()
    shown = text_of(client.get(address(waiting)))
    assert "<progress" in shown and "every 1s" in shown
    monkeypatch.setattr("doudi.office.imports.intake._STALE_SECONDS", -1)
    assert "读取中断了" in text_of(client.get(address(waiting)))
    monkeypatch.setattr(worker, "start_reading", services.stage_file)
    decide(client, waiting, "retry")
    assert "可入库" in text_of(client.get(address(waiting)))


@pytest.mark.django_db
def test_a_form_longer_than_any_file_is_refused_by_what_it_announces(as_role: AsRole) -> None:
    client = as_role("village")
    file = SimpleUploadedFile("名单.csv", as_csv(line(0)))
    answer = client.post(
        "/desk/imports/",
        {"content": "people", "file": file, "note": "x"},
        CONTENT_LENGTH=str(40 * 2**20),
    )
    assert answer.status_code == 400
    assert not PeopleImport.objects.exists()


@pytest.mark.django_db
def test_the_pages_of_imports_take_few_statements(as_role: AsRole, statements: Statements) -> None:
    client = as_role("sumu")
    wrong = [{"身份证号": "1"} for _ in range(60)]
    waiting = staged_import(HERE, *wrong)
    staged_import(HERE, *wrong[:3])
    client.get("/desk/imports/")
    with statements(4):
        client.get("/desk/imports/")
    with statements(7):
        client.get(address(waiting))


def test_a_village_file_with_faults_is_sent_recorded_and_undone(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way in a real browser, the file read by a process of its own."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{settings.DATABASES['default']['NAME']}")
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    village, sumu, other = account("village"), account("sumu"), account("sumu")
    file = tmp_path / "新识别户.xlsx"
    file.write_bytes(
        as_workbook(
            line(0, 村代码=HERE.gacha),
            line(1, 村代码=HERE.gacha, 身份证号=5.12322e17),
            line(2, 村代码="152299999999"),
        )
    )
    log_in(page, village)
    page.get_by_role("navigation").get_by_role("link", name="导入人员和名单").click()
    assert_accessible(page)
    page.get_by_label("文件").set_input_files(file)
    page.get_by_label("说明").fill("2018 年动态调整")
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("可入库")).to_be_visible(timeout=60_000)
    faults = page.get_by_role("table", name="错误（不能入库）")
    expect(faults.get_by_role("row").nth(1)).to_contain_text("B3")
    expect(faults.get_by_role("row").nth(1)).to_contain_text("Excel")
    expect(faults.get_by_role("row").nth(2)).to_contain_text("没有这个区划代码")
    expect(page.get_by_role("button", name="只入库无误")).to_have_count(0)
    assert_accessible(page)
    here = page.url
    _change_to(page, sumu)
    page.goto(here)
    page.get_by_label("原因").fill("已与村里核对")
    page.get_by_role("button", name="只入库无误的 1 人").click()
    expect(page.get_by_text("已入库")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("原因").fill("传错了年份")
    page.get_by_role("button", name="申请撤销").click()
    expect(page.get_by_text("1 人不再在册，0 人保留")).to_be_visible()
    _change_to(page, other)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(here)
    assert_accessible(page)
    page.get_by_label("原因").fill("属实")
    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.get_by_text("已撤销")).to_be_visible()
    assert Person.with_withdrawn.count() == 1
    assert not Person.objects.exists()
    assert not Household.objects.exists()


def _change_to(page: Page, user: Any) -> None:
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(lambda url: "/desk" not in url)
    log_in(page, user)
