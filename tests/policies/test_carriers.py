"""Nothing of the source page is lost: each clause is carried, planned or answered with a reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doudi.policies import figures, policy, policy_names
from doudi.policies.carriers import TESTS, Carried, carried_clauses, clause_book
from doudi.rules.parameters import Parameter, Status, Value

# Left for the parts that keep records. This list may only shrink: a clause leaves it when an
# object carries it, and none may be added.
PLANNED = {
    "H-04", "H-30",
    "P-24", "P-25", "P-26", "P-27", "P-28", "P-29", "P-30", "P-31", "P-33", "P-52", "P-54", "P-56",
    "P-58", "P-59", "P-60", "P-61", "P-62", "P-64", "P-65", "P-66", "P-67", "P-69", "P-70", "P-71",
    "P-72", "P-76", "P-77", "P-78", "P-80", "P-81", "P-82", "P-83", "P-84", "P-85", "P-86", "P-89",
    "P-94",
}  # fmt: skip

# Cited numbers that no fragment of the page shows in digits, and why.
WITHOUT_FIGURE = {
    ("hinggan-2018", "premium_subsidy"): "the page says it is paid, in words and without a number",
    ("hinggan-2018", "premium_own"): "cited from another source than the page",
    ("region-plan-2013", "region_founded"): "a public fact, not on the page",
    ("region-plan-2013", "income_multiple_middle_year"): "written in words: doubled",
    ("region-plan-2013", "income_multiple_last_year"): "written in words: doubled twice",
    ("region-plan-2013", "area_leagues"): "counted from the names of the leagues",
}


@pytest.fixture(scope="module")
def clauses() -> dict[str, Carried]:
    return {item.clause.id: item for item in carried_clauses()}


def values(status: Status) -> list[tuple[str, Parameter, Value]]:
    return [
        (name, parameter, value)
        for name in policy_names()
        for parameter in policy(name).parameters.values()
        for value in parameter.values
        if value.status is status
    ]


# ---- Clauses -------------------------------------------------------------------------------


def test_every_clause_of_the_page_has_a_carrier_or_a_written_reason(
    clauses: dict[str, Carried],
) -> None:
    assert len(clauses) == 185
    assert [name for name, item in clauses.items() if item.state == "missing"] == []
    for name, item in clauses.items():
        if item.state == "carried":
            assert item.objects, name
        if item.state == "reason":
            assert item.clause.reason is not None
            assert item.clause.reason.zh, name
            assert item.clause.reason.en, name


def test_what_is_left_for_later_work_only_shrinks(clauses: dict[str, Carried]) -> None:
    planned = {name for name, item in clauses.items() if item.state == "planned"}
    assert planned <= PLANNED, "carry these clauses instead of planning them"


def test_a_clause_that_decides_money_is_carried_by_a_rule_value_or_entitlement(
    clauses: dict[str, Carried],
) -> None:
    deciding = {"rule", "parameter", "entitlement", "interpretation", "promise", "guarantee"}
    for number in range(7, 27):
        item = clauses[f"H-{number:02}"]
        assert {carrier.sort for carrier in item.objects} & deciding, item.clause.id


def test_a_carrier_names_an_object_that_its_pack_has(clauses: dict[str, Carried]) -> None:
    packs = {name: policy(name) for name in policy_names()}
    for item in clauses.values():
        for carrier in item.objects:
            if carrier.sort == "parameter":
                assert carrier.name in packs[carrier.place].parameters
            if carrier.sort == "rule":
                names = {rule.name for rule in packs[carrier.place].all_rules}
                assert carrier.name in names


def test_a_carrier_stands_once_however_many_times_it_cites_the_clause(
    clauses: dict[str, Carried],
) -> None:
    for item in clauses.values():
        assert len(set(item.objects)) == len(item.objects)
        assert len(set(item.tests)) == len(item.tests)


def test_every_clause_that_a_test_is_marked_with_exists(clauses: dict[str, Carried]) -> None:
    marked = {carrier.place for item in clauses.values() for carrier in item.tests}
    assert "commands/test_estimate.py" in marked
    book = clause_book()
    for place in marked:
        assert (TESTS / place).is_file()
    assert set(clauses) == set(book.clauses)


def test_marks_are_found_in_the_tests_they_stand_in(tmp_path: Path) -> None:
    folder = tmp_path / "some"
    folder.mkdir()
    mark = "@pytest.mark." + "clause"
    (folder / "test_one.py").write_text(f'{mark}("H-10", "N-03")\n', encoding="utf-8")
    (folder / "test_two.py").write_text(f'{mark}(\n    "H-10",\n)\n', encoding="utf-8")
    (folder / "helper.py").write_text(f'{mark}("H-11")\n', encoding="utf-8")
    found = {
        item.clause.id: [carrier.place for carrier in item.tests]
        for item in carried_clauses(tmp_path)
        if item.tests
    }
    assert found == {"H-10": ["some/test_one.py", "some/test_two.py"], "N-03": ["some/test_one.py"]}


def test_a_clause_without_object_plan_or_reason_counts_as_missing(
    clauses: dict[str, Carried],
) -> None:
    carried = clauses["H-10"]
    assert carried.state == "carried"
    assert Carried(carried.clause, (), carried.tests).state == "missing"


# ---- Values --------------------------------------------------------------------------------


def test_every_cited_value_names_its_clause_or_another_source() -> None:
    for pack, parameter, value in values(Status.CITED):
        assert value.clauses or (value.basis and value.basis_en), (pack, parameter.name)


def test_every_clause_that_a_value_cites_exists() -> None:
    known = set(clause_book().clauses)
    for status in Status:
        for pack, parameter, value in values(status):
            assert set(value.clauses) <= known, (pack, parameter.name)


def test_every_unsure_value_says_in_both_languages_what_it_rests_on() -> None:
    for status in (Status.STAND_IN, Status.ASSUMPTION):
        for pack, parameter, value in values(status):
            assert value.basis, (pack, parameter.name)
            assert value.basis_en, (pack, parameter.name)
            assert not value.clauses, (pack, parameter.name)


def test_every_unsure_value_that_decides_a_claim_has_a_range_around_it() -> None:
    for name in policy_names():
        pack = policy(name)
        for parameter in (*pack.read_parameters, "catalogue_share"):
            for value in pack.parameters[parameter].values if parameter in pack.parameters else ():
                if value.status in (Status.STAND_IN, Status.ASSUMPTION) and value.in_force(
                    date(2018, 6, 30)
                ):
                    assert value.shift is not None or value.low is not None, parameter


def test_a_value_that_the_source_does_not_state_has_none_but_says_where_it_is_missed() -> None:
    for pack, parameter, value in values(Status.NOT_STATED):
        assert value.value is None
        assert value.clauses, (pack, parameter.name)


def test_every_cited_number_names_the_fragment_in_which_it_stands() -> None:
    bare = {
        (pack, parameter.name)
        for pack, parameter, value in values(Status.CITED)
        if isinstance(value.value, int) and value.figure is None
    }
    assert bare == set(WITHOUT_FIGURE)


def test_the_list_of_uncited_figures_leaves_out_what_the_page_does_not_have() -> None:
    listed = {
        (name, one) for name in policy_names() for one in figures.uncited_figures(policy(name))
    }
    elsewhere = {("hinggan-2018", "premium_own"), ("region-plan-2013", "region_founded")}
    assert listed == set(WITHOUT_FIGURE) - elsewhere


def test_every_cited_figure_points_at_the_lines_of_its_clauses() -> None:
    for name in policy_names():
        book = policy(name).clauses
        for figure in figures.cited_figures(policy(name)):
            lines = {line for clause in figure.clauses for line in book.clauses[clause].lines}
            assert set(figure.lines) == lines, figure.name
            assert figure.lines, figure.name


def test_a_share_that_the_page_states_as_the_rest_is_looked_up_as_the_page_has_it() -> None:
    found = {figure.name: figure for figure in figures.cited_figures(policy("hinggan-2018"))}
    assert policy("hinggan-2018").parameters["own_share_ceiling"].values[0].value == 1_000
    assert found["own_share_ceiling"].value == 9_000
    assert "90%" in found["own_share_ceiling"].figure
