"""Moves of people and households, with the kept sums of what was settled for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from doudi.office.registry import services as registry
from doudi.office.registry.moves import Moved
from doudi.office.settlement.keep_sums import move_kept


def join_household(**given: Any) -> Moved:
    """`registry.join_household`, and the kept sums follow."""
    return _with_sums(registry.join_household, given)


def split_household(**given: Any) -> Moved:
    """`registry.split_household`, and the kept sums follow."""
    return _with_sums(registry.split_household, given)


def move_household(**given: Any) -> Moved:
    """`registry.move_household`, and the kept sums follow."""
    return _with_sums(registry.move_household, given)


def _with_sums(move: Callable[..., Moved], given: dict[str, Any]) -> Moved:
    with transaction.atomic():
        moved = move(**given)
        move_kept(moved.people, moved.before, moved.after)
    return moved
