"""`doudi settle`: a file of claims in order, with each person's year, or all its faults."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from tests.commands.conftest import ROOT, Doudi, run_python
from tests.commands.test_estimate import PAYERS, floats_in

from doudi.estimate import year
from doudi.estimate.claims_file import BadClaims, ClaimRow
from doudi.estimate.year import settle_file
from doudi.policies import policy
from doudi.rules import Policy
from doudi.rules.facts import Fact

CHINESE = ("人员", "日期", "类别", "级别", "盟外", "费用", "目录内", "建档立卡", "大病")
ENGLISH = (
    "person", "date", "kind", "hospital_level", "outside_league", "bill", "catalogue",
    "registered", "serious",
)  # fmt: skip

SEVEN: Sequence[tuple[str, ...]] = (
    ("甲", "2018-01-10", "住院", "三级", "否", "12000", "12000", "是", "否"),
    ("甲", "2018-02-03", "门诊慢性病", "", "", "500", "450", "是", ""),
    ("甲", "2018-02-20", "代购药品", "", "", "200", "200", "是", ""),
    ("甲", "2018-03-05", "门诊统筹", "", "", "100", "80", "是", ""),
    ("甲", "2018-03-06", "门诊观察", "", "", "300", "300", "是", ""),
    ("甲", "2018-04-01", "家庭病床", "", "", "5000", "5000", "是", ""),
    ("甲", "2018-05-01", "签约服务包诊查费", "", "", "60", "60", "是", ""),
)
# Worked out by hand from semantics.md §3 and §4: basic, critical, commercial, assistance,
# backstop, own.
SEVEN_AMOUNTS = [
    (855_000, 0, 189_750, 139_725, 0, 15_525),  # 75% of 11,400; 55% of the rest; 90% of the rest
    (33_750, 0, 0, 6_750, 0, 9_500),  # 75% of 450, topped up to 405
    (15_000, 0, 0, 3_000, 0, 2_000),  # 75% of 200, topped up to 180
    (5_200, 0, 0, 0, 0, 4_800),  # 65% of 80
    (19_500, 0, 0, 0, 0, 10_500),  # 65% of 300
    (420_000, 0, 0, 0, 0, 80_000),  # up to 4,200 a year
    (5_400, 0, 0, 0, 0, 600),  # all but a tenth
]

Write = Callable[..., Path]


@pytest.fixture
def claims_csv(tmp_path: Path) -> Write:
    """Writes rows under a heading as CSV and returns the path."""

    def write(
        rows: Sequence[Sequence[str]],
        heading: Sequence[str] = CHINESE,
        encoding: str = "utf-8",
        name: str = "claims.csv",
    ) -> Path:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([heading, *rows])
        path = tmp_path / name
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


def amounts(claim: dict[str, Any]) -> tuple[int, ...]:
    return (*(claim["payers"][name] for name in PAYERS), claim["own_fen"])


def stay(person: str, day: str, bill: str = "12000", **more: str) -> tuple[str, ...]:
    """A row of a registered stay in the league hospital; ``more`` replaces cells by heading."""
    row = dict(zip(ENGLISH, (person, day, "inpatient", "3", "否", bill, bill, "是", "否"),
                   strict=True))  # fmt: skip
    return tuple({**row, **more}.values())


# ---- Amounts and order ---------------------------------------------------------------------


@pytest.mark.clause("H-07", "H-16", "H-17", "H-18", "H-19", "H-25", "H-47")
def test_all_seven_kinds_are_settled_to_the_fen(doudi: Doudi, claims_csv: Write) -> None:
    data = doudi.json("settle", claims_csv(SEVEN))
    assert [amounts(claim) for claim in data["claims"]] == SEVEN_AMOUNTS
    assert [claim["row"] for claim in data["claims"]] == [2, 3, 4, 5, 6, 7, 8]
    assert data["broken_promises"] == []
    assert floats_in(data) == []


def test_the_totals_of_the_year_are_the_sums_of_its_claims(doudi: Doudi, claims_csv: Write) -> None:
    [person_year] = doudi.json("settle", claims_csv(SEVEN))["years"]
    assert (person_year["person"], person_year["year"]) == ("甲", 2018)
    totals = person_year["totals_fen"]
    assert totals["registered_own"] == sum(claim[-1] for claim in SEVEN_AMOUNTS) == 122_925
    assert totals["inpatient_basic"] == 855_000
    assert totals["inpatient_assistance"] == 139_725
    assert totals["family_bed_pay"] == 420_000
    assert totals["left_after_basic"] == 1_200_000 - 855_000


def test_english_headings_and_words_say_the_same(doudi: Doudi, claims_csv: Write) -> None:
    words = {"是": "yes", "否": "no", "三级": "3"}
    kinds = ("inpatient", "chronic", "drug_purchase", "outpatient", "observation", "family_bed",
             "package")  # fmt: skip
    rows = [
        (row[0], row[1], kind, *(words.get(cell, cell) for cell in row[3:]))
        for row, kind in zip(SEVEN, kinds, strict=True)
    ]
    assert doudi.json("settle", claims_csv(rows, ENGLISH)) == doudi.json(
        "settle", claims_csv(SEVEN, name="chinese.csv")
    )


def test_a_csv_from_chinese_excel_is_read_in_its_own_encoding(
    doudi: Doudi, claims_csv: Write
) -> None:
    utf8 = doudi.json("settle", claims_csv(SEVEN))
    for encoding in ("gb18030", "utf-8-sig"):
        path = claims_csv(SEVEN, encoding=encoding, name=f"{encoding}.csv")
        assert doudi.json("settle", path) == utf8


def test_a_workbook_with_real_dates_and_numbers_says_the_same(
    doudi: Doudi, claims_csv: Write, tmp_path: Path
) -> None:
    path = tmp_path / "claims.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day_format = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, CHINESE)
        for number, row in enumerate(SEVEN, start=1):
            person, day, kind, level, outside, bill, catalogue, registered, serious = row
            sheet.write_row(number, 0, [person, None, kind, level and 3])
            sheet.write_datetime(number, 1, datetime.fromisoformat(day), day_format)
            sheet.write_row(number, 4, [outside, float(bill), float(catalogue)])
            sheet.write_boolean(number, 7, registered == "是")
            sheet.write(number, 8, serious)
    assert doudi.json("settle", path) == doudi.json("settle", claims_csv(SEVEN))


def test_cents_of_a_workbook_come_through_exactly(doudi: Doudi, tmp_path: Path) -> None:
    """0.1 + 0.2 and the like: a workbook stores binary floats, what was typed is decimal."""
    path = tmp_path / "claims.xlsx"
    typed = [0.01, 0.29, 1.1, 4.35, 1234.56, 8_999_999.99, 9_999_999_999.99]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["person", "date", "kind", "bill", "catalogue", "registered"])
        for number, bill in enumerate(typed, start=1):
            sheet.write_row(number, 0, [number, "2018-03-01", "outpatient", bill, 0, "no"])
    data = doudi.json("settle", path)
    assert [claim["bill_fen"] for claim in data["claims"]] == [
        1, 29, 110, 435, 123_456, 899_999_999, 999_999_999_999,
    ]  # fmt: skip
    assert [claim["person"] for claim in data["claims"]] == ["1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.clause("H-18", "H-26")
def test_claims_count_by_date_and_then_by_their_order_in_the_file(
    doudi: Doudi, claims_csv: Write
) -> None:
    rows = [
        ("甲", "2018-03-02", "家庭病床", "", "", "3000", "3000", "是", ""),
        ("甲", "2018-03-01", "家庭病床", "", "", "3000", "3000", "是", ""),
        ("甲", "2018-03-01", "家庭病床", "", "", "500", "500", "是", ""),
    ]
    data = doudi.json("settle", claims_csv(rows))
    settled = [(claim["row"], claim["payers"]["basic"]) for claim in data["claims"]]
    assert settled == [(3, 300_000), (4, 50_000), (2, 70_000)]


@pytest.mark.clause("H-12")
def test_the_second_stay_of_a_year_starts_where_the_first_ended(
    doudi: Doudi, claims_csv: Write
) -> None:
    rows = [stay("甲", "2018-05-01", "100000", serious="是", catalogue="90000"),
            stay("甲", "2018-06-01")]  # fmt: skip
    first, second = doudi.json("settle", claims_csv(rows, ENGLISH))["claims"]
    assert amounts(first) == (7_105_000, 836_500, 582_175, 428_693, 547_632, 500_000)
    # The year is above the critical-illness deductible already and the 5,000 yuan are paid:
    # 70% of 3,450; 55% of 1,035; 90% of 465.75; the rest is the backstop's.
    assert amounts(second) == (855_000, 241_500, 56_925, 41_918, 4_657, 0)


def test_each_person_has_a_year_of_their_own(doudi: Doudi, claims_csv: Write) -> None:
    rows = [stay(person, day) for day in ("2018-01-01", "2018-02-01") for person in ("甲", "乙")]
    both = doudi.json("settle", claims_csv(rows, ENGLISH))
    for person in ("甲", "乙"):
        own_rows = [row for row in rows if row[0] == person]
        alone = doudi.json("settle", claims_csv(own_rows, ENGLISH, name="alone.csv"))
        mine = [claim for claim in both["claims"] if claim["person"] == person]
        assert [amounts(claim) for claim in mine] == [amounts(one) for one in alone["claims"]]
        assert alone["years"] == [one for one in both["years"] if one["person"] == person]


@pytest.mark.clause("X-03")
def test_what_was_paid_before_registration_does_not_count(doudi: Doudi, claims_csv: Write) -> None:
    rows = [stay("甲", "2018-01-01", registered="否"), stay("甲", "2018-07-01")]
    data = doudi.json("settle", claims_csv(rows, ENGLISH))
    assert data["claims"][0]["own_fen"] == 498_000
    assert data["years"][0]["totals_fen"]["registered_own"] == data["claims"][1]["own_fen"]


def test_amounts_may_be_written_as_people_write_them(doudi: Doudi, claims_csv: Write) -> None:
    written = {
        "1,234.50": 123_450, "12000元": 1_200_000, "¥12,000": 1_200_000, " 0.5 ": 50, "0": 0,
        "12000.00": 1_200_000,
    }  # fmt: skip
    rows = [stay(str(number), "2018-05-01", text) for number, text in enumerate(written)]
    data = doudi.json("settle", claims_csv(rows, ENGLISH))
    assert [claim["bill_fen"] for claim in data["claims"]] == list(written.values())


def test_dates_may_be_written_as_people_write_them(doudi: Doudi, claims_csv: Write) -> None:
    written = ["2018-05-01", "2018/5/1", "2018.5.1", "2018年5月1日", "20180501", "2018-5-01"]
    rows = [stay(str(number), text) for number, text in enumerate(written)]
    data = doudi.json("settle", claims_csv(rows, ENGLISH))
    assert [claim["date"] for claim in data["claims"]] == ["2018-05-01"] * len(written)


def test_a_blank_line_is_passed_over_and_still_counted(doudi: Doudi, claims_csv: Write) -> None:
    rows = [stay("甲", "2018-05-01"), ("",) * len(ENGLISH), stay("甲", "2018-05-02")]
    data = doudi.json("settle", claims_csv(rows, ENGLISH))
    assert [claim["row"] for claim in data["claims"]] == [2, 4]


def test_another_reading_and_adopted_values_hold_for_the_whole_file(
    doudi: Doudi, claims_csv: Write, adoption: Any
) -> None:
    path = claims_csv(SEVEN)
    relative = doudi.json("settle", path, "--set", "rise=relative")
    assert amounts(relative["claims"][0]) == (815_100, 0, 211_695, 155_885, 0, 17_320)
    adopted = doudi.json(
        "settle", path, "--adoption", adoption(("basic_deductible[3]", "800 yuan"))
    )
    assert amounts(adopted["claims"][0]) == (870_000, 0, 181_500, 133_650, 0, 14_850)
    versions = {one["policy"]["version"] for one in (relative, adopted)}
    assert len(versions | {doudi.json("settle", path)["policy"]["version"]}) == 3


# ---- The example, and what a person reads --------------------------------------------------


def test_the_example_holds_every_kind_and_keeps_every_promise(doudi: Doudi) -> None:
    data = doudi.json("settle", doudi.root / "examples" / "claims_2018.csv")
    kinds = {"inpatient", "chronic", "drug_purchase", "outpatient", "observation", "family_bed",
             "package"}  # fmt: skip
    assert {claim["kind"] for claim in data["claims"]} == kinds
    assert len({claim["person"] for claim in data["claims"]}) == 3
    assert data["broken_promises"] == []
    for claim in data["claims"]:
        assert sum(amounts(claim)) == claim["bill_fen"]
        assert min(amounts(claim)) >= 0
    beds = [claim["payers"]["basic"] for claim in data["claims"] if claim["kind"] == "family_bed"]
    assert beds == [300_000, 120_000]


def test_a_line_for_each_claim_and_one_for_each_year_can_be_read(
    doudi: Doudi, claims_csv: Write
) -> None:
    ran = doudi("settle", claims_csv(SEVEN))
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert len([line for line in lines if line.startswith("第")]) == len(SEVEN)
    assert "第2行 甲 2018-01-10 住院" in lines[0]
    assert "155.25" in lines[0]
    [totals] = [line for line in lines if line.startswith("  甲 2018")]
    assert "1,229.25" in totals


def test_the_steps_are_printed_when_asked_for(doudi: Doudi, claims_csv: Write) -> None:
    path = claims_csv(SEVEN)
    assert "steps" not in doudi.json("settle", path)["claims"][0]
    for claim in doudi.json("settle", path, "--explain")["claims"]:
        results = {step["rule"]: step["result"] for step in claim["steps"]}
        assert results["own_pay"] == claim["own_fen"]
    assert "inpatient_basic(" in doudi("settle", path, "--explain").out


def test_the_program_settles_the_example_as_a_process() -> None:
    ran = run_python("settle", str(ROOT / "examples" / "claims_2018.csv"), "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(json.loads(ran.stdout)["claims"]) == 11


def test_a_broken_promise_is_named_with_its_row_and_fails_the_run(
    doudi: Doudi, claims_csv: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        year,
        "broken_promises",
        lambda settled: ["a_stay_costs_at_most_a_tenth"] if settled.day.month == 3 else [],
    )
    ran = doudi("settle", claims_csv(SEVEN), "--json")
    assert ran.status == 1
    assert ran.data["broken_promises"] == [
        "5: a_stay_costs_at_most_a_tenth",
        "6: a_stay_costs_at_most_a_tenth",
    ]
    assert "5: a_stay_costs_at_most_a_tenth" in ran.err


# ---- Faults: all of them, and nothing settled ----------------------------------------------


def test_every_fault_of_a_file_is_reported_with_row_field_value_and_reason(
    doudi: Doudi, claims_csv: Write
) -> None:
    rows = [
        stay("甲", "2018-05-01"),
        stay("甲", "2018-02-30", "100.005"),
        stay("", "2018-05-01"),
        stay("甲", "2018-05-01", kind="surgery"),
        stay("甲", "2018-05-01", hospital_level="4", registered="maybe"),
        stay("甲", "2018-05-01", "1000", catalogue="1000.01"),
        stay("甲", "2019-01-01"),
        stay("甲", "2018-05-01", "-5"),
        stay("甲", "2018-05-01", "10000000000.01"),
    ]
    path = claims_csv(rows, ENGLISH)
    expected = [
        ("3", "date", "2018-02-30", "没有这一天", "no such day"),
        ("4", "person", "", "没有填", "is missing"),
        ("5", "kind", "surgery", "只能填", "must be one of"),
        ("6", "hospital_level", "4", "只能填", "must be one of"),
        ("6", "registered", "maybe", "是 或 否", "yes or no"),
        ("7", "catalogue", "1,000.01", "不能大于", "must not exceed"),
        ("8", "date", "2019-01-01", "hinggan-2018", "no version in force"),
        ("9", "bill", "-5", "最多两位小数", "two decimals"),
        ("9", "catalogue", "-5", "最多两位小数", "two decimals"),
        ("10", "bill", "10000000000.01", "10,000,000,000 元", "10,000,000,000 yuan"),
        ("10", "catalogue", "10000000000.01", "10,000,000,000 元", "10,000,000,000 yuan"),
    ]
    lines = doudi("settle", path).complaints
    for row, field, value, zh, _en in expected:
        assert holding(lines, f"第{row}行 {field}", value, zh), (row, field)
    assert holding(lines, "第2行") == []
    for more in ("--json", "--explain"):
        assert doudi("settle", path, more).complaints == lines
    english = doudi("--lang", "en", "settle", path).complaints
    for row, field, value, _zh, en in expected:
        assert holding(english, f"row {row} {field}", value, en), (row, field)
    assert len(english) == len(lines)


def holding(lines: Sequence[str], *fragments: str) -> list[str]:
    return [line for line in lines if all(fragment in line for fragment in fragments)]


def test_an_amount_is_faulty_even_where_the_date_is_faulty_too(
    doudi: Doudi, claims_csv: Write
) -> None:
    """One pass through the clerk's corrections should be enough."""
    lines = doudi("settle", claims_csv([stay("甲", "2018-02-30", "1.005")], ENGLISH)).complaints
    assert holding(lines, "第2行 date")
    assert holding(lines, "第2行 bill", "1.005")


