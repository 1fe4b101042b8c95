"""The rule language: write a policy once, then explain, settle, simulate and prove it."""

from doudi.rules.amounts import (
    Band,
    between,
    raise_rate,
    raise_rate_relative,
    raised,
    raised_relative,
    share,
    share_down,
    up_to,
)
from doudi.rules.declare import Shows, Variant, finding, guarantee, promise, rule
from doudi.rules.explain import Explanation, broken_promises, explain
from doudi.rules.load import load_policy
from doudi.rules.policy import Policy
from doudi.rules.units import Choice, Count, Fen, Flag, Level, Rate, Schedule

__all__ = [
    "Band",
    "Choice",
    "Count",
    "Explanation",
    "Fen",
    "Flag",
    "Level",
    "Policy",
    "Rate",
    "Schedule",
    "Shows",
    "Variant",
    "between",
    "broken_promises",
    "explain",
    "finding",
    "guarantee",
    "load_policy",
    "promise",
    "raise_rate",
    "raise_rate_relative",
    "raised",
    "raised_relative",
    "rule",
    "share",
    "share_down",
    "up_to",
]
