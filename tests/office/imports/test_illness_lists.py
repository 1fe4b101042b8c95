"""A file puts its people on disease lists: faults by cell, odd things told, undone with them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from tests.office.imports.files import LEAGUE, as_csv, committed, line, staged
from tests.office.registry.conftest import SAID, number

from doudi.office.audit.models import Call
from doudi.office.care.selectors import serious_patients, severe_patients
from doudi.office.imports import services
from doudi.office.registry import services as registry
from doudi.office.registry.diseases import TEN_DISEASES
from doudi.office.registry.models import DiseaseListing, Division, Person
from doudi.office.registry.selectors import standing_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]
ILL: dict[str, Any] = {
    "大病病种": "胃癌",
    "慢性病病种": "高血压、糖尿病",
    "特殊慢性病病种": "慢性肾病",
    "重病兜底病种": "胃癌",
    "列入名单日期": "2017-03-01",
    "健康状况": "患有大病",
}
LISTED = [
    ("chronic", "糖尿病"),
    ("chronic", "高血压"),
    ("serious", "胃癌"),
    ("severe_backstop", "胃癌"),
    ("special_chronic", "慢性肾病"),
]


def listed() -> list[tuple[str, str]]:
    return sorted(DiseaseListing.objects.values_list("list", "disease"))


@pytest.mark.clause("H-34")
def test_a_file_puts_its_people_on_their_lists() -> None:
    done = committed(line(0, **ILL), line(1))
    assert listed() == sorted(LISTED)
    row = DiseaseListing.objects.get(list="serious")
    assert (row.valid_from, row.valid_to, row.recorded_by) == (date(2017, 3, 1), None, "乡乙")
    assert row.document == "扶贫办〔2016〕1号"
    assert row.person.name == "甲0"
    assert standing_on(row.person_id, date(2018, 5, 1)).serious
    assert not standing_on(row.person_id, date(2017, 2, 28)).serious
    assert done.staged.get(row=2).warnings == []
    assert Call.objects.get(service="commit_import").detail["listings"] == 5


def test_the_command_reads_the_same_columns(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(as_csv(line(0, **ILL), line(1)))
    registry.import_people_file(**SAID, path=path, synthetic=True)
    assert listed() == sorted(LISTED)


@pytest.mark.parametrize(
    ("given", "heading", "said"),
    [
        ({"大病病种": "胃癌"}, "列入名单日期", "填了大病病种就要填"),
        ({"列入名单日期": "2017-03-01"}, "列入名单日期", "没有填病种"),
        ({"慢性病病种": "高血压", "列入名单日期": "3/1/2017"}, "列入名单日期", "哪个是月"),
        ({"慢性病病种": "高" * 61, "列入名单日期": "2017-03-01"}, "慢性病病种", "最多 60 个字"),
        ({"慢性病病种": "甲、甲", "列入名单日期": "2017-03-01"}, "慢性病病种", "重复"),
        ({"重病兜底病种": "、", "列入名单日期": "2017-03-01"}, "重病兜底病种", "病种名称"),
    ],
)
def test_a_wrong_cell_is_named(given: dict[str, str], heading: str, said: str) -> None:
    waiting = staged(line(0), line(1, **given))
    (fault,) = waiting.staged.get(row=3).faults
    assert (fault["heading"], fault["cell"][-1]) == (heading, "3")
    assert (
        fault["cell"][:-1]
        == waiting.columns[
            {"列入名单日期": "listed_from", "慢性病病种": "chronic_disease"}.get(
                heading, "severe_disease"
            )
        ]
    )
    assert said in fault["zh"]


def test_what_is_odd_about_an_illness_is_told_and_hinders_nothing() -> None:
    odd = {"大病病种": "胃癌、疑难杂症", "列入名单日期": "1950-01-01", "健康状况": "健康"}
    done = committed(line(0, **odd))
    told = {note["heading"]: note["zh"] for note in done.staged.get(row=2).warnings}
    assert "请核对写法" in told["大病病种"]
    assert "早于出生日期" in told["列入名单日期"]
    assert "却填健康" in told["健康状况"]
    assert done.committed_rows == 1


def test_the_template_offers_the_ten_diseases() -> None:
    content = services.people_template(Division.objects.get(pk=LEAGUE))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    offered = {cell for row in book.get_sheet_by_name("选项").to_python() for cell in row}
    assert len(TEN_DISEASES) == 10
    assert set(TEN_DISEASES) <= offered
    heading = book.get_sheet_by_name("人员").to_python()[0]
    assert {"大病病种", "慢性病病种", "特殊慢性病病种", "重病兜底病种"} <= set(heading)


def test_undoing_an_import_takes_its_people_off_every_list() -> None:
    done = committed(line(0, **ILL))
    people, day = Person.objects.all(), date(2018, 5, 1)
    assert serious_patients(people, day).count() == severe_patients(people, day).count() == 1
    services.ask_to_undo(actor="村甲", reason="传错", public_id=done.public_id)
    services.undo_import(actor="乡乙", reason="传错", public_id=done.public_id)
    assert serious_patients(people, day).count() == severe_patients(people, day).count() == 0
    again = registry.register_person(**SAID, name="甲", id_number=number(0), synthetic=True)
    assert not standing_on(again.pk, day).serious


def test_somebody_put_on_a_list_since_stays_when_the_import_is_undone() -> None:
    done = committed(line(0, **ILL), line(1))
    person = Person.objects.get(name="甲0")
    registry.list_disease(
        **SAID,
        person_id=person.pk,
        list="drug_purchase",
        disease="高血压",
        valid_from=date(2018, 1, 1),
        document="卫〔2018〕1号",
    )
    services.ask_to_undo(actor="村甲", reason="传错", public_id=done.public_id)
    services.undo_import(actor="乡乙", reason="传错", public_id=done.public_id)
    assert [row.name for row in Person.objects.all()] == ["甲0"]
    assert person.listings.count() == 6
