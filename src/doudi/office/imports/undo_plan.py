"""What undoing an import would do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Undo:
    """What undoing would withdraw, and what stays and why (zh, en).

    People by their keys, or of a file of listings these by theirs.
    """

    withdrawn: tuple[int, ...]
    staying: dict[int, tuple[str, str]]
