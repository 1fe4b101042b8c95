"""Clauses, places to go and statuses of figures, as the answer pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from doudi.estimate.answer import INTERPRETATION
from doudi.estimate.granted import Item
from doudi.i18n import either
from doudi.rules.clauses import Clause, ClauseBook
from doudi.rules.entitlements import Words
from doudi.rules.parameters import Status


@dataclass(frozen=True)
class ClauseShown:
    """One clause: its id, our summary, and where it stands in which document."""

    id: str
    summary: str
    locator: str
    document: str


@dataclass(frozen=True)
class Directions:
    """Where to go for some entitlements, and what to bring; "" where the source says nothing."""

    where: str
    bring: str
    titles: tuple[str, ...]


def said(words: Words | None) -> str:
    """A text of a pack in the language of the page."""
    return "" if words is None else either(words.zh, words.en)


def clauses_shown(book: ClauseBook, ids: Iterable[str]) -> list[ClauseShown]:
    """The clauses in the order of the source, each once."""
    wanted = set(ids)
    return [_shown(clause) for name, clause in book.clauses.items() if name in wanted]


def _shown(clause: Clause) -> ClauseShown:
    document = clause.document
    return ClauseShown(
        clause.id,
        either(clause.zh, clause.en),
        clause.locator,
        either(document.zh, document.en),
    )


def directions(items: Iterable[Item]) -> list[Directions]:
    """Where to go and what to bring, each pair once with what it is for."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in items:
        entitlement = item.entitlement
        key = (said(entitlement.where), said(entitlement.bring))
        titles = found.setdefault(key, [])
        if (title := said(entitlement.words)) not in titles:
            titles.append(title)
    return [Directions(where, bring, tuple(titles)) for (where, bring), titles in found.items()]


def status_words(status: str) -> str:
    """How sure a value is, in words that need no explanation."""
    return {
        Status.CITED.value: _("原文写明"),
        Status.STAND_IN.value: _("借用外地公布的数字"),
        Status.ASSUMPTION.value: _("我们的假设"),
        Status.NOT_STATED.value: _("原文未载"),
        Status.ADOPTED.value: _("经办机构已采用"),
        INTERPRETATION: _("原文可以有不同读法"),
    }[status]


def status_tone(status: str) -> str:
    """The tone of the mark beside a status."""
    return "good" if status in (Status.CITED.value, Status.ADOPTED.value) else "warning"
