"""The amounts in force of many claims at once, for lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.models import Claim, Entry


@dataclass(frozen=True)
class ListedClaim:
    """A claim in a list; money in fen. A reversed or corrected one comes to nothing.

    ``state`` is ``settled``, ``reversed``, or ``corrected`` when another took its place.
    """

    claim: str
    admission: str
    person: str
    name: str
    institution: str
    kind: str
    day: date
    bill_fen: int
    payers: dict[str, int]
    own_fen: int
    state: str
    registered: bool


def listed(claims: QuerySet[Claim]) -> list[ListedClaim]:
    """The claims with what they come to, in their order; two SQL statements for any number."""
    rows = list(claims.select_related("admission__person", "institution"))
    entries = Entry.objects.filter(claim__in=claims.order_by().values("pk")).order_by("number")
    last = {
        claim: (sort, outputs)
        for claim, sort, outputs in entries.values_list("claim_id", "sort", "outputs")
    }
    replaced = {claim.replaces_id for claim in rows}
    found = []
    for claim in rows:
        sort, outputs = last[claim.pk]
        state = "settled"
        if sort == Entry.Sort.REVERSE:
            state = "corrected" if claim.pk in replaced else "reversed"
        found.append(
            ListedClaim(
                claim=str(claim.pk),
                admission=claim.admission.public_id,
                person=claim.admission.person.public_id,
                name=claim.admission.person.name,
                institution=claim.institution.name,
                kind=claim.facts["kind"],
                day=claim.date,
                bill_fen=claim.facts["bill"],
                payers={payer: outputs[f"{payer}_pay"] for payer in PAYERS},
                own_fen=outputs["own_pay"],
                state=state,
                registered=claim.facts["registered"],
            )
        )
    return found


@dataclass(frozen=True)
class Totals:
    """What claims come to together; money in fen. ``claims`` counts those in force."""

    claims: int
    bill_fen: int
    payers: dict[str, int]
    own_fen: int


def totals_of(claims: Iterable[ListedClaim]) -> Totals:
    """The sums of the claims in force."""
    counted = [claim for claim in claims if claim.state == "settled"]
    return Totals(
        claims=len(counted),
        bill_fen=sum(claim.bill_fen for claim in counted),
        payers={payer: sum(claim.payers[payer] for claim in counted) for payer in PAYERS},
        own_fen=sum(claim.own_fen for claim in counted),
    )
