"""What is wrong in a household file, by line and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: ``line`` from 1, ``path`` such as ``members[0].bills[1].bill``."""

    line: int
    path: str
    value: object
    zh: str
    en: str

    def __str__(self) -> str:
        shown = f" = {safe(str(self.value))}" if self.value is not None else ""
        where = self.path or "-"
        return f"第{self.line}行 {where}{shown}：{self.zh} | line {self.line}: {self.en}"


class HouseholdError(ValueError):
    """A household file that cannot be answered, with all its faults in the order of the file."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def safe(text: str) -> str:
    """Text that can be shown in a message: short and without control characters."""
    shown = "".join(one if one.isprintable() else "?" for one in text)
    return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"
