"""The spans of time between which an answer can differ, to choose from instead of a date.

Within one span every pack has the same rules and values, so any of its days gives the answer of
all; the last one stands for it. One day before the first and one after the last stand for the
rest of time, on which nothing is in force.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from doudi.estimate.asking.question import Option
from doudi.rules.entitlements import Words
from doudi.rules.policy import Policy

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """From the first day to the last, both included."""

    first: date
    last: date


def spans(policies: Iterable[Policy]) -> tuple[Span, ...]:
    """The spans in which some pack is in force, oldest first."""
    packs = tuple(policies)
    cuts = {
        day for pack in packs for era in pack.eras for day in (era.valid_from, era.valid_to + _DAY)
    }
    found = [Span(first, following - _DAY) for first, following in pairwise(sorted(cuts))]
    return tuple(
        span
        for span in found
        if any(pack.valid_from <= span.first and span.last <= pack.valid_to for pack in packs)
    )


def span_options(found: tuple[Span, ...]) -> tuple[Option, ...]:
    """The spans, latest first, and the time before and after them; each stands for a day."""
    before, after = found[0].first - _DAY, found[-1].last + _DAY
    options = [Option(span.last.isoformat(), _name(span)) for span in reversed(found)]
    return (
        *options,
        Option(after.isoformat(), Words(f"{_day_zh(after)}以后", f"Later: from {after} on")),
        Option(before.isoformat(), Words(f"{_day_zh(before)}以前", f"Earlier: up to {before}")),
    )


def _name(span: Span) -> Words:
    whole_years = (span.first.month, span.first.day, span.last.month, span.last.day) == (
        1,
        1,
        12,
        31,
    )
    if not whole_years:
        return Words(f"{_day_zh(span.first)}到{_day_zh(span.last)}", f"{span.first} to {span.last}")
    if span.first.year == span.last.year:
        return Words(f"{span.last.year}年", str(span.last.year))
    return Words(
        f"{span.first.year}年到{span.last.year}年", f"{span.first.year} to {span.last.year}"
    )


def _day_zh(day: date) -> str:
    if (day.month, day.day) in ((1, 1), (12, 31)):
        # "2019年以后" holds its first day, and "2012年以前" its last.
        return f"{day.year}年"
    return f"{day.year}年{day.month}月{day.day}日"
