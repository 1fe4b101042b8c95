"""Running the fused loop: at once in plain Python, or compiled and cached on disk for many claims.

Measured: plain Python takes 1.6 to 4 microseconds a claim, compiling 1.8 seconds, loading the
compiled loop from the cache 0.19 seconds. So compiling pays from about 80,000 claims with a warm
cache and from about 500,000 with a cold one; a single answer with its range settles up to some
ten thousand combinations and always runs plain (docs/adr/0003).
"""

from __future__ import annotations
import __future__

import hashlib
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from doudi.rules.errors import BadInput
from doudi.rules.fuse import Fused
from doudi.rules.policy import KIND

if TYPE_CHECKING:
    import numpy as np

    Column = np.ndarray[Any, Any]
    Numbers = Sequence[int] | Column

CACHE_VARIABLE = "DOUDI_CACHE"

Loop = Callable[..., int]


@dataclass(frozen=True)
class Batch:
    """Claims in the order in which they are settled, one column for each thing known of them.

    ``rows`` are the value rows of the loop's table and ``row`` says which one a claim uses;
    ``graph`` is the number of its set of rules; ``first`` marks the first claim of a person's
    year; ``columns`` has ``kind`` (as a code) and every input of a claim; ``opening`` gives the
    running totals before each first claim, by rule name, with one entry for all or one a claim.
    Everything is a sequence of integers or flags of the same length, lists or numpy arrays.
    """

    rows: Sequence[Sequence[int]]
    row: Numbers
    graph: Numbers
    first: Numbers
    columns: Mapping[str, Numbers]
    opening: Mapping[str, Numbers]


def run_plain(fused: Fused, batch: Batch) -> dict[str, list[int]]:
    """Settle a small batch in plain Python; the amounts by wanted name, in fen."""
    count = len(batch.columns[KIND])
    width = fused.layout.width
    out: dict[str, list[int]] = {name: [0] * count for name in fused.wanted}
    table = [value for row in batch.rows for value in row]
    arguments = _arguments(fused, batch, [number * width for number in batch.row], table, out)
    _check_totals(plain_functions(fused.text)["settle"](*arguments))
    return out


@lru_cache(maxsize=32)
def plain_functions(text: str) -> Mapping[str, Loop]:
    """The functions of a text of rules, and of what was written behind it, in plain Python."""
    space: dict[str, Any] = {}
    exec(compile(text, "<fused rules>", "exec", __future__.annotations.compiler_flag), space)
    return space


def run_compiled(fused: Fused, batch: Batch, workers: int | None = None) -> dict[str, Column]:
    """Settle a batch of numpy columns with the compiled loop on ``workers`` threads."""
    import numpy as np  # noqa: PLC0415

    loop = compiled_loop(fused)
    count = len(batch.columns[KIND])
    table = np.asarray(batch.rows, dtype=np.int64).reshape(-1)
    row = np.ascontiguousarray(batch.row, dtype=np.int64) * fused.layout.width
    out = {name: np.empty(count, dtype=np.int64) for name in fused.wanted}
    first = np.ascontiguousarray(batch.first, dtype=np.bool_)
    graph = np.ascontiguousarray(batch.graph, dtype=np.int8)
    columns = {
        name: np.ascontiguousarray(batch.columns[name], dtype=_kernel_type(fused, name))
        for name in (KIND, *fused.inputs)
    }
    opening = {
        name: np.ascontiguousarray(batch.opening.get(name, [0]), dtype=np.int64)
        for name in fused.summed
    }
    step = _opening_step(opening, count)

    def settle(low: int, high: int) -> int:
        part = Batch(
            (),
            row[low:high],
            graph[low:high],
            first[low:high],
            {name: column[low:high] for name, column in columns.items()},
            {name: column[low * step :] for name, column in opening.items()},
        )
        sliced = {name: column[low:high] for name, column in out.items()}
        found = loop(*_arguments(fused, part, part.row, table, sliced, step))
        return found if found < 0 else low + found

    bounds = _split_at_first(first, count, workers or os.cpu_count() or 1)
    if len(bounds) == 1:
        _check_totals(settle(*bounds[0]))
        return out
    with ThreadPoolExecutor(len(bounds)) as pool:
        for found in pool.map(lambda bound: settle(*bound), bounds):
            _check_totals(found)
    return out


def warm_up(fused: Fused) -> None:
    """Compile now, or load from the cache, so that the first real batch does not wait."""
    import numpy as np  # noqa: PLC0415

    one = np.ones(1, dtype=np.int64)
    columns = dict.fromkeys((KIND, *fused.inputs), one)
    batch = Batch([[0] * fused.layout.width], [0], [0], [True], columns, {})
    run_compiled(fused, batch, workers=1)


