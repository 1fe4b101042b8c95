"""Reading what a settlement needs, in as few statements as it takes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from doudi.office.ledger.models import PAYERS
from doudi.office.ledger.selectors import balance
from doudi.office.ledger.services import patient
from doudi.office.settlement.models import Claim, Entry


@dataclass(frozen=True)
class Stay:
    """An admission with its bill; money in fen. ``billed`` is whether the bill has lines.

    ``version_kept`` is whether the asked version of the policy is written down. ``settled`` is
    whether a claim of it is in force; ``last_claim`` is the end of the chain of its claims, which
    a new one replaces, or None.
    """

    admission: int
    person: int
    person_public_id: str
    institution: str
    level: int
    inside_league: bool
    serious_designated: bool
    kind: str
    admitted_on: date
    settled: bool
    last_claim: uuid.UUID | None
    version_kept: bool
    billed: bool
    bill_fen: int
    catalogue_fen: int


_STAY = """
SELECT admission.id, admission.person_id, person.public_id, institution.code, institution.level,
       institution.inside_league, institution.serious_designated, admission.kind,
       admission.admitted_on,
       EXISTS (SELECT 1 FROM settlement_claim AS claim WHERE claim.admission_id = admission.id
            AND NOT EXISTS (SELECT 1 FROM settlement_entry AS entry
                WHERE entry.claim_id = claim.id AND entry.sort = 'reverse')),
       (SELECT claim.id FROM settlement_claim AS claim WHERE claim.admission_id = admission.id
            AND NOT EXISTS (SELECT 1 FROM settlement_claim AS later
                WHERE later.replaces_id = claim.id)),
       EXISTS (SELECT 1 FROM settlement_policyversion WHERE version = %s),
       EXISTS (SELECT 1 FROM settlement_feeline WHERE admission_id = admission.id),
       (SELECT coalesce(sum(line.total_fen), 0) FROM settlement_feeline AS line
            WHERE line.admission_id = admission.id AND NOT EXISTS (SELECT 1
                FROM settlement_feeline AS later WHERE later.replaces_id = line.id)),
       (SELECT coalesce(sum(line.in_scope_fen), 0) FROM settlement_feeline AS line
            WHERE line.admission_id = admission.id AND NOT EXISTS (SELECT 1
                FROM settlement_feeline AS later WHERE later.replaces_id = line.id))
FROM settlement_admission AS admission
JOIN registry_person AS person ON person.id = admission.person_id
JOIN settlement_institution AS institution ON institution.code = admission.institution_id
WHERE admission.public_id = %s
"""


def stay_with_fees(public_id: str, version: str) -> Stay | None:
    """The admission, its institution and the sums of its fee lines in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STAY, [version, public_id])
        row = cursor.fetchone()
    if row is None:
        return None
    # SQLite has neither flags nor dates of its own.
    day = row[8]
    return Stay(
        admission=row[0],
        person=row[1],
        person_public_id=row[2],
        institution=row[3],
        level=row[4],
        inside_league=bool(row[5]),
        serious_designated=bool(row[6]),
        kind=row[7],
        admitted_on=date.fromisoformat(day) if isinstance(day, str) else day,
        settled=bool(row[9]),
        last_claim=uuid.UUID(row[10]) if isinstance(row[10], str) else row[10],
        version_kept=bool(row[11]),
        billed=bool(row[12]),
        bill_fen=int(row[13]),
        catalogue_fen=int(row[14]),
    )


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
        Entry.objects.filter(claim_id=claim, explanation__isnull=False)
        .select_related("claim__admission__person", "claim__institution")
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
        "policy": {"name": entry.policy_name, "version": entry.policy_version},
        "explanation": entry.explanation,
    }
