"""Yuan as people write it, and fen as everything computes it."""

from __future__ import annotations

import re
from decimal import Decimal

_YUAN = re.compile(r"^(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?$")
_FEN_IN_YUAN = 100


def read_yuan(text: str) -> int:
    """An amount such as ``12000``, ``12,000.5`` or ``12000元`` in fen.

    ValueError for anything that is not a plain amount >= 0 with at most two decimals.
    """
    plain = text.strip().removesuffix("元").strip().removeprefix("¥").removeprefix("￥")
    if not _YUAN.match(plain):
        raise ValueError(f"{text!r} is not an amount in yuan with at most two decimals")
    return int(Decimal(plain.replace(",", "")) * _FEN_IN_YUAN)


def yuan(fen: int) -> str:
    """Fen as ``12,000`` or ``155.25`` yuan, without the unit."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), _FEN_IN_YUAN)
    return f"{sign}{whole:,}" if rest == 0 else f"{sign}{whole:,}.{rest:02d}"


def percent(basis_points: int) -> str:
    """Basis points as ``55%`` or ``17.5%``."""
    if basis_points % 100 == 0:
        return f"{basis_points // 100}%"
    return f"{Decimal(basis_points) / 100:f}".rstrip("0") + "%"
