"""`doudi clauses`: every clause of the source page and what carries it."""

from __future__ import annotations

import pytest
from tests.commands.conftest import Doudi

from doudi.policies import carriers

STATES = ("carried", "planned", "reason", "missing")


def test_all_185_clauses_are_there_and_none_is_missing(doudi: Doudi) -> None:
    data = doudi.json("clauses")
    assert len(data["clauses"]) == 185
    assert data["counts"]["missing"] == 0
    assert sum(data["counts"].values()) == 185
    assert set(data["counts"]) == set(STATES)
    text = doudi("clauses").out
    assert "共 185 条" in text
    assert "遗漏 0" in text
    for clause in data["clauses"]:
        assert f"\n{clause['id']} (" in f"\n{text}"


def test_each_clause_says_where_it_stands_and_in_which_document(doudi: Doudi) -> None:
    for clause in doudi.json("clauses")["clauses"]:
        assert clause["lines"]
        assert clause["zh"]
        assert clause["en"]
        assert clause["document"]
        assert clause["rank"]


@pytest.mark.parametrize("state", STATES)
def test_only_the_clauses_in_one_state_can_be_listed(doudi: Doudi, state: str) -> None:
    data = doudi.json("clauses", "--only", state)
    assert {clause["state"] for clause in data["clauses"]} <= {state}
    assert len(data["clauses"]) == data["counts"][state]


@pytest.mark.clause("H-10")
def test_one_clause_shows_its_document_its_carriers_and_its_tests(doudi: Doudi) -> None:
    [clause] = doudi.json("clauses", "H-10")["clauses"]
    carried_by = {(item["sort"], item["name"], item["pack"]) for item in clause["objects"]}
    assert {
        ("parameter", "assistance_cap", "hinggan-2018"),
        ("parameter", "assistance_rate", "hinggan-2018"),
        ("rule", "inpatient_assistance", "hinggan-2018"),
        ("interpretation", "assistance_cap_period", "hinggan-2018"),
        ("promise", "assistance_stays_within_its_cap", "hinggan-2018"),
        ("case", "C-2", "hinggan-2018"),
    } <= carried_by
    assert "commands/test_clauses.py" in clause["tests"]
    text = doudi("clauses", "H-10").out
    assert text.startswith("H-10 (L43")
    assert "parameter:assistance_cap" in text
    assert "test:test_clauses" in text
    assert "article · 2018-01-01 … 2018-12-31" in text


def test_clauses_that_do_not_exist_are_each_refused(doudi: Doudi) -> None:
    lines = doudi("clauses", "H-10", "H-99", "Q-01").complaints
    assert len(lines) == 2
    assert "H-99" in lines[0]
    assert "Q-01" in lines[1]


def test_a_clause_that_nothing_carries_fails_the_run(
    doudi: Doudi, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = carriers.carried_clauses()
    bare = [carriers.Carried(item.clause, (), item.tests) for item in found]
    monkeypatch.setattr(carriers, "carried_clauses", lambda: bare)
    ran = doudi("clauses", "H-10")
    assert ran.status == 1
    assert "遗漏 0" not in ran.out
