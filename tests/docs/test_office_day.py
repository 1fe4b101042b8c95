"""The day in the document is played as it stands there, and prints what the document says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "office-day.md"

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What every run makes anew, and what hangs on how many rows the made-up league has.
_CHANGING = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<claim>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<head>"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"), "<stay>"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b"), "<person>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00"), "<time>"),
    (re.compile(r"(?<=版本 )[0-9a-f]{12}"), "<version>"),
    (re.compile(r"(?<=对账单 )\d+"), "<number>"),
    (re.compile(r"^ +\d+(?=  \S+ +H15)", re.MULTILINE), "<number>"),
    (re.compile(r"(?<=登记 )\d+"), "<number>"),
    (re.compile(r"[\d,]+ (?=行|组分录|个人的年度|笔在用|个有发生额)"), "<count> "),
    (re.compile(r"^\d+ 个账户，借方 ([\d,.]+) 元，贷方 \1 元$", re.MULTILINE), "<equal>"),
)


@dataclass(frozen=True)
class Step:
    """A command of the document and what it prints; ``line`` is where the command stands."""

    line: int
    command: str
    printed: str


def steps(document: Path = DOCUMENT) -> list[Step]:
    text = document.read_text(encoding="utf-8")
    found = []
    for block in _BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1)) + 1
        lines = block[1].splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        assert starts[0] == 0, f"line {first}: a block starts with a command"
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            printed = "\n".join(lines[start + 1 : end])
            found.append(Step(first + start, lines[start][2:], printed))
    return found


def stable(printed: str) -> str:
    for pattern, name in _CHANGING:
        printed = pattern.sub(name, printed)
    return printed


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder where ``./doudi`` is this checkout without its set-up, and nothing is recorded."""
    starter = tmp_path / "doudi"
    starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m doudi "$@"\n', encoding="utf-8")
    starter.chmod(0o755)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


def test_the_day_goes_as_the_document_says(clone: Path) -> None:
    for step in steps():
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=clone,
            env=environment(clone / "var"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        where = f"line {step.line}: {step.command}"
        assert stable(done.stdout.rstrip("\n")) == stable(step.printed), where


def environment(data: Path) -> dict[str, str]:
    theirs = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in theirs and not name.startswith("DOUDI_")
    }
    return kept | {
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "utf-8",
        "DOUDI_DATA": str(data),
    }


def test_no_other_code_block_stays_unrun() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(_BLOCK.findall(text))


@pytest.mark.parametrize(
    "part",
    [
        "demo-data", "import-people", "manage admit", "manage fees", "--preview", "settle @stay",
        "instalments", "part-1", "part-2", "manage correct", "close-month", "manage statements",
        "manage confirm", "pay-statement", "audit seal", "audit verify", "audit check",
        "manage slip",
    ],
)  # fmt: skip
def test_the_day_has_all_its_parts(part: str) -> None:
    assert any(part in step.command for step in steps())


def test_the_second_instalment_leaves_nothing_owed() -> None:
    [second] = [step for step in steps() if step.command.endswith("--key part-2")]
    assert "尚欠 0 元" in second.printed
