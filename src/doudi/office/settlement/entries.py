"""Entries: what a claim was given, the money it moves, and settling later claims again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from doudi.office.ledger.models import PAYERS
from doudi.office.ledger.services import (
    Drafted,
    Leg,
    billed,
    draft,
    patient,
    pending,
    write_with_postings,
)
from doudi.office.rows import Rows, values_of
from doudi.office.settlement.models import (
    Claim,
    Entry,
)
from doudi.office.settlement.policy import active_policy, guard
from doudi.office.settlement.versions import keep_version, policy_of
from doudi.office.settlement.years import (
    LockedYear,
    claims_in_force,
    difference,
    fold,
    given_in_force,
    totals_after,
)
from doudi.rules.explain import Explanation
from doudi.rules.frozen import numbers_of


@dataclass(frozen=True)
class Who:
    """Who asks for a change and why; both are kept for good."""

    actor: str
    reason: str


def write_reversal(year: LockedYear, claim: Claim, who: Who) -> Entry:
    """Take back what a claim was given, by a new entry and the opposite transfers."""
    before = given_in_force(year.row)[str(claim.pk)].outputs
    entry = write_entry(year, claim, Entry.Sort.REVERSE, None, before, who)
    year.row.save(update_fields=["sequence"])
    return entry


def settle_again(
    year: LockedYear,
    start: int,
    who: Who,
    cause: Entry | None,
    *,
    versions: Mapping[str, str] | None = None,
    under_today: bool = False,
) -> list[Entry]:
    """Settle the claims in force from ``start`` on again; an entry for each that changes.

    Each is settled under the version of the policy that it was settled by, a new one under that
    of ``versions`` (by claim id) or today's; all of them under today's if ``under_today``. The
    claims before keep what they were given. GoneVersion when a version cannot be loaded.
    """
    claims = claims_in_force(year.row)
    before = given_in_force(year.row)
    again = [claim for claim in claims if claim.position >= start]
    earlier = [before[str(claim.pk)] for claim in claims if claim.position < start]
    by = {claim: given.policy_version for claim, given in before.items()} | dict(versions or {})
    today = active_policy()
    keep_version(today)
    settling = []
    for claim in again:
        version = None if under_today else by.get(str(claim.pk))
        policy = today if version is None else policy_of(version)
        guard(policy, claim.date)
        settling.append((policy, claim))
    opening = dict.fromkeys(today.summed, 0) | totals_after(earlier)
    explanations, totals = fold(settling, opening)
    entries: list[Entry] = []
    pairs = sorted(
        zip(again, explanations, strict=True), key=lambda pair: str(pair[0].pk) in before
    )
    for claim, explanation in pairs:
        known = before.get(str(claim.pk))
        moved = under_today and known is not None and known.policy_version != today.version
        if known is not None and known.is_of(explanation) and not moved:
            continue
        sort = Entry.Sort.SETTLE if known is None else Entry.Sort.DIFFERENCE
        former = {} if known is None else known.outputs
        entry = write_entry(year, claim, sort, explanation, former, who, cause)
        cause = cause or entry
        entries.append(entry)
    year.row.totals = totals
    year.row.position = max([year.row.position, *(claim.position for claim in claims)])
    year.row.save(update_fields=["sequence", "position", "totals"])
    return entries


def write_entry(
    year: LockedYear,
    claim: Claim,
    sort: Entry.Sort,
    explanation: Explanation | None,
    before: Mapping[str, int],
    who: Who,
    cause: Entry | None = None,
) -> Entry:
    """One entry with its posting, written together."""
    policy = explanation.policy if explanation else active_policy()
    outputs = explanation.outputs if explanation else dict.fromkeys(before, 0)
    changes = difference(outputs, before)
    year.row.sequence += 1
    entry = Entry(
        year=year.row,
        number=year.row.sequence,
        claim=claim,
        sort=sort,
        cause=cause,
        outputs=outputs,
        changes=changes,
        opening=dict(explanation.opening) if explanation else {},
        closing=dict(explanation.closing) if explanation else {},
        numbers=numbers_of(explanation) if explanation else None,
        text_id=keep_version(policy),
        actor=who.actor,
        reason=who.reason,
    )
    drafted = draft_changes(
        claim=claim.pk,
        admission=claim.admission.public_id,
        institution=claim.institution_id,
        day=claim.date,
        changes=changes,
        sort=sort,
        closed=year.closed,
    )
    if drafted is not None:
        entry.posting_id = drafted.posting["id"]
    write_with_postings([drafted] if drafted else [], after=[Rows(Entry, [values_of(entry)])])
    return entry


def draft_changes(
    *,
    claim: UUID,
    admission: str,
    institution: str,
    day: date,
    changes: Mapping[str, int],
    sort: Entry.Sort,
    closed: str | None,
) -> Drafted | None:
    """Each payer owes the hospital its amount more or less, and so does the patient."""
    income = billed(institution)
    legs = [
        Leg(pending(payer, institution), income, changes.get(f"{payer}_pay", 0)) for payer in PAYERS
    ]
    legs.append(Leg(patient(admission), income, changes.get("own_pay", 0)))
    return draft(code=sort.value, business_date=day, legs=legs, closed=closed, memo=str(claim))


def answer_of(claim: Claim, entries: Sequence[Entry]) -> dict[str, Any]:
    own = [entry for entry in entries if entry.claim_id == claim.pk]
    last = own[-1] if own else None
    outputs = last.outputs if last else {}
    return {
        "claim": str(claim.pk),
        "admission": claim.admission.public_id,
        "date": claim.date.isoformat(),
        "bill_fen": claim.facts["bill"],
        "payers": {payer: outputs.get(f"{payer}_pay", 0) for payer in PAYERS},
        "own_fen": outputs.get("own_pay", 0),
        "differences": [entry_of(entry) for entry in entries if entry is not last],
    }


def entry_of(entry: Entry) -> dict[str, Any]:
    return {
        "claim": str(entry.claim_id),
        "sort": str(entry.sort),
        "date": entry.claim.date.isoformat(),
        "changes_fen": {name: change for name, change in entry.changes.items() if change},
    }
