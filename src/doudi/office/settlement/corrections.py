"""Taking a settlement back, correcting it, and following the registry when that changed.

Each settles the later claims of the person's year again in the same transaction, as differences
that name what caused them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from doudi.office.registry.models import Person
from doudi.office.settlement.eligibility import eligibility_on
from doudi.office.settlement.entries import Who, answer_of, entry_of, settle_again, write_reversal
from doudi.office.settlement.locks import lock_claim
from doudi.office.settlement.models import Claim, Entry, PersonYear
from doudi.office.settlement.policy import active_policy, guard
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.requests import do_once
from doudi.office.settlement.years import claims_in_force, lock_year

NEWEST_FIRST = "DOUDI_NEWEST_FIRST"


def reverse(*, key: str, claim: str, who: Who) -> dict[str, Any]:
    """Take a claim back, once only, and settle the later ones of its year again."""
    return do_once(key, "reverse", claim, who, {"claim": claim}, lambda: reverse_claim(claim, who))


def correct(*, key: str, claim: str, facts: Mapping[str, Any], who: Who) -> dict[str, Any]:
    """Put another claim in the place of ``claim`` with some facts changed (money in fen).

    The old one is reversed, the new one takes its position, and the later ones of the year are
    settled again.
    """
    body = {"claim": claim, "facts": dict(facts)}
    return do_once(key, "correct", claim, who, body, lambda: correct_claim(claim, facts, who))


def reassess(*, key: str, person: str, year: int, who: Who) -> dict[str, Any]:
    """Look up again, for every claim of a year, what the registry now says of its date.

    Claims whose standing changed are corrected, and from the first of them on the year is
    settled again.
    """
    body = {"person": person, "year": year}
    return do_once(key, "reassess", person, who, body, lambda: reassess_year(person, year, who))


def reverse_claim(claim_id: str, who: Who) -> dict[str, Any]:
    """The reversal itself, inside the caller's transaction."""
    policy = active_policy()
    claim, year = lock_claim(claim_id)
    _check_newest_first(claim, year.row)
    entry = write_reversal(year, claim, who)
    later = settle_again(policy, year, claim.position, who, entry)
    return answer_of(claim, [entry, *later])


def correct_claim(claim_id: str, changes: Mapping[str, Any], who: Who) -> dict[str, Any]:
    """The correction itself, inside the caller's transaction."""
    policy = active_policy()
    old, year = lock_claim(claim_id)
    _check_newest_first(old, year.row)
    guard(policy, old.date)
    entry = write_reversal(year, old, who)
    new = _replacement(old, changes, old.evidence)
    later = settle_again(policy, year, old.position, who, entry)
    return answer_of(new, [entry, *later])


def _replacement(old: Claim, changes: Mapping[str, Any], evidence: dict[str, Any]) -> Claim:
    unknown = set(changes) - set(old.facts)
    if unknown:
        raise Refused(f"没有这些项：{sorted(unknown)}", f"unknown facts {sorted(unknown)}")
    return Claim.objects.create(
        year=old.year,
        position=old.position,
        admission=old.admission,
        institution=old.institution,
        date=old.date,
        facts={**old.facts, **changes},
        evidence=evidence,
        replaces=old,
    )


def reassess_year(person: str, number: int, who: Who) -> dict[str, Any]:
    """The reassessment itself, inside the caller's transaction."""
    policy = active_policy()
    found = Person.objects.filter(public_id=person).first()
    if found is None:
        raise Refused(f"没有这个人：{person}", f"there is no person {person}")
    year = lock_year(found.pk, number)
    entries: list[Entry] = []
    first = 0
    for claim in claims_in_force(year.row):
        now = eligibility_on(
            person=found.pk,
            day=claim.date,
            serious_designated=claim.institution.serious_designated,
        )
        if all(claim.facts[name] == fact for name, fact in now.facts.items()):
            continue
        claim.year = year.row
        first = first or claim.position
        entries.append(write_reversal(year, claim, who))
        _replacement(claim, now.facts, now.evidence)
    if entries:
        entries += settle_again(policy, year, first, who, entries[0])
    return {"person": person, "year": number, "differences": [entry_of(item) for item in entries]}


def _check_newest_first(claim: Claim, year: PersonYear) -> None:
    if os.environ.get(NEWEST_FIRST) != "1":
        return
    last = claims_in_force(year)[-1]
    if last.pk != claim.pk:
        raise Refused("只能从最近的一笔开始冲销", f"strict mode: reverse claim {last.pk} first")
