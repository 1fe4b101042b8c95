"""Work on a stream of items with a few threads, the results in the order of the items."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """``work`` of each item, on ``workers`` threads, never far ahead of who takes the results.

    Items are drawn in the caller's thread. At most ``workers`` + 1 items are in hand, so memory
    does not grow with their number. An error of ``work`` comes out at its place.
    """
    if workers == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        running: deque[Future[Result]] = deque()
        try:
            for item in items:
                running.append(pool.submit(work, item))
                if len(running) > workers:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for waiting in running:
                waiting.cancel()


def one_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The items, each drawn in a thread of its own while the one before is being worked on."""
    iterator = iter(items)
    end: Any = object()
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, iterator, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, iterator, end)
            yield item
