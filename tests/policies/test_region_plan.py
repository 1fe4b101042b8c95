"""The region's plan: what a household, gacha, banner or league can claim or has to add."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.policies import policy
from doudi.policies.sources import CitedFigure, SourcePage, check_figures, read_page
from doudi.rules import Policy, broken_promises, explain
from doudi.rules.duties import Every, read_duties
from doudi.rules.entitlements import AmountForm, Entitlement, Recipient, read_entitlements
from doudi.rules.errors import NoVersionInForce
from doudi.rules.parameters import Status
from doudi.rules.targets import Comparator, Target, read_targets

PACK = policy("region-plan-2013")
MISSION = Path(__file__).resolve().parents[2].parent / "shared" / "mission"
DAY = date(2015, 6, 1)
YUAN = 100
WAN = 10_000 * YUAN
YI = 10_000 * WAN
FEN = st.integers(0, 20 * YI)


def settle(kind: str, **facts: Any) -> dict[str, Any]:
    found = explain(PACK, {"kind": kind, **facts}, DAY)
    assert broken_promises(found) == []
    return dict(found.results)


@pytest.fixture(scope="module")
def targets() -> dict[str, Target]:
    return {target.id: target for target in read_targets(PACK.folder, PACK.clauses)}


@pytest.fixture(scope="module")
def page() -> SourcePage:
    found = sorted(MISSION.glob("*.txt"))
    if not found:
        pytest.skip("the source page is not in the repository: no ../shared/mission/*.txt here")
    return read_page(found[0])


# ---- Relocation ----------------------------------------------------------------------------------

MOVING = {
    "relocation_listed": True,
    "place_unliveable": True,
    "within_league": True,
    "moved_to": "banner_seat",
    "households": 1,
}


def moving(**facts: Any) -> int:
    return int(settle("relocation", **{**MOVING, **facts})["relocation_subsidy"])


@pytest.mark.clause("P-45")
def test_a_relocated_household_gets_30000_yuan_and_two_get_twice_that() -> None:
    assert moving() == 3 * WAN
    assert moving(households=2) == 6 * WAN


@pytest.mark.clause("P-46")
def test_every_kind_of_place_named_is_allowed_and_no_other() -> None:
    options = [str(option) for option in PACK.inputs["moved_to"].options]
    assert {option: moving(moved_to=option) > 0 for option in options} == {
        "league_centre": True,
        "banner_seat": True,
        "industrial_park": True,
        "logistics_park": True,
        "farm_zone": True,
        "elsewhere": False,
    }


@pytest.mark.clause("P-44")
@pytest.mark.clause("P-45")
@pytest.mark.parametrize("fact", ["relocation_listed", "place_unliveable", "within_league"])
def test_a_household_that_fails_one_condition_gets_nothing(fact: str) -> None:
    assert moving(**{fact: False}) == 0


@pytest.mark.clause("P-50")
@pytest.mark.clause("P-51")
@given(
    fees=st.integers(0, 1000 * YUAN),
    cost=st.integers(0, 1000 * YUAN),
    to=st.sampled_from([str(option) for option in PACK.inputs["moved_to"].options]),
    voluntary=st.booleans(),
)
def test_only_who_converts_by_choice_in_a_town_pays_no_more_than_the_document(
    fees: int, cost: int, to: str, voluntary: bool
) -> None:
    cost = min(cost, fees)
    waived = settle(
        "conversion",
        moved_to=to,
        voluntary_conversion=voluntary,
        conversion_fees=fees,
        cost_price=cost,
    )["fee_waived"]
    entitled = voluntary and to in ("league_centre", "banner_seat")
    assert waived == (fees - cost if entitled else 0)


# ---- Villages and household projects -------------------------------------------------------------


@pytest.mark.clause("P-39")
def test_a_banner_that_has_pooled_nothing_still_has_to_add_three_million() -> None:
    found = settle("whole_village", village_listed=True, village_banner_money=0)
    assert found["village_region_money"] == 150 * WAN
    assert found["village_banner_shortfall"] == 300 * WAN
    assert found["village_total_shortfall"] == 300 * WAN


@pytest.mark.clause("P-38")
@pytest.mark.clause("P-39")
@given(listed=st.booleans(), pooled=FEN)
def test_what_a_banner_has_pooled_lowers_what_it_still_owes(listed: bool, pooled: int) -> None:
    found = settle("whole_village", village_listed=listed, village_banner_money=pooled)
    owed = max(0, 300 * WAN - pooled) if listed else 0
    assert found["village_banner_shortfall"] == found["village_total_shortfall"] == owed
    assert found["village_region_money"] == (150 * WAN if listed else 0)


@pytest.mark.clause("P-79")
def test_a_household_project_is_paid_only_after_acceptance() -> None:
    done = {"project_listed": True, "agreement_signed": True, "project_accepted": True}
    paid = {"project_subsidy_paid": 500 * YUAN}
    assert settle("household_project", **done, **paid)["project_subsidy_payable"] is True
    for fact in done:
        found = settle("household_project", **{**done, fact: False}, **paid)
        assert found["project_subsidy_payable"] is False
    early = settle("household_project", **{**done, "project_accepted": False}, **paid)
    assert early["project_subsidy_too_early"] == 500 * YUAN


@pytest.mark.clause("P-55")
@pytest.mark.clause("P-75")
def test_the_mutual_funds_still_missing_are_counted_for_the_year_and_in_all() -> None:
    found = settle(
        "mutual_funds", mutual_funds_added=390, mutual_funds_now=1140, mutual_money_now=2 * YI
    )
    assert found["mutual_funds_short_this_year"] == 10
    assert found["mutual_funds_short_in_all"] == 1860
    assert found["mutual_money_short"] == 3 * YI


# ---- Areas ---------------------------------------------------------------------------------------


def develop(area: str, local: int, years: int = 0) -> dict[str, Any]:
    return settle(
        "area_development", development_area=area, local_money=local, years_supported=years
    )


@pytest.mark.clause("P-36")
@pytest.mark.parametrize("area", ["hinggan", "ulanqab", "chifeng", "tongliao"])
def test_each_of_four_leagues_gets_a_hundred_million_and_adds_three(area: str) -> None:
    found = develop(area, 1 * YI)
    assert found["area_region_money"] == 1 * YI
    assert found["area_local_least"] == 3 * YI
    assert found["area_local_shortfall"] == found["area_total_shortfall"] == 2 * YI
    assert develop(area, 5 * YI)["area_local_shortfall"] == 0


@pytest.mark.clause("P-34")
@pytest.mark.clause("P-36")
def test_the_other_areas_are_promised_no_amount() -> None:
    others = ["southwest_xilingol", "daqing_mountains", "small_ethnic_banners", "other"]
    for area in others:
        found = develop(area, 0)
        assert found["area_region_money"] == found["area_total_shortfall"] == 0
        assert found["area_is_named"] is (area != "other")


@pytest.mark.clause("P-35")
@pytest.mark.parametrize(("years", "due", "possible"), [(0, 3, 5), (3, 0, 2), (5, 0, 0), (6, 0, 0)])
def test_an_area_is_supported_for_three_to_five_years(years: int, due: int, possible: int) -> None:
    found = develop("hinggan", 0, years)
    assert (found["area_years_still_due"], found["area_years_still_possible"]) == (due, possible)
    assert develop("other", 0)["area_years_still_due"] == 0


@pytest.mark.clause("P-36")
@given(local=FEN)
def test_the_total_is_reached_exactly_when_the_local_part_is(local: int) -> None:
    found = develop("chifeng", local)
    assert found["area_local_shortfall"] == found["area_total_shortfall"] == max(0, 3 * YI - local)


# ---- The region's year ---------------------------------------------------------------------------


@pytest.mark.clause("P-68")
@given(central=FEN, own=FEN)
def test_the_region_spends_at_least_what_the_centre_gives(central: int, own: int) -> None:
    found = settle("region_budget", central_special_money=central, region_own_money=own)
    assert found["region_budget_shortfall"] == max(0, central - own)


@pytest.mark.clause("P-53")
def test_the_industry_programme_is_a_hundred_a_hundred_a_hundred_and_five() -> None:
    nothing = dict.fromkeys(
        (
            "leaders_supported",
            "cooperatives_supported",
            "gachas_supported",
            "demonstrations_supported",
        ),
        0,
    )
    found = settle("industry_support", **nothing)
    assert (
        found["leaders_short"],
        found["cooperatives_short"],
        found["gachas_short"],
        found["demonstrations_short"],
    ) == (100, 100, 100, 5)


@pytest.mark.clause("P-73")
def test_subsidised_loans_below_five_hundred_million_fall_short() -> None:
    assert settle("loan_scale", subsidised_loans=4 * YI)["loan_scale_shortfall"] == 1 * YI
    assert settle("loan_scale", subsidised_loans=6 * YI)["loan_scale_shortfall"] == 0


@pytest.mark.clause("P-74")
def test_ten_banners_a_year_get_a_micro_loan_company() -> None:
    assert settle("micro_loan", micro_loan_banners=8)["micro_loan_banners_short"] == 2


@pytest.mark.clause("P-57")
@pytest.mark.parametrize(
    ("borrower", "leads", "supported"),
    [
        ("household", False, True),
        ("leader_enterprise", True, True),
        ("leader_enterprise", False, False),
        ("disabled_base", True, True),
        ("other", True, False),
    ],
)
def test_a_subsidised_loan_is_for_the_poor_and_for_who_leads_them(
    borrower: str, leads: bool, supported: bool
) -> None:
    found = settle("subsidised_loan", borrower=borrower, leads_the_poor=leads)
    assert found["loan_is_supported"] is supported


@pytest.mark.clause("P-50")
@pytest.mark.clause("P-57")
@pytest.mark.clause("P-79")
def test_what_the_plan_does_not_state_has_no_value() -> None:
    silent = {
        name
        for name, parameter in PACK.parameters.items()
        if parameter.on(DAY).status is Status.NOT_STATED
    }
    assert silent == {
        "document_cost_price",
        "loan_interest_subsidy",
        "key_banners",
        "household_project_subsidy",
    }


def test_the_plan_is_never_applied_outside_its_five_years() -> None:
    for day in (date(2012, 12, 31), date(2018, 1, 1)):
        with pytest.raises(NoVersionInForce, match="2013-01-01 to 2017-12-31"):
            explain(PACK, {"kind": "micro_loan", "micro_loan_banners": 0}, day)


# ---- Targets -------------------------------------------------------------------------------------


def thresholds(targets: dict[str, Target], year: int) -> Counter[int]:
    return Counter(
        target.task
        for target in targets.values()
        if target.task and target.year == year and not target.evidence
    )


@pytest.mark.clause("P-10")
@pytest.mark.clause("P-12")
@pytest.mark.clause("P-13")
@pytest.mark.clause("P-14")
@pytest.mark.clause("P-15")
@pytest.mark.clause("P-16")
@pytest.mark.clause("P-17")
@pytest.mark.clause("P-18")
@pytest.mark.clause("P-19")
@pytest.mark.clause("P-20")
@pytest.mark.clause("P-21")
def test_the_twelve_tasks_have_21_thresholds_for_2015_and_11_for_2017(
    targets: dict[str, Target],
) -> None:
    by_task = thresholds(targets, 2015)
    assert [by_task[task] for task in range(1, 13)] == [4, 0, 1, 1, 1, 2, 2, 2, 3, 1, 2, 2]
    assert by_task.total() == 21
    assert dict(thresholds(targets, 2017)) == {3: 1, 4: 1, 5: 2, 6: 2, 7: 3, 12: 2}


@pytest.mark.clause("P-11")
def test_every_task_has_targets_and_stands_on_its_own_clause(targets: dict[str, Target]) -> None:
    tasks = [target for target in targets.values() if target.task]
    assert {target.task for target in tasks} == set(range(1, 13))
    for target in tasks:
        assert target.clauses == (f"P-{9 + target.task:02}",), target.id
        assert target.year in (2015, 2017), target.id


@pytest.mark.clause("P-04")
@pytest.mark.clause("P-05")
@pytest.mark.clause("P-32")
def test_the_overall_goals_are_targets_with_year_and_value(targets: dict[str, Target]) -> None:
    stated = {
        name: (target.year, target.value)
        for name, target in targets.items()
        if target.task == 0
        and target.clauses[0] in ("P-04", "P-05", "P-32")
        and not target.evidence
    }
    assert stated == {
        "poor_cut_2015": (2015, 1_500_000),
        "poor_cut_2017": (2017, 2_666_000),
        "income_growth_2015": (2015, 1500),
        "income_2015": (2015, 3000 * YUAN),
        "income_doubled_2015": (2015, 200),
        "income_2017": (2017, 6000 * YUAN),
        "income_doubled_twice_2017": (2017, 400),
        "leaders_2017": (2017, 350),
        "leaders_production_2017": (2017, 200),
        "leaders_services_2017": (2017, 150),
    }


@pytest.mark.clause("P-06")
@pytest.mark.clause("P-07")
@pytest.mark.clause("P-08")
@pytest.mark.clause("P-09")
@pytest.mark.clause("P-40")
@pytest.mark.clause("P-41")
@pytest.mark.clause("P-43")
def test_goals_without_a_figure_ask_for_evidence(targets: dict[str, Target]) -> None:
    counted = Counter(target.clauses[0] for target in targets.values() if target.evidence)
    expected = {"P-06": 1, "P-07": 3, "P-08": 4, "P-09": 1, "P-40": 6, "P-41": 1, "P-43": 11}
    assert {clause: counted[clause] for clause in expected} == expected


@pytest.mark.clause("P-12")
@pytest.mark.clause("P-20")
@pytest.mark.clause("P-21")
def test_a_measurement_meets_a_target_or_not_or_cannot_be_decided(
    targets: dict[str, Target],
) -> None:
    assert targets["tap_water_2015"].met(7000) and not targets["tap_water_2015"].met(6999)
    growth = targets["natural_growth_2015"]
    assert (growth.comparator, growth.met(60), growth.met(61)) == (Comparator.AT_MOST, True, False)
    assert targets["fertility_2015"].met(170) is None
    forest = targets["forest_2017"]
    assert (forest.comparator, forest.since, forest.met(299)) == (Comparator.RISE, 2010, False)


@pytest.mark.clause("P-42")
def test_a_poor_gacha_has_a_body_a_cadre_a_resident_and_a_graduate(
    targets: dict[str, Target],
) -> None:
    haves = [one for one in targets.values() if one.clauses == ("P-42",) and not one.evidence]
    assert len(haves) == 4
    assert all(one.met(1) and not one.met(0) for one in haves)


PARAMETER_OF = {
    "poor_cut_2015": "poor_cut_by_middle_year",
    "poor_cut_2017": "poor_population",
    "income_growth_2015": "income_growth",
    "income_2015": "income_middle_year",
    "income_2017": "income_last_year",
    "leaders_2017": "leaders_total",
    "leaders_production_2017": "leaders_production",
    "leaders_services_2017": "leaders_services",
    "villages_yearly": "villages_a_year",
    "villages_2017": "villages_total",
    "relocated_households_2017": "relocated_households_total",
    "relocated_persons_2017": "relocated_persons_total",
    "relocated_households_yearly": "relocated_households_a_year",
    "relocated_persons_yearly": "relocated_persons_a_year",
    "leaders_supported_yearly": "leaders_a_year",
    "cooperatives_supported_yearly": "cooperatives_a_year",
    "gachas_supported_yearly": "gachas_a_year",
    "demonstrations_yearly": "demonstrations_a_year",
    "mutual_funds_yearly": "mutual_funds_a_year",
    "mutual_funds_2017": "mutual_funds_total",
    "mutual_money_2017": "mutual_money_least",
    "loan_scale_yearly": "loan_scale_least",
    "micro_loan_banners_yearly": "micro_loan_banners_a_year",
}


@pytest.mark.parametrize("target", PARAMETER_OF)
def test_a_figure_that_is_a_target_and_a_parameter_is_the_same_in_both(
    targets: dict[str, Target], target: str
) -> None:
    assert targets[target].value == PACK.value_on(PARAMETER_OF[target], DAY).value


# ---- Duties and entitlements ---------------------------------------------------------------------


@pytest.mark.clause("P-90")
@pytest.mark.clause("P-92")
@pytest.mark.clause("P-93")
def test_reports_and_assessments_come_back_every_year() -> None:
    duties = {duty.id: duty for duty in read_duties(PACK.folder, PACK.clauses, PACK.parameters)}
    for name in ("banner_reports", "region_assesses", "congress_reports", "region_budget"):
        assert duties[name].every is Every.YEAR


@pytest.mark.clause("P-91")
def test_the_league_reports_without_a_stated_interval() -> None:
    duties = {duty.id: duty for duty in read_duties(PACK.folder, PACK.clauses, PACK.parameters)}
    assert (duties["league_reports"].every, duties["league_reports"].within) == (None, None)


@pytest.mark.clause("P-37")
@pytest.mark.clause("P-47")
@pytest.mark.clause("P-79")
def test_every_duty_names_its_actor_and_no_deadline_in_days_is_invented() -> None:
    duties = read_duties(PACK.folder, PACK.clauses, PACK.parameters)
    assert {"P-36", "P-37", "P-47", "P-79", "P-82", "P-83"} <= {
        clause for duty in duties for clause in duty.clauses
    }
    for duty in duties:
        assert duty.who_zh and duty.who_en
        assert duty.within is None


@pytest.fixture(scope="module")
def entitlements() -> dict[str, Entitlement]:
    found = read_entitlements(
        PACK.folder,
        PACK.clauses,
        PACK.inputs,
        PACK.parameters,
        {rule.name: rule for rule in PACK.all_rules},
        [str(kind) for kind in PACK.kinds],
    )
    return {one.id: one for one in found}


@pytest.mark.clause("P-48")
@pytest.mark.clause("P-49")
@pytest.mark.clause("P-51")
def test_four_rights_stay_and_two_are_equal_for_who_moved_to_a_town(
    entitlements: dict[str, Entitlement],
) -> None:
    unchanged = [one for one in entitlements.values() if one.clauses == ("P-48", "P-51")]
    equal = [one for one in entitlements.values() if one.clauses == ("P-49", "P-51")]
    assert (len(unchanged), len(equal)) == (4, 2)
    for one in (*unchanged, *equal, entitlements["conversion_fees_waived"]):
        (where,) = [item for item in one.conditions if item.fact == "moved_to"]
        assert where.wanted == ("league_centre", "banner_seat")


@pytest.mark.clause("P-36")
@pytest.mark.clause("P-39")
@pytest.mark.clause("P-45")
def test_the_amounts_of_the_plan_are_granted_to_whom_it_names(
    entitlements: dict[str, Entitlement],
) -> None:
    named = {
        "relocation_subsidy": (Recipient.HOUSEHOLD, AmountForm.RULE, "relocation_subsidy"),
        "village_region_money": (Recipient.GACHA, AmountForm.PARAMETER, "village_region_share"),
        "village_banner_money": (Recipient.GACHA, AmountForm.AT_LEAST, "village_banner_least"),
        "area_region_money": (Recipient.LEAGUE, AmountForm.PARAMETER, "area_region_share"),
        "mutual_fund": (Recipient.GACHA, AmountForm.NOT_STATED, ""),
        "house_rebuilt": (Recipient.HOUSEHOLD, AmountForm.NOT_STATED, ""),
    }
    for name, (to, form, source) in named.items():
        found = entitlements[name]
        assert (found.to, found.amount.form, found.amount.name) == (to, form, source)


# ---- Against the real page, where it is at hand --------------------------------------------------

UNITS = {"fen": "fen", "rate": "basis_points", "count": "count", "hundredths": "hundredths"}


def figures(pack: Policy) -> list[CitedFigure]:
    found = [
        (parameter.name, value.clauses, value.figure, value.value, parameter.unit)
        for parameter in pack.parameters.values()
        for value in parameter.values
    ]
    found += [
        (target.id, target.clauses, target.figure, target.value, target.unit or "")
        for target in read_targets(pack.folder, pack.clauses)
    ]
    return [
        CitedFigure(name, clauses, lines_of(pack, clauses), figure, value, UNITS[unit])
        for name, clauses, figure, value, unit in found
        if figure and isinstance(value, int)
    ]


def lines_of(pack: Policy, clauses: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(line for clause in clauses for line in pack.clauses.clauses[clause].lines)


def test_every_figure_of_the_plan_stands_on_its_line_with_its_value(page: SourcePage) -> None:
    found = figures(PACK)
    assert len(found) > 80
    assert check_figures(page, found) == []


def test_every_figure_of_the_notice_stands_on_its_line_with_its_value(page: SourcePage) -> None:
    block = policy("block-funds-2018")
    assert check_figures(page, figures(block)) == []
    item = block.parameters["account_item"].values[0]
    assert item.figure == item.value
    assert any(str(item.value) in line.readable for line in page.lines)
