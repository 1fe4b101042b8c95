"""The guide for operators names commands, variables and files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from doudi.cli import main

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    set(re.findall(r"\./doudi ((?:manage |audit )?[a-z][a-z-]+)", TEXT)) - {"audit", "manage"}
)
VARIABLE = re.compile(r"DOUDI_[A-Z_]+[A-Z]")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_exists(command: str) -> None:
    assert CliRunner().invoke(main, [*command.split(), "--help"]).exit_code == 0


def test_the_guide_lists_every_variable_and_no_other() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src" / "doudi").rglob("*.py")
    )
    assert set(VARIABLE.findall(TEXT)) == set(VARIABLE.findall(code))


def test_every_file_of_the_guide_exists() -> None:
    named = re.findall(r"`(deploy/[\w.-]+)`", TEXT)
    assert len(named) == 2
    assert all((ROOT / name).exists() for name in named)


def test_what_is_deployed_calls_commands_that_exist() -> None:
    for unit in (ROOT / "deploy").glob("*.service"):
        for command in re.findall(r"/opt/doudi/doudi ([a-z]+(?: [a-z]+)?)", unit.read_text()):
            words = [word for word in command.split() if word.isalpha()]
            assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0, command
