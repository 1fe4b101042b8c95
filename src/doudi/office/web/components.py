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


_FIT_A_PHONE = 4


@dataclass(frozen=True)
class Table:
    """A table of data with its caption; ``empty`` stands there when it has no rows.

    ``totals`` is one more row at the foot.
    """

    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: Text = ""
    totals: Sequence[Cell] = ()
    hide_caption: bool = False

    @property
    def cards(self) -> bool:
        """Whether a phone shows each row as a card, headings in front: the columns are too many.

        Four columns fit as long as three of them are numbers.
        """
        texts = sum(not column.numeric for column in self.columns)
        most = _FIT_A_PHONE if texts <= 1 else _FIT_A_PHONE - 1
        return len(self.columns) > most


@dataclass(frozen=True)
class Pair:
    """A name and its value in a list of facts."""

    label: Text
    value: Cell
