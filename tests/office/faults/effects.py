"""What a call did to the database, by two looks at it (`tests.office.faults.jobs.look`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Look = dict[str, Any]


@dataclass(frozen=True)
class Effect:
    """What a call adds to the database, seen from outside."""

    rows: dict[str, int]
    years: list[list[Any]]

    @classmethod
    def between(cls, before: Look, after: Look) -> Effect:
        """Rows added by table, and the years that are not as they were, without their ids."""
        rows = {
            table: count - before["rows"][table]
            for table, count in after["rows"].items()
            if count != before["rows"][table]
        }
        years = [year[2:] for year in after["years"] if year not in before["years"]]
        return cls(rows, years)

    def __bool__(self) -> bool:
        return bool(self.rows or self.years)


def whole(look: Look) -> Look:
    """A state in which everything hangs together."""
    assert look["faults"] == []
    return look
