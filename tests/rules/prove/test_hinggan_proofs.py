"""Everything that the pack of 2018 promises is decided here: this is where the proof runs in CI."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from doudi.cli import main
from doudi.policies import FOLDER, policy
from doudi.rules import load_policy
from doudi.rules.prove import Example, Report, Scope, Status, prove

HINGGAN = policy("hinggan-2018")

PROVED_FOR_ANY_VALUES = {
    ("payers_and_own_add_up_to_the_bill", "claim"): 7,
    ("nobody_pays_less_than_nothing", "claim"): 7,
    ("a_stay_costs_at_most_a_tenth", "claim"): 1,
    ("a_year_costs_at_most_the_ceiling", "claim"): 7,
    ("a_year_costs_at_most_the_ceiling", "year"): 7,
    ("family_bed_payments_stay_within_the_limit", "claim"): 1,
    ("family_bed_payments_stay_within_the_limit", "year"): 1,
    ("assistance_stays_within_its_cap", "claim"): 1,
    ("assistance_stays_within_its_cap", "year"): 1,
    ("chronic_care_is_reimbursed_to_its_floor", "claim"): 2,
    ("a_larger_bill_never_costs_less", "comparison"): 7,
    ("most_for_a_stay", "guarantee"): 1,
    ("most_for_chronic_care", "guarantee"): 2,
    ("most_for_a_visit", "guarantee"): 2,
    ("most_for_a_family_bed", "guarantee"): 1,
    ("most_for_a_package", "guarantee"): 1,
}
"""Each statement with the number of kinds of claim that it is proved for."""

READINGS = {
    "payers_and_own_add_up_to_the_bill": 16,
    "a_stay_costs_at_most_a_tenth": 8,
    "assistance_stays_within_its_cap": 8,
    "registration_never_costs": 16,
}
"""For how many sets of readings of a stay; a promise that rests on one reading has half."""


@pytest.fixture(scope="module")
def report() -> Report:
    return prove(HINGGAN, workers=2)


def example(report: Report, name: str, scope: Scope) -> Example:
    decision = report.outcome(name).decision(scope)
    assert decision is not None and decision.status is Status.REFUTED
    assert decision.example is not None
    return decision.example


def own(report: Report, name: str, found: Example) -> tuple[int, int]:
    """What the person pays in the example, and in all in the other case."""
    statement = report.outcome(name).statement
    (others,) = found.others(HINGGAN, statement).values()
    return (
        found.working(HINGGAN).outputs["own_pay"],
        sum(other.outputs["own_pay"] for other in others),
    )


@pytest.mark.clause("H-06")
@pytest.mark.clause("H-10")
@pytest.mark.clause("H-11")
@pytest.mark.clause("H-12")
@pytest.mark.clause("H-16")
@pytest.mark.clause("H-18")
def test_all_that_is_promised_and_guaranteed_is_proved_for_any_values(report: Report) -> None:
    proved = {
        (outcome.statement.name, outcome.statement.sort.value): len(outcome.kinds)
        for outcome in report.outcomes
        if outcome.status(Scope.ANY) is Status.PROVED
    }
    assert proved == PROVED_FOR_ANY_VALUES
    assert report.is_kept


def test_every_reading_of_a_stay_is_covered(report: Report) -> None:
    for name, count in READINGS.items():
        stays = [part for part in report.outcome(name).parts if part.kind == "inpatient"]
        assert len({tuple(part.readings.items()) for part in stays}) == count


def test_being_registered_never_costs_more_with_todays_values_nor_in_their_ranges(
    report: Report,
) -> None:
    found = report.outcome("registration_never_costs")
    assert found.status(Scope.TODAY) is Status.PROVED
    assert found.status(Scope.RANGE) is Status.PROVED


def test_with_a_critical_rate_that_falls_being_registered_can_cost_more(report: Report) -> None:
    """The halved deductible leads sooner to where the falling schedule pays less."""
    found = example(report, "registration_never_costs", Scope.ANY)
    assert list(found.values) == ["critical_schedule"]
    rates = [band.rate for band in found.values["critical_schedule"].bands]
    assert rates == sorted(rates, reverse=True)
    registered, not_registered = own(report, "registration_never_costs", found)
    assert registered > not_registered


def test_the_smallest_stay_that_costs_more_in_two_parts(report: Report) -> None:
    """26 fen leave 1 fen to the person, and so does each half of 13 fen."""
    found = example(report, "splitting_a_stay_never_costs", Scope.TODAY)
    assert (found.size, found.smallest) == (26, True)
    assert own(report, "splitting_a_stay_never_costs", found) == (1, 2)


def test_the_smallest_stay_for_which_the_payers_pay_more_in_two_parts(report: Report) -> None:
    """Of less than 10 fen a tenth is less than a fen, which is nothing."""
    found = example(report, "splitting_a_stay_never_pays", Scope.TODAY)
    assert (found.size, found.smallest) == (10, True)
    assert own(report, "splitting_a_stay_never_pays", found) == (1, 0)


def test_one_more_fen_of_bill_costs_at_most_a_fen(report: Report) -> None:
    (cliff,) = [one for one in report.cliffs if one.variant == "larger"]
    assert (cliff.most, cliff.everywhere, cliff.certain) == (1, True, True)


def test_losing_registration_costs_at_most_nine_tenths_of_a_bill_of_10000_yuan(
    report: Report,
) -> None:
    """Of 10,000 yuan outside the catalogue the registered pay 1,000, the others everything."""
    (cliff,) = [one for one in report.cliffs if one.variant == "unregistered"]
    assert (cliff.most, cliff.everywhere, cliff.certain) == (900_000, False, True)
    assert cliff.example is not None
    registered, not_registered = own(report, "registration_never_costs", cliff.example)
    assert not_registered - registered == 900_000


def test_the_report_is_plain_data(report: Report) -> None:
    data = json.loads(json.dumps(report.to_dict()))
    assert data["schema"] == "doudi-proof-1"
    assert data["kept"] is True
    split = next(one for one in data["outcomes"] if one["name"] == "splitting_a_stay_never_costs")
    assert split["status"] == {"today": "refuted", "range": "refuted", "any": "refuted"}
    found = split["parts"][0]["today"]["counterexample"]
    assert found["gives_fen"]["own_pay"] == 1
    assert len(found["others"]["split"]) == 2


@pytest.mark.parametrize("name", ["region-plan-2013", "block-funds-2018"])
def test_the_other_packs_keep_all_their_promises(name: str) -> None:
    found = prove(policy(name), workers=1)
    assert found.outcomes
    assert all(one.status(Scope.ANY) is Status.PROVED for one in found.outcomes)


def test_a_reading_that_was_chosen_stays_chosen() -> None:
    chosen = HINGGAN.with_readings({"floor_base": "catalogue"})
    (found,) = chosen.prove("a_stay_costs_at_most_a_tenth").outcomes
    assert found.status(Scope.TODAY) is None


# ---- The command -----------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["prove", *arguments])


def test_the_command_prints_a_table_of_what_was_covered() -> None:
    result = run("chronic_care_is_reimbursed_to_its_floor")
    assert result.exit_code == 0
    assert "成立" in result.output
    assert "2 种读法" in result.output.replace("\n", "")
    assert "[H-16" in result.output


def test_the_command_speaks_english_and_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_LANG", "en")
    assert "proved" in run("most_for_a_package").output
    data = json.loads(run("most_for_a_package", "--json").output)
    assert data["outcomes"][0]["status"]["any"] == "proved"


def test_an_unknown_promise_is_an_error_of_the_caller() -> None:
    result = run("nothing_of_the_kind")
    assert result.exit_code == 2
    assert "nothing_of_the_kind" in result.output


# ---- A rule that is broken breaks its promise ------------------------------------------------

Change = Callable[[str], str]


def replaced(before: str, after: str) -> Change:
    def change(text: str) -> str:
        assert text.count(before) == 1, before
        return text.replace(before, after)

    return change


BROKEN = {
    "the ceiling forgets what was paid before": (
        "payers.py",
        replaced("max(0, own_year_ceiling - registered_own_to_date)", "own_year_ceiling"),
        "a_year_costs_at_most_the_ceiling",
    ),
    "nothing is paid beyond the ceiling": (
        "payers.py",
        replaced("return max(0, own_before_ceiling - own_year_left)", "return 0"),
        "a_year_costs_at_most_the_ceiling",
    ),
    "assistance has no cap": (
        "inpatient.py",
        replaced(
            "return min(share(left_after_commercial, assistance_rate), assistance_cap_left)",
            "return share(left_after_commercial, assistance_rate)",
        ),
        "assistance_stays_within_its_cap",
    ),
    "the floor is rounded against the patient": (
        "inpatient.py",
        replaced(
            "return share_down(floor_base_due, own_share_ceiling)",
            "return share(floor_base_due, own_share_ceiling)",
        ),
        "a_stay_costs_at_most_a_tenth",
    ),
    "the floor forgets that basic insurance paid": (
        "inpatient.py",
        replaced(
            "paid = (\n        inpatient_basic\n        + inpatient", "paid = (\n        inpatient"
        ),
        "nobody_pays_less_than_nothing",
    ),
    "assistance comes before the supplementary insurance": (
        "inpatient.py",
        replaced(
            "inpatient_basic - inpatient_critical - inpatient_commercial)",
            "inpatient_basic - inpatient_critical)",
        ),
        "nobody_pays_less_than_nothing",
    ),
    "chronic care is not topped up": (
        "outpatient.py",
        replaced("return max(0, share(catalogue, chronic_floor) - chronic_basic)", "return 0"),
        "chronic_care_is_reimbursed_to_its_floor",
    ),
    "a family bed is paid without a limit": (
        "outpatient.py",
        replaced("return min(catalogue, family_bed_left)", "return catalogue"),
        "family_bed_payments_stay_within_the_limit",
    ),
    "own pay leaves out the ceiling": (
        "payers.py",
        replaced("return own_before_ceiling - ceiling_backstop", "return own_before_ceiling"),
        "payers_and_own_add_up_to_the_bill",
    ),
    "the guarantee forgets a fen": (
        "guarantees.py",
        replaced(
            "return min(bill - catalogue + share(catalogue, package_own_share), own_year_left)",
            "return min(bill - catalogue + share(catalogue, package_own_share) - 1, own_year_left)",
        ),
        "most_for_a_package",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_found_out(name: str, tmp_path: Path) -> None:
    file, change, promise = BROKEN[name]
    shutil.copy(FOLDER / "clauses.yaml", tmp_path)
    folder = tmp_path / "hinggan_2018"
    shutil.copytree(HINGGAN.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    source = folder / file
    source.write_text(change(source.read_text(encoding="utf-8")), encoding="utf-8")
    usual = {item.name: item.default for item in HINGGAN.interpretations.values()}
    broken = load_policy(folder).with_readings(usual)
    found = prove(broken, [promise], workers=1)
    assert not found.is_kept
    refuted = [
        decision.example
        for outcome in found.outcomes
        if (decision := outcome.decision(Scope.TODAY)) is not None
        and decision.status is Status.REFUTED
    ]
    assert refuted
    assert all(one is not None and one.working(broken) for one in refuted)
