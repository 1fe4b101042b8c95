"""Parting what is owed into monthly instalments."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def monthly_parts(owed_fen: int, parts: int, first: date) -> list[tuple[date, int]]:
    """``parts`` days a month apart with amounts in fen that add up to ``owed_fen``.

    All parts are alike but for the fen that do not divide, which the first ones carry; a day that
    a month lacks becomes its last. With more parts than fen the later ones would be nothing, which
    the service that agrees a plan refuses.
    """
    each, over = divmod(owed_fen, parts)
    return [
        (months_after(first, number), each + (1 if number < over else 0)) for number in range(parts)
    ]


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
