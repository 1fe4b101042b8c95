"""Charts as inline SVG: bars that stretch with the page, and a curve. No script, no text in them.

Names and values stand beside the bars as ordinary text, so they wrap on a phone and are read out;
every chart has its table below, and the drawing itself is hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_HAIR = 30
_FULL = 10_000
"""The width of a drawing in its own units: a hundredth of a percent each."""


@dataclass(frozen=True)
class Bar:
    """One row: ``right`` and ``left`` are lengths from the zero, with the look of each.

    The looks: ``good`` and ``bad`` for people, ``payer`` for who pays.
    """

    name: str
    shown: str
    right: int = 0
    left: int = 0
    right_look: str = "bad"
    left_look: str = "good"


HATCH = (
    '<svg class="unseen" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#e8a35c"/><rect width="3" height="6" fill="#a84a06"/>'
    "</pattern></defs></svg>"
)
"""The filling of ``bad``: told apart without colour, too. Stands once on the page."""


def bar_chart(bars: Sequence[Bar], left: str, right: str) -> str:
    """Bars from a common zero; ``left`` and ``right`` say what going there means.

    Where all bars go to one side, the zero is at the left edge whichever side it is.
    """
    leftmost = max(bar.left for bar in bars)
    rightmost = max(bar.right for bar in bars)
    one_sided = not leftmost or not rightmost
    span = leftmost + rightmost or 1
    zero = 0 if one_sided else leftmost * _FULL // span
    rows = "".join(_row(bar, zero, span, one_sided) for bar in bars)
    if one_sided:
        sides = [f"{left if leftmost else right} →"] if leftmost or rightmost else []
    else:
        sides = [f"← {left}", f"{right} →"]
    legend = "".join(f"<span>{escape(side)}</span>" for side in sides)
    return f'<div class="chart"><div class="sides">{legend}</div>{rows}</div>'


def _row(bar: Bar, zero: int, span: int, one_sided: bool) -> str:
    drawn = ""
    for value, look, leftward in (
        (bar.left, bar.left_look, not one_sided),
        (bar.right, bar.right_look, False),
    ):
        if value:
            length = value * _FULL // span
            drawn += _bar(look, zero - length if leftward else zero, length)
    return (
        f'<div class="row"><div class="label"><span>{escape(bar.name)}</span>'
        f"<b>{escape(bar.shown)}</b></div>"
        f'<svg aria-hidden="true" width="100%" height="16">'
        f'<rect class="track" x="0" y="2" width="100%" height="12"/>{drawn}'
        f'<line class="zero" x1="{_percent(zero)}" x2="{_percent(zero)}" y1="0" y2="16"/>'
        "</svg></div>"
    )


def _bar(look: str, start: int, length: int) -> str:
    # A bar too short to be seen is still drawn a hair wide.
    wide = _percent(max(length, _HAIR))
    return f'<rect class="{look}" x="{_percent(start)}" y="2" width="{wide}" height="12"/>'


def _percent(place: int) -> str:
    return f"{place // 100}.{place % 100:02d}%"


@dataclass(frozen=True)
class Mark:
    """A place of a curve that is pointed at."""

    x: int
    y: int
    look: str


_HEIGHT = 2_400
_WIDTH = 10_000


def curve_chart(points: Sequence[tuple[int, int]], level: int, marks: Sequence[Mark]) -> str:
    """A line through the points with a dashed line at ``level`` and dots at the marks."""
    xs = [x for x, _y in points]
    ys = [*(y for _x, y in points), level]
    left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
    margin = (top - bottom) // 10 or 1
    bottom, top = bottom - margin, top + margin

    def x_at(x: int) -> int:
        return (x - left) * _WIDTH // max(1, right - left)

    def y_at(y: int) -> int:
        return _HEIGHT - (y - bottom) * _HEIGHT // max(1, top - bottom)

    line = " ".join(f"{x_at(x)},{y_at(y)}" for x, y in points)
    dots = "".join(
        f'<line class="dot {mark.look}" x1="{x_at(mark.x)}" x2="{x_at(mark.x)}" '
        f'y1="{y_at(mark.y)}" y2="{y_at(mark.y)}"/>'
        for mark in marks
        if left <= mark.x <= right
    )
    return (
        f'<svg class="curve" aria-hidden="true" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'preserveAspectRatio="none">'
        f'<line class="budget" x1="0" x2="{_WIDTH}" y1="{y_at(level)}" y2="{y_at(level)}"/>'
        f'<polyline points="{line}"/>{dots}</svg>'
    )
