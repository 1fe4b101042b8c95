"""The guide of the site, and its answers, worked out while the person still reads.

The range of a stay in hospital takes the better part of half a second to find (docs/adr/0005). It
is found in the background as soon as nothing is left to ask, so that it is there when the person
has read through what they answered. Nothing of it is coarser than on the command line.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from threading import Lock
from typing import Any

from doudi.estimate.asking import Guide, Result

BILL_POLICY = "hinggan-2018"
_MOST_KEPT = 256

_lock = Lock()
_found: OrderedDict[str, Future[Result]] = OrderedDict()


@lru_cache(maxsize=1)
def guide() -> Guide:
    """Asks for everything that the packs grant."""
    from doudi.estimate.entitlements import all_policies  # noqa: PLC0415 - reads every pack
    from doudi.policies import policy  # noqa: PLC0415

    return Guide(all_policies(), policy(BILL_POLICY))


def prepare(replies: Mapping[str, Any]) -> None:
    """Begin to work out the answer, without waiting for it."""
    _future(replies)


def result_of(replies: Mapping[str, Any]) -> Result:
    """The answer to the replies that still apply."""
    return _future(replies).result()


def _future(replies: Mapping[str, Any]) -> Future[Result]:
    kept = guide().walk(replies).replies
    key = json.dumps(kept, sort_keys=True)
    with _lock:
        found = _found.get(key)
        if found is None or (found.done() and found.exception() is not None):
            found = _found[key] = _pool().submit(guide().result, kept)
        _found.move_to_end(key)
        while len(_found) > _MOST_KEPT:
            _found.popitem(last=False)
    return found


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="answers")
