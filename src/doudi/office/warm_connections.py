"""Database connections that few threads need at a time, lent to whoever needs one next.

A server process of PostgreSQL that answered a moment ago has its plans and tables at hand; one
that slept while fifteen others worked takes up to twice the processor time for the same
statements. So what many threads do in turn goes through as few connections as there are turns.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

TRUSTED_SECONDS = 1.0
"""A connection that was used so recently is taken to work; after a longer rest it is asked."""


class _Resting(NamedTuple):
    wrapper: Any
    since: float


class WarmConnections:
    """As many connections as are lent at the same time; the one used last is lent first."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._resting: list[_Resting] = []

    @contextmanager
    def lent(self) -> Generator[None]:
        """Django's connection of this thread is a lent one meanwhile, outside a transaction."""
        own = connections[DEFAULT_DB_ALIAS]
        wrapper = self._take()
        connections[DEFAULT_DB_ALIAS] = wrapper
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = own
            self._give_back(wrapper)

    def close(self) -> None:
        """Close all that are not lent."""
        with self._mutex:
            resting, self._resting = self._resting, []
        for one in resting:
            one.wrapper.close()

    def _take(self) -> Any:
        with self._mutex:
            last = self._resting.pop() if self._resting else None
        settings = connections.settings[DEFAULT_DB_ALIAS]
        if last is not None and last.wrapper.settings_dict is not settings:
            # The process was pointed at another database.
            last.wrapper.close()
            last = None
        if last is None:
            wrapper = connections.create_connection(DEFAULT_DB_ALIAS)
            wrapper.inc_thread_sharing()
            return wrapper
        if time.monotonic() - last.since > TRUSTED_SECONDS:
            last.wrapper.close_if_unusable_or_obsolete()
            if last.wrapper.connection is not None and not last.wrapper.is_usable():
                last.wrapper.close()
        return last.wrapper

    def _give_back(self, wrapper: Any) -> None:
        if wrapper.errors_occurred:
            wrapper.close_if_unusable_or_obsolete()
        with self._mutex:
            self._resting.append(_Resting(wrapper, time.monotonic()))
