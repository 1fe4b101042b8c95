"""Which packs a table of claims names, found among those that come with Doudi."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from doudi.policies import policy as load
from doudi.policies import policy_names
from doudi.population.arrow import as_dictionary, is_text, one_piece
from doudi.population.packs import Packs
from doudi.population.parquet import opened, pieces
from doudi.population.typed import POLICY
from doudi.rules.policy import Policy


def packs_in_table(table: pa.Table, default: Policy) -> Packs:
    """``default`` and the packs that the table's column ``policy`` names besides."""
    return _with_named(default, _words([table]))


def packs_in_file(path: Path, default: Policy) -> Packs:
    """``default`` and the packs that the column ``policy`` of a Parquet file names besides."""
    with opened(path) as file:
        if POLICY not in file.schema_arrow.names:
            return Packs.of(default)
        return _with_named(default, _words(pieces(file, [POLICY])))


def _with_named(default: Policy, words: Iterable[str]) -> Packs:
    """An unknown name is left out, and is a fault of each row that bears it."""
    named = [word for word in sorted(set(words)) if word in policy_names()]
    others = {word: load(word) for word in named if word != default.name}
    return Packs({default.name: default, **others}, default.name)


def _words(tables: Iterable[Any]) -> set[str]:
    words: set[str] = set()
    for table in tables:
        array = one_piece(table, POLICY)
        if array is not None and is_text(array.type):
            used = as_dictionary(array)
            words |= {word for word in used.unique().to_pylist() if word is not None}
    return words
