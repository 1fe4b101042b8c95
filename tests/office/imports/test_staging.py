"""A file is read row by row, and every fault is told by its cell."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook
from tests.office.imports.files import (
    HEADING,
    LEAGUE,
    MAKER,
    as_csv,
    as_workbook,
    line,
    read,
    send,
    staged,
)
from tests.office.registry.conftest import FAR_VILLAGE, OTHER_VILLAGE, SAID, number, wrong_number

from doudi.office.audit.models import Call
from doudi.office.imports import services, staging
from doudi.office.imports.intake import file_of
from doudi.office.imports.models import PeopleImport, StagedRow
from doudi.office.registry import identity
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Division, Person
from doudi.office.registry.services import register_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]

State = StagedRow.State


def column(name: str) -> str:
    """The letter of a column in these files."""
    return chr(ord("A") + HEADING.index(name))


def faults(waiting: PeopleImport) -> dict[str, str]:
    """What is wrong, by cell."""
    rows = waiting.staged.order_by("row")
    return {note["cell"]: note["zh"] for row in rows for note in row.faults}


def warnings(waiting: PeopleImport) -> dict[str, str]:
    rows = waiting.staged.order_by("row")
    return {note["cell"]: note["zh"] for row in rows for note in row.warnings}


def test_a_file_waits_with_its_rows_and_the_registry_stays_as_it_is() -> None:
    waiting = staged(line(0), line(1, 户编号="H0", 与户主关系="之子", 身份证号=number(1)))
    assert (waiting.state, waiting.good_rows) == ("staged", 2)
    assert (waiting.faulty_rows, waiting.held_rows) == (0, 0)
    assert waiting.done == waiting.total > 0
    assert not Person.objects.exists()
    head = waiting.staged.get(row=2)
    assert (head.name, head.relation, head.born) == ("甲0", "01", date(1961, 5, 4))
    assert head.registered_from == date(2016, 1, 5)
    assert head.enrolled_years == [2017, 2018]
    assert head.premium_own_fen == 220_00


def test_an_id_number_waits_encrypted_for_the_person_it_will_be() -> None:
    row = staged(line(0)).staged.get()
    assert row.id_cipher is not None
    assert identity.decrypt(row.id_cipher, public_id=row.person) == number(0)
    assert row.id_masked == identity.masked(number(0))
    stored = StagedRow.objects.values().get()
    assert number(0) not in str(stored)


def test_the_file_is_removed_once_it_was_read_and_its_hash_is_kept() -> None:
    waiting = send(as_csv(line(0)))
    path = file_of(waiting)
    assert path.stat().st_mode & 0o077 == 0
    read(waiting)
    assert not path.exists()
    call = Call.objects.get(service="receive_file")
    assert call.actor == MAKER["actor"]
    assert call.detail["sha256"] == waiting.file_sha256
    assert len(waiting.file_sha256) == 64


@pytest.mark.parametrize(
    ("wrong", "where", "said"),
    [
        ({"身份证号": wrong_number(0)}, "身份证号", "校验位"),
        ({"身份证号": "5.12322E+17"}, "身份证号", "后几位已经丢失"),
        ({"身份证号": number(0)[:15]}, "身份证号", "15 位"),
        ({"村代码": "999999999999"}, "村代码", "没有这个区划代码"),
        ({"村代码": "152221105000"}, "村代码", "嘎查村一级"),
        ({"与户主关系": "邻居"}, "与户主关系", "只能填"),
        ({"与户主关系": "配偶"}, "与户主关系", "没有户主"),
        ({"建档立卡日期": "4/28/2018"}, "建档立卡日期", "分不清"),
        ({"建档立卡日期": "2018-02-30"}, "建档立卡日期", "没有这一天"),
        ({"性别": "女"}, "性别", "应为男"),
        ({"致贫原因": "懒"}, "致贫原因", "只能填"),
        ({"姓名": "=1+1"}, "姓名", "是公式"),
        ({"个人缴费": "-1"}, "个人缴费", "不小于 0"),
    ],
)
def test_a_fault_is_told_by_its_cell(wrong: dict[str, Any], where: str, said: str) -> None:
    waiting = staged(line(7), line(0, **wrong))
    found = faults(waiting)
    assert list(found) == [f"{column(where)}3"]
    assert said in found[f"{column(where)}3"]
    assert (waiting.good_rows, waiting.faulty_rows) == (1, 1)
    assert waiting.fault_counts == {where: 1}


@pytest.mark.parametrize("day", ["2018-04-28", "2018/4/28", "2018年4月28日", "43218"])
def test_a_day_is_read_in_every_usual_form(day: str) -> None:
    row = staged(line(0, 建档立卡日期=day)).staged.get()
    assert row.registered_from == date(2018, 4, 28)


def test_a_number_that_excel_cut_is_found_in_a_workbook() -> None:
    waiting = read(send(as_workbook(line(0, 身份证号=512322197001011234)), "名单.xlsx"))
    assert "后几位已经丢失" in faults(waiting)[f"{column('身份证号')}2"]


def test_a_formula_in_a_workbook_is_a_fault_of_its_cell_and_not_run() -> None:
    rows = [line(0), line(1, 姓名='=HYPERLINK("x")'), line(2)]
    waiting = read(send(as_workbook(*rows), "名单.xlsx"))
    assert list(faults(waiting)) == [f"{column('姓名')}3"]
    assert waiting.good_rows == 2


def test_a_person_twice_in_the_file_or_in_the_registry_already_is_told() -> None:
    register_person(**SAID, name="甲", id_number=number(5), synthetic=True)
    waiting = staged(line(0), line(1, 身份证号=number(0)), line(5))
    found = faults(waiting)
    assert list(found) == [f"{column('身份证号')}3", f"{column('身份证号')}4"]
    assert "与第2行重复" in found[f"{column('身份证号')}3"]
    assert "已有这个人" in found[f"{column('身份证号')}4"]


def test_a_household_waits_whole_when_one_of_it_is_at_fault() -> None:
    waiting = staged(
        line(0),
        line(1, 户编号="H0", 与户主关系="之子", 身份证号="1"),
        line(2, 户编号="H0", 与户主关系="配偶", 身份证号=number(2, sex="2")),
        line(3),
    )
    states = list(waiting.staged.order_by("row").values_list("state", flat=True))
    assert states == [State.HELD, State.FAULTY, State.HELD, State.GOOD]
    assert (waiting.good_rows, waiting.held_rows, waiting.faulty_rows) == (1, 2, 1)


def test_a_household_has_one_head() -> None:
    waiting = staged(line(0), line(1, 户编号="H0"))
    assert faults(waiting) == {f"{column('与户主关系')}3": "户 H0 已有户主"}


def test_a_village_that_the_sender_does_not_look_after_is_refused() -> None:
    waiting = staged(line(0), line(1, 村代码=FAR_VILLAGE), division="152221000000")
    found = faults(waiting)
    assert list(found) == [f"{column('村代码')}3"]
    assert "不在" in found[f"{column('村代码')}3"]


def test_a_household_lies_in_one_village() -> None:
    rows = line(0), line(1, 户编号="H0", 与户主关系="之子", 村代码=OTHER_VILLAGE)
    assert list(faults(staged(*rows))) == [f"{column('村代码')}3"]


@pytest.mark.parametrize(
    ("odd", "where", "said"),
    [
        ({"健康状况": "健康"}, "致贫原因", "全户没有病人"),
        ({"致贫原因": "因残", "健康状况": "大病"}, "致贫原因", "没有残疾人"),
        ({"致贫原因": "因学"}, "致贫原因", "上学年龄"),
        ({"参保年度": "", "个人缴费": "", "缴费人": ""}, "参保年度", "没有填参保年度"),
        ({"建档立卡日期": "1950-01-01"}, "建档立卡日期", "早于出生日期"),
        ({"退出日期": "2099-12-31"}, "退出日期", "将来"),
    ],
)
def test_what_is_odd_is_a_warning_and_can_go_in(odd: dict[str, Any], where: str, said: str) -> None:
    waiting = staged(line(0, **odd))
    found = warnings(waiting)
    assert list(found) == [f"{column(where)}2"]
    assert said in found[f"{column(where)}2"]
    assert (waiting.good_rows, waiting.warned_rows) == (1, 1)


def test_relations_are_held_against_sex_and_age() -> None:
    waiting = staged(
        line(0),
        line(1, 户编号="H0", 与户主关系="之女", 身份证号=number(1, born=date(1990, 1, 1))),
        line(2, 户编号="H0", 与户主关系="之父", 身份证号=number(2, born=date(1959, 1, 1))),
    )
    found = warnings(waiting)
    assert list(found) == [f"{column('与户主关系')}3", f"{column('与户主关系')}4"]
    assert "性别" in found[f"{column('与户主关系')}3"]
    assert "年龄" in found[f"{column('与户主关系')}4"]


def test_one_name_and_birthday_under_two_numbers_is_odd() -> None:
    waiting = staged(line(0), line(1, 姓名="甲0"))
    assert "是否同一人" in warnings(waiting)[f"{column('姓名')}3"]


def test_a_heading_that_is_missing_is_said_and_nothing_waits() -> None:
    heading = [name for name in HEADING if name != "户编号"]
    waiting = read(send(as_csv(["甲"] * len(heading), heading=heading)))
    assert waiting.state == "failed"
    assert "户编号" in waiting.failure_zh
    assert "household" in waiting.failure_en
    assert not waiting.staged.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("名单.xls", b"\xd0\xcf\x11\xe0"),
        ("名单.csv", b""),
        ("名单.csv", b"PK\x03\x04 a workbook"),
        ("名单.xlsx", as_csv(line(0))),
        ("名单.csv", b"a\0b"),
    ],
)
def test_another_kind_of_file_is_not_taken(name: str, content: bytes) -> None:
    with pytest.raises(RegistryRefused):
        send(content, name)
    assert not PeopleImport.objects.exists()


def test_a_file_too_large_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doudi.office.imports.intake.MOST_BYTES", 10)
    monkeypatch.setattr("doudi.office.imports.bounds.MOST_BYTES", 10)
    with pytest.raises(RegistryRefused, match="larger"):
        send(as_csv(line(0)))


def test_a_name_with_folders_is_a_name() -> None:
    assert send(as_csv(line(0)), "../../etc\\名单.csv").file_name == "名单.csv"


def test_a_run_that_was_interrupted_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = send(as_csv(line(0), line(1)))

    def dies(*_given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(staging, "_finish", dies)
        with pytest.raises(KeyboardInterrupt):
            services.stage_file(waiting.public_id)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.staged.count()) == ("reading", 2)
    assert read(waiting).state == "staged"
    assert waiting.staged.count() == 2


def test_statements_grow_with_the_thousands_of_rows_only() -> None:
    def statements(people: int) -> int:
        waiting = send(as_csv(*[line(serial) for serial in range(people)]))
        with CaptureQueriesContext(connection) as queries:
            services.stage_file(waiting.public_id)
        return len(queries)

    assert statements(200) == statements(10)


def test_the_database_knows_how_many_rows_wait_before_it_plans_by_it() -> None:
    """PostgreSQL took a file of 100,000 for a few rows, and recording it never came to an end."""
    waiting = send(as_csv(*[line(serial) for serial in range(60)]))
    with CaptureQueriesContext(connection) as queries:
        services.stage_file(waiting.public_id)
    renewed = [query["sql"] for query in queries if query["sql"].startswith("ANALYZE")]
    if connection.vendor != "postgresql":
        assert renewed == []
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'imports_stagedrow'")
        assert cursor.fetchone()[0] >= 60


def test_the_template_comes_back_without_a_fault_of_its_own() -> None:
    content = services.people_template(Division.objects.get(pk=LEAGUE))
    waiting = read(send(content, "模板.xlsx"))
    assert waiting.failure_zh == "文件里没有人员"
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names[:2] == ["人员", "填写说明"]
    villages = [str(row[2]) for row in book.get_sheet_by_name("选项").to_python() if row[2]]
    assert villages[0].startswith("152201001001 ")
    assert len(villages) == 3


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doudi.office.imports.bounds.MOST_UNZIPPED", 1_000)
    waiting = read(send(as_workbook(line(0)), "名单.xlsx"))
    assert (waiting.state, waiting.failure_zh) == ("failed", "文件展开后太大，不收")


def test_a_workbook_with_a_cell_far_out_is_refused() -> None:
    waiting = read(send(as_workbook(line(0), [""] * 700 + ["x"]), "名单.xlsx"))
    assert waiting.state == "failed"
    assert "Z 列以右" in waiting.failure_zh
