"""Proving what a pack promises for every claim, history and value, or showing where it fails."""

from doudi.rules.prove.decide import Decision, Means, Status
from doudi.rules.prove.replay import Example
from doudi.rules.prove.report import Outcome, Part, Report
from doudi.rules.prove.run import prove
from doudi.rules.prove.scope import Scope
from doudi.rules.prove.statements import Sort, Statement

__all__ = [
    "Decision",
    "Example",
    "Means",
    "Outcome",
    "Part",
    "Report",
    "Scope",
    "Sort",
    "Statement",
    "Status",
    "prove",
]
