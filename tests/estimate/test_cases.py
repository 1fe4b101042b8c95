"""The cases that the source tells, read from their files and held against what is computed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from doudi.estimate.cases import Case, CaseResult, read_cases, run_case
from doudi.policies import policy
from doudi.rules.errors import BadInput, BadValue, UnknownClause

HINGGAN = policy("hinggan-2018")

STAY: dict[str, Any] = {
    "id": "T-1",
    "clauses": ["H-11"],
    "lines": [51],
    "zh": "一次住院",
    "en": "A stay",
    "claim": {
        "date": date(2018, 4, 28),
        "facts": {
            "kind": "inpatient", "hospital_level": 3, "outside_league": False,
            "registered": True, "serious": False, "bill": "12000 yuan",
        },
    },
    "says": {"zh": "自付很少", "en": "little own payment", "own_below": "1000 yuan"},
    "expect": "within the range",
}  # fmt: skip


def read(folder: Path, content: Any) -> tuple[Case, ...]:
    """The case file of a pack that is otherwise hinggan-2018."""
    (folder / "cases").mkdir(exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "cases" / "case.yaml").write_text(text, encoding="utf-8")
    return read_cases(replace(HINGGAN, folder=folder))


def run(folder: Path, **changes: Any) -> CaseResult:
    [case] = read(folder, {key: value for key, value in {**STAY, **changes}.items() if value})
    return run_case(HINGGAN, case)


def claim(**facts: Any) -> dict[str, Any]:
    return {**STAY["claim"], "facts": {**STAY["claim"]["facts"], **facts}}


# ---- The cases of the pack -----------------------------------------------------------------


@pytest.fixture(scope="module")
def results() -> dict[str, CaseResult]:
    return {case.id: run_case(HINGGAN, case) for case in read_cases(HINGGAN)}


def test_every_case_stands_on_the_lines_on_which_the_page_tells_it(
    results: dict[str, CaseResult],
) -> None:
    assert {name: result.case.lines for name, result in results.items()} == {
        "C-1a": (35,),
        "C-1b": (37,),
        "C-2": (51, 53),
        "C-3": (75,),
        "C-4": (29, 57),
        "C-6": (61,),
        "C-7": (61, 71),
    }


def test_every_case_is_told_in_both_languages(results: dict[str, CaseResult]) -> None:
    for result in results.values():
        case = result.case
        for text in (case.zh, case.en, case.says_zh, case.says_en):
            assert text.strip()
        assert result.computed_zh != result.computed_en


def test_all_cases_agree(results: dict[str, CaseResult]) -> None:
    assert {name for name, result in results.items() if not result.agrees} == set()


@pytest.mark.clause("H-11")
def test_two_stays_are_judged_by_their_range_and_by_their_estimate(
    results: dict[str, CaseResult],
) -> None:
    # Of about 10,000 yuan less than 1,500: the floor alone leaves 1,000.
    assert results["C-1b"].usual_agrees is True
    assert "1,000 元" in results["C-1b"].computed_zh
    # Of 12,000 yuan less than 1,000: the floor alone leaves 1,200.
    assert results["C-2"].usual_agrees is False


@pytest.mark.clause("X-03")
def test_a_case_before_the_pack_is_not_computed(results: dict[str, CaseResult]) -> None:
    result = results["C-1a"]
    assert result.agrees
    assert result.usual_agrees is None
    assert "2015-05-01" in result.computed_en


@pytest.mark.clause("H-34", "H-35", "H-53")
def test_rights_are_granted_or_left_open_as_the_source_leaves_them(
    results: dict[str, CaseResult],
) -> None:
    assert results["C-3"].computed_en == "granted"
    assert results["C-4"].computed_en == "undecidable"


@pytest.mark.clause("H-18", "H-48", "H-49")
def test_sums_come_out_to_the_yuan(results: dict[str, CaseResult]) -> None:
    assert results["C-6"].computed_en == "37,410 yuan"
    assert results["C-7"].computed_en == "payments of 197,400 yuan"


# ---- Agreement -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "agrees", "usual"),
    [
        ("1200.01 yuan", True, True),  # the estimate is 1,200
        ("1200 yuan", True, False),
        ("64.13 yuan", True, False),  # the range begins at 64.12
        ("64.12 yuan", False, False),
        ("1 yuan", False, False),
    ],
)
def test_below_means_below(tmp_path: Path, bound: str, agrees: bool, usual: bool) -> None:
    result = run(tmp_path, says={**STAY["says"], "own_below": bound})
    assert (result.agrees, result.usual_agrees) == (agrees, usual)


def test_a_sum_agrees_when_it_is_the_stated_one(tmp_path: Path) -> None:
    bed = {
        "date": date(2018, 12, 31),
        "facts": {"kind": "family_bed", "registered": True, "bill": "4200 yuan",
                  "catalogue": "4200 yuan"},
        "times": 3,
    }  # fmt: skip
    for stated, agrees in (("12600 yuan", True), ("12600.01 yuan", False), ("4200 yuan", False)):
        says = {"zh": "合", "en": "comes to", "payers_at_most": stated}
        assert run(tmp_path, claim=bed, says=says, expect="equal").agrees is agrees


def test_a_case_expected_to_be_out_of_force_disagrees_when_it_can_be_computed(
    tmp_path: Path,
) -> None:
    assert not run(tmp_path, expect="no version in force").agrees
    early = {**STAY["claim"], "date": date(2015, 5, 1)}
    assert run(tmp_path, claim=early, expect="no version in force").agrees
    assert not run(tmp_path, claim=early).agrees


def test_a_right_agrees_when_its_outcome_is_the_expected_one(tmp_path: Path) -> None:
    right = {
        "date": date(2018, 6, 1),
        "entitlement": "treat_first_pay_later",
        "facts": {"registered": True, "designated_institution": True, "outside_league": False},
    }
    says = {"zh": "不交押金", "en": "no deposit"}
    granted = run(tmp_path, claim=None, right=right, says=says, expect="granted")
    assert (granted.agrees, granted.usual_agrees) == (True, None)
    assert not run(tmp_path, claim=None, right=right, says=says, expect="not granted").agrees


# ---- Files of another shape ----------------------------------------------------------------


@pytest.mark.parametrize("missing", list(STAY))
def test_a_case_without_one_of_its_parts_is_refused(tmp_path: Path, missing: str) -> None:
    content = {key: value for key, value in STAY.items() if key != missing}
    with pytest.raises(BadValue, match=r"case\.yaml"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [None, [], "words", {}, {**STAY, "more": 1}, {**STAY, "right": {}}, {**STAY, "says": "little"},
     {**STAY, "says": {"zh": "少"}}],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused_by_its_name(tmp_path: Path, content: Any) -> None:
    with pytest.raises(BadValue, match=r"case\.yaml"):
        read(tmp_path, content)


def test_a_case_that_cites_a_clause_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownClause, match="H-99"):
        read(tmp_path, {**STAY, "clauses": ["H-99"]})


def test_a_case_with_facts_nobody_asks_for_or_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="age"):
        run(tmp_path, claim=claim(age=70))
    with pytest.raises(BadInput, match="hospital_level"):
        run(tmp_path, claim=claim(hospital_level=4))
    with pytest.raises(BadValue, match="yuan"):
        run(tmp_path, claim=claim(bill=12000))


def test_a_case_about_an_entitlement_nobody_grants_is_refused(tmp_path: Path) -> None:
    right = {"date": date(2018, 6, 1), "entitlement": "free_lunch", "facts": {}}
    with pytest.raises(BadValue, match="free_lunch"):
        run(tmp_path, claim=None, right=right)


def test_a_pack_without_cases_has_none() -> None:
    assert read_cases(policy("block-funds-2018")) == ()
