"""Reading a file that waits: every row checked, encrypted and put down, with all its faults."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from doudi.estimate.claims_file import RowFault
from doudi.office.imports.bounds import RefusedFile, formula_cells
from doudi.office.imports.cells import CellNote, letters, note_of
from doudi.office.imports.file_sorts import FILE_SORTS, FileSort, Row
from doudi.office.imports.intake import file_of
from doudi.office.imports.models import PeopleImport, StagedRow
from doudi.office.imports.staged_values import insert_staged, of_every_row
from doudi.office.planner_statistics import renew_statistics
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.index_keys import hold_index_key
from doudi.office.registry.people_cells import is_blank
from doudi.office.registry.people_file import read_table
from doudi.office.registry.people_rows import BadPeople

_AT_ONCE = 2_000
_FAILURE_LENGTH = 300


def stage_file(public_id: str) -> None:
    """Read the file of an import and put its rows down; what cannot be read at all is said there.

    A run that was interrupted is done again from the start. The file is removed at the end.
    """
    waiting = PeopleImport.objects.select_related("division").get(public_id=public_id)
    if waiting.state != PeopleImport.State.READING:
        return
    waiting.staged.all().delete()
    path = file_of(waiting)
    # Hundreds of thousands of dictionaries live until the end: looking for rings among them
    # again and again would take a third of the time.
    gc.disable()
    try:
        _stage(waiting, path)
    except (RefusedFile, RegistryRefused) as refused:
        _fail(waiting, refused.zh, refused.en)
    except BadPeople as bad:
        zh = "；".join(fault.line_zh for fault in bad.faults)
        _fail(waiting, zh, "; ".join(fault.line_en for fault in bad.faults))
    except MemoryError:
        _fail(waiting, "文件展开后太大，不收", "the file takes too much memory")
    finally:
        gc.enable()
    path.unlink(missing_ok=True)


def _stage(waiting: PeopleImport, path: Path) -> None:
    formulas: frozenset[str] = frozenset()
    if path.suffix == ".xlsx":
        formulas = formula_cells(path)
    table = read_table(path)
    if len(table) < 2:  # noqa: PLR2004 - a heading and somebody
        raise RefusedFile("文件里没有人员", "the file holds no person")
    sort = FILE_SORTS[waiting.content]
    columns = sort.columns.places([str(cell or "").strip() for cell in table[0]])
    waiting.columns = {name: letters(place) for name, place in columns.items()}
    waiting.total = 2 * (len(table) - 1)
    waiting.save(update_fields=["columns", "total"])
    faults: list[RowFault] = []
    rows: list[Row] = []
    for number, cells in enumerate(table[1:], start=2):
        if any(not is_blank(cell) for cell in cells):
            rows.append(_read(sort, number, cells, columns, formulas, faults))
        if number % _AT_ONCE == 0:
            _progress(waiting, number - 1)
    del table
    if not rows:
        raise RefusedFile("文件里没有人员", "the file holds no person")
    faults += sort.together(rows, waiting.division)
    _write(waiting, sort, rows, faults)


def _read(
    sort: FileSort,
    number: int,
    cells: Sequence[Any],
    columns: Mapping[str, int],
    formulas: frozenset[str],
    faults: list[RowFault],
) -> Row:
    given = {name: cells[place] for name, place in columns.items() if place < len(cells)}
    computed = {
        name for name, cell in given.items() if isinstance(cell, str) and cell.startswith("=")
    }
    if formulas:
        computed |= {
            name for name, place in columns.items() if f"{letters(place)}{number}" in formulas
        }
    found: list[RowFault] = []
    row = sort.read(number, given, found)
    stray = [cell for cell in cells[max(columns.values()) + 1 :] if not is_blank(cell)]
    if stray:
        zh, en = "表头以外还有内容", "something stands outside the columns"
        found.append(RowFault(number, "", str(stray[0])[:40], zh, en))
    for name in computed:
        row[name] = None
        found = [fault for fault in found if fault.field != sort.columns.headings[name]]
        zh, en = "是公式；请复制后“选择性粘贴→数值”", "is a formula; paste it as a value"
        found.append(sort.columns.fault(number, name, "", zh, en))
    faults += found
    return row


def _write(waiting: PeopleImport, sort: FileSort, rows: list[Row], faults: list[RowFault]) -> None:
    headings = sort.columns.headings
    wrong = _by_row(faults, waiting.columns, headings)
    odd = _by_row(sort.odd(rows, timezone.localdate()), waiting.columns, headings)
    held = {row.get("household") for row in rows if row["row"] in wrong} - {None}
    counts: Counter[str] = Counter()
    document = f"导入文件 {waiting.file_name}"[:120]
    half = waiting.total // 2
    for start in range(0, len(rows), _AT_ONCE):
        some = []
        for row in rows[start : start + _AT_ONCE]:
            state = StagedRow.State.GOOD
            if row["row"] in wrong:
                state = StagedRow.State.FAULTY
            elif row.get("household") in held:
                state = StagedRow.State.HELD
            counts[state] += 1
            counts["warned"] += row["row"] in odd
            notes = wrong.get(row["row"], []), odd.get(row["row"], [])
            values = of_every_row(waiting.pk, row, str(state), *notes)
            some.append(values | sort.kept(row, document))
        with transaction.atomic():
            hold_index_key()
            insert_staged(some)
        _progress(waiting, half + start + len(some))
    renew_statistics(StagedRow)
    fields = Counter(fault.field or "整行" for fault in faults)
    _finish(waiting, counts, dict(fields.most_common()))


def _by_row(
    faults: Iterable[RowFault], columns: Mapping[str, str], headings: Mapping[str, str]
) -> dict[int, list[CellNote]]:
    found: defaultdict[int, list[CellNote]] = defaultdict(list)
    for fault in faults:
        found[fault.row].append(note_of(fault, columns, headings))
    return found


def _progress(waiting: PeopleImport, done: int) -> None:
    PeopleImport.objects.filter(pk=waiting.pk).update(done=done, beat_at=timezone.now())


def _finish(waiting: PeopleImport, counts: Counter[str], headings: dict[str, int]) -> None:
    PeopleImport.objects.filter(pk=waiting.pk, state=PeopleImport.State.READING).update(
        state=PeopleImport.State.STAGED,
        done=waiting.total,
        beat_at=timezone.now(),
        fault_counts=headings,
        good_rows=counts[StagedRow.State.GOOD],
        held_rows=counts[StagedRow.State.HELD],
        faulty_rows=counts[StagedRow.State.FAULTY],
        warned_rows=counts["warned"],
    )


def _fail(waiting: PeopleImport, zh: str, en: str) -> None:
    waiting.staged.all().delete()
    PeopleImport.objects.filter(pk=waiting.pk).update(
        state=PeopleImport.State.FAILED,
        beat_at=timezone.now(),
        failure_zh=zh[:_FAILURE_LENGTH],
        failure_en=en[:_FAILURE_LENGTH],
    )
