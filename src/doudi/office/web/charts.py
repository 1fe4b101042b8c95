"""Charts as numbers for SVG templates: lengths of pixels, worked out in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from doudi.money import yuan
from doudi.office.web.components import Cell, Column, Link, Table, Text

WIDTH = 640
_LABELS = 150
_AMOUNTS = 150
_BARS = WIDTH - _LABELS - _AMOUNTS
_WIDE_LABELS = 250
_WIDE_BARS = WIDTH - _WIDE_LABELS - _AMOUNTS
_ROW = 36
_BAR = 22
_THINNEST = 2


@dataclass(frozen=True)
class Part:
    """One step of a waterfall: what a payer takes off the bill, or what is left to the person."""

    label: Text
    fen: int
    sort: Literal["bill", "payer", "own"] = "payer"


@dataclass(frozen=True)
class Bar:
    """A part with its place in the picture."""

    part: Part
    x: int
    y: int
    width: int
    text_y: int
    row_x: int
    """Where it begins when its row has the whole width to itself, as on a phone."""

    @property
    def yuan(self) -> str:
        """The amount as people read it."""
        return yuan(self.part.fen)


@dataclass(frozen=True)
class Waterfall:
    """A bill at the top, each payer's part below it, and at the bottom what is left."""

    bars: Sequence[Bar]
    height: int
    width: int = WIDTH
    bar: int = _BAR
    row_width: int = _BARS
    amounts_x: int = WIDTH
    label_x: int = 0


def waterfall(parts: Sequence[Part]) -> Waterfall:
    """The picture of parts that come in order: the bill, its payers, the person.

    Each payer's bar begins where the one before ended; the person's begins where the last did.
    Amounts are fen >= 0; the first part is the longest.
    """
    whole = max((part.fen for part in parts), default=0)
    bars: list[Bar] = []
    before = 0
    for row, part in enumerate(parts):
        start = 0 if part.sort == "bill" else before
        bars.append(
            Bar(
                part,
                x=_LABELS + _length(start, whole),
                y=row * _ROW + (_ROW - _BAR) // 2,
                width=_shown(part.fen, whole),
                text_y=row * _ROW + _ROW // 2,
                row_x=_length(start, whole),
            )
        )
        if part.sort != "bill":
            before += part.fen
    return Waterfall(bars, len(parts) * _ROW)


def _length(fen: int, whole: int, longest: int = _BARS) -> int:
    return fen * longest // whole if whole else 0


def _shown(fen: int, whole: int, longest: int = _BARS) -> int:
    # An amount so small that it would vanish is still an amount.
    return max(_length(fen, whole, longest), _THINNEST) if fen else 0


@dataclass(frozen=True)
class Measure:
    """One bar: its name, its length (an amount or a count, >= 0), and its row of the table.

    ``shown`` is the length as people read it; ``cells`` begin with what names the row.
    """

    label: Text
    length: int
    shown: Text
    cells: Sequence[Cell]


@dataclass(frozen=True)
class MeasuredBar:
    """A measure with its place in the picture."""

    measure: Measure
    y: int
    width: int
    text_y: int
    x: int = _WIDE_LABELS


@dataclass(frozen=True)
class BarChart:
    """Bars one under the other, and the table under them that says the same in numbers.

    ``more`` opens what the table leaves out.
    """

    bars: Sequence[MeasuredBar]
    table: Table
    height: int
    more: Link | None = None
    width: int = WIDTH
    bar: int = _BAR


def bar_chart(
    caption: Text,
    columns: Sequence[Column],
    measures: Sequence[Measure],
    *,
    totals: Sequence[Cell] = (),
    more: Link | None = None,
    whole: int = 0,
) -> BarChart:
    """The picture and the table of measures in their order.

    As wide as the picture is the longest bar, or ``whole`` where bars are parts of it, as shares.
    """
    whole = whole or max((measure.length for measure in measures), default=0)
    bars = [
        MeasuredBar(
            measure,
            y=row * _ROW + (_ROW - _BAR) // 2,
            width=_shown(measure.length, whole, _WIDE_BARS),
            text_y=row * _ROW + _ROW // 2,
        )
        for row, measure in enumerate(measures)
    ]
    rows = [measure.cells for measure in measures]
    table = Table(caption, columns, rows, totals=totals, hide_caption=True)
    return BarChart(bars, table, len(measures) * _ROW, more)
