"""`doudi solve`: the value of one number that keeps the cost within a budget."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.commands.conftest import Doudi
from tests.population.reform_rows import three

from doudi.rules.kernel import CACHE_VARIABLE


@pytest.fixture(autouse=True)
def compiled_loops_stay_here(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path_factory.getbasetemp() / "loops"))


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.parquet"
    pq.write_table(three(), path)
    return path


SHARE = ("--parameter", "own_share_ceiling", "--payers", "backstop")


@pytest.mark.clause("H-29")
def test_a_budget_in_yuan_is_answered_to_the_basis_point(
    doudi: Doudi, claims: Path, tmp_path: Path
) -> None:
    page = tmp_path / "solved.html"
    ran = doudi("solve", claims, *SHARE, "--budget", "9000", "--html", page)
    assert ran.status == 0
    # 10,132.75 is for the backstop and the person; 5.67% of 20,000 leaves 8,998.75 to the backstop.
    assert "应为 5.67%：付出 8,998.75 元，再放宽 0.01%就超出预算。" in ran.out
    assert "今天是 10%，付出 8,132.75 元，比预算少 867.25 元。" in ran.out
    assert "答案 5.67%" in page.read_text(encoding="utf-8")


def test_the_data_has_the_curve_in_fen(doudi: Doudi, claims: Path) -> None:
    data = doudi.json("solve", claims, *SHARE, "--budget", "9000")
    assert (data["value"], data["cost_fen"], data["step"]) == (567, 899_875, 1)
    assert (data["outcome"], data["monotone"], data["budget_fen"]) == ("found", True, 900_000)
    assert {"value": 566, "cost_fen": 900_075} in data["curve"]
    assert data["payers"] == ["backstop_pay"]


def test_no_value_is_an_answer_with_status_1(doudi: Doudi, claims: Path) -> None:
    ran = doudi("solve", claims, *SHARE, "--budget", "1")
    assert ran.status == 1
    assert "没有这样的值" in ran.out


def test_what_cannot_be_asked_is_refused(doudi: Doudi, claims: Path, tmp_path: Path) -> None:
    for arguments, words in (
        ((claims, "--parameter", "own_share", "--budget", "1"), "own_share_ceiling"),
        ((claims, *SHARE, "--budget", "1", "--from", "8"), "8%"),
        ((claims, "--parameter", "basic_cap", "--payers", "nobody", "--budget", "1"), "backstop"),
        ((tmp_path / "none.parquet", *SHARE, "--budget", "1"), "Parquet"),
    ):
        [line] = doudi("solve", *arguments).complaints
        assert words in line
