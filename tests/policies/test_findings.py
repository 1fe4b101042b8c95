"""The sources' own arithmetic: what holds, what does not, and that it is computed."""

from dataclasses import replace
from decimal import Decimal, getcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.money import yuan
from doudi.policies import policy
from doudi.rules import Policy
from doudi.rules.errors import BadValue
from doudi.rules.findings import (
    Finding,
    growth_tenths,
    number,
    percent_tenths,
    run_findings,
    tenths,
)

REGION = policy("region-plan-2013")
HINGGAN = policy("hinggan-2018")


def found(pack: Policy) -> dict[str, Finding]:
    return {finding.name: finding for finding in run_findings(pack)}


def with_value(pack: Policy, name: str, value: int) -> Policy:
    parameter = pack.parameters[name]
    values = tuple(replace(one, value=value) for one in parameter.values)
    return pack.with_parameters({name: replace(parameter, values=values)}, f"{name}={value}")


# ---- The plan ------------------------------------------------------------------------------------


@pytest.mark.clause("P-38")
@pytest.mark.clause("P-39")
@pytest.mark.clause("P-36")
@pytest.mark.clause("P-32")
@pytest.mark.clause("P-53")
@pytest.mark.clause("P-05")
@pytest.mark.clause("P-09")
def test_the_sums_of_the_plan_that_hold() -> None:
    assert {name: item.computed for name, item in found(REGION).items() if item.holds} == {
        "villages_of_five_years": "400 × 5 = 2,000",
        "money_of_a_village": "1,500,000 + 3,000,000 = 4,500,000",
        "money_of_an_area": "100,000,000 × (1 + 3) = 400,000,000",
        "leader_enterprises": "200 + 150 = 350",
        "industry_programme": "100 + 100 + 100 + 5 = 305; 1115",
        "income_base": "X = 1,500; X = 1,500",
        "income_growth_to_the_middle_year": "1,500 × (1 + 15%)^5 ≈ 3,017.04",
        "anniversary_year": "1947 + 70 = 2017",
    }


@pytest.mark.clause("P-44")
@pytest.mark.clause("P-45")
@pytest.mark.clause("P-55")
@pytest.mark.clause("P-05")
def test_the_sums_of_the_plan_that_do_not_hold() -> None:
    wrong = {name: item for name, item in found(REGION).items() if item.holds is False}
    assert {name: (item.stated, item.computed) for name, item in wrong.items()} == {
        "local_match_of_a_village": ("1 : 3", "3,000,000 ÷ 1,500,000 = 2; 1 : 2"),
        "relocated_households_of_five_years": (
            "53,000",
            "10,000 × 5 = 50,000; 50,000 − 53,000 = -3,000",
        ),
        "relocated_persons_of_five_years": (
            "201,000",
            "40,000 × 5 = 200,000; 200,000 − 201,000 = -1,000",
        ),
        "size_of_a_relocated_household": ("4", "201,000 ÷ 53,000 = 3.79"),
        "mutual_funds_of_five_years": (
            "3,000",
            "750 + 5 × 400 = 2,750; (3,000 − 750) ÷ 5 = 450",
        ),
        "income_growth_to_the_last_year": ("15%", "(6,000 ÷ 3,000)^(1/2) − 1 ≈ 41.4%"),
    }


@pytest.mark.clause("P-04")
@pytest.mark.clause("P-74")
@pytest.mark.clause("P-75")
def test_what_the_plan_leaves_open_is_called_neither_right_nor_wrong() -> None:
    left_open = {name: item.computed for name, item in found(REGION).items() if item.holds is None}
    assert left_open == {
        "poor_left_after_the_middle_year": "2,666,000 − 1,500,000 = 1,166,000; ÷ 2 = 583,000",
        "money_of_a_mutual_fund": "500,000,000 ÷ 3,000 ≈ 166,666.67",
        "region_money_of_the_three_projects": (
            "400,000,000 + 600,000,000 + 300,000,000 = 1,300,000,000; × 5 = 6,500,000,000"
        ),
        "micro_loan_banners_of_five_years": "10 × 5 = 50",
    }


@pytest.mark.clause("P-55")
def test_a_finding_is_computed_and_not_typed_in() -> None:
    assert found(with_value(REGION, "mutual_funds_a_year", 450))["mutual_funds_of_five_years"].holds
    assert not found(with_value(REGION, "villages_a_year", 399))["villages_of_five_years"].holds
    names = ("relocated_households_of_five_years", "local_match_of_a_village")
    changed = with_value(
        with_value(REGION, "relocated_households_total", 50000), "local_match_parts", 2
    )
    assert [found(changed)[name].holds for name in names] == [True, True]


