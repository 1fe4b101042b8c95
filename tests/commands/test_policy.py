"""`doudi policy`: how sure every value is, a bureau's own values, cases, findings and duties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.commands.conftest import Doudi, adoption_text
from tests.commands.test_estimate import KNOWN, amounts

from doudi.estimate import cases as published

Adoption = Callable[..., Path]

# semantics.md §5, by status.
STAND_INS = {
    "basic_deductible[3]", "basic_schedule[3]", "basic_cap", "outside_first_pay",
    "critical_deductible", "critical_schedule", "critical_cap",
}  # fmt: skip
ASSUMPTIONS = {
    "basic_deductible[1]", "basic_deductible[2]", "basic_schedule[1]", "basic_schedule[2]",
    "chronic_rate", "outpatient_rate", "observation_rate", "catalogue_share",
    "premium_own",  # of 2017 and 2019: derived
}  # fmt: skip
NOT_STATED = {
    "supplementary_premium", "checkup_fee", "cataract_price", "femoral_replacement_price",
}  # fmt: skip

# semantics.md §5: what a value is, and how far the true one may lie from it.
UNSURE = {
    "basic_deductible[1]": (20_000, 10_000, 40_000),
    "basic_deductible[2]": (40_000, 30_000, 60_000),
    "basic_deductible[3]": (120_000, 50_000, 120_000),
    "basic_cap": (16_000_000, 10_000_000, 25_000_000),
    "outside_first_pay": (2_000, 1_500, 2_000),
    "critical_deductible": (1_400_000, 1_000_000, 2_000_000),
    "critical_cap": (50_000_000, 30_000_000, 50_000_000),
    "chronic_rate": (6_000, 5_000, 7_500),
    "outpatient_rate": (5_000, 4_000, 6_000),
    "observation_rate": (5_000, 4_000, 6_000),
    "catalogue_share": (9_000, 8_000, 10_000),
}
UNSURE_RATES = {
    "basic_schedule[1]": ([8_500], [8_000], [9_000]),
    "basic_schedule[2]": ([7_500], [7_000], [8_500]),
    "basic_schedule[3]": (
        [6_500, 7_000, 7_500, 8_000], [6_000, 6_500, 7_000, 7_500], [8_000, 8_500, 9_000, 9_500],
    ),
    "critical_schedule": ([6_000], [5_000], [6_500]),
}  # fmt: skip
CITED = {
    "basic_deductible_cut": 5_000,
    "basic_rate_rise": 1_000,
    "critical_deductible_cut": 5_000,
    "critical_rate_rise": 1_000,
    "commercial_rate": 5_500,
    "assistance_rate": 9_000,
    "assistance_cap": 5_000_000,
    "serious_assistance_rate": 9_000,
    "own_share_ceiling": 1_000,
    "own_year_ceiling": 500_000,
    "chronic_floor": 9_000,
    "outpatient_rate_rise": 1_500,
    "family_bed_year_limit": 420_000,
    "package_own_share": 1_000,
    "delivery_incentive": 1_000,
    "visit_incentive": 1_800,
}

DEADLINES = ("disbursement_days", "registration_days", "monitoring_interval_days",
             "target_entry_days")  # fmt: skip


# ---- The packs and their values ------------------------------------------------------------


def test_every_pack_is_listed_with_its_title_validity_and_version(doudi: Doudi) -> None:
    packs = {pack["name"]: pack for pack in doudi.json("policy", "list")}
    assert set(packs) == {"block-funds-2018", "hinggan-2018", "region-plan-2013"}
    spans = {name: (pack["valid_from"], pack["valid_to"]) for name, pack in packs.items()}
    assert spans["hinggan-2018"] == ("2018-01-01", "2018-12-31")
    assert spans["region-plan-2013"][0].startswith("2013")
    assert len({pack["version"] for pack in packs.values()}) == 3
    for name in packs:
        assert name in doudi("policy", "list").out


def test_every_value_of_the_pack_is_what_semantics_says(doudi: Doudi) -> None:
    values = {value["name"]: value for value in doudi.json("policy", "show")["values"]}
    for name, (value, low, high) in UNSURE.items():
        shown = values[name]
        assert (shown["value"], shown["low"], shown["high"]) == (value, low, high), name
    for name, rates in UNSURE_RATES.items():
        shown = [
            [band["rate_bp"] for band in values[name][key]] for key in ("value", "low", "high")
        ]
        assert tuple(shown) == rates, name
    uppers = [band["upper_fen"] for band in values["basic_schedule[3]"]["value"]]
    assert uppers == [3_000_000, 7_000_000, 20_000_000, None]
    for name, value in CITED.items():
        assert (values[name]["value"], values[name]["status"]) == (value, "cited"), name


@pytest.mark.clause("H-20")
def test_the_premium_of_each_year_has_its_own_value(doudi: Doudi) -> None:
    found = [
        (value["from"][:4], value["value"], value["status"])
        for value in doudi.json("policy", "show")["values"]
        if value["name"] == "premium_own"
    ]
    assert found == [
        ("2017", 18_000, "assumption"),
        ("2018", 22_000, "cited"),
        ("2019", 25_000, "assumption"),
    ]


def test_show_names_every_rule_reading_and_value(doudi: Doudi) -> None:
    data = doudi.json("policy", "show", "hinggan-2018")
    text = doudi("policy", "show", "hinggan-2018").out
    for rule in data["rules"]:
        assert f"{rule['name']}(" in text
    for value in data["values"]:
        assert value["name"] in text
    assert "points*" in text
    assert "relative*" in doudi("policy", "show", "--set", "rise=relative").out


def test_the_pack_to_show_can_be_named_in_either_way(doudi: Doudi) -> None:
    named = doudi("policy", "show", "region-plan-2013").out
    assert doudi("policy", "show", "--policy", "region-plan-2013").out == named


def test_a_pack_that_does_not_exist_is_refused_by_name(doudi: Doudi) -> None:
    for arguments in (("show",), ("check",), ("cases",), ("findings",), ("targets",), ("duties",)):
        [line] = doudi("policy", *arguments, "hinggan-2019").complaints
        assert "hinggan-2019" in line


# ---- How sure the values are ---------------------------------------------------------------


def test_every_value_of_every_pack_has_a_source_or_a_word_on_how_sure_it_is(doudi: Doudi) -> None:
    checked = doudi.json("policy", "check")
    assert set(checked) == {"block-funds-2018", "hinggan-2018", "region-plan-2013"}
    for name, pack in checked.items():
        assert pack["covered_bp"] == 10_000, name
        assert sum(pack["counts"].values()) == pack["values"], name
        assert pack["counts"]["adopted"] == 0, name
    lines = [line for line in doudi("policy", "check").out.splitlines() if line[0] != " "]
    assert len(lines) == 3
    assert all("100%" in line for line in lines)


def test_exactly_the_values_that_semantics_calls_unsure_are_listed_as_unsure(doudi: Doudi) -> None:
    checked = doudi.json("policy", "check", "hinggan-2018")["hinggan-2018"]
    assert set(checked["stand-in"]) == STAND_INS
    assert set(checked["assumption"]) == ASSUMPTIONS
    assert set(checked["not stated"]) == NOT_STATED
    text = doudi("policy", "check", "hinggan-2018").out
    for name in (*STAND_INS, *ASSUMPTIONS, *NOT_STATED):
        assert f"  {name}  " in text


@pytest.mark.clause("N-06", "N-18", "N-19", "N-20")
def test_the_deadlines_of_the_notice_are_not_stated(doudi: Doudi) -> None:
    checked = doudi.json("policy", "check", "block-funds-2018")["block-funds-2018"]
    assert set(checked["not stated"]) == set(DEADLINES)


# ---- A bureau's own values -----------------------------------------------------------------

BOTH = (
    ("basic_deductible[3]", "800 yuan"),
    ("basic_schedule[3]", "[{to: 30000 yuan, rate: 65%}, {rate: 70%}]"),
)


def test_an_adopted_value_is_used_and_no_longer_a_stand_in(
    doudi: Doudi, adoption: Adoption
) -> None:
    before = doudi.json(*KNOWN)
    after = doudi.json(*KNOWN, "--adoption", adoption(*BOTH))
    # 75% of (12,000 - 400); 55% of 3,300; 90% of 1,485.
    assert amounts(after) == (870_000, 0, 181_500, 133_650, 0, 14_850)
    assert {rest["name"] for rest in before["rests_on"]} >= {name for name, _ in BOTH}
    assert {rest["name"] for rest in after["rests_on"]} == {"rise"}
    low, high = before["range"]["own_fen"]
    assert low < 14_850 < high
    assert after["range"]["own_fen"] == [14_850, 14_850]
    assert after["narrows_most"] is None
    assert before["policy"]["version"] != after["policy"]["version"]


def test_each_adopted_value_narrows_the_range(doudi: Doudi, adoption: Adoption) -> None:
    widths = []
    for entries in ((), BOTH[:1], BOTH):
        arguments = ("--adoption", adoption(*entries)) if entries else ()
        low, high = doudi.json(*KNOWN, *arguments)["range"]["own_fen"]
        widths.append(high - low)
    assert widths[0] > widths[1] > widths[2] == 0


def test_the_environment_may_name_the_file(
    doudi: Doudi, adoption: Adoption, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = adoption(*BOTH)
    by_option = doudi.json(*KNOWN, "--adoption", path)
    monkeypatch.setenv("DOUDI_ADOPTION", str(path))
    assert doudi.json(*KNOWN) == by_option


def test_an_adopted_value_moves_from_one_list_of_the_check_to_another(
    doudi: Doudi, adoption: Adoption
) -> None:
    path = adoption(*BOTH)
    checked = doudi.json("policy", "check", "--adoption", path)["hinggan-2018"]
    assert set(checked["stand-in"]) == STAND_INS - {name for name, _ in BOTH}
    assert set(checked["adopted"]) == {name for name, _ in BOTH}
    assert checked["covered_bp"] == 10_000
    text = doudi("policy", "check", "--adoption", path).out
    assert "[试〔2018〕1号]" in text


def test_every_adoption_has_a_version_of_its_own(doudi: Doudi, adoption: Adoption) -> None:
    files = [adoption(("basic_deductible[3]", f"{value} yuan")) for value in (800, 900)]
    versions = {doudi.json(*KNOWN)["policy"]["version"]}
    versions |= {doudi.json("policy", "adopt", path)["policy"]["version"] for path in files}
    assert len(versions) == 3
    assert doudi.json("policy", "adopt", files[0])["policy"]["version"] in versions


def test_adopting_part_of_a_year_keeps_the_rest(doudi: Doudi, adoption: Adoption) -> None:
    path = adoption(("basic_deductible[3]", "800 yuan", "from: 2018-07-01, to: 2018-09-30"))
    basic = {}
    for day in ("2018-06-30", "2018-07-01", "2018-09-30", "2018-10-01"):
        data = doudi.json(*KNOWN, "--date", day, "--adoption", path)
        rests_on = {rest["name"] for rest in data["rests_on"]}
        basic[day] = (data["payers"]["basic"], "basic_deductible[3]" in rests_on)
    assert basic == {
        "2018-06-30": (855_000, True),
        "2018-07-01": (870_000, False),
        "2018-09-30": (870_000, False),
        "2018-10-01": (855_000, True),
    }
    checked = doudi.json("policy", "check", "--adoption", path)["hinggan-2018"]
    assert checked["counts"]["stand-in"] == len(STAND_INS) + 1


def test_adopt_shows_each_value_before_and_after_with_its_document(
    doudi: Doudi, adoption: Adoption
) -> None:
    path = adoption(*BOTH, ("supplementary_premium", "30 yuan"))
    changes = {change["name"]: change for change in doudi.json("policy", "adopt", path)["adopted"]}
    deductible = changes["basic_deductible[3]"]
    assert (deductible["before"], deductible["before_status"]) == (120_000, "stand-in")
    assert (deductible["after"], deductible["document"]) == (80_000, "试〔2018〕1号")
    premium = changes["supplementary_premium"]
    assert (premium["before"], premium["before_status"]) == (None, "not stated")
    assert premium["after"] == 3_000
    text = doudi("policy", "adopt", path).out
    assert "1,200 元（借用）→ 800 元" in text
    assert "可以采用" in text


def test_the_example_of_an_adoption_can_be_adopted_and_calls_itself_an_example(
    doudi: Doudi,
) -> None:
    path = doudi.root / "examples" / "adoption_example.yaml"
    changes = doudi.json("policy", "adopt", path)["adopted"]
    assert len(changes) == 3
    for change in changes:
        assert "虚构" in change["document"]
        assert "fictitious" in change["document"]
    # 75% of (12,000 - 400).
    assert doudi.json(*KNOWN, "--adoption", path)["payers"]["basic"] == 870_000


@pytest.mark.clause("N-06", "N-18", "N-19", "N-20")
def test_a_bureau_can_state_the_deadlines_that_the_notice_leaves_open(
    doudi: Doudi, adoption: Adoption
) -> None:
    entries = [(name, str(days)) for days, name in enumerate(DEADLINES, start=5)]
    path = adoption(*entries, pack="block-funds-2018")
    adopted = doudi.json("policy", "adopt", path, "--policy", "block-funds-2018")
    assert [change["after"] for change in adopted["adopted"]] == [5, 6, 7, 8]
    checked = doudi.json("policy", "check", "block-funds-2018", "--adoption", path)
    assert checked["block-funds-2018"]["not stated"] == []

    open_days = doudi.json("policy", "duties", "block-funds-2018")
    assert {duty["within_days"] for duty in open_days} == {None}
    assert doudi("policy", "duties", "block-funds-2018").out.count("期限原文未载") == 4
    stated = doudi.json("policy", "duties", "block-funds-2018", "--adoption", path)
    days = {duty["within"]: duty["within_days"] for duty in stated if duty["within"]}
    assert days == dict(zip(DEADLINES, (5, 6, 7, 8), strict=True))
    text = doudi("policy", "duties", "block-funds-2018", "--adoption", path).out
    assert "期限原文未载" not in text
    assert "5 天内" in text


def test_every_fault_of_an_adoption_file_is_reported_and_nothing_is_adopted(
    doudi: Doudi, tmp_path: Path
) -> None:
    path = tmp_path / "adoption.yaml"
    path.write_text(
        """
