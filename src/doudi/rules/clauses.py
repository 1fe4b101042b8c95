"""The clauses of a source page, in our own words, with where they stand and what rank they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from doudi.rules.errors import BadValue, UnknownClause
from doudi.rules.files import read_yaml
from doudi.rules.shape import check_keys, read_mapping, read_text

_MOST_LINES_SHOWN = 8


_FILE = {
    "documents": "the texts, each under its name",
    "clauses": "the clauses, each under its id, such as H-10",
}
_BOTH = {"zh": "its words in Chinese", "en": "its words in English"}
_DOCUMENT = {
    "prefix": "what the ids of its clauses begin with, such as H",
    "rank": "the sort of text, such as instruction, article or plan",
    **_BOTH,
}
_DOCUMENT_MAY = ("lines", "valid_from", "valid_to")
_CLAUSE = {"lines": "the numbers of the lines where it stands, such as [3, 4]", **_BOTH}
_CLAUSE_MAY = ("reason", "planned", "code")
_REASON = {"kind": "the sort of reason, such as statistic or reference", **_BOTH}


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
    """The clause file at ``path``.

    Errors: BadValue for a shape that is not a clause file's, UnknownClause for a clause of no
    document; each names the file and the entry.
    """
    raw = check_keys(read_yaml(path), path.name, _FILE)
    documents = {
        str(name): _read_document(str(name), entry, f"{path.name}: document {name}")
        for name, entry in read_mapping(raw["documents"], f"{path.name}: documents").items()
    }
    by_prefix = {document.prefix: document for document in documents.values()}
    clauses = {
        str(name): _read_clause(str(name), entry, by_prefix, f"{path.name}: clause {name}")
        for name, entry in read_mapping(raw["clauses"], f"{path.name}: clauses").items()
    }
    return ClauseBook(documents, clauses)


def _read_document(name: str, raw: Any, what: str) -> Document:
    entry = check_keys(raw, what, _DOCUMENT, _DOCUMENT_MAY)
    return Document(
        name,
        read_text(entry, "prefix", what),
        read_text(entry, "rank", what),
        read_text(entry, "zh", what),
        read_text(entry, "en", what),
        entry.get("valid_from"),
        entry.get("valid_to"),
    )


def _read_clause(name: str, raw: Any, by_prefix: Mapping[str, Document], what: str) -> Clause:
    prefix = name.split("-", maxsplit=1)[0]
    if prefix not in by_prefix:
        known = ", ".join(by_prefix)
        raise UnknownClause(f"{what}: no document has the prefix {prefix!r}, only {known}")
    entry = check_keys(raw, what, _CLAUSE, _CLAUSE_MAY)
    return Clause(
        name,
        by_prefix[prefix],
        _read_lines(entry["lines"], what),
        read_text(entry, "zh", what),
        read_text(entry, "en", what),
        _read_reason(entry.get("reason"), what),
        entry.get("planned"),
        entry.get("code"),
    )


def _read_lines(raw: Any, what: str) -> tuple[int, ...]:
    if not isinstance(raw, list) or not raw or not all(type(line) is int for line in raw):
        raise BadValue(f"{what}: 'lines' is a list of line numbers such as [3, 4], not {raw!r}")
    return tuple(raw)


def _read_reason(raw: Any, what: str) -> Reason | None:
    if raw is None:
        return None
    reason = check_keys(raw, f"{what}: reason", _REASON)
    return Reason(reason["kind"], reason["zh"], reason["en"])
