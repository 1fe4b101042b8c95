"""The counts behind the limits."""

from __future__ import annotations

from django.db import models


class Tally(models.Model):
    """How often a sender did a thing in one span of time; deleted after ``ends_at``.

    ``key`` is a keyed hash of the thing and the sender, so that no address lies in the table.
    ``ends_at`` is in seconds since 1970 and tells one span from the next.
    """

    key = models.CharField(max_length=64)
    ends_at = models.BigIntegerField(db_index=True)
    times = models.IntegerField()

    class Meta:
        """One row for each thing, sender and span."""

        constraints = (models.UniqueConstraint(fields=["key", "ends_at"], name="limits_one_tally"),)
