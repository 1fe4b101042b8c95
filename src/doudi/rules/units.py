"""The units a rule may take and return; they are read from the function's annotations."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from doudi.rules.amounts import Schedule as _Schedule


class Unit(Enum):
    """What a number in a rule means."""

    FEN = "fen"
    RATE = "rate"
    COUNT = "count"
    SCHEDULE = "schedule"
    FLAG = "flag"
    CHOICE = "choice"
    LEVEL = "level"


Fen = Annotated[int, Unit.FEN]
"""An amount of money in fen, never negative."""

Rate = Annotated[int, Unit.RATE]
"""A share in basis points; 10000 is the whole."""

Count = Annotated[int, Unit.COUNT]
"""A number of persons, households, visits or things."""

Schedule = Annotated[_Schedule, Unit.SCHEDULE]
"""Rates that change with the amount, band by band."""

Flag = Annotated[bool, Unit.FLAG]
"""Yes or no."""

Choice = Annotated[str, Unit.CHOICE]
"""One of a few named options: a kind, or the reading chosen for an interpretation."""

Level = Annotated[int, Unit.LEVEL]
"""A small number that names a class, such as the hospital level 1, 2 or 3."""

AMOUNTS = (Unit.FEN, Unit.COUNT)
"""Units that can be added up over a year."""
