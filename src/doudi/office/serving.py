"""Serving the site: what has to be so before, and the server itself."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from doudi.office.accounts.models import User
from doudi.office.approvals.adoption import is_approved
from doudi.office.registry.models import Person
from doudi.office.settlement.policy import (
    ADOPTION_VARIABLE,
    UnusableAdoption,
    active_policy,
    current_adoption,
)

FIRST_PORT = 8000
_PORTS_TRIED = 100
_LAST_ANSWERS_SECONDS = 20
"""So long a server process that was told to end may still take over the answers it began."""


def reasons_not_to_serve() -> Iterator[tuple[str, str]]:
    """What must not be in production, each in Chinese and English; nothing elsewhere.

    That the development keys are refused there is seen to when the settings are read.
    """
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield "数据库没有升级，先运行 doudi manage migrate", "run doudi manage migrate first"
        return
    if not settings.PRODUCTION:
        return
    if User.objects.filter(demo=True).exists():
        yield "库里有演示账号，不能正式运行", "there are demonstration accounts in the database"
    if Person.objects.filter(synthetic=True).exists():
        yield "库里有合成人员，不能正式运行", "there are synthetic people in the database"
    try:
        active_policy()
    except UnusableAdoption as unusable:
        yield unusable.zh, unusable.en
        yield from unusable.faults
        return
    adoption = os.environ.get(ADOPTION_VARIABLE) or current_adoption()
    if adoption and not is_approved(Path(adoption)):
        zh = f"采用文件 {adoption} 没有经过两人复核（变更复核 → 采用本单位的数字）"
        yield zh, f"the adoption file {adoption} is not approved by two people"


def free_port(host: str, wanted: int | None = None) -> int:
    """``wanted``, or the first free one from 8000 on; OSError when it is taken."""
    if wanted is not None:
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind((host, wanted))
            return int(attempt.getsockname()[1])
    for port in range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED):
        try:
            return free_port(host, port)
        except OSError:
            continue
    return free_port(host, 0)


def prepare_answers() -> None:
    """Compile what finds the answers' ranges, so that every server process only has to load it.

    Takes some ten seconds on a machine that never served this version, else a part of one.
    """
    from doudi.office.web.public.results import get_ready  # noqa: PLC0415 - loads the compiler

    get_ready()


def collect_static_files() -> None:
    """Put the static files, hashed and compressed, where they are served from."""
    call_command("collectstatic", interactive=False, verbosity=0)


def serve(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until a signal ends it."""
    from granian import Granian  # noqa: PLC0415 - only who serves waits for it
    from granian.constants import Interfaces  # noqa: PLC0415

    connection.close()
    Granian(
        "doudi.office.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_LAST_ANSWERS_SECONDS,
    ).serve(target_loader=_load, wrap_loader=False)


def _load() -> Callable[..., Any]:
    """The site, in a server process of its own, which a signal ends even while it still loads.

    The process was forked with the handlers of its parent, which only take a note.
    """
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_DFL)
    from doudi.office.wsgi import application  # noqa: PLC0415 - each process gets its own

    return application
