"""Turns: many callers of one process settle together when they come together.

A web server has many requests under way at once, and a commit costs the disk the same for one
settlement as for thirty. Whoever finds a turn free settles all who wait, in one transaction, and
answers them after the commit; who comes meanwhile waits for the next turn. There is no thread of
its own to start or to stop. Who leads a turn waits a millisecond at most for as many as came to
the last ones: clerks who were answered together ask again together, and turns stay even. All turns
go through the same few connections, whichever thread leads.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from doudi.office.settlement import settling
from doudi.office.settlement.entries import Who
from doudi.office.settlement.group import Outcome, Request
from doudi.office.settlement.settling import settle_many
from doudi.office.warm_connections import WarmConnections

AT_ONCE = 2
"""Turns under way at the same time: one is worked out here while the database writes the other."""

MOST = 64
"""The most requests of one turn, so that nobody waits long for the others."""

PATIENCE_SECONDS = 0.001
"""How long a turn waits for as many requests as the last turns had on average."""


def settle(
    *, key: str, admission: str, day: date, who: Who, before: str | None = None
) -> dict[str, Any]:
    """As `settling.settle`, for processes that serve many callers at once; the same answers.

    Alone, on SQLite, for a claim found late and inside a transaction it is that very call.
    """
    own: Any = connections[DEFAULT_DB_ALIAS]
    if before is not None or own.vendor != "postgresql" or own.in_atomic_block:
        return settling.settle(key=key, admission=admission, day=day, who=who, before=before)
    return _TURNS.settle(Request(key, admission, day, who))


class _Place:
    """A caller: it leads a turn, or waits until it has an outcome or is to lead the next one."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.leads = False
        self.outcome: Outcome | None = None
        self._woken = threading.Lock()
        self._woken.acquire()

    def wait(self) -> None:
        """Until somebody wakes this caller, which happens once."""
        self._woken.acquire()

    def wake(self) -> None:
        """Let it go on."""
        self._woken.release()


class Turns:
    """Turns of callers; ``settle_all`` settles those of one turn, each for itself."""

    def __init__(self, settle_all: Callable[[Sequence[Request]], list[Outcome]]) -> None:
        self._settle_all = settle_all
        self._mutex = threading.Lock()
        self._came = threading.Condition(self._mutex)
        self._waiting: deque[_Place] = deque()
        self._turns = 0
        self._gathering = 0
        self._settling = 0
        self._last_turns: deque[int] = deque([1] * AT_ONCE, maxlen=AT_ONCE)

    def settle(self, request: Request) -> dict[str, Any]:
        """The answer to one request, once it is committed; what it is refused for is raised."""
        place = _Place(request)
        with self._mutex:
            if self._turns < AT_ONCE and not self._gathering:
                self._turns += 1
                place.leads = True
            else:
                self._waiting.append(place)
                if len(self._waiting) + 1 >= self._usual():
                    self._came.notify_all()
        if not place.leads:
            self._wait(place)
        if place.leads:
            self._take_a_turn(place)
        if isinstance(place.outcome, dict):
            return place.outcome
        assert place.outcome is not None
        raise place.outcome

    def _wait(self, place: _Place) -> None:
        try:
            place.wait()
        except BaseException:
            # This thread is being ended: nobody must count on it.
            with self._mutex:
                if place in self._waiting:
                    self._waiting.remove(place)
            if place.leads:
                self._pass_on()
            raise

    def _take_a_turn(self, place: _Place) -> None:
        """Settle this caller and a share of those who wait, and wake them; pass the turn on."""
        try:
            group = [place, *self._gather()]
        except BaseException:
            # This thread is being ended: those who wait are led by another.
            self._pass_on()
            raise
        outcomes: list[Outcome] = []
        try:
            outcomes = self._settle_all([one.request for one in group])
        except Exception as error:
            outcomes = [_copy(error) for _one in group]
        finally:
            # Also when this thread is being ended: nobody is left waiting.
            missing = len(group) - len(outcomes)
            outcomes += [OperationalError("settling was ended; ask again") for _ in range(missing)]
            with self._mutex:
                self._settling -= len(group)
            self._pass_on()
            for one, outcome in zip(group, outcomes, strict=True):
                one.outcome = outcome
                one.wake()

    def _gather(self) -> list[_Place]:
        """Who is settled together with the caller that leads; the next turn begins beside it."""
        with self._mutex:
            usual = self._usual()
            self._gathering += 1
            try:
                self._came.wait_for(lambda: len(self._waiting) + 1 >= usual, PATIENCE_SECONDS)
            finally:
                self._gathering -= 1
            here = len(self._waiting) + 1
            size = min(MOST, here, max(usual, _share(self._settling + here)))
            self._last_turns.append(size)
            self._settling += size
            others = [self._waiting.popleft() for _ in range(size - 1)]
            if self._waiting and self._turns < AT_ONCE:
                self._turns += 1
                self._let_lead()
            return others

    def _let_lead(self) -> None:
        """The first who waits leads a turn; with the mutex held."""
        following = self._waiting.popleft()
        following.leads = True
        following.wake()

    def _usual(self) -> int:
        """How many a turn waits for."""
        return _share(sum(self._last_turns))

    def _pass_on(self) -> None:
        """Let the first who waits take the turn, or end it."""
        with self._mutex:
            if self._waiting:
                self._let_lead()
            else:
                self._turns -= 1


def _share(callers: int) -> int:
    """How many of so many callers make one turn of those under way, rounded up."""
    return -(-callers // AT_ONCE)


def _copy(error: Exception) -> Exception:
    """An error for one of many callers: raised in two threads, one would spoil its trace."""
    try:
        copy = type(error)(*error.args)
    except TypeError:
        return error
    copy.__cause__ = error.__cause__ or error
    return copy


_CONNECTIONS = WarmConnections()


def _settle_warm(requests: Sequence[Request]) -> list[Outcome]:
    with _CONNECTIONS.lent():
        return settle_many(requests)


_TURNS = Turns(_settle_warm)
