"""Asking, one question at a time, what an answer needs: what comes next, and what comes out.

This package only routes. What can still change the answer is decided by the rules and entitlements
of the packs; the words of the questions stand in YAML files.
"""

from __future__ import annotations

from doudi.estimate.asking.guide import Guide, Walk
from doudi.estimate.asking.question import Option, Question, Sort
from doudi.estimate.asking.result import (
    BillResult,
    HouseholdResult,
    LimitsResult,
    NotInForce,
    Result,
)

__all__ = [
    "BillResult",
    "Guide",
    "HouseholdResult",
    "LimitsResult",
    "NotInForce",
    "Option",
    "Question",
    "Result",
    "Sort",
    "Walk",
]
