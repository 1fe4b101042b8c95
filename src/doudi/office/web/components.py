"""What pages are put together from, as data; `templatetags.doudi` draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from doudi.money import yuan

Text = str | Promise
Tone = Literal["neutral", "good", "warning", "bad"]


@dataclass(frozen=True)
class Money:
    """An amount in fen, shown in yuan."""

    fen: int

    @property
    def yuan(self) -> str:
        """``12,000`` or ``155.25``."""
        return yuan(self.fen)


@dataclass(frozen=True)
class Link:
    """A text that opens another page."""

    text: Text
    href: str


@dataclass(frozen=True)
class Badge:
    """A state in a word; the tone adds a mark and a colour, never the meaning."""

    text: Text
    tone: Tone = "neutral"


Cell = Text | int | Money | Link | Badge | None


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand to the right."""

    label: Text
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """A table of data with its caption; ``empty`` stands there when it has no rows.

    ``totals`` is one more row at the foot. With ``cards`` a phone shows each row as a card, the
    headings in front of the values, in place of a table that scrolls sideways.
    """

    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: Text = ""
    totals: Sequence[Cell] = ()
    hide_caption: bool = False
    cards: bool = False


@dataclass(frozen=True)
class Pair:
    """A name and its value in a list of facts."""

    label: Text
    value: Cell
