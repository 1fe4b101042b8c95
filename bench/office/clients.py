"""Callers that settle stay after stay, each waiting for its own acknowledgement."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

DAY = date(2018, 5, 9)
Settle = Callable[..., dict[str, Any]]


def setup(url: str) -> None:
    """Point Django at the server; called once in every process."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.office.settings")
    import django

    django.setup()


def processes(url: str, stays: Sequence[str], clients: int) -> dict[str, float]:
    """So many processes with one caller each; figures over all of them."""
    context = multiprocessing.get_context("spawn")
    start, out = context.Barrier(clients + 1), context.Queue()
    shares = [stays[number::clients] for number in range(clients)]
    started = [context.Process(target=_process, args=(url, share, start, out)) for share in shares]
    for process in started:
        process.start()
    start.wait()
    began = time.perf_counter()
    durations = [second for _process in started for second in out.get()]
    took = time.perf_counter() - began
    for process in started:
        process.join()
    return figures(durations, took)


def threads(settle: Settle, stays: Sequence[str], callers: int) -> dict[str, float]:
    """So many callers in threads of this process, as a web server has them."""
    from django.db import connections

    start = threading.Barrier(callers + 1)
    durations: list[list[float]] = [[] for _ in range(callers)]

    def call(number: int) -> None:
        _warm_up(stays[number])
        start.wait()
        durations[number] = _settle_all(settle, stays[number::callers])
        connections.close_all()

    started = [threading.Thread(target=call, args=(number,)) for number in range(callers)]
    for thread in started:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in started:
        thread.join()
    took = time.perf_counter() - began
    return figures([second for some in durations for second in some], took)


def figures(durations: Sequence[float], took: float) -> dict[str, float]:
    """Settlements a second, and how long a caller waited for its answer."""
    ordered = sorted(durations)
    return {
        "settlements a second": len(ordered) / took,
        "p50 ms": 1000 * statistics.median(ordered),
        "p99 ms": 1000 * ordered[int(len(ordered) * 0.99) - 1],
    }


def _process(url: str, stays: Sequence[str], start: Any, out: Any) -> None:
    setup(url)
    from doudi.office.settlement.services import settle

    _warm_up(stays[0])
    start.wait()
    out.put(_settle_all(settle, stays))


def _warm_up(stay: str) -> None:
    """Connect and prepare; pgbench does not count its connecting either."""
    from doudi.office.settlement.services import preview_settle

    for _time in range(3):
        preview_settle(admission=stay, day=DAY)


def _settle_all(settle: Settle, stays: Sequence[str]) -> list[float]:
    from doudi.office.settlement.services import Who

    who = Who("bench", "bench")
    durations = []
    for stay in stays:
        began = time.perf_counter()
        settle(key=stay, admission=stay, day=DAY, who=who)
        durations.append(time.perf_counter() - began)
    return durations
