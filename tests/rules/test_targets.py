"""Targets: whether a measurement meets one, and what a targets file may say."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi import policies
from doudi.rules.clauses import ClauseBook, read_clauses
from doudi.rules.errors import BadInput, BadValue, UnknownClause
from doudi.rules.targets import Comparator, Target, read_targets

TAP_WATER = """
tap_water_2015:
  task: 3
  clauses: [P-12]
  year: 2015
  area: {zh: 贫困地区, en: poor areas}
  zh: 自来水普及率
  en: Share with tap water
  is: ">="
  unit: rate
  value: 70%
  measure: {zh: 百分比, en: percent}
  figure: 自来水普及率达70%
"""
SAFE_WATER = """
safe_water_2015:
  clauses: [P-12]
  year: 2015
  area: {zh: 贫困地区, en: poor areas}
  zh: 饮水安全基本解决
  en: Safe water basically solved
  evidence: true
"""


@pytest.fixture(scope="module")
def book() -> ClauseBook:
    return read_clauses(Path(policies.__file__).with_name("clauses.yaml"))


def read(folder: Path, book: ClauseBook, text: str) -> tuple[Target, ...]:
    (folder / "targets.yaml").write_text(text, encoding="utf-8")
    return read_targets(folder, book)


@pytest.fixture
def tap_water(tmp_path: Path, book: ClauseBook) -> Target:
    return read(tmp_path, book, TAP_WATER)[0]


def test_a_pack_without_a_targets_file_has_no_targets(tmp_path: Path, book: ClauseBook) -> None:
    assert read_targets(tmp_path, book) == ()


def test_a_target_is_read_in_the_smallest_step_of_its_unit(tap_water: Target) -> None:
    assert tap_water == Target(
        id="tap_water_2015",
        task=3,
        clauses=("P-12",),
        zh="自来水普及率",
        en="Share with tap water",
        area_zh="贫困地区",
        area_en="poor areas",
        year=2015,
        yearly=False,
        evidence=False,
        comparator=Comparator.AT_LEAST,
        unit="rate",
        value=7000,
        measure_zh="百分比",
        measure_en="percent",
        since=None,
        figure="自来水普及率达70%",
        reading_zh="",
        reading_en="",
    )


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        (Comparator.AT_LEAST, False, True, True),
        (Comparator.RISE, False, True, True),
        (Comparator.AT_MOST, True, True, False),
        (Comparator.EQUAL, False, True, False),
        (Comparator.ABOUT, None, True, None),
    ],
)
def test_a_measurement_is_held_against_the_value(
    tap_water: Target,
    comparator: Comparator,
    below: bool | None,
    at: bool | None,
    above: bool | None,
) -> None:
    target = replace(tap_water, comparator=comparator)
    assert [target.met(measured) for measured in (6999, 7000, 7001)] == [below, at, above]


@given(measured=st.integers())
def test_about_a_figure_is_never_called_missed(measured: int) -> None:
    about = Target(
        "fertility", 11, ("P-20",), "总和生育率", "Total fertility", "重点旗县", "key banners",
        2015, False, False, Comparator.ABOUT, "hundredths", 168, "个", "children", None,
        "生育率在1.68", "", "",
    )  # fmt: skip
    assert about.met(measured) is (True if measured == 168 else None)


def test_what_evidence_decides_takes_yes_or_no_and_nothing_else(
    tmp_path: Path, book: ClauseBook
) -> None:
    target = read(tmp_path, book, SAFE_WATER)[0]
    assert target.evidence
    assert target.met(True) is target.met(1) is True
    assert target.met(False) is target.met(0) is False
    with pytest.raises(BadInput, match="safe_water_2015"):
        target.met(7000)


def test_a_measurement_with_a_fraction_is_refused(tap_water: Target) -> None:
    with pytest.raises(BadInput, match="whole number"):
        tap_water.met(70.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("  task: 3\n", "  task: three\n", "the task is a number"),
        ("  task: 3\n", "  goal: 3\n", "unknown keys"),
        ("  year: 2015\n", "  year: 15\n", "15 is not a year"),
        ("  year: 2015\n", "  yearly: maybe\n", "'yearly' is true or false"),
        ("  clauses: [P-12]\n", "", "cites no clause"),
        ('is: ">="', 'is: ">"', "'is' must be one of"),
        ('is: ">="', "is: rise", "since which year"),
        ("  unit: rate\n", "  unit: percent\n", "needs a unit"),
        ("value: 70%", "value: 0.7", "write a rate as '50%'"),
        ("  area: {zh: 贫困地区, en: poor areas}\n", "", "area: needs words"),
        ("  measure: {zh: 百分比, en: percent}\n", "", "measure: needs words"),
        ("  figure: 自来水普及率达70%\n", "", "quotes its figure or says how words are read"),
        ("  figure: 自来水普及率达70%\n", "  figure: 70\n", "in quotes"),
        ("  task: 3\n", "  evidence: true\n", "what evidence decides has no"),
    ],
)
def test_a_target_of_another_shape_is_refused_by_name(
    tmp_path: Path, book: ClauseBook, old: str, new: str, fault: str
) -> None:
    assert old in TAP_WATER
    with pytest.raises(BadValue, match=f"target tap_water_2015.*{fault}"):
        read(tmp_path, book, TAP_WATER.replace(old, new))


def test_a_target_of_an_unknown_clause_is_refused_by_name(tmp_path: Path, book: ClauseBook) -> None:
    with pytest.raises(UnknownClause, match=r"target tap_water_2015.*P-99"):
        read(tmp_path, book, TAP_WATER.replace("P-12", "P-99"))


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, book: ClauseBook) -> None:
    with pytest.raises(BadValue, match="mapping from id to target"):
        read(tmp_path, book, "- tap_water\n")
