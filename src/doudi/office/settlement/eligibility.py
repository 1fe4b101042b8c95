"""What a person is entitled to on a day in one institution, and the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.office.registry.selectors import Standing, standing_on
from doudi.office.settlement.refusals import NotEnrolled


@dataclass(frozen=True)
class Eligibility:
    """The facts of a claim that come from the registry, and the rows and reasons they rest on."""

    registered: bool
    serious: bool
    evidence: dict[str, Any]

    @property
    def facts(self) -> dict[str, bool]:
        """The facts as a claim holds them."""
        return {"registered": self.registered, "serious": self.serious}


def eligibility_on(*, person: int, day: date, serious_designated: bool) -> Eligibility:
    """What holds on ``day``; one SQL statement. NotEnrolled for who is not insured that year.

    A disease on the serious list counts only where it is treated in one of the institutions
    designated for it (H-33, H-35); ``evidence["serious"]`` says which of the two was missing.
    """
    return eligibility_from(
        standing_on(person, day), day=day, serious_designated=serious_designated
    )


def eligibility_from(standing: Standing, *, day: date, serious_designated: bool) -> Eligibility:
    """The same of a person whose standing on ``day`` has been read."""
    if not standing.enrolled:
        raise NotEnrolled(day.year, standing.registered)
    serious = standing.serious and serious_designated
    reasons = {
        "listed": standing.serious,
        "institution_designated": serious_designated,
        "counts": serious,
    }
    return Eligibility(standing.registered, serious, {**standing.evidence, "serious": reasons})
