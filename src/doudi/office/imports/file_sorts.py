"""How the two sorts of file are read: one brings people, one puts them on disease lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from doudi.estimate.claims_file import RowFault
from doudi.office.imports.models import PeopleImport
from doudi.office.imports.quality import warnings_of
from doudi.office.imports.staged_values import Values, of_a_listing, of_a_person
from doudi.office.registry.file_columns import FileColumns
from doudi.office.registry.listings_file import LISTINGS, odd_listings, read_listing
from doudi.office.registry.listings_together import overlaps, put_people
from doudi.office.registry.models import Division
from doudi.office.registry.people_columns import HEADINGS, PEOPLE
from doudi.office.registry.people_file import read_row
from doudi.office.registry.people_together import faults_together
from doudi.office.registry.selectors import codes_within

Row = dict[str, Any]


@dataclass(frozen=True)
class FileSort:
    """``read`` reads a row, ``together`` looks at all of them and at the registry.

    ``odd`` is what hinders nothing, ``kept`` what is put down of a row; the document stands for
    one that the row does not name.
    """

    columns: FileColumns
    read: Callable[[int, Mapping[str, Any], list[RowFault]], Row]
    together: Callable[[Sequence[Row], Division], Iterable[RowFault]]
    odd: Callable[[Sequence[Row], date], Iterable[RowFault]]
    kept: Callable[[Row, str], Values]


def _people_together(rows: Sequence[Row], within: Division) -> Iterator[RowFault]:
    faults = faults_together(rows)
    yield from faults
    told = {fault.row for fault in faults if fault.field == HEADINGS["division"]}
    first, last = codes_within(within)
    for row in rows:
        code = row["division"]
        if code is not None and row["row"] not in told and not first <= code <= last:
            zh, en = f"不在{within.name}", f"lies outside {within.code}"
            yield PEOPLE.fault(row["row"], "division", code, zh, en)


def _listings_together(rows: Sequence[Row], within: Division) -> Iterator[RowFault]:
    return chain(list(put_people(rows, within)), overlaps(rows))


FILE_SORTS: Mapping[str, FileSort] = {
    PeopleImport.Content.PEOPLE: FileSort(
        PEOPLE, read_row, _people_together, warnings_of, of_a_person
    ),
    PeopleImport.Content.LISTINGS: FileSort(
        LISTINGS, read_listing, _listings_together, odd_listings, of_a_listing
    ),
}
"""By what an import says that its file holds."""
