"""Importing people: what the pages and commands call."""

from __future__ import annotations

from doudi.office.imports.committing import commit_import
from doudi.office.imports.intake import discard_import, is_stuck, receive_file
from doudi.office.imports.listings_recording import (
    MOST_PREVIEWED,
    preview_effects,
    to_settle_again,
)
from doudi.office.imports.listings_template import listings_template
from doudi.office.imports.people_template import people_template
from doudi.office.imports.staging import stage_file
from doudi.office.imports.undo_plan import Undo
from doudi.office.imports.undoing import ask_to_undo, decline_undo, plan_undo, undo_import

__all__ = [
    "MOST_PREVIEWED",
    "Undo",
    "ask_to_undo",
    "commit_import",
    "decline_undo",
    "discard_import",
    "is_stuck",
    "listings_template",
    "people_template",
    "plan_undo",
    "preview_effects",
    "receive_file",
    "stage_file",
    "to_settle_again",
    "undo_import",
]
