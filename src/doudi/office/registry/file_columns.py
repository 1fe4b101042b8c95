"""The columns of one sort of file: how their headings may be written, and how a row is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doudi.estimate.claims_file import RowFault
from doudi.office.registry.people_cells import BadCell, is_blank, shown
from doudi.office.registry.people_rows import BadPeople


@dataclass(frozen=True)
class FileColumns:
    """``headings`` are the Chinese ones, by the names of the columns; faults name them by these.

    ``readers`` read a cell, ``others`` are more ways to write a heading.
    """

    headings: Mapping[str, str]
    required: Sequence[str]
    readers: Mapping[str, Callable[[Any], Any]]
    others: Mapping[str, str]

    def places(self, heading: Sequence[str]) -> dict[str, int]:
        """The place of each column by its name; BadPeople for unknown, doubled, missing ones."""
        known = {zh: name for name, zh in self.headings.items()}
        known |= {name: name for name in self.headings} | dict(self.others)
        columns: dict[str, int] = {}
        faults = []
        for place, text in enumerate(heading):
            plain = re.sub(r"[（(].*?[)）]$", "", text).strip().lower()
            name = known.get(plain)
            if name is None:
                if text:
                    faults.append(RowFault(1, text, text, "不认识这一列", "unknown column"))
            elif name in columns:
                faults.append(RowFault(1, text, text, "这一列重复了", "the column stands twice"))
            else:
                columns[name] = place
        for name in self.required:
            if name not in columns:
                zh, en = "缺少这一列", f"column {name} is missing"
                faults.append(RowFault(1, self.headings[name], "", zh, en))
        if faults:
            raise BadPeople(faults)
        return columns

    def read(self, number: int, given: Mapping[str, Any], faults: list[RowFault]) -> dict[str, Any]:
        """The row by its columns, None for what is blank or cannot be read; faults are added."""
        row: dict[str, Any] = {"row": number}
        for name, reader in self.readers.items():
            row[name] = None
            cell = given.get(name)
            if is_blank(cell):
                if name in self.required:
                    faults.append(self.fault(number, name, cell, "没有填", "is missing"))
                continue
            try:
                row[name] = reader(cell)
            except BadCell as bad:
                faults.append(self.fault(number, name, cell, bad.zh, bad.en))
        return row

    def fault(self, number: int, name: str, cell: Any, zh: str, en: str) -> RowFault:
        """What is wrong in a cell, which is repeated with what would tell a person apart masked."""
        return RowFault(number, self.headings[name], shown(name, cell), zh, en)
