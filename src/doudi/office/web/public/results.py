"""The guide of the site, and its answers."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from doudi.estimate.asking import Guide, Result
from doudi.office.settlement.policy import UnusableAdoption, active_policy
from doudi.rules.policy import Policy

BILL_POLICY = "hinggan-2018"


def guide() -> Guide:
    """Asks for everything that the packs grant, by the bureau's own figures where it has some."""
    return _guide_by(_SamePolicy(active_policy()))


def result_of(replies: Mapping[str, Any]) -> Result:
    """The answer to the replies that still apply."""
    asking = guide()
    return asking.result(asking.walk(replies).replies)


def get_ready() -> None:
    """Compile the search for ranges, or load it from the cache, before the first visitor comes."""
    from doudi.estimate.answer import answer  # noqa: PLC0415
    from doudi.estimate.searching import warm_up  # noqa: PLC0415
    from doudi.rules.fuse import fuse  # noqa: PLC0415

    try:
        policy = guide().bill_policy
    except UnusableAdoption:
        return  # the server comes up all the same, and its pages say what to do
    warm_up(fuse(policy))
    answer(policy, _ANY_BILL, policy.valid_to)
    # What stands now stays: a collection that goes over all of it again would cost a page 0.1 s.
    gc.collect()
    gc.freeze()


_ANY_BILL = {"kind": "inpatient", "bill": 100_000}


class _SamePolicy:
    """A policy as a key: the same version is the same policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return hash(self.policy.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SamePolicy) and other.policy.version == self.policy.version


@lru_cache(maxsize=4)
def _guide_by(active: _SamePolicy) -> Guide:
    from doudi.estimate.entitlements import all_policies  # noqa: PLC0415 - reads every pack
    from doudi.policies import policy  # noqa: PLC0415

    ours = active.policy
    packs = tuple(ours if pack.name == ours.name else pack for pack in all_policies())
    return Guide(packs, ours if ours.name == BILL_POLICY else policy(BILL_POLICY))
