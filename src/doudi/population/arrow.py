"""Arrow arrays as numpy columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[Any]
Flags = NDArray[np.bool_]


def one_piece(table: Any, name: str) -> pa.Array | None:
    """A column of a table or batch as one array; None where there is none, or nothing but null."""
    places = table.schema.get_all_field_indices(name)
    if not places:
        return None
    column = table.column(places[0])
    if isinstance(column, pa.ChunkedArray):
        # Chunks of a dictionary may each have a dictionary of their own.
        column = column.unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # still, when there is no chunk at all
        column = pa.array([], type=column.type)
    empty = pa.types.is_null(column.type) or (
        pa.types.is_dictionary(column.type) and pa.types.is_null(column.type.value_type)
    )
    return None if empty else column


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds text, plain or as a dictionary."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def as_dictionary(array: pa.Array) -> pa.DictionaryArray:
    """Text as places in a dictionary of it."""
    if pa.types.is_dictionary(array.type):
        return array
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    return array.dictionary_encode()


def places_of(array: pa.DictionaryArray, null: int = 0) -> Ints:
    """The places in the dictionary; a null has the place ``null``."""
    indices = array.indices
    if indices.null_count:
        indices = indices.cast(pa.int64()).fill_null(null)
    places: Ints = indices.to_numpy(zero_copy_only=False)
    return places


def numbers_of(array: pa.Array) -> Ints:
    """Whole numbers; 0 for a null."""
    filled = array.fill_null(0) if array.null_count else array
    numbers: Ints = filled.to_numpy(zero_copy_only=False)
    return numbers


def flags_of(array: pa.Array) -> Flags:
    """Flags; False for a null."""
    filled = array.fill_null(False) if array.null_count else array
    flags: Flags = filled.to_numpy(zero_copy_only=False)
    return flags


def nulls_of(array: pa.Array) -> Flags | None:
    """Where the array is null; None for nowhere."""
    return flags_of(array.is_null()) if array.null_count else None
