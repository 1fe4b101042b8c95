"""A process that starts others: the office imported once, then a fork for every job.

Run as ``python -m tests.office.faults.worker``. It reads one JSON object a line: ``start`` a job
(a function of `tests.office.faults.jobs`) on a database, or ``wait`` for a process that was
started. A job runs in a process of its own with connections of its own, so it can be killed at
any moment; starting one takes milliseconds instead of a second. `tests.office.faults.processes`
is the other end.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def main() -> None:
    """Serve until standard input ends."""
    import django  # noqa: PLC0415

    django.setup()
    # Everything a job needs is loaded here, once.
    importlib.import_module("tests.office.faults.jobs").warm_up()
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            _pid, status = os.waitpid(asked["wait"], 0)
            reply = {"status": os.waitstatus_to_exitcode(status)}
        else:
            pid = os.fork()
            if pid == 0:
                _run(asked["start"])
            reply = {"pid": pid}
        print(json.dumps(reply), flush=True)


def _run(job: dict[str, Any]) -> NoReturn:
    """Do one job, write what came of it, and end without any of the usual farewells."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    outcome: dict[str, Any]
    try:
        from tests.office.databases import as_default  # noqa: PLC0415
        from tests.office.faults import jobs  # noqa: PLC0415

        with as_default(job["url"]):
            outcome = {"answer": getattr(jobs, job["job"])(**job["given"])}
    except BaseException as error:
        outcome = {
            "error": type(error).__name__,
            "text": str(error),
            "trace": traceback.format_exc(),
        }
    unfinished = Path(f"{job['outcome']}.unfinished")
    unfinished.write_text(json.dumps(outcome, default=str), encoding="utf-8")
    unfinished.rename(job["outcome"])
    os._exit(0)


if __name__ == "__main__":
    main()
