"""One person of a file as it was read, and a file that cannot be taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from doudi.estimate.claims_file import RowFault
from doudi.office.registry import identity


@dataclass(frozen=True)
class Registered:
    """Registered as poor from one day to another, both included, or until today."""

    valid_from: date
    valid_to: date | None
    cause: str


@dataclass(frozen=True)
class Insured:
    """Enrolled for these years, each at the same own premium."""

    years: tuple[int, ...]
    premium_own_fen: int
    paid_by: str


@dataclass(frozen=True)
class Listed:
    """On disease lists from one day on: each a list and a disease."""

    valid_from: date
    diseases: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PersonRow:
    """One person of a file: ``row`` is its line in the file, counting the heading as 1."""

    row: int
    name: str
    id_number: identity.IdNumber
    household: str
    relation: str
    division: str
    document: str
    registration: Registered | None = None
    insured: Insured | None = None
    listed: Listed | None = None
    card: str | None = None
    phone: str | None = None
    health: str | None = None


class BadPeople(ValueError):
    """A file of people with faults; nothing of it is recorded."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))
