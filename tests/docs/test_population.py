"""The analyst's walk goes as docs/population.md says, and its notebook runs to the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from tests.docs.test_office_day import ROOT, environment, steps

from doudi.rules.kernel import CACHE_VARIABLE

DOCUMENT = ROOT / "docs" / "population.md"
NOTEBOOK = ROOT / "docs" / "population.ipynb"
PICTURE = ROOT / "docs" / "pictures" / "reform-report.png"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder where ``./doudi`` is this checkout without its set-up."""
    starter = tmp_path / "doudi"
    starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m doudi "$@"\n', encoding="utf-8")
    starter.chmod(0o755)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


@pytest.fixture(scope="session")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


def test_the_walk_goes_as_the_document_says(clone: Path, loops: Path) -> None:
    walked = steps(DOCUMENT)
    for step in walked:
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=clone,
            env=environment(clone / "var") | {CACHE_VARIABLE: str(loops)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.stdout.rstrip("\n") == step.printed, f"line {step.line}: {step.command}"
    for part in ("synthetic-claims", "compare", "--html", "--value", "solve", "fit"):
        assert any(part in step.command for step in walked), part
    assert "合成数据" in (clone / "report.html").read_text(encoding="utf-8")


def test_the_replaced_rule_of_the_examples_is_settled(clone: Path, loops: Path) -> None:
    subprocess.run(
        ["./doudi", "synthetic-claims", "claims.parquet", "--people", "500"],
        cwd=clone,
        env=environment(clone / "var"),
        check=True,
        capture_output=True,
    )
    done = subprocess.run(
        ["./doudi", "compare", "claims.parquet", "--json",
         "--reform", "examples/reforms/first_300_free.yaml"],
        cwd=clone,
        env=environment(clone / "var") | {CACHE_VARIABLE: str(loops)},
        check=True,
        capture_output=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    # Only stays of the registered can gain, each by 300 yuan at most, and the backstop pays it.
    gained = found["whole"]["better_fen"]
    assert 0 < gained <= 30_000 * found["whole"]["claims"]
    backstop = found["payers"]["backstop_pay"]
    assert backstop["reform_fen"] - backstop["today_fen"] == gained
    assert found["whole"]["worse_persons"] == 0


def test_the_notebook_is_kept_without_what_it_printed() -> None:
    for cell in notebook()["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None


def test_the_notebook_runs_to_the_end(loops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(loops))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT)]))
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    book = notebook()
    NotebookClient(book, timeout=300, kernel_name="python3").execute()
    shown = [
        output["data"]["text/plain"]
        for cell in book["cells"]
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
        if output["output_type"] == "execute_result"
    ]
    assert shown[0] == "8000"
    assert "'report.html'" in shown
    # 85.78% is needed where 600 yuan are paid first, ten points of it the rise (clauses H.10).
    assert shown[-1] == "(((7578, 10000),), 6500)"


def notebook() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_picture_is_a_modest_file() -> None:
    content = PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 200_000