@pytest.mark.parametrize("text", ["100.005", "1,23", "1e3", "一百", "12 000", "0x10", "--1"])
def test_what_is_no_amount_is_refused_as_it_was_written(
    doudi: Doudi, claims_csv: Write, text: str
) -> None:
    rows = [stay("甲", "2018-05-01", "1000", catalogue=text)]
    [line] = doudi("settle", claims_csv(rows, ENGLISH)).complaints
    assert holding([line], "第2行 catalogue", repr(text), "最多两位小数")


@pytest.mark.parametrize(
    "text", ["2018-11", "2018", "11-12-2018", "2018-0511", "201851", "43221", "2018-5", "春节"]
)
def test_what_is_no_full_date_is_refused_and_never_completed(
    doudi: Doudi, claims_csv: Write, text: str
) -> None:
    [line] = doudi("settle", claims_csv([stay("甲", text)], ENGLISH)).complaints
    assert holding([line], "第2行 date", repr(text), "2018-04-28")


@pytest.mark.clause("X-03")
def test_a_claim_of_the_next_year_is_refused_by_name_and_never_settled_by_this_year(
    doudi: Doudi, claims_csv: Write
) -> None:
    rows = [stay("甲", "2018-12-31"), stay("甲", "2019-01-01"), stay("甲", "2017-12-31")]
    lines = doudi("settle", claims_csv(rows, ENGLISH)).complaints
    assert len(lines) == 2
    assert holding(lines, "第3行 date", "2019-01-01", "hinggan-2018")
    assert holding(lines, "第4行 date", "2017-12-31", "hinggan-2018")


