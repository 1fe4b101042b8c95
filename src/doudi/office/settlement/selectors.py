"""Reading what a settlement needs, in as few statements as it takes."""

from __future__ import annotations

import uuid
from typing import Any

from doudi.office.ledger.models import PAYERS
from doudi.office.ledger.selectors import balance
from doudi.office.ledger.services import patient
from doudi.office.settlement.models import Claim, Entry
from doudi.office.settlement.texts import explanation_of


def claim_in_force(admission: str) -> Claim | None:
    """The claim of an admission that is not reversed, or None."""
    reversed_claims = Entry.objects.filter(sort=Entry.Sort.REVERSE).values("claim")
    return (
        Claim.objects.filter(admission__public_id=admission).exclude(pk__in=reversed_claims).first()
    )


def slip(claim: str, *, first: bool = False) -> dict[str, Any]:
    """Everything that is printed for the patient: each payer, the own part, what is still owed.

    Read from what was stored at settlement, or at the last difference since unless ``first``;
    the rules are not run again. LookupError when there is no such settlement.
    """
    try:
        uuid.UUID(claim)
    except ValueError:
        raise LookupError(f"no settlement of claim {claim}") from None
    entry = (
        Entry.objects.filter(claim_id=claim, numbers__isnull=False)
        .select_related("claim__admission__person", "claim__institution", "text")
        .order_by("number" if first else "-number")
        .first()
    )
    if entry is None:
        raise LookupError(f"no settlement of claim {claim}")
    stay = entry.claim.admission
    reversed_ = Entry.objects.filter(claim_id=claim, sort=Entry.Sort.REVERSE).exists()
    return {
        "claim": str(entry.claim_id),
        "admission": stay.public_id,
        "person": stay.person.public_id,
        "institution": entry.claim.institution.name,
        "admitted_on": stay.admitted_on.isoformat(),
        "settled_on": entry.claim.date.isoformat(),
        "reversed": reversed_,
        "facts": entry.claim.facts,
        "evidence": entry.claim.evidence,
        "bill_fen": entry.claim.facts["bill"],
        "payers": {payer: entry.outputs[f"{payer}_pay"] for payer in PAYERS},
        "own_fen": entry.outputs["own_pay"],
        "owed_fen": balance(patient(stay.public_id)),
        "policy": {"name": entry.text.name, "version": entry.text.version},
        "explanation": explanation_of(entry),
    }
