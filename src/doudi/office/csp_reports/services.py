"""Counting violations by one statement that all processes can send at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Sum
from django.utils import timezone

from doudi.office.csp_reports.models import Violations

DAYS_KEPT = 180
DIRECTIVES = frozenset(
    {
        "base-uri",
        "child-src",
        "connect-src",
        "default-src",
        "font-src",
        "form-action",
        "frame-ancestors",
        "frame-src",
        "img-src",
        "manifest-src",
        "media-src",
        "object-src",
        "script-src",
        "script-src-attr",
        "script-src-elem",
        "style-src",
        "style-src-attr",
        "style-src-elem",
        "worker-src",
    }
)
"""What a report may name; anything else is somebody's own text and is not kept."""
_COUNT = """
INSERT INTO csp_reports_violations (day, directive, route, times) VALUES (%s, %s, %s, 1)
ON CONFLICT (day, directive, route) DO UPDATE SET times = csp_reports_violations.times + 1
"""


def count_violation(*, directive: str, route: str) -> None:
    """Count one report of today; ``route`` is a pattern of the site's own addresses."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [timezone.localdate(), directive, route])


def violations_since(day: date) -> list[dict[str, Any]]:
    """``directive``, ``route``, ``times``, ``last`` of what was reported, most often first."""
    counted = (
        Violations.objects.filter(day__gte=day)
        .values("directive", "route")
        .annotate(reports=Sum("times"), last=Max("day"))
        .order_by("-reports", "directive", "route")
    )
    return [
        {
            "directive": row["directive"],
            "route": row["route"],
            "times": row["reports"],
            "last": row["last"],
        }
        for row in counted
    ]


def delete_old() -> int:
    """Delete the counts of days that nobody looks back at any more; how many there were."""
    before = timezone.localdate() - timedelta(days=DAYS_KEPT)
    return Violations.objects.filter(day__lt=before).delete()[0]
