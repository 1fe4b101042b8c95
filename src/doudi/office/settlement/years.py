"""The person's year: locking its row, and folding its claims in their order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from doudi.office.settlement.models import Claim, Entry, PersonYear
from doudi.rules.explain import Explanation, broken_promises, explain
from doudi.rules.policy import Policy

GAP = 1_000_000
"""Room between two claims for claims that are found later."""


class BrokenPromise(Exception):
    """A settlement that breaks what the policy promises; it is never written."""


@dataclass(frozen=True)
class LockedYear:
    """A person's year whose row this transaction holds, and the last closed month."""

    row: PersonYear
    closed: str | None


def lock_year(person: int, year: int) -> LockedYear:
    """Create the row if it is missing and lock it, in one statement on either database."""
    # DO UPDATE, unlike DO NOTHING, returns and locks a row that exists.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO settlement_personyear (person_id, year, sequence, position, totals)
            VALUES (%s, %s, 0, 0, %s)
            ON CONFLICT (person_id, year) DO UPDATE SET sequence = settlement_personyear.sequence
            RETURNING id, sequence, position, totals,
                      (SELECT max(period) FROM ledger_closedmonth)
            """,
            [person, year, "{}"],
        )
        number, sequence, position, totals, closed = cursor.fetchone()
    row = PersonYear(
        id=number,
        person_id=person,
        year=year,
        sequence=sequence,
        position=position,
        totals=json.loads(totals) if isinstance(totals, str) else totals,
    )
    return LockedYear(row, closed)


def save_year(row: PersonYear) -> None:
    """Write back a locked row after its claims changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE settlement_personyear SET sequence = %s, position = %s, totals = %s "
            "WHERE id = %s",
            [row.sequence, row.position, json.dumps(row.totals), row.pk],
        )


def settle_claim(policy: Policy, claim: Claim, opening: Mapping[str, int]) -> Explanation:
    """One claim by the rules of the pack; BrokenPromise when a promise does not hold."""
    # Another version of the pack may have summed something that this one does not know.
    known = {name: opening.get(name, 0) for name in policy.summed}
    explanation = explain(policy, claim.facts, claim.date, known)
    broken = broken_promises(explanation)
    if broken:
        raise BrokenPromise(f"claim {claim.id}: {', '.join(broken)}")
    return explanation


def claims_in_force(year: PersonYear) -> list[Claim]:
    """The claims of a year that are not reversed, in the order in which they count."""
    reversed_claims = Entry.objects.filter(year=year, sort=Entry.Sort.REVERSE).values("claim")
    return list(
        Claim.objects.filter(year=year)
        .select_related("admission", "institution")
        .exclude(pk__in=reversed_claims)
        .order_by("position", "recorded_at", "pk")
    )


@dataclass(frozen=True)
class Given:
    """What a claim was last given, what it added to the year's totals, and by which version."""

    outputs: dict[str, int]
    added: dict[str, int]
    policy_version: str

    def is_of(self, explanation: Explanation) -> bool:
        """Whether settling the claim as explained gives and adds the same."""
        return self.outputs == explanation.outputs and self.added == difference(
            explanation.closing, explanation.opening
        )


def given_in_force(year: PersonYear) -> dict[str, Given]:
    """What every claim of a year was last given, by claim id."""
    entries = Entry.objects.filter(year=year).order_by("number")
    rows = entries.values_list("claim_id", "outputs", "closing", "opening", "policy_version")
    return {
        str(claim): Given(outputs, difference(closing, opening), version)
        for claim, outputs, closing, opening, version in rows
    }


def totals_after(claims: Iterable[Given]) -> dict[str, int]:
    """What claims have added to the year's totals together."""
    totals: dict[str, int] = {}
    for claim in claims:
        for name, amount in claim.added.items():
            totals[name] = totals.get(name, 0) + amount
    return totals


def fold(
    claims: Sequence[tuple[Policy, Claim]], opening: Mapping[str, int]
) -> tuple[list[Explanation], dict[str, int]]:
    """Claims settled one after the other from ``opening``, each by its policy; and the totals."""
    totals = dict(opening)
    explanations = []
    for policy, claim in claims:
        explanation = settle_claim(policy, claim, totals)
        totals |= explanation.closing
        explanations.append(explanation)
    return explanations, totals


def difference(after: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """What changed between two sets of amounts, in fen by output."""
    names: Iterable[str] = dict.fromkeys([*after, *before])
    return {name: after.get(name, 0) - before.get(name, 0) for name in names}
