"""The counts of violations."""

from __future__ import annotations

from django.db import models


class Violations(models.Model):
    """How often browsers reported on a day that a directive was violated on a kind of page.

    ``route`` is the pattern of the page's address, such as ``desk/people/<str:person>``, so that
    nobody's name in an address is kept.
    """

    day = models.DateField()
    directive = models.CharField(max_length=30)
    route = models.CharField(max_length=100)
    times = models.PositiveIntegerField()

    class Meta:
        """One row for each day, directive and route."""

        constraints = (
            models.UniqueConstraint(
                fields=("day", "directive", "route"), name="violations_one_count"
            ),
        )