@pytest.mark.clause("P-74")
@pytest.mark.parametrize(("banners", "covered"), [(50, True), (57, False), (60, False)])
def test_the_micro_loan_banners_are_decided_once_the_number_of_key_banners_is_known(
    banners: int, covered: bool
) -> None:
    known = with_value(REGION, "key_banners", banners)
    assert found(known)["micro_loan_banners_of_five_years"].holds is covered


# ---- The article ---------------------------------------------------------------------------------


@pytest.mark.clause("H-40")
@pytest.mark.clause("H-51")
def test_the_rates_of_treatment_of_the_article_hold() -> None:
    checks = found(HINGGAN)
    assert (checks["serious_treatment_rate"].computed, checks["serious_treatment_rate"].holds) == (
        "445 ÷ 525 = 84.8%",
        True,
    )
    assert (checks["backstop_rate"].computed, checks["backstop_rate"].holds) == (
        "344 ÷ 349 = 98.6%",
        True,
    )


@pytest.mark.clause("H-44")
def test_all_signed_is_contradicted_by_130_patients() -> None:
    check = found(HINGGAN)["all_contracts_signed"]
    assert check.holds is False
    assert check.computed == "43,356 ÷ 43,486 = 99.7%; 43,486 − 43,356 = 130"


@pytest.mark.clause("H-29")
@pytest.mark.clause("H-50")
@pytest.mark.clause("H-65")
def test_what_the_article_does_not_sum_up_is_summed_up_without_a_verdict() -> None:
    left_open = {name: item.computed for name, item in found(HINGGAN).items() if item.holds is None}
    assert left_open == {
        "fall_of_the_illness_share": "31.3 − 63.4 = -32.1",
        "funding_of_a_month": "69,502,200 ÷ 9 ≈ 7,722,466.67",
        "operations_and_backstop": "82 + 262 = 344 = 344",
        "most_for_all_family_beds": "47 × 4,200 = 197,400",
        "one_delivery_to_everybody": "3,741 × 10 = 37,410",
    }


@pytest.mark.parametrize("pack", [REGION, HINGGAN], ids=lambda pack: pack.name)
def test_every_finding_has_words_in_both_languages_and_clauses(pack: Policy) -> None:
    for finding in run_findings(pack):
        assert any("\u4e00" <= character <= "\u9fff" for character in finding.zh), finding
        assert finding.en.isascii() and finding.en.endswith("."), finding
        assert finding.clauses and finding.computed and finding.stated, finding


# ---- The arithmetic they use ---------------------------------------------------------------------


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_rounded_half_up_to_a_tenth_of_a_percent(part: int, whole: int) -> None:
    found_tenths = percent_tenths(part, whole)
    assert (2 * found_tenths - 1) * whole <= 2000 * part < (2 * found_tenths + 1) * whole


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 6))
def test_yearly_growth_agrees_with_a_root_taken_to_many_places(
    start: int, rise: int, years: int
) -> None:
    rise = min(rise, start * 20)
    getcontext().prec = 60
    root = (Decimal(start + rise) / start) ** (Decimal(1) / years)
    exact = (root - 1) * 1000
    assert abs(exact - growth_tenths(start, start + rise, years)) <= Decimal("0.5000000001")


def test_no_growth_leads_downwards_or_in_no_time() -> None:
    for start, end, years in ((0, 5, 1), (5, 4, 1), (5, 6, 0)):
        with pytest.raises(BadValue):
            growth_tenths(start, end, years)


def test_amounts_and_tenths_are_written_out_exactly() -> None:
    assert [yuan(fen) for fen in (0, 5, 16666667, -320000000)] == [
        "0",
        "0.05",
        "166,666.67",
        "-3,200,000",
    ]
    assert [tenths(one) for one in (848, -321, 0, 12345)] == ["84.8", "-32.1", "0.0", "1,234.5"]


def test_a_figure_that_is_missing_or_no_number_is_named() -> None:
    with pytest.raises(BadValue, match="no_such_name"):
        number(REGION, "no_such_name")
    with pytest.raises(BadValue, match="key_banners"):
        number(REGION, "key_banners")
