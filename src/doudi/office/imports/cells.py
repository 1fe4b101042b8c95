"""Naming the cells of a sheet, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from doudi.estimate.claims_file import RowFault
from doudi.office.registry.models import Relation
from doudi.office.registry.people_columns import HEADINGS

_LETTERS = 26


class CellNote(TypedDict):
    """A fault or a warning as it is kept: where, what stands there, and what about it."""

    cell: str
    heading: str
    value: str
    zh: str
    en: str


def letters(place: int) -> str:
    """The letters of a column counted from 0: A, B, … Z, AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, _LETTERS)
        text = chr(ord("A") + rest) + text
    return text


def note_of(fault: RowFault, columns: Mapping[str, str], headings: Mapping[str, str]) -> CellNote:
    """A fault of a row with the name of its cell, by the letters and headings of the columns.

    Where its column is missing or not known it names the whole row: ``17``.
    """
    names = {zh: name for name, zh in headings.items()}
    column = columns.get(names.get(fault.field, ""), "")
    value = fault.value
    if fault.field == HEADINGS["relation"] and value in Relation.values:
        value = str(Relation(value).label)
    return CellNote(
        cell=f"{column}{fault.row}",
        heading=fault.field,
        value=value,
        zh=fault.zh,
        en=fault.en,
    )
