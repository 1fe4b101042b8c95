"""A table of claims as checked numpy columns: the columns of a claim, each with its own meaning.

| column | Arrow type | meaning |
|---|---|---|
| ``person`` | integer or string | whose year the claim counts in |
| ``date`` | date32 (or a timestamp at midnight) | business date: decides version and year |
| ``kind`` | dictionary or plain string | the kind of care, as the pack names it |
| ``policy`` | dictionary or plain string; may be absent or null | the pack, if not the default |
| the pack's inputs | money and counts: integers (money in fen); flags: bool; levels: integers | |

An input may be null, or its column absent, where no kind of claim in the table needs it. Other
columns are nobody's business here and are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from doudi.population.arrow import Ints
from doudi.population.faults import Faults
from doudi.population.order import settlement_order
from doudi.population.packs import Packs
from doudi.population.together import check_together
from doudi.population.typed import DATE, PERSON, POLICY, TypedColumns
from doudi.rules.policy import KIND


@dataclass(frozen=True)
class Claims:
    """Checked claims in the order of their table, one entry a claim in every array.

    ``person`` holds a number for each person, ``day`` days since 1970-01-01, ``pack`` the number
    of the pack (None: all by the first), ``columns`` has ``kind`` and every input as the fused
    loop takes them: options as their places, flags as bool, money in fen. ``first_row`` is the
    row of the first claim in the whole file, for messages.
    """

    packs: Packs
    person: Ints
    day: Ints
    pack: Ints | None
    columns: Mapping[str, Ints]
    first_row: int = 1

    def __len__(self) -> int:
        return len(self.day)

    @cached_property
    def order(self) -> Ints | None:
        """The places of the claims in the order of settlement; None where they stand so."""
        return settlement_order(self.person, self.day)


def claim_columns(packs: Packs, present: Sequence[str]) -> list[str]:
    """The columns of ``present`` that a claim is read from."""
    wanted = {PERSON, DATE, KIND, POLICY, *packs.inputs}
    return [name for name in present if name in wanted]


def read_claims(
    table: Any, packs: Packs, faults: Faults | None = None, first_row: int = 1
) -> Claims:
    """The claims of an Arrow table or record batch, in its order.

    With ``faults`` what is wrong is added there, and there are no claims if there was anything;
    without, BadTable carries every fault.
    """
    found = Faults() if faults is None else faults
    before = len(found)
    typed = TypedColumns(table, packs, found, first_row)
    person, day, pack = typed.person(), typed.day(), typed.pack()
    columns, absent = {KIND: typed.kind(pack)}, {}
    for name, declared in packs.inputs.items():
        columns[name], absent[name] = typed.input(name, declared, pack)
    check_together(typed, day, pack, columns, absent)
    if faults is None:
        found.stop_if_any()
    if len(found) > before:
        nothing = {name: np.empty(0, np.int64) for name in columns}
        return Claims(packs, person[:0], day[:0], None, nothing, first_row)
    return Claims(packs, person, day, pack, columns, first_row)