policy: region-plan-2013
bureaux: typing error
values:
  - {parameter: basic_cap, value: 150000 yuan}
  - {parameter: basic_capp, value: 150000 yuan, document: 试1号}
  - {parameter: chronic_rate, value: 70, document: 试1号}
  - {parameter: outpatient_rate, value: 55 yuan, document: 试1号}
  - {parameter: critical_deductible, value: 12000, document: 试1号}
  - {parameter: observation_rate, value: 110%, document: 试1号}
  - {parameter: critical_cap, value: 400000 yuan, document: ''}
  - {parameter: outside_first_pay, value: 15%, document: 试1号, since: 2018-07-01}
  - {parameter: assistance_cap, document: 试1号}
  - {parameter: basic_cap, value: 1 yuan, document: 试1号, from: 2018-07-01, to: 2018-06-30}
  - {parameter: basic_cap, value: 1 yuan, document: 试1号, from: 七月一日}
  - {parameter: basic_cap, value: 1 yuan, document: 试1号, from: 2018-07-01 08:00:00}
  - just words
  - {parameter: 'basic_deductible[1]', value: 150 yuan, document: 试1号}
""",
        encoding="utf-8",
    )
    expected = [
        ("policy", "region-plan-2013", "hinggan-2018"),
        ("bureaux",),
        ("第1项", "basic_cap", "没有写文号"),
        ("第2项", "basic_capp"),
        ("第3项", "chronic_rate"),
        ("第4项", "outpatient_rate"),
        ("第5项", "critical_deductible"),
        ("第6项", "observation_rate"),
        ("第7项", "critical_cap", "没有写文号"),
        ("第8项", "since"),
        ("第9项", "assistance_cap"),
        ("第10项", "basic_cap"),
        ("第11项", "basic_cap"),
        ("第12项", "basic_cap"),
        ("第13项",),
    ]
    for command in (("policy", "adopt", path), (*KNOWN, "--adoption", path)):
        lines = doudi(*command).complaints
        assert len(lines) == len(expected)
        for fragments in expected:
            assert [line for line in lines if all(part in line for part in fragments)], fragments


@pytest.mark.parametrize(
    "text",
    ["", "[]", "values: none", "policy: hinggan-2018", "a: [", "policy: a\npolicy: b\nvalues: []"],
)
def test_a_file_of_another_shape_is_refused_in_a_line_or_two(
    doudi: Doudi, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "adoption.yaml"
    path.write_text(text, encoding="utf-8")
    assert doudi("policy", "adopt", path).complaints
    assert doudi(*KNOWN, "--adoption", path).complaints


def test_one_parameter_with_two_values_on_one_day_is_refused(
    doudi: Doudi, adoption: Adoption
) -> None:
    path = adoption(
        ("basic_cap", "1 yuan", "to: 2018-06-30"),
        ("basic_cap", "2 yuan", "from: 2018-06-30"),
        ("basic_deductible[3]", "800 yuan", "to: 2018-06-30"),
        ("basic_deductible[3]", "900 yuan", "from: 2018-07-01"),
    )
    [line] = doudi("policy", "adopt", path).complaints
    assert "第2项" in line
    assert "2018-06-30" in line


def test_the_same_file_is_refused_for_another_pack(doudi: Doudi, adoption: Adoption) -> None:
    path = adoption(*BOTH)
    lines = doudi("policy", "adopt", path, "--policy", "block-funds-2018").complaints
    assert any("block-funds-2018" in line for line in lines)


def test_the_helper_writes_what_an_adoption_file_should_look_like() -> None:
    text = adoption_text([("basic_cap", "1 yuan", "to: 2018-06-30")], "hinggan-2018")
    assert text.splitlines()[-1] == (
        "  - {parameter: 'basic_cap', value: 1 yuan, document: 试〔2018〕1号, to: 2018-06-30}"
    )


# ---- The published cases -------------------------------------------------------------------


@pytest.fixture
def cases(doudi: Doudi) -> dict[str, dict[str, Any]]:
    return {case["id"]: case for case in doudi.json("policy", "cases")}


def test_every_published_case_agrees_with_what_is_computed(
    cases: dict[str, dict[str, Any]],
) -> None:
    assert list(cases) == ["C-1a", "C-1b", "C-2", "C-3", "C-4", "C-6", "C-7"]
    for case in cases.values():
        assert case["agrees"], case["id"]
        assert case["clauses"]
        assert case["lines"]


@pytest.mark.clause("H-07", "H-09", "H-10", "H-11")
def test_the_stay_of_april_2018_lies_in_the_range_but_the_estimate_does_not_reach_it(
    doudi: Doudi, cases: dict[str, dict[str, Any]]
) -> None:
    """Under 1,000 yuan of 12,000: the floor alone would have left 1,200."""
    case = cases["C-2"]
    assert case["agrees"] is True
    assert case["default_estimate_agrees"] is False
    text = doudi("policy", "cases").out
    lines = text[text.index("C-2 ") :].splitlines()
    assert "自付不到1000元" in lines[1]
    assert "估计自付 1,200 元" in lines[2]
    assert "在我们的范围之内" in lines[3]
    assert "默认数字估计的结果达不到" in lines[3]


@pytest.mark.clause("X-03")
def test_the_operation_of_2015_is_not_computed_with_figures_of_2018(
    cases: dict[str, dict[str, Any]],
) -> None:
    assert "2015-05-01" in cases["C-1a"]["computed"]
    assert "没有有效版本" in cases["C-1a"]["computed"]
    assert cases["C-1a"]["default_estimate_agrees"] is None


@pytest.mark.clause("H-18", "H-26", "H-48")
def test_the_sums_of_beds_and_deliveries_come_out(cases: dict[str, dict[str, Any]]) -> None:
    assert "37,410" in cases["C-6"]["computed"]
    assert "197,400" in cases["C-7"]["computed"]


def test_a_case_that_does_not_agree_fails_the_run(
    doudi: Doudi, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = published.run_case
    monkeypatch.setattr(
        published, "run_case", lambda pack, case: replace(run(pack, case), agrees=case.id != "C-2")
    )
    ran = doudi("policy", "cases")
    assert ran.status == 1
    assert ran.out.count("不相符") == 1


# ---- The source's own arithmetic -----------------------------------------------------------


@pytest.mark.clause("H-44", "P-05", "P-36", "P-39", "P-44", "P-45", "P-55")
def test_the_sums_of_the_source_that_do_not_hold_are_named(doudi: Doudi) -> None:
    found = doudi.json("policy", "findings")
    failing = [item for item in found if item["holds"] is False]
    clauses = {clause for item in failing for clause in item["clauses"]}
    assert clauses == {"H-44", "P-05", "P-36", "P-39", "P-44", "P-45", "P-55"}
    lines = doudi("policy", "findings").out.splitlines()
    assert len(lines) == len(found)
    bad = [line for line in lines if line.startswith("不符")]
    assert len(bad) == len(failing)
    for item in failing:
        assert any(item["zh"] in line and item["computed"] in line for line in bad), item["name"]


@pytest.mark.parametrize(
    ("clause", "fragments"),
    [
        ("H-44", ("43,356", "43,486", "130")),  # "all signed", with 130 missing
        ("P-45", ("50,000", "53,000")),  # ten thousand households a year, five years
        ("P-45", ("200,000", "201,000")),
        ("P-55", ("2,750", "3,000")),  # 750 now and 400 a year
        ("P-05", ("41.4%",)),  # doubling in two years, after 15% a year
    ],
)
def test_what_does_not_hold_is_shown_with_its_numbers(
    doudi: Doudi, clause: str, fragments: tuple[str, ...]
) -> None:
    shown = [
        f"{item['stated']} {item['computed']}"
        for item in doudi.json("policy", "findings")
        if item["holds"] is False and clause in item["clauses"]
    ]
    assert [text for text in shown if all(part in text for part in fragments)], shown


@pytest.mark.clause("H-39", "H-40", "H-51", "P-38")
def test_the_sums_of_the_source_that_hold_are_said_to_hold(doudi: Doudi) -> None:
    holding = {
        tuple(item["clauses"]) for item in doudi.json("policy", "findings") if item["holds"] is True
    }
    assert {("H-39", "H-40"), ("H-51",), ("P-38",)} <= holding


# ---- Targets and duties --------------------------------------------------------------------


@pytest.mark.clause("P-12")
def test_the_targets_of_one_year_can_be_asked_for(doudi: Doudi) -> None:
    everything = doudi.json("policy", "targets")
    assert {item["year"] for item in everything} >= {2015, 2017}
    in_2015 = doudi.json("policy", "targets", "--year", "2015")
    assert in_2015 == [item for item in everything if item["year"] == 2015]
    [tap_water] = [item for item in in_2015 if "P-12" in item["clauses"] and item["value"] == 7_000]
    assert tap_water["comparator"] == ">="
    lines = doudi("policy", "targets", "--year", "2015").out.splitlines()
    assert len(lines) == len(in_2015)
    assert all(line.startswith("2015") for line in lines)


def test_every_duty_names_who_owes_it_and_its_clause(doudi: Doudi) -> None:
    duties = doudi.json("policy", "duties")
    assert {duty["pack"] for duty in duties} == {"block-funds-2018", "region-plan-2013"}
    lines = doudi("policy", "duties").out.splitlines()
    assert len(lines) == len(duties)
    for duty, line in zip(duties, lines, strict=True):
        assert line.startswith(f"{duty['who']}：{duty['zh']}")
        assert f"[{' '.join(duty['clauses'])}]" in line
