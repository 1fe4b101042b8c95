"""Processes of the office that a test starts, kills, and hears from."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
SECONDS = 120
"""After so long something hangs. Nothing is ever judged by how fast it was."""


class Hangs(AssertionError):
    """A process that did not end: a deadlock, or a lock that nobody gives back."""


class JobFailed(AssertionError):
    """A job that was to answer raised instead, or was killed."""


@dataclass(frozen=True)
class Outcome:
    """What became of a process: an answer, the name of an error with its text, or a signal."""

    answer: Any = None
    error: str | None = None
    text: str = ""
    trace: str = field(default="", repr=False)
    signal: int | None = None

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it, before it had anything to say."""
        return self.signal == signal.SIGKILL

    def answered(self) -> Any:
        """The answer; JobFailed when there is none."""
        if self.error or self.signal:
            raise JobFailed(self.trace or f"ended by signal {self.signal}")
        return self.answer


class Process:
    """One job that runs in a process of its own."""

    def __init__(self, owner: Processes, pid: int, outcome: Path) -> None:
        self._owner, self._outcome = owner, outcome
        self.pid = pid

    def kill(self) -> None:
        """SIGKILL; nothing in the process runs any more, not even `finally`."""
        os.kill(self.pid, signal.SIGKILL)

    @property
    def ended(self) -> bool:
        """Whether it has said what came of it."""
        return self._outcome.exists()

    def wait(self) -> Outcome:
        """Its end; Hangs when that does not come."""
        status = self._owner.ask({"wait": self.pid}, self.pid)["status"]
        if status < 0:
            return Outcome(signal=-status)
        return Outcome(**json.loads(self._outcome.read_text(encoding="utf-8")))


class Processes:
    """Starts jobs of `tests.office.faults.jobs`, each in a process and on a database."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="doudi-faults-"))
        self._numbers = count()
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "doudi.office.settings",
            "PYTHONPATH": paths,
            "OPENBLAS_NUM_THREADS": "1",
            "DOUDI_LANG": "zh",
        }
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "tests.office.faults.worker"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def start(self, url: str, job: str, **given: Any) -> Process:
        """Start a job and do not wait for it."""
        outcome = self.folder / f"outcome-{next(self._numbers)}.json"
        asked = {"url": url, "job": job, "given": given, "outcome": str(outcome)}
        return Process(self, self.ask({"start": asked})["pid"], outcome)

    def run(self, url: str, job: str, **given: Any) -> Any:
        """What a job answers."""
        return self.start(url, job, **given).wait().answered()

    def file(self, name: str) -> Path:
        """A new path in a folder that goes with the processes."""
        return self.folder / f"{next(self._numbers)}-{name}"

    def ask(self, question: dict[str, Any], about: int | None = None) -> dict[str, Any]:
        """One question to the worker; when no reply comes the process in question is ended."""
        assert self._worker.stdin is not None and self._worker.stdout is not None
        self._worker.stdin.write(json.dumps(question).encode() + b"\n")
        self._worker.stdin.flush()
        ready, _, _ = select.select([self._worker.stdout], [], [], SECONDS)
        if not ready and about is not None:
            os.kill(about, signal.SIGKILL)
            self._worker.stdout.readline()
            raise Hangs(f"no end after {SECONDS} seconds")
        reply = self._worker.stdout.readline()
        assert reply, "the process that starts the others is gone; see its traceback above"
        answer: dict[str, Any] = json.loads(reply)
        return answer

    def close(self) -> None:
        """End the worker, and with it every process that it started."""
        assert self._worker.stdin is not None and self._worker.stdout is not None
        self._worker.kill()
        self._worker.wait()
        self._worker.stdin.close()
        self._worker.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)
