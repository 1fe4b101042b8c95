"""Reading the columns of a table one by one: their type, their words and their bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.population.arrow import (
    Flags,
    Ints,
    as_dictionary,
    flags_of,
    is_text,
    nulls_of,
    numbers_of,
    one_piece,
    places_of,
)
from doudi.population.faults import FAULTS_SHOWN, Faults
from doudi.population.packs import Packs
from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.facts import Input
from doudi.rules.fuse import claim_kinds
from doudi.rules.policy import KIND
from doudi.rules.units import Unit

PERSON, DATE, POLICY = "person", "date", "policy"


class TypedColumns:
    """The columns of one table, or of one part of a larger one; faults go to ``faults``.

    A column that cannot be read holds something of the right type and length, and its name stands
    in ``unread``, so that the checks of whole rows leave it alone.
    """

    def __init__(self, table: Any, packs: Packs, faults: Faults, first_row: int) -> None:
        self.table = table
        self.packs = packs
        self.faults = faults
        self.first_row = first_row
        self.count: int = table.num_rows
        self.unread: set[str] = set()

    def person(self) -> Ints:
        """A number for each person, the same for the same person."""
        array = self._needed(PERSON)
        if array is None:
            return np.zeros(self.count, np.int64)
        self._refuse_nulls(PERSON, array, "没有写是谁的")
        if array.type == pa.uint64():
            array = array.view(pa.int64())  # other numbers, but told apart as well
        if pa.types.is_integer(array.type):
            return numbers_of(array).astype(np.int64, copy=False)
        if is_text(array.type):
            return places_of(as_dictionary(array)).astype(np.int64)
        self.wrong_type(PERSON, array, "整数或文字", "an integer or a string")
        return np.zeros(self.count, np.int64)

    def day(self) -> Ints:
        """Days since 1970-01-01."""
        array = self._needed(DATE)
        if array is None:
            return np.zeros(self.count, np.int32)
        if pa.types.is_timestamp(array.type) and array.type.tz is None:
            array = self._midnights(array)
        elif pa.types.is_date64(array.type):
            array = array.cast(pa.date32(), safe=False)
        if not pa.types.is_date32(array.type):
            self.wrong_type(DATE, array, "日期（date32）", "a date (date32)")
            return np.zeros(self.count, np.int32)
        self._refuse_nulls(DATE, array, "没有写日期")
        return numbers_of(array.view(pa.int32()))

    def _midnights(self, array: pa.Array) -> pa.Array:
        days = array.cast(pa.date32(), safe=False)
        differs = flags_of(pc.not_equal(days.cast(array.type, safe=False), array))
        self.report(DATE, differs, array, "应为日期，不带时刻", "must be a date without a time")
        return days

    def pack(self) -> Ints | None:
        """The number of the pack of each claim; None where there is only one pack."""
        array = self.array(POLICY)
        names = self.packs.names
        default = names.index(self.packs.default)
        if array is None or not is_text(array.type):
            if array is not None:
                self.wrong_type(POLICY, array, "文字（政策包的名称）", "a string, a pack's name")
            return None if len(names) == 1 else np.full(self.count, default, np.int8)
        coded = as_dictionary(array)
        words = coded.dictionary.to_pylist()
        places = [names.index(word) if word in names else -1 for word in words]
        pack: Ints = np.array([*places, default], np.int8)[places_of(coded, null=len(words))]
        unknown = pack < 0
        if unknown.any():
            zh, en = f"没有这个政策包；可选：{'、'.join(names)}", f"known: {', '.join(names)}"
            self.report(POLICY, unknown, array, zh, en)
            pack = np.where(unknown, default, pack)
        return None if len(names) == 1 else pack

    def kind(self, pack: Ints | None) -> Ints:
        """The code of each claim's kind in its own pack."""
        array = self._needed(KIND)
        if array is None:
            return np.zeros(self.count, np.int8)
        self._refuse_nulls(KIND, array, "缺少就医类别")
        options = []
        for policy in self.packs.policies:
            claimed = claim_kinds(policy)
            kinds = enumerate(str(kind) for kind in policy.kinds)
            options.append({kind: place for place, kind in kinds if kind in claimed})
        return self._chosen(KIND, array, options, pack)

    def input(
        self, name: str, declared: Sequence[Input | None], pack: Ints | None
    ) -> tuple[Ints, Flags | None]:
        """An input as the loop takes it, and where it is null (None: nowhere)."""
        item = next(one for one in declared if one is not None)
        array = self.array(name)
        if array is None:
            kind = np.bool_ if item.unit is Unit.FLAG else np.int64
            return np.zeros(self.count, kind), np.ones(self.count, np.bool_)
        return self._values(item, array, declared, pack), nulls_of(array)

    def _values(
        self, item: Input, array: pa.Array, declared: Sequence[Input | None], pack: Ints | None
    ) -> Ints:
        if item.unit is Unit.FLAG:
            if pa.types.is_boolean(array.type):
                return flags_of(array)
            self.wrong_type(item.name, array, "是或否（bool）", "true or false (bool)")
            return np.zeros(self.count, np.bool_)
        if item.unit is Unit.CHOICE:
            return self._chosen(item.name, array, [_places(one) for one in declared], pack)
        if pa.types.is_integer(array.type):
            numbers = numbers_of(array)
            self._check_bounds(item, numbers, array)
            return numbers
        whole = "a whole number (money in fen, int64)"
        self.wrong_type(item.name, array, "整数（金额以分计，int64）", whole)
        return np.zeros(self.count, np.int64)

    def _chosen(
        self, name: str, array: pa.Array, options: Sequence[Mapping[str, int]], pack: Ints | None
    ) -> Ints:
        """Words as the places of their options, which each pack numbers in its own way."""
        if not is_text(array.type):
            self.wrong_type(name, array, "文字", "a string")
            return np.zeros(self.count, np.int8)
        coded = as_dictionary(array)
        words = coded.dictionary.to_pylist()
        lookup = np.array([[of.get(word, -1) for word in words] + [0] for of in options], np.int8)
        places = places_of(coded, null=len(words))
        found: Ints = lookup[0][places] if pack is None else lookup[pack, places]
        known = list(dict.fromkeys(word for of in options for word in of))
        zh, en = f"只能是 {'、'.join(known)}", f"must be one of {', '.join(known)}"
        self.report(name, found < 0, array, zh, en)
        return found

    def _check_bounds(self, item: Input, numbers: Ints, array: pa.Array) -> None:
        nulls = nulls_of(array)
        if item.options:
            allowed = [int(option) for option in item.options]
            listed = ", ".join(map(str, allowed))
            outside = ~np.isin(numbers, allowed, kind=None if len(numbers) else "sort")
            zh, en = f"{item.zh}：只能是 {listed}", f"must be one of {listed}"
        else:
            outside = (numbers < 0) | (numbers > LARGEST_AMOUNT)
            zh = f"{item.zh}：应在 0 和 {LARGEST_AMOUNT} 之间"
            en = f"must lie between 0 and {LARGEST_AMOUNT}"
        self.report(item.name, outside if nulls is None else outside & ~nulls, array, zh, en)

    # ---- Shared with the checks of whole rows --------------------------------------------------

    def array(self, name: str) -> pa.Array | None:
        """The column in one piece, or None."""
        if len(self.table.schema.get_all_field_indices(name)) > 1:
            self.faults.column(name, "这一列出现了不止一次", "there are several such columns")
        return one_piece(self.table, name)

    def missing_column(self, name: str) -> None:
        """Report that a column is not there."""
        self.unread.add(name)
        self.faults.column(name, "缺少这一列", "the column is missing")

    def wrong_type(self, name: str, array: pa.Array, zh: str, en: str) -> None:
        """Report that a column is of a type that cannot be read."""
        self.unread.add(name)
        self.faults.column(name, f"类型不对；应为{zh}", f"wrong type; it must be {en}", array.type)

    def report(self, name: str, bad: Flags, values: Any, zh: str, en: str) -> None:
        """Report the rows that ``bad`` marks; ``values`` are shown unless they are None."""
        if not bad.any():
            return
        places = np.flatnonzero(bad)
        shown = places[:FAULTS_SHOWN].tolist()
        found = [(self.first_row + at, _shown(values, at)) for at in shown]
        self.faults.rows(name, found, len(places), zh, en)

    def _needed(self, name: str) -> pa.Array | None:
        array = self.array(name)
        if array is None:
            self.missing_column(name)
        return array

    def _refuse_nulls(self, name: str, array: pa.Array, zh: str) -> None:
        nulls = nulls_of(array)
        if nulls is not None:
            self.report(name, nulls, None, zh, "is missing")


def _shown(values: Any, at: int) -> Any:
    value = None if values is None else values[at]
    return value.as_py() if isinstance(value, pa.Scalar) else value


def _places(item: Input | None) -> dict[str, int]:
    return {} if item is None else {str(option): at for at, option in enumerate(item.options)}
