"""What is wrong in a table of claims: every fault by row and field, up to a limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from doudi.tables import RowFault

FAULTS_SHOWN = 100
"""How many faults are reported; the others are counted."""


class BadTable(ValueError):
    """A table that cannot be settled as it is; nothing of it has been."""

    def __init__(self, faults: Sequence[RowFault], more: int = 0) -> None:
        self.faults = tuple(faults)
        self.more = more
        lines = [fault.line_en for fault in self.faults]
        if more:
            lines.append(f"… and {more} more")
        super().__init__("\n".join(lines))


@dataclass
class Faults:
    """Faults as they are found, in the order of the table in the end; those past ``most`` count."""

    most: int = FAULTS_SHOWN
    count: int = 0
    _kept: list[RowFault] = field(default_factory=list)

    def __len__(self) -> int:
        return self.count

    def column(self, name: str, zh: str, en: str, value: object = "") -> None:
        """A fault of a whole column, said once however many parts of the table show it."""
        fault = RowFault(0, name, str(value), zh, en)
        if fault in self._kept:
            return
        self._kept.insert(0, fault)
        self.count += 1

    def rows(
        self, name: str, found: Iterable[tuple[int, Any]], total: int, zh: str, en: str
    ) -> None:
        """``total`` faults of one kind; ``found`` gives the row and value of the first of them."""
        self.count += total
        for row, value in found:
            shown = "" if value is None else str(value)
            self._kept.append(RowFault(row, name, shown, zh, en))

    def take(self, other: Faults) -> None:
        """Add the faults of a later part of the table."""
        for fault in other._kept:
            if fault.row == 0 and fault in self._kept:
                other.count -= 1
            else:
                self._kept.append(fault)
        self.count += other.count
        # Parts come in the order of the table: what is past the limit now is past it for good.
        self._kept = list(self)

    def number(self, rows: Sequence[int]) -> None:
        """Call the rows by other numbers: the first one ``rows[0]``, and so on."""
        self._kept = [
            replace(fault, row=int(rows[fault.row - 1])) if fault.row else fault
            for fault in self._kept
        ]

    def __iter__(self) -> Iterator[RowFault]:
        return iter(sorted(self._kept, key=lambda fault: fault.row)[: self.most])

    def stop_if_any(self) -> None:
        """BadTable with what was found, if anything was."""
        if self.count:
            shown = tuple(self)
            raise BadTable(shown, self.count - len(shown))
