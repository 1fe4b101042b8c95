"""Doudi 兜底: what poverty relief gives, exactly, and how sure that is.

``doudi.policy(name)`` is a pack; ``doudi.estimate(bill=…)`` answers one bill. Both are loaded
when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doudi import estimate as estimate
    from doudi.policies import policy as policy

__all__ = ["estimate", "policy"]


def __getattr__(name: str) -> Any:
    if name == "policy":
        return importlib.import_module("doudi.policies").policy
    if name == "estimate":
        return importlib.import_module("doudi.estimate")
    raise AttributeError(name)
