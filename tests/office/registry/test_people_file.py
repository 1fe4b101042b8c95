"""A file of people: all of it goes in, or every fault comes back by row and field."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.office.registry.conftest import OTHER_VILLAGE, SAID, VILLAGE, number, wrong_number

from doudi.office.audit.models import Call
from doudi.office.registry import selectors, services
from doudi.office.registry.models import Enrolment, Household, Person, RegistrationPeriod
from doudi.office.registry.people_file import read_people
from doudi.office.registry.people_rows import BadPeople, Insured, Registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]

HEADING = [
    "姓名",
    "身份证号",
    "户编号",
    "与户主关系",
    "性别",
    "村代码",
    "建档立卡日期",
    "退出日期",
    "致贫原因",
    "参保年度",
    "个人缴费",
    "缴费人",
    "社保卡号",
    "健康状况",
    "依据文件",
]
Rows = list[list[Any]]
Write = Callable[..., Path]


def line(serial: int = 0, **given: Any) -> list[Any]:
    facts: dict[str, Any] = {
        "姓名": f"甲{serial}",
        "身份证号": number(serial),
        "户编号": f"H{serial}",
        "与户主关系": "户主",
        "村代码": VILLAGE,
    } | given
    return [facts.get(name, "") for name in HEADING]


@pytest.fixture
def csv_file(tmp_path: Path) -> Write:
    def write(*rows: list[Any], heading: list[str] = HEADING, encoding: str = "utf-8") -> Path:
        path = tmp_path / "名单.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([heading, *rows])
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Write:
    def write(*rows: list[Any]) -> Path:
        path = tmp_path / "名单.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            days = book.add_format({"num_format": "yyyy-mm-dd"})
            for place, row in enumerate([HEADING, *rows]):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(place, column, cell, days)
                    else:
                        sheet.write(place, column, cell)
        return path

    return write


def faults_of(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(BadPeople) as bad:
        read_people(path)
    return [(fault.row, fault.field) for fault in bad.value.faults]


def only_fault(path: Path) -> Any:
    with pytest.raises(BadPeople) as bad:
        read_people(path)
    [fault] = bad.value.faults
    return fault


def take(path: Path) -> int:
    return services.import_people_file(**SAID, path=path, synthetic=True)


def test_everything_a_row_says_is_recorded(csv_file: Write) -> None:
    path = csv_file(
        line(
            0,
            建档立卡日期="2016-01-05",
            退出日期="2018-12-31",
            致贫原因="因病",
            参保年度="2017、2018",
            个人缴费="180.50",
            缴费人="政府",
            社保卡号="A1234 5678",
            性别="男",
            健康状况="大病",
            依据文件="扶贫办〔2016〕1号",
        ),
        line(1, 户编号="H0", 与户主关系="之子"),
    )
    assert take(path) == 2
    head = selectors.find_by_id_number(number(0))
    assert head is not None
    assert head == selectors.find_by_card("A12345678")
    assert (head.synthetic, head.health) == (True, "serious")
    assert head.household is not None
    assert head.household.division_id == VILLAGE
    period = head.registrations.get()
    assert (period.valid_from, period.valid_to, period.cause, period.document) == (
        date(2016, 1, 5),
        date(2018, 12, 31),
        "01",
        "扶贫办〔2016〕1号",
    )
    enrolments = head.enrolments.order_by("year").values_list("year", "premium_own_fen", "paid_by")
    assert list(enrolments) == [(2017, 180_50, "government"), (2018, 180_50, "government")]
    son = selectors.find_by_id_number(number(1))
    assert son is not None
    assert (son.household, son.relation) == (head.household, "03")
    assert not son.registrations.exists()
    assert services.reveal_id_number(**SAID, person_id=son.pk) == number(1)
    call = Call.objects.get(service="import_people")
    assert call.detail["people"] == 2
    assert call.actor == SAID["actor"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_excels_own_encodings_are_read(csv_file: Write, encoding: str) -> None:
    assert read_people(csv_file(line(0), encoding=encoding))[0].name == "甲0"


def test_english_headings_are_read_in_any_order(csv_file: Write) -> None:
    heading = ["division", "id_number", "name", "relation", "household", "cause", "registered_from"]
    row = [VILLAGE, number(0), "甲", "01", "H0", "11", "20160105"]
    [person] = read_people(csv_file(row, heading=heading))
    assert person.registration == Registered(date(2016, 1, 5), None, "11")
    assert person.document == "导入文件 名单.csv"


@pytest.mark.parametrize(
    "written", ["2016-01-05", "2016/1/5", "2016.1.5", "2016年1月5日", "20160105", "42374"]
)
def test_a_day_is_read_in_each_usual_form(csv_file: Write, written: str) -> None:
    [person] = read_people(csv_file(line(0, 建档立卡日期=written, 致贫原因="01")))
    assert person.registration == Registered(date(2016, 1, 5), None, "01")


def test_a_village_is_read_with_its_name_behind_the_code(csv_file: Write) -> None:
    [person] = read_people(csv_file(line(0, 村代码=f"{VILLAGE} 某嘎查")))
    assert person.division == VILLAGE


def test_a_workbook_is_read_with_its_dates_and_numbers(workbook: Write) -> None:
    [person] = read_people(
        workbook(
            line(
                0,
                户编号=1522,
                与户主关系=1,
                村代码=int(VILLAGE),
                建档立卡日期=date(2016, 1, 5),
                致贫原因=1,
                参保年度=2018,
                个人缴费=220.1,
                缴费人="本人",
            )
        )
    )
    assert (person.household, person.relation, person.division) == ("1522", "01", VILLAGE)
    assert person.registration == Registered(date(2016, 1, 5), None, "01")
    assert person.insured == Insured((2018,), 220_10, "person")


@pytest.mark.parametrize("shown", ["1.52E+17", "1.52290196105040E+17", "1.5229e17"])
def test_an_id_number_that_excel_cut_short_is_named(csv_file: Write, shown: str) -> None:
    fault = only_fault(csv_file(line(0, 身份证号=shown)))
    assert (fault.row, fault.field, fault.value) == (2, "身份证号", shown)
    assert "Excel" in fault.zh


def test_an_id_number_stored_as_a_number_is_never_trusted(workbook: Write) -> None:
    fault = only_fault(workbook(line(0, 身份证号=int(number(0)))))
    assert (fault.row, fault.field) == (2, "身份证号")
    assert "Excel" in fault.zh


def test_a_number_ending_in_zeros_hints_at_excel(csv_file: Write) -> None:
    fault = only_fault(csv_file(line(0, 身份证号=number(0)[:15] + "000")))
    assert "000" in fault.zh


def test_a_household_number_that_excel_cut_short_is_named(workbook: Write) -> None:
    fault = only_fault(workbook(line(0, 户编号=15222110520300010001)))
    assert (fault.row, fault.field) == (2, "户编号")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"姓名": ""}, "姓名"),
        ({"姓名": "甲" * 61}, "姓名"),
        ({"身份证号": wrong_number()}, "身份证号"),
        ({"身份证号": ""}, "身份证号"),
        ({"户编号": "第一户"}, "户编号"),
        ({"与户主关系": "邻居"}, "与户主关系"),
        ({"与户主关系": "之子"}, "与户主关系"),
        ({"村代码": "152221105999"}, "村代码"),
        ({"村代码": "152221105000"}, "村代码"),
        ({"村代码": "152221105"}, "村代码"),
        ({"建档立卡日期": "2016-01-05"}, "致贫原因"),
        ({"致贫原因": "01"}, "建档立卡日期"),
        ({"建档立卡日期": "2016-02-30", "致贫原因": "01"}, "建档立卡日期"),
        ({"建档立卡日期": "16-01-05", "致贫原因": "01"}, "建档立卡日期"),
        ({"建档立卡日期": "5/1/2016", "致贫原因": "01"}, "建档立卡日期"),
        ({"建档立卡日期": "423740", "致贫原因": "01"}, "建档立卡日期"),
        ({"建档立卡日期": "1", "致贫原因": "01"}, "建档立卡日期"),
        ({"性别": "女"}, "性别"),
        ({"性别": "不详"}, "性别"),
        ({"健康状况": "一般"}, "健康状况"),
        ({"建档立卡日期": "2016-01-05", "致贫原因": "12"}, "致贫原因"),
        (
            {"建档立卡日期": "2016-01-05", "致贫原因": "01", "退出日期": "2016-01-04"},
            "退出日期",
        ),
        ({"退出日期": "2016-01-04"}, "建档立卡日期"),
        ({"参保年度": "2018", "缴费人": "本人"}, "个人缴费"),
        ({"参保年度": "2018", "个人缴费": "0"}, "缴费人"),
        ({"参保年度": "18", "个人缴费": "0", "缴费人": "本人"}, "参保年度"),
        ({"参保年度": "2018,2018", "个人缴费": "0", "缴费人": "本人"}, "参保年度"),
        ({"参保年度": "2018", "个人缴费": "1.234", "缴费人": "本人"}, "个人缴费"),
        ({"参保年度": "2018", "个人缴费": "-1", "缴费人": "本人"}, "个人缴费"),
        ({"社保卡号": "12"}, "社保卡号"),
    ],
)
def test_a_fault_is_told_by_row_and_field(
    csv_file: Write, wrong: dict[str, str], field: str
) -> None:
    path = csv_file(line(1), line(0, **wrong))
    fault = only_fault(path)
    assert (fault.row, fault.field) == (3, field)
    assert fault.zh
    assert fault.en


def test_every_fault_of_a_file_comes_at_once_and_nothing_is_recorded(
    csv_file: Write, person: Callable[..., Person]
) -> None:
    person(id_number=number(9))
    path = csv_file(
        line(0),
        line(0, 户编号="H5"),
        line(9),
        line(3, 身份证号="1.52E+17", 村代码="999999999999"),
        line(4, 户编号="H0"),
        line(5, 户编号="H7", 与户主关系="配偶"),
        line(6, 户编号="H6"),
        line(7, 户编号="H6", 与户主关系="02", 村代码=OTHER_VILLAGE),
    )
    assert faults_of(path) == [
        (3, "身份证号"),
        (4, "身份证号"),
        (5, "身份证号"),
        (5, "村代码"),
        (6, "与户主关系"),
        (7, "与户主关系"),
        (9, "村代码"),
    ]
    with pytest.raises(BadPeople):
        take(path)
    assert Person.objects.count() == 1
    assert not Household.objects.exists()
    assert not Call.objects.filter(service="import_people").exists()


def test_a_fault_shows_no_whole_id_number(csv_file: Write) -> None:
    wrong = wrong_number()
    with pytest.raises(BadPeople) as bad:
        read_people(csv_file(line(0, 身份证号=wrong), line(1), line(1, 户编号="H9")))
    assert wrong not in str(bad.value)
    assert number(1) not in str(bad.value)
    assert "1522**********" in str(bad.value)


def test_people_join_a_household_of_the_registry(
    csv_file: Write, person: Callable[..., Person]
) -> None:
    head = person(id_number=number(9), household_number="H1", division_code=VILLAGE)
    take(csv_file(line(0, 户编号="H1", 与户主关系="配偶")))
    assert head.household is not None
    assert head.household.people.count() == 2
    assert faults_of(csv_file(line(1, 户编号="H1"))) == [(2, "与户主关系")]
    moved = line(1, 户编号="H1", 与户主关系="03", 村代码=OTHER_VILLAGE)
    assert faults_of(csv_file(moved)) == [(2, "村代码")]


def test_rows_that_no_longer_fit_the_registry_are_refused(csv_file: Write) -> None:
    path = csv_file(line(0), line(1))
    rows = read_people(path)
    take(csv_file(line(1)))
    with pytest.raises(BadPeople) as bad:
        services.import_people(**SAID, rows=rows, synthetic=True)
    assert [(fault.row, fault.field) for fault in bad.value.faults] == [
        (3, "身份证号"),
        (3, "与户主关系"),
    ]
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xff\xff", "姓名,身高\n甲,180\n".encode(), "姓名,姓名\n".encode()]
)
def test_what_is_no_people_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(content)
    with pytest.raises(BadPeople):
        read_people(path)
    broken = tmp_path / "名单.xlsx"
    broken.write_bytes(content)
    with pytest.raises(BadPeople):
        read_people(broken)
    with pytest.raises(BadPeople):
        read_people(tmp_path / "没有.csv")


def test_a_file_of_headings_only_is_refused(csv_file: Write) -> None:
    assert faults_of(csv_file()) == [(2, "")]


def test_a_cell_beyond_the_headings_is_named(csv_file: Write) -> None:
    assert faults_of(csv_file([*line(0), "220"])) == [(2, "")]


def test_statements_grow_by_the_thousand_rows_only(csv_file: Write) -> None:
    facts = {"建档立卡日期": "2016-01-05", "致贫原因": "01"}
    enrolled = {"参保年度": "2017、2018", "个人缴费": "180", "缴费人": "政府"}

    def statements(first: int, last: int) -> int:
        path = csv_file(*(line(serial, **facts, **enrolled) for serial in range(first, last)))
        with CaptureQueriesContext(connection) as queries:
            assert take(path) == last - first
        return len(queries)

    thousand = statements(0, 1000)
    assert statements(1000, 3000) <= 2 * thousand
    # SQLite takes 999 values a statement, so its thousand rows are cut in pieces.
    assert thousand < (80 if connection.vendor == "sqlite" else 40)
    assert RegistrationPeriod.objects.count() == 3000
    assert Enrolment.objects.count() == 6000
