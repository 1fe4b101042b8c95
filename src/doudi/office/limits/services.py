"""Counting, by one statement that all processes and threads can send at once."""

from __future__ import annotations

import time

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from doudi.office.limits.models import Tally

_COUNT = """
INSERT INTO limits_tally (key, ends_at, times) VALUES (%s, %s, 1)
ON CONFLICT (key, ends_at) DO UPDATE SET times = limits_tally.times + 1
RETURNING times
"""


def count(*, thing: str, sender: str, seconds: int) -> int:
    """How often the sender has done the thing in this span of ``seconds``, this time included.

    Spans follow one another from 1970 on, so at the border of two twice as many can pass as in
    one. The first count of a span deletes what has expired.
    """
    now = _now()
    key = salted_hmac("doudi.limits", f"{thing}\n{sender}", algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, now - now % seconds + seconds])
        times = int(cursor.fetchone()[0])
    if times == 1:
        delete_expired(now=now)
    return times


def seconds_left(seconds: int) -> int:
    """Until the next span of ``seconds`` begins."""
    return seconds - _now() % seconds


@transaction.atomic
def delete_expired(*, now: int | None = None) -> int:
    """Delete the counts of spans that are over; how many there were."""
    over = Tally.objects.filter(ends_at__lte=_now() if now is None else now)
    return over.delete()[0]


def _now() -> int:
    return int(time.time())
