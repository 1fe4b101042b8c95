"""The clauses of a source page, in our own words, with where they stand and what rank they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from doudi.rules.errors import UnknownClause
from doudi.rules.files import read_yaml


_MOST_LINES_SHOWN = 8


@dataclass(frozen=True)
class Document:
    """One text of the source page."""

    name: str
    prefix: str
    rank: str
    zh: str
    en: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class Reason:
    """Why nothing can carry a clause: it reports, tells a scene, wishes, or refers elsewhere."""

    kind: str
    zh: str
    en: str


@dataclass(frozen=True)
class Clause:
    """One statement of the source: ``lines`` are line numbers of the source page.

    ``planned`` names the app of later work that will carry it; ``code`` the module that carries
    it where no object of a pack can.
    """

    id: str
    document: Document
    lines: tuple[int, ...]
    zh: str
    en: str
    reason: Reason | None
    planned: str | None
    code: str | None = None

    @property
    def locator(self) -> str:
        """The lines as ``L43, L69``; of many, the first and the last."""
        if len(self.lines) > _MOST_LINES_SHOWN:
            return f"L{self.lines[0]} … L{self.lines[-1]}"
        return ", ".join(f"L{line}" for line in self.lines)


@dataclass(frozen=True)
class ClauseBook:
    """All clauses that a pack may cite."""

    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]

    def check(self, ids: Iterable[str], what: str) -> None:
        """UnknownClause unless every id exists."""
        for clause_id in ids:
            if clause_id not in self.clauses:
                raise UnknownClause(f"{what}: there is no clause {clause_id!r}")


@lru_cache(maxsize=8)
def read_clauses(path: Path) -> ClauseBook:
    """The clause file at ``path``."""
    raw = read_yaml(path)
    documents = {
        name: Document(
            name,
            entry["prefix"],
            entry["rank"],
            entry["zh"],
            entry["en"],
            entry.get("valid_from"),
            entry.get("valid_to"),
        )
        for name, entry in raw["documents"].items()
    }
    by_prefix = {document.prefix: document for document in documents.values()}
    clauses = {
        clause_id: _read_clause(clause_id, entry, by_prefix)
        for clause_id, entry in raw["clauses"].items()
    }
    return ClauseBook(documents, clauses)


def _read_clause(clause_id: str, raw: Mapping[str, Any], by_prefix: dict[str, Document]) -> Clause:
    prefix = clause_id.split("-", maxsplit=1)[0]
    if prefix not in by_prefix:
        raise UnknownClause(f"clause {clause_id!r}: no document has the prefix {prefix!r}")
    reason = raw.get("reason")
    return Clause(
        clause_id,
        by_prefix[prefix],
        tuple(raw["lines"]),
        raw["zh"],
        raw["en"],
        Reason(reason["kind"], reason["zh"], reason["en"]) if reason else None,
        raw.get("planned"),
        raw.get("code"),
    )