@pytest.mark.parametrize("missing", ["person", "date", "kind", "bill"])
def test_a_missing_column_is_named(doudi: Doudi, claims_csv: Write, missing: str) -> None:
    place = ENGLISH.index(missing)
    row = stay("甲", "2018-05-01")
    path = claims_csv([row[:place] + row[place + 1 :]], ENGLISH[:place] + ENGLISH[place + 1 :])
    [line] = doudi("settle", path).complaints
    assert holding([line], "第1行", missing, "缺少这一列")


def test_a_column_that_only_some_kinds_need_is_missing_where_it_is_needed(
    doudi: Doudi, claims_csv: Write
) -> None:
    heading = ("人员", "日期", "类别", "费用", "目录内", "建档立卡")
    rows = [("甲", "2018-05-01", "门诊统筹", "100", "80", "是"),
            ("甲", "2018-05-02", "住院", "100", "80", "是")]  # fmt: skip
    lines = doudi("settle", claims_csv(rows, heading)).complaints
    for name in ("hospital_level", "outside_league", "serious"):
        assert holding(lines, "第3行", name, "没有填")
    assert holding(lines, "第2行") == []


def test_a_column_that_stands_twice_is_refused(doudi: Doudi, claims_csv: Write) -> None:
    for heading in (("费用", "费用"), ("费用", "总费用"), ("bill", "费用（元）")):
        names = ("人员", "日期", "类别", *heading, "目录内", "建档立卡")
        path = claims_csv([("甲", "2018-05-01", "门诊统筹", "1", "2", "1", "是")], names)
        [line] = doudi("settle", path).complaints
        assert holding([line], "第1行", heading[1], "重复")


