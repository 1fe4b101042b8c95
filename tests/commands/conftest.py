"""Running a command as a person does, in Chinese unless a test asks for English."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from doudi.cli import main

ROOT = Path(__file__).resolve().parents[2]
MISSION = ROOT.parent / "shared" / "mission"


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON that was printed; a float in it would be a fault, and is refused here."""
        assert self.status in (0, 1), self.err
        return json.loads(self.out, parse_float=_no_float)

    @property
    def complaints(self) -> list[str]:
        """The faults of bad input: exit status 2, one a line, and nothing on standard output."""
        assert self.status == 2, (self.status, self.out, self.err)
        assert self.out == ""
        return self.err.splitlines()


def _no_float(text: str) -> Any:
    raise AssertionError(f"{text} is not an integer")


class Doudi:
    """``doudi("policy", "list")`` runs the command in this process."""

    root = ROOT

    def __call__(self, *arguments: str | Path) -> Ran:
        result = CliRunner().invoke(main, [str(item) for item in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    def json(self, *arguments: str | Path) -> Any:
        """The data that the command prints with ``--json``."""
        ran = self(*arguments, "--json")
        assert ran.status == 0, ran.err
        return ran.data


@pytest.fixture
def doudi(monkeypatch: pytest.MonkeyPatch) -> Doudi:
    # Set, not deleted: then whatever --lang leaves in the environment is taken back afterwards.
    monkeypatch.setenv("DOUDI_LANG", "zh")
    monkeypatch.delenv("DOUDI_ADOPTION", raising=False)
    return Doudi()


@pytest.fixture(scope="session")
def real_page() -> Path:
    found = sorted(MISSION.glob("*.txt"))
    if not found:
        pytest.skip("the source page is not in the repository: no ../shared/mission/*.txt here")
    return found[0]


@pytest.fixture
def adoption(tmp_path: Path) -> Any:
    """Writes an adoption file from (parameter, value, more) entries, each with a document."""

    def write(*entries: tuple[str, str] | tuple[str, str, str], pack: str = "hinggan-2018") -> Path:
        path = tmp_path / f"adoption_{len(list(tmp_path.iterdir()))}.yaml"
        path.write_text(adoption_text(entries, pack), encoding="utf-8")
        return path

    return write


def adoption_text(entries: Sequence[Sequence[str]], pack: str) -> str:
    lines = [f"policy: {pack}", "values:"]
    for name, value, *more in entries:
        extra = "".join(f", {item}" for item in more)
        lines.append(f"  - {{parameter: '{name}', value: {value}, document: 试〔2018〕1号{extra}}}")
    return "\n".join(lines) + "\n"


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python process that finds this checkout, by default ``python -m doudi …``."""
    first = () if "-c" in arguments else ("-m", "doudi")
    return subprocess.run(
        [sys.executable, *first, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONIOENCODING": "utf-8",
            "DOUDI_ADOPTION": "",
            "DOUDI_LANG": "",
            **environment,
        },
        check=False,
    )
