"""The business date that a clerk works on: today, unless another is chosen for the session.

A settlement counts in the year of its business date and is settled by the version in force on it,
so it is said on every screen of the window and never guessed from the clock behind it.
"""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from doudi.office.settlement.policy import active_policy

_CHOSEN = "working_day"


def working_day(request: HttpRequest) -> date:
    """The chosen day of the session; else today, or the policy's last day once it has ended."""
    chosen = request.session.get(_CHOSEN)
    if chosen:
        return date.fromisoformat(chosen)
    return min(timezone.localdate(), active_policy().valid_to)


def choose_working_day(request: HttpRequest, day: date) -> None:
    """Work on ``day`` until the session ends or another is chosen."""
    request.session[_CHOSEN] = day.isoformat()
