"""Taking a settlement back, correcting it, and following the registry when that changed.

Each settles the later claims of the person's year again in the same transaction, as differences
that name what caused them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from doudi.office.registry.models import Person
from doudi.office.settlement.bills import add_lines, bill_of
from doudi.office.settlement.eligibility import eligibility_on
from doudi.office.settlement.entries import Who, answer_of, entry_of, settle_again, write_reversal
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.instalments import plans_follow
from doudi.office.settlement.locks import lock_admission, lock_claim
from doudi.office.settlement.models import Claim, Entry, PersonYear
from doudi.office.settlement.own_part import refunds_due
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.requests import do_once
from doudi.office.settlement.years import claims_in_force, given_in_force, lock_year

NEWEST_FIRST = "DOUDI_NEWEST_FIRST"

_FROM_THE_BILL = ("bill", "catalogue")
_FROM_THE_REGISTRY = ("registered", "serious")
_CORRECTABLE = ("kind", "hospital_level", "outside_league")


def reverse(*, key: str, claim: str, who: Who) -> dict[str, Any]:
    """Take a claim back, once only, and settle the later ones of its year again."""
    return do_once(key, "reverse", claim, who, {"claim": claim}, lambda: reverse_claim(claim, who))


def correct(
    *,
    key: str,
    claim: str,
    who: Who,
    lines: Sequence[FeeInput] = (),
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Put another claim in the place of ``claim``: for the corrected bill, or with other facts.

    ``lines`` are further lines of the bill, and such that replace others (`FeeInput.replaces`):
    new rows, the old ones stay. ``facts`` are its kind, hospital level and place only: the bill
    follows from the lines, and who is registered or seriously ill from the registry (`reassess`).
    The old claim is reversed, the new one takes its position, and the later ones of the year are
    settled again. ``refunds_due`` of the answer lists the stays of which more is paid than owed.
    """
    changes = dict(facts or {})
    body = {"claim": claim, "lines": [line.to_dict() for line in lines], "facts": changes}
    return do_once(
        key, "correct", claim, who, body, lambda: correct_claim(claim, lines, changes, who)
    )


def reassess(
    *, key: str, person: str, year: int, who: Who, under_today: bool = False
) -> dict[str, Any]:
    """Look up again, for every claim of a year, what the registry now says of its date.

    Claims whose standing changed are corrected, and from the first of them on the year is
    settled again, each claim under the version of the policy that it was settled by. With
    ``under_today`` the whole year is settled again under today's version: a choice of its own,
    which the record of the call keeps.
    """
    body = {"person": person, "year": year, "under_today": under_today}
    return do_once(
        key, "reassess", person, who, body, lambda: reassess_year(person, year, who, under_today)
    )


def reverse_claim(claim_id: str, who: Who) -> dict[str, Any]:
    """The reversal itself, inside the caller's transaction."""
    claim, year = lock_claim(claim_id)
    _check_newest_first(claim, year.row)
    entry = write_reversal(year, claim, who)
    later = settle_again(year, claim.position, who, entry)
    return _answer(claim, [entry, *later])


def correct_claim(
    claim_id: str, lines: Sequence[FeeInput], facts: Mapping[str, Any], who: Who
) -> dict[str, Any]:
    """The correction itself, inside the caller's transaction."""
    old, year = lock_claim(claim_id)
    _check_newest_first(old, year.row)
    _check_facts(facts)
    version = given_in_force(year.row)[str(old.pk)].policy_version
    changes = dict(facts)
    if lines:
        stay = lock_admission(old.admission.public_id)
        add_lines(stay, lines)
        changes |= bill_of(stay)
    entry = write_reversal(year, old, who)
    new = _replacement(old, changes, old.evidence)
    versions = {str(new.pk): version}
    later = settle_again(year, old.position, who, entry, versions=versions)
    return _answer(new, [entry, *later])


def _answer(claim: Claim, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the entries changed, with the plans of instalments and refunds that follow."""
    plans_follow(entries)
    stays = sorted({entry.claim.admission.public_id for entry in entries})
    return answer_of(claim, entries) | {"refunds_due": refunds_due(stays)}


def _check_facts(facts: Mapping[str, Any]) -> None:
    for name in facts:
        if name in _FROM_THE_BILL:
            raise Refused(
                "总费用和目录内费用由费用明细得出：请更正费用明细",
                f"{name} follows from the fee lines: correct those",
            )
        if name in _FROM_THE_REGISTRY:
            raise Refused(
                "建档立卡和大病以登记为准：请先改登记，再按登记重新核定",
                f"{name} is read from the registry: change it there, then reassess",
            )
        if name not in _CORRECTABLE:
            raise Refused(f"没有这一项：{name}", f"unknown fact {name}")


def _replacement(old: Claim, changes: Mapping[str, Any], evidence: dict[str, Any]) -> Claim:
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


def reassess_year(person: str, number: int, who: Who, under_today: bool) -> dict[str, Any]:
    """The reassessment itself, inside the caller's transaction."""
    found = Person.objects.filter(public_id=person).first()
    if found is None:
        raise Refused(f"没有这个人：{person}", f"there is no person {person}")
    year = lock_year(found.pk, number)
    entries: list[Entry] = []
    given = given_in_force(year.row)
    versions: dict[str, str] = {}
    first: int | None = 0 if under_today else None
    for claim in claims_in_force(year.row):
        now = eligibility_on(
            person=found.pk,
            day=claim.date,
            serious_designated=claim.institution.serious_designated,
        )
        if all(claim.facts[name] == fact for name, fact in now.facts.items()):
            continue
        claim.year = year.row
        first = claim.position if first is None else first
        entries.append(write_reversal(year, claim, who))
        new = _replacement(claim, now.facts, now.evidence)
        versions[str(new.pk)] = given[str(claim.pk)].policy_version
    if first is not None:
        cause = entries[0] if entries else None
        entries += settle_again(year, first, who, cause, versions=versions, under_today=under_today)
    plans_follow(entries)
    stays = sorted({entry.claim.admission.public_id for entry in entries})
    return {
        "person": person,
        "year": number,
        "differences": [entry_of(item) for item in entries],
        "refunds_due": refunds_due(stays),
    }


def _check_newest_first(claim: Claim, year: PersonYear) -> None:
    if os.environ.get(NEWEST_FIRST) != "1":
        return
    last = claims_in_force(year)[-1]
    if last.pk != claim.pk:
        raise Refused("只能从最近的一笔开始冲销", f"strict mode: reverse claim {last.pk} first")
