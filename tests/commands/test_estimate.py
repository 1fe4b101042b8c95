"""`doudi estimate`: one bill, its exact amounts, what is guaranteed, and what cannot be right."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from tests.commands.conftest import Doudi, run_python

HEADLINE = ("estimate", "--bill", "12000", "--level", "3", "--registered")
KNOWN = (*HEADLINE, "--catalogue", "12000", "--inside", "--not-serious")
PAYERS = ("basic", "critical", "commercial", "assistance", "backstop")


def amounts(data: dict[str, Any]) -> tuple[int, ...]:
    """The five payers, then the person."""
    return (*(data["payers"][name] for name in PAYERS), data["own_fen"])


def floats_in(data: Any) -> list[Any]:
    if isinstance(data, dict):
        return [found for item in data.values() for found in floats_in(item)]
    if isinstance(data, list):
        return [found for item in data for found in floats_in(item)]
    return [data] if isinstance(data, float) else []


# ---- The exact amounts (semantics.md §3), in fen -------------------------------------------


@pytest.mark.clause("H-07", "H-09", "H-10")
def test_a_stay_wholly_inside_the_catalogue_passes_the_payers_in_order(doudi: Doudi) -> None:
    data = doudi.json(*HEADLINE, "--catalogue", "12000")
    assert amounts(data) == (855_000, 0, 189_750, 139_725, 0, 15_525)
    assert data["guaranteed_own_fen"] == 120_000


@pytest.mark.clause("H-11")
def test_where_the_payers_leave_more_than_a_tenth_the_floor_pays_the_rest(doudi: Doudi) -> None:
    data = doudi.json(*HEADLINE, "--catalogue", "10800")
    assert amounts(data) == (765_000, 0, 173_250, 127_575, 14_175, 120_000)
    assert data["guaranteed_own_fen"] == 120_000


def test_who_is_not_registered_gets_basic_insurance_only(doudi: Doudi) -> None:
    data = doudi.json(
        "estimate", "--bill", "12000", "--level", "3", "--not-registered", "--catalogue", "12000"
    )
    assert amounts(data) == (702_000, 0, 0, 0, 0, 498_000)


@pytest.mark.clause("H-08", "H-12", "H-13", "H-15")
def test_a_serious_stay_reaches_every_payer_and_stops_at_the_ceiling(doudi: Doudi) -> None:
    data = doudi.json(
        "estimate", "--bill", "100000", "--catalogue", "90000", "--level", "3",
        "--registered", "--serious",
    )  # fmt: skip
    assert amounts(data) == (7_105_000, 836_500, 582_175, 428_693, 547_632, 500_000)
    assert data["guaranteed_own_fen"] == 500_000


@pytest.mark.clause("H-12")
def test_who_has_paid_the_ceiling_this_year_pays_nothing_more(doudi: Doudi) -> None:
    data = doudi.json(*HEADLINE, "--catalogue", "12000", "--own-so-far", "5000")
    assert amounts(data) == (855_000, 0, 189_750, 139_725, 15_525, 0)
    assert data["guaranteed_own_fen"] == 0
    assert data["opening"] == {"registered_own": 500_000}


@pytest.mark.clause("H-12")
def test_what_is_left_of_the_ceiling_bounds_the_guarantee(doudi: Doudi) -> None:
    data = doudi.json(*HEADLINE, "--catalogue", "12000", "--own-so-far", "4999.99")
    assert amounts(data) == (855_000, 0, 189_750, 139_725, 15_524, 1)
    assert data["guaranteed_own_fen"] == 1


@pytest.mark.clause("H-07", "H-25")
def test_another_reading_of_the_rise_gives_another_answer(doudi: Doudi) -> None:
    # 65% x 110% = 71.5% of 11,400; then 55% of 3,849; then 90% of 1,732.05.
    data = doudi.json(*KNOWN, "--set", "rise=relative")
    assert amounts(data) == (815_100, 0, 211_695, 155_885, 0, 17_320)
    assert data["readings"]["rise"] == "relative"
    assert data["policy"]["version"] != doudi.json(*KNOWN)["policy"]["version"]


@pytest.mark.clause("H-11")
def test_several_readings_can_be_chosen_at_once(doudi: Doudi) -> None:
    # 55% of (12,000 - 7,650), then 90% of the 757.50 that the catalogue still leaves. Of the
    # catalogue part the person pays less than a tenth, so the floor adds nothing.
    data = doudi.json(
        *HEADLINE, "--catalogue", "10800",
        "--set", "commercial_base=bill", "--set", "floor_base=catalogue",
    )  # fmt: skip
    assert amounts(data) == (765_000, 0, 239_250, 68_175, 0, 127_575)
    assert data["guaranteed_own_fen"] >= 127_575


@pytest.mark.clause("H-18", "H-26")
def test_the_bed_at_home_is_paid_up_to_its_limit(doudi: Doudi) -> None:
    data = doudi.json(
        "estimate", "--kind", "family_bed", "--bill", "5000", "--catalogue", "5000", "--registered"
    )
    assert amounts(data) == (420_000, 0, 0, 0, 0, 80_000)


# ---- What the JSON holds (DESIGN §7) -------------------------------------------------------


def test_the_json_has_the_promised_names_and_no_number_but_integers(doudi: Doudi) -> None:
    data = doudi.json(*HEADLINE)
    assert {
        "bill_fen", "payers", "own_fen", "guaranteed_own_fen", "range", "unknown", "rests_on",
        "steps", "policy",
    } <= set(data)  # fmt: skip
    assert set(data["payers"]) == set(PAYERS)
    assert set(data["range"]) == {f"{name}_fen" for name in (*PAYERS, "own")}
    assert {"name", "version"} <= set(data["policy"])
    assert data["steps"]
    for step in data["steps"]:
        assert {"rule", "zh", "inputs", "result", "clauses"} <= set(step)
    for rest in data["rests_on"]:
        assert {"name", "status"} <= set(rest)
    assert floats_in(data) == []
    assert data["bill_fen"] == 1_200_000 == sum(amounts(data))


def test_every_amount_lies_in_its_range_and_the_guarantee_above_it(doudi: Doudi) -> None:
    data = doudi.json(*HEADLINE)
    for name, amount in zip((*PAYERS, "own"), amounts(data), strict=True):
        low, high = data["range"][f"{name}_fen"]
        assert 0 <= low <= amount <= high
    assert data["range"]["own_fen"][1] <= data["guaranteed_own_fen"]


def test_what_nobody_gave_is_unknown_and_what_it_is_guessed_by_is_named(doudi: Doudi) -> None:
    data = doudi.json(*HEADLINE)
    assert {"catalogue", "outside_league"} <= set(data["unknown"])
    assert {"name": "catalogue_share", "status": "assumption"}.items() <= next(
        rest for rest in data["rests_on"] if rest["name"] == "catalogue_share"
    ).items()
    known = doudi.json(*KNOWN)
    assert known["unknown"] == []
    assert {(rest["name"], rest["status"]) for rest in known["rests_on"]} == {
        ("basic_deductible[3]", "stand-in"),
        ("basic_schedule[3]", "stand-in"),
        ("rise", "interpretation"),
    }


def test_a_range_never_narrows_with_a_thing_left_unknown(doudi: Doudi) -> None:
    asked = [KNOWN, (*HEADLINE, "--inside"), HEADLINE, ("estimate", "--bill", "12000")]
    widths = []
    for arguments in asked:
        low, high = doudi.json(*arguments)["range"]["own_fen"]
        widths.append(high - low)
    assert all(narrow <= wide for narrow, wide in pairwise(widths)), widths
    assert 0 < widths[0] < widths[1] < widths[-1]


def test_without_a_date_the_last_day_of_the_pack_is_taken_and_said(doudi: Doudi) -> None:
    data = doudi.json(*HEADLINE)
    assert (data["date"], data["date_assumed"]) == ("2018-12-31", True)
    assert "没有给日期" in doudi(*HEADLINE).out
    data = doudi.json(*HEADLINE, "--date", "2018-04-28")
    assert (data["date"], data["date_assumed"]) == ("2018-04-28", False)
    assert "没有给日期" not in doudi(*HEADLINE, "--date", "2018-04-28").out


# ---- What a person reads -------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--catalogue", "12000"), ("--catalogue", "10800")])
def test_the_default_view_is_under_twenty_lines(doudi: Doudi, more: tuple[str, ...]) -> None:
    ran = doudi(*HEADLINE, *more)
    assert ran.status == 0
    assert len(ran.out.splitlines()) < 20


def test_the_default_view_says_what_is_guaranteed_before_what_is_estimated(doudi: Doudi) -> None:
    text = doudi(*HEADLINE, "--catalogue", "12000").out
    assert text.index("最多自付 1,200 元") < text.index("估计自付 155.25 元")
    assert "[H-11 H-12]" in text
    for amount in ("8,550", "1,897.50", "1,397.25"):
        assert amount in text
    for name in ("基本医保", "大病保险", "商业补充保险", "医疗救助", "政府兜底", "个人自付"):
        assert name in text
    assert "借用的数字" in text
    assert "hinggan-2018" in text


def test_explain_prints_every_step_with_its_clause(doudi: Doudi) -> None:
    steps = doudi.json(*KNOWN)["steps"]
    brief, whole = doudi(*KNOWN).out, doudi(*KNOWN, "--explain").out
    assert whole.startswith(brief)
    lines = whole.removeprefix(brief).splitlines()
    assert len(lines) == len(steps)
    for line, step in zip(lines, steps, strict=True):
        assert step["rule"] in line
        assert f"[{' '.join(step['clauses'])}]" in line


# ---- Input that cannot be right ------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (("--level", "4"), ("hospital_level", "4", "1, 2, 3")),
        (("--level", "0"), ("hospital_level", "0")),
        (("--catalogue", "12000.01"), ("catalogue", "12,000.01 元", "不能大于")),
        (("--date", "2019-01-01"), ("2019-01-01", "没有有效的政策版本")),
        (("--date", "2017-12-31"), ("2017-12-31", "没有有效的政策版本")),
        (("--kind", "surgery"), ("kind", "surgery", "inpatient")),
        (("--set", "rise=double"), ("rise", "double", "points, relative")),
        (("--set", "fall=points"), ("fall", "rise")),
        (("--set", "rise"), ("--set rise",)),
        (("--policy", "hinggan-2019"), ("hinggan-2019", "hinggan-2018")),
        (("--adoption", "/nowhere/at/all.yaml"), ("/nowhere/at/all.yaml",)),
        (("--adoption", "/"), ("/",)),
        (("--bill", "10000000000.01"), ("bill", "1000000000000")),
    ],
)
def test_what_cannot_be_right_is_refused_in_one_line(
    doudi: Doudi, arguments: tuple[str, ...], fragments: tuple[str, ...]
) -> None:
    for more in ((), ("--json",)):
        [line] = doudi("estimate", "--bill", "12000", *arguments, *more).complaints
        for fragment in fragments:
            assert fragment in line, line


@pytest.mark.parametrize("text", ["abc", "-1", "1.005", "12,00", "1e3", "", "NaN", "１２３x"])
@pytest.mark.parametrize("option", ["--bill", "--catalogue", "--own-so-far"])
def test_what_is_no_amount_is_refused_by_its_option(doudi: Doudi, option: str, text: str) -> None:
    given = {"--bill": "12000", option: text}
    lines = doudi("estimate", *(part for pair in given.items() for part in pair)).complaints
    [complaint] = [line for line in lines if line.startswith("Error")]
    assert option in complaint
    assert "最多两位小数" in complaint


def test_what_is_no_date_is_refused_by_its_option(doudi: Doudi) -> None:
    for text in ("2018-02-30", "yesterday", "2018-13-01"):
        lines = doudi(*HEADLINE, "--date", text).complaints
        [complaint] = [line for line in lines if line.startswith("Error")]
        assert "--date" in complaint
        assert text in complaint


def test_all_faults_of_a_bill_are_reported_at_once(doudi: Doudi) -> None:
    lines = doudi(
        "estimate", "--bill", "12000", "--catalogue", "13000", "--level", "4",
        "--date", "2019-01-01",
    ).complaints  # fmt: skip
    assert len(lines) == 3
    for fragment in ("hospital_level", "catalogue", "2019-01-01"):
        assert sum(fragment in line for line in lines) == 1


def test_a_kind_of_case_without_a_bill_cannot_be_asked_about(doudi: Doudi) -> None:
    """Of an enrolment nobody pays a part of a bill: an own payment of 0 would be a false answer."""
    for kind in ("enrolment", "doctor_incentive"):
        [line] = doudi("estimate", "--bill", "12000", "--kind", kind).complaints
        assert kind in line


def test_a_bill_or_a_household_is_asked_about_and_not_both_or_neither(doudi: Doudi) -> None:
    household = doudi.root / "examples" / "households" / "ulanhot_2018.yaml"
    assert len(doudi("estimate").complaints) == 1
    assert len(doudi("estimate", "--bill", "1", "--household", household).complaints) == 1


@pytest.mark.parametrize("kind", ["outpatient", "chronic", "drug_purchase", "observation",
                                  "family_bed", "package"])  # fmt: skip
def test_every_kind_of_claim_can_be_asked_about(doudi: Doudi, kind: str) -> None:
    data = doudi.json("estimate", "--bill", "300", "--kind", kind, "--registered")
    assert sum(amounts(data)) == 30_000
    assert data["payers"]["critical"] == data["payers"]["commercial"] == 0


# ---- As a real process ---------------------------------------------------------------------


def test_the_module_runs_as_a_program() -> None:
    ran = run_python(*KNOWN, "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert amounts(json.loads(ran.stdout)) == (855_000, 0, 189_750, 139_725, 0, 15_525)


def test_the_program_keeps_faults_off_standard_output() -> None:
    ran = run_python("estimate", "--bill", "12000", "--level", "4", DOUDI_LANG="en")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "hospital_level = 4: must be one of 1, 2, 3\n"
