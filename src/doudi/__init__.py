"""Doudi 兜底: what poverty relief gives, exactly, and how sure that is.

``doudi.policy(name)`` is a pack; ``doudi.estimate(bill=…)`` answers one bill;
``doudi.population`` settles, compares and solves over whole tables. Each is loaded when it is first
used, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doudi import estimate as estimate
    from doudi import population as population
    from doudi.policies import policy as policy

__all__ = ["estimate", "policy", "population"]


def __getattr__(name: str) -> Any:
    if name == "policy":
        return importlib.import_module("doudi.policies").policy
    if name in ("estimate", "population"):
        return importlib.import_module(f"doudi.{name}")
    raise AttributeError(name)
