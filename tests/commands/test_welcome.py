"""`doudi welcome`: the answer to the question the source page is titled with."""

from __future__ import annotations

import pytest
from tests.commands.conftest import Doudi, run_python
from tests.commands.test_estimate import HEADLINE

from doudi import cli


@pytest.mark.clause("X-01")
def test_it_asks_the_question_of_the_page_and_answers_it(doudi: Doudi) -> None:
    ran = doudi("welcome")
    assert ran.status == 0
    assert ran.out.startswith("问：")
    assert "能给多少钱" in ran.out.splitlines()[0]
    assert doudi(*HEADLINE).out in ran.out
    assert "最多自付 1,200 元" in ran.out


def test_it_says_what_else_can_be_asked(doudi: Doudi) -> None:
    text = doudi("welcome").out
    for command in ("estimate --bill", "estimate --household", "--help"):
        assert f"./doudi {command}" in text


def test_the_commands_it_recommends_can_be_run(doudi: Doudi) -> None:
    for line in doudi("welcome").out.splitlines():
        _before, found, command = line.partition("./doudi ")
        if found and "…" not in command:
            assert doudi(*command.split()).status == 0, command


def test_every_command_is_in_the_help_and_explains_itself(doudi: Doudi) -> None:
    text = doudi("--help").out
    for name in ("estimate", "settle", "policy", "clauses", "sources"):
        assert f"  {name} " in text
        assert doudi(name, "--help").status == 0
        assert doudi(name, "-h").out == doudi(name, "--help").out


def test_a_command_that_does_not_exist_is_refused(doudi: Doudi) -> None:
    complaints = doudi("estimat").complaints
    assert any("estimat" in line for line in complaints)


def test_no_command_is_loaded_before_it_is_called() -> None:
    listed = ", ".join(repr(module) for module in cli._COMMANDS.values())
    code = f"import sys, doudi.cli; print([n for n in [{listed}] if n in sys.modules])"
    assert run_python("-c", code).stdout == "[]\n"


def test_the_program_welcomes_in_the_language_of_the_environment() -> None:
    assert run_python("welcome", DOUDI_LANG="en").stdout.startswith("Question: ")
    assert run_python("welcome").stdout.startswith("问：")
