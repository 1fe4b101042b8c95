"""The person's year: locking its row, and folding its claims in their order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from doudi.office.cursors import prepared_cursor
from doudi.office.registry.models import Person
from doudi.office.rows import Rows, holding
from doudi.office.settlement.models import Claim, Entry, PersonYear
from doudi.rules.explain import Explanation, broken_promises, explain
from doudi.rules.policy import Policy

GAP = 1_000_000
"""Room between two claims for claims that are found later."""


class BrokenPromise(Exception):
    """A settlement that breaks what the policy promises; it is never written."""


@dataclass(frozen=True)
class SeenYear:
    """A person's year as it was at some moment, and the last closed month of then.

    Somebody else may change it meanwhile; then no entry with the next number can be written.
    """

    row: PersonYear
    closed: str | None


@dataclass(frozen=True)
class LockedYear(SeenYear):
    """A person's year whose row this transaction holds, and the last closed month."""


_LOCK = """
{given}
INSERT INTO settlement_personyear (person_id, year, sequence, position, totals)
SELECT person_id, year, 0, 0, '{{}}' FROM given WHERE {before} ORDER BY person_id, year
ON CONFLICT (person_id, year) DO UPDATE SET sequence = settlement_personyear.sequence
RETURNING id, person_id, year, sequence, position, totals,
          (SELECT max(period) FROM ledger_closedmonth)
"""
_GIVEN = {
    "postgresql": f"""
WITH given AS MATERIALIZED (
    SELECT person_id, year FROM json_populate_recordset(NULL::settlement_personyear, %s::json)
), held AS MATERIALIZED ({holding(Person, "ARRAY(SELECT person_id FROM given)")})
""",
    "sqlite": """
WITH given AS (
    SELECT json_extract(value, '$.person_id') AS person_id, json_extract(value, '$.year') AS year
    FROM json_each(%s)
)
""",
}
_BEFORE = {"postgresql": "(SELECT count(*) FROM held) >= 0", "sqlite": "true"}
_SQL = {
    vendor: _LOCK.format(given=given, before=_BEFORE[vendor]) for vendor, given in _GIVEN.items()
}


def lock_year(person: int, year: int) -> LockedYear:
    """Create the row if it is missing and lock it, in one statement on either database."""
    return lock_years({(person, year)})[person, year]


def lock_years(wanted: Set[tuple[int, int]]) -> dict[tuple[int, int], LockedYear]:
    """The same for (person, year) pairs, always in one order: nobody waits in a circle.

    The persons are held first, so nobody changes what the registry says of them meanwhile.
    """
    # DO UPDATE, unlike DO NOTHING, returns and locks a row that exists.
    given = [{"person_id": person, "year": year} for person, year in sorted(wanted)]
    with prepared_cursor() as cursor:
        cursor.execute(_SQL[connection.vendor], [json.dumps(given)])
        return {(row[1], row[2]): _locked(*row) for row in cursor.fetchall()}


def _locked(
    number: int,
    person: int,
    year: int,
    sequence: int,
    position: int,
    totals: Any,
    closed: str | None,
) -> LockedYear:
    return LockedYear(year_row(number, person, year, sequence, position, totals), closed)


def year_row(
    number: int, person: int, year: int, sequence: int, position: int, totals: Any
) -> PersonYear:
    """A row as a statement of our own read it; ``totals`` is JSON as text or already read."""
    return PersonYear(
        id=number,
        person_id=person,
        year=year,
        sequence=sequence,
        position=position,
        totals=json.loads(totals) if isinstance(totals, str) else totals,
    )


def rows_of_years(years: Iterable[PersonYear]) -> Rows:
    """Rows as they are to be after their claims changed, in the order in which they are locked."""
    rows = [
        {
            "id": year.pk,
            "person_id": year.person_id,
            "year": year.year,
            "sequence": year.sequence,
            "position": year.position,
            "totals": year.totals,
        }
        for year in sorted(years, key=lambda year: (year.person_id, year.year))
    ]
    return Rows(PersonYear, rows, same=("person_id", "year"), numbered=True)


def settle_claim(policy: Policy, claim: Claim, opening: Mapping[str, int]) -> Explanation:
    """One claim by the rules of the pack; BrokenPromise when a promise does not hold."""
    return work_out(policy, claim.facts, claim.date, opening)


def work_out(
    policy: Policy, facts: Mapping[str, Any], day: date, opening: Mapping[str, int]
) -> Explanation:
    """The facts of a claim by the rules of the pack; BrokenPromise when a promise does not hold."""
    # Another version of the pack may have summed something that this one does not know.
    known = {name: opening.get(name, 0) for name in policy.summed}
    explanation = explain(policy, facts, day, known)
    broken = broken_promises(explanation)
    if broken:
        raise BrokenPromise(f"{dict(facts)} on {day}: {', '.join(broken)}")
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
    rows = entries.values_list("claim_id", "outputs", "closing", "opening", "text__version")
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
