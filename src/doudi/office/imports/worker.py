"""Reading a waiting file in a process of its own, so that no page waits and none is slowed.

``python -m doudi.office.imports.worker PUBLIC_ID`` reads one file. The process may take as much
memory as the largest file needs and no more, and some minutes: a workbook made to do harm ends
it, and not the office.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

MOST_MEMORY = 4 * 2**30
MOST_SECONDS = 600


def start_reading(public_id: str) -> None:
    """Have the file of an import read by another process; returns at once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "doudi.office.imports.worker", public_id],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Somebody has to take note of its end, or it stays in the table of processes.
    threading.Thread(target=process.wait, daemon=True).start()


def main(public_id: str) -> None:
    """Read the file of one import."""
    _limit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.office.settings")
    import django  # noqa: PLC0415

    django.setup()
    from doudi.office.imports.staging import stage_file  # noqa: PLC0415

    stage_file(public_id)


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


if __name__ == "__main__":
    main(sys.argv[1])