def _kernel_type(fused: Fused, name: str) -> Any:
    import numpy as np  # noqa: PLC0415

    if name == KIND:
        return np.int8
    return np.bool_ if name in fused.flags else np.int64


def _arguments(
    fused: Fused,
    batch: Batch,
    row: Any,
    table: Any,
    out: Mapping[str, Any],
    step: int | None = None,
) -> list[Any]:
    count = len(batch.columns[KIND])
    opening = {name: batch.opening.get(name, [0]) for name in fused.summed}
    return [
        table,
        row,
        batch.graph,
        batch.first,
        batch.columns[KIND],
        *(batch.columns[name] for name in fused.inputs),
        _opening_step(opening, count) if step is None else step,
        *opening.values(),
        *(out[name] for name in fused.wanted),
    ]


def _opening_step(opening: Mapping[str, Any], count: int) -> int:
    """0 when all claims share one set of opening totals, 1 when each has its own."""
    lengths = {len(column) for column in opening.values()}
    if lengths <= {1}:
        return 0
    if lengths == {count}:
        return 1
    raise ValueError("opening totals: one entry for all claims or one for each, for every total")


def _split_at_first(first: Column, count: int, workers: int) -> list[tuple[int, int]]:
    """Spans of claims that never cut a person's year in two."""
    smallest = 50_000
    parts = max(1, min(workers, count // smallest))
    cuts = [0]
    for number in range(1, parts):
        cut = count * number // parts
        while cut < count and not first[cut]:
            cut += 1
        if cut > cuts[-1]:
            cuts.append(cut)
    if cuts[-1] != count or count == 0:
        cuts.append(count)
    return list(pairwise(cuts))


def _check_totals(found: int) -> None:
    if found >= 0:
        raise BadInput(
            "claim", found, "年度累计超出可计算的范围", "the year's totals are too large"
        )


@lru_cache(maxsize=8)
def compiled_loop(fused: Fused) -> Loop:
    """The loop compiled by numba; kept on disk, so that a second process pays nothing."""
    loop: Loop = compiled_functions(fused).settle
    return loop


def compiled_functions(fused: Fused, behind: str = "") -> ModuleType:
    """The functions of the rules, and of a text written behind them, compiled by numba.

    Those of the rules are compiled at once, the others at their first call; both are kept on disk.
    """
    import numba  # noqa: PLC0415

    text = _compiled_text(fused) + _FUNCTION.sub(f"@numba.njit({_OPTIONS})\ndef ", behind)
    stamp = f"{text}\0{numba.__version__}\0{sys.version}"
    name = f"fused_{hashlib.sha256(stamp.encode()).hexdigest()[:20]}"
    path = _cache_folder() / f"{name}.py"
    if not path.exists():
        _write_whole(path, text)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # numba finds a cached function's module by its name
    spec.loader.exec_module(module)
    return module


def _compiled_text(fused: Fused) -> str:
    """The loop's text for numba, with the types of its arguments written out.

    Without them numba would compile anew, for seconds, whenever a column happens to be read-only,
    as columns straight from a file are; a column that may be written to fits these types too.
    """
    columns = ["_FLAGS" if name in fused.flags else "_NUMBERS" for name in fused.inputs]
    arguments = ["_NUMBERS", "_NUMBERS", "_CODES", "_FLAGS", "_CODES", *columns, "numba.int64"]
    arguments += ["_NUMBERS"] * len(fused.summed) + ["numba.int64[::1]"] * len(fused.wanted)
    signature = f"numba.int64({', '.join(arguments)})"
    text = fused.text.replace("def _between(", f"@numba.njit({_OPTIONS})\ndef _between(")
    text = text.replace("def settle(", f"@numba.njit({signature}, {_OPTIONS})\ndef settle(")
    return text.replace('"""\n\n\n', f'"""\n\n{_TYPES}\n\n\n', 1)


_OPTIONS = 'cache=True, nogil=True, error_model="numpy"'
_FUNCTION = re.compile("^def ", re.MULTILINE)
_TYPES = """from __future__ import annotations

import numba

_NUMBERS = numba.types.Array(numba.int64, 1, "C", readonly=True)
_CODES = numba.types.Array(numba.int8, 1, "C", readonly=True)
_FLAGS = numba.types.Array(numba.boolean, 1, "C", readonly=True)"""


def _write_whole(path: Path, text: str) -> None:
    """Two processes may write at once; each sees either nothing or the whole file."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).replace(path)


def _cache_folder() -> Path:
    named = os.environ.get(CACHE_VARIABLE)
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(named) if named else Path(home).expanduser() / "doudi" / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="doudi-kernels-"))
    return folder if os.access(folder, os.W_OK) else Path(tempfile.mkdtemp(prefix="doudi-kernels-"))
