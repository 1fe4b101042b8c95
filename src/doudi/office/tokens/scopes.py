"""What a token may be for; it never allows more than its account's role does."""

from __future__ import annotations

from enum import StrEnum

from doudi.office.accounts.permissions import Permission


class Scope(StrEnum):
    """One use of the API."""

    READ = "read"
    """A person's entitlement, settlements, statements."""
    SETTLE = "settle"
    """Find a person by number, admit, enter the bill, settle."""
    REVERSE = "reverse"
    """Propose to reverse a settlement; somebody else approves it."""


PERMISSION: dict[Scope, Permission] = {
    Scope.READ: Permission.SEE_SETTLEMENTS,
    Scope.SETTLE: Permission.SETTLE,
    Scope.REVERSE: Permission.CORRECT,
}
"""What the account's role must allow for the scope."""
