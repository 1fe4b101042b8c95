"""Importing people: what the pages and commands call."""

from __future__ import annotations

from doudi.office.imports.committing import commit_import
from doudi.office.imports.intake import discard_import, is_stuck, receive_file
from doudi.office.imports.staging import stage_file
from doudi.office.imports.template import people_template
from doudi.office.imports.undoing import (
    Undo,
    ask_to_undo,
    decline_undo,
    plan_undo,
    undo_import,
)

__all__ = [
    "Undo",
    "ask_to_undo",
    "commit_import",
    "decline_undo",
    "discard_import",
    "is_stuck",
    "people_template",
    "plan_undo",
    "receive_file",
    "stage_file",
    "undo_import",
]
