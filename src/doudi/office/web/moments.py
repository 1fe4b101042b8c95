"""How a moment is written on a page of the staff."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def moment(when: datetime) -> str:
    """``2018-05-09 16:30``, by the clock of the office."""
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M")
