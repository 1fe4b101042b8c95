"""What the page on proofs shows is what the program says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from doudi.cli import language_first, main

PAGE = Path(__file__).parents[2] / "docs" / "prove.md"

_CONSOLE = re.compile(r"^```console\n\$ \./doudi (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN = re.compile(
    r"<!-- run -->\n```python\n(.*?)```\n\n<!-- prints -->\n```text\n(.*?)```", re.DOTALL
)
_VERSION = re.compile(r"\b[0-9a-f]{12}\b")


def lines(text: str) -> list[str]:
    """The lines without what changes with every pack, and without trailing space."""
    return [line.rstrip() for line in _VERSION.sub("<version>", text).strip().splitlines()]


def test_the_commands_print_what_the_page_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_LANG", "zh")
    shown = _CONSOLE.findall(PAGE.read_text(encoding="utf-8"))
    assert shown
    for command, printed in shown:
        result = CliRunner().invoke(main, language_first(command.split()))
        assert lines(result.output) == lines(printed), command


def test_the_python_prints_what_the_page_shows() -> None:
    shown = _RUN.findall(PAGE.read_text(encoding="utf-8"))
    assert shown
    for code, printed in shown:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(code, PAGE.name, "exec"), {})
        assert out.getvalue() == printed