def test_a_column_that_nobody_knows_is_refused(doudi: Doudi, claims_csv: Write) -> None:
    path = claims_csv([(*row, "x") for row in SEVEN], (*CHINESE, "备注"))
    [line] = doudi("settle", path).complaints
    assert holding([line], "第1行", "备注", "不认识")


def test_an_amount_split_by_its_comma_is_refused_and_never_read_as_its_thousands(
    doudi: Doudi, tmp_path: Path
) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "人员,日期,类别,目录内,建档立卡,费用\n甲,2018-05-01,门诊统筹,1,是,1,234.50\n",
        encoding="utf-8",
    )
    [line] = doudi("settle", path).complaints
    assert holding([line], "第2行", "234.50")


def test_an_empty_file_and_a_heading_alone_are_refused(
    doudi: Doudi, claims_csv: Write, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    [line] = doudi("settle", empty).complaints
    assert "空" in line
    [line] = doudi("settle", claims_csv([])).complaints
    assert "没有就医记录" in line


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no more of it", "人员,日期".encode()])
def test_what_is_called_a_workbook_and_is_none_is_refused(
    doudi: Doudi, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "claims.xlsx"
    path.write_bytes(content)
    [line] = doudi("settle", path).complaints
    assert "Excel" in line


def test_a_file_that_cannot_be_read_at_all_is_refused_in_one_line(
    doudi: Doudi, tmp_path: Path
) -> None:
    strange = tmp_path / "strange.csv"
    for content in (b"\xff\xfe\x00\x01\x02", b'person,date\n"' + b"x" * 200_000):
        strange.write_bytes(content)
        assert len(doudi("settle", strange).complaints) == 1
    [line] = doudi("settle", tmp_path / "absent.csv").complaints
    assert "absent.csv" in line
    assert len(doudi("settle", tmp_path).complaints) == 1


def test_a_kind_without_a_bill_is_refused(doudi: Doudi, claims_csv: Write) -> None:
    rows = [stay("甲", "2018-05-01", kind="参保缴费"), stay("甲", "2018-05-01", kind="住院")]
    [line] = doudi("settle", claims_csv(rows, ENGLISH)).complaints
    assert holding([line], "第2行 kind", "enrolment")


def test_a_long_number_that_excel_has_rounded_is_refused_as_a_person(
    doudi: Doudi, tmp_path: Path
) -> None:
    """Two people whose ID numbers differ in the last digits would share one year."""
    path = tmp_path / "claims.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["person", "date", "kind", "bill", "catalogue", "registered"])
        rest = ["2018-03-01", "outpatient", 10, 10, "no"]
        sheet.write_row(1, 0, [990000190001010011, *rest])
        sheet.write_row(2, 0, [123456789012345 - 10**14, *rest])
        sheet.write_string(3, 0, "990000190001010012")
        sheet.write_row(3, 1, rest)
    [line] = doudi("settle", path).complaints
    assert holding([line], "第2行 person", "文本")


def test_a_long_number_that_excel_has_shortened_in_a_csv_is_refused_as_a_person(
    doudi: Doudi, claims_csv: Write
) -> None:
    rows = [stay("9.90000E+17", "2018-05-01"), stay("990000190001010012", "2018-05-01")]
    [line] = doudi("settle", claims_csv(rows, ENGLISH)).complaints
    assert holding([line], "第2行 person", "文本")


def test_a_year_too_large_to_compute_is_refused_with_the_row_that_makes_it_so(
    doudi: Doudi, claims_csv: Write
) -> None:
    largest = "10000000000"
    rows = [("甲", "2018-05-01", "门诊统筹", "", "", largest, "0", "否", "") for _ in range(3)] + [
        stay("乙", "2018-05-02", largest, registered="否", catalogue=largest)
    ] * 901
    lines = doudi("settle", claims_csv(rows)).complaints
    assert len(lines) == 1
    assert lines[0].startswith("第")


# ---- Without a file ------------------------------------------------------------------------


def over_new_year(pack: Policy) -> Policy:
    """The pack as if all its values held for 2019 too."""
    end = date(2019, 12, 31)
    parameters = {
        name: replace(item, values=(replace(item.on(pack.valid_to), valid_to=end),))
        for name, item in pack.parameters.items()
    }
    return replace(pack, valid_to=end, parameters=parameters)


@pytest.mark.clause("H-12", "H-18")
def test_a_new_year_starts_from_nothing() -> None:
    facts: dict[str, Fact] = {
        "kind": "family_bed",
        "bill": 500_000,
        "catalogue": 500_000,
        "registered": True,
    }
    days = [date(2018, 12, 30), date(2018, 12, 31), date(2019, 1, 1)]
    claims = [ClaimRow(number, "甲", day, facts) for number, day in enumerate(days, start=2)]
    settled = settle_file(over_new_year(policy("hinggan-2018")), claims)
    paid = [row.explanation.outputs["basic_pay"] for row in settled.claims]
    assert paid == [420_000, 0, 420_000]
    assert list(settled.years) == [("甲", 2018), ("甲", 2019)]


def test_the_faults_of_a_file_read_in_both_languages_outside_the_command() -> None:
    facts: dict[str, Fact] = {"kind": "inpatient", "bill": 100, "catalogue": 200}
    with pytest.raises(BadClaims, match=r"第2行.*\| row 2") as caught:
        settle_file(policy("hinggan-2018"), [ClaimRow(2, "甲", date(2018, 5, 1), facts)])
    assert [fault.field for fault in caught.value.faults] == ["catalogue"]
