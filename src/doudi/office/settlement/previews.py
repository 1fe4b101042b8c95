"""What a change would answer, by the same code, with nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from doudi.office.settlement.corrections import correct_claim, reverse_claim
from doudi.office.settlement.entries import Who
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.settling import settle_stay

_WHO = Who("preview", "preview")


def preview(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a change would answer, by the same code, taken back at once."""
    with transaction.atomic():
        answer = act()
        transaction.set_rollback(True)
    return answer


def preview_settle(*, admission: str, day: date, before: str | None = None) -> dict[str, Any]:
    """What `settle` would answer; nothing is kept."""
    return preview(lambda: settle_stay(admission, day, _WHO, before))


def preview_reverse(*, claim: str) -> dict[str, Any]:
    """What `reverse` would answer, with every difference; nothing is kept."""
    return preview(lambda: reverse_claim(claim, _WHO))


def preview_correct(
    *, claim: str, lines: Sequence[FeeInput] = (), facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What `correct` would answer, with every difference; nothing is kept."""
    return preview(lambda: correct_claim(claim, lines, dict(facts or {}), _WHO))
