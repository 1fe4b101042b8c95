"""Proving that what is stored hangs together: years, entries, and the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Sum

from doudi.office.ledger.models import PAYERS, Account, Posting, Transfer
from doudi.office.ledger.selectors import trial_balance
from doudi.office.ledger.services import patient, pending
from doudi.office.settlement.kept_checks import faults_of_kept
from doudi.office.settlement.models import Claim, Entry, PersonYear, PolicyText
from doudi.office.settlement.texts import explanation_of, id_of
from doudi.office.settlement.versions import GoneVersion, policy_of
from doudi.office.settlement.years import (
    Given,
    claims_in_force,
    given_in_force,
    settle_claim,
)
from doudi.rules.policy import Policy


@dataclass
class Report:
    """How much was checked and what did not hold; an empty ``faults`` is the proof.

    ``other_versions`` are claims settled by a version of the policy that cannot be loaded any more:
    they cannot be settled again, so only their stored working was held against their amounts.
    """

    years: int = 0
    claims: int = 0
    other_versions: int = 0
    postings: int = 0
    accounts: int = 0
    faults: list[str] = field(default_factory=list)


def check_everything() -> Report:
    """Every person's year against the fold of its claims, every posting and account balance."""
    report = Report()
    for year in PersonYear.objects.select_related("person").order_by("pk").iterator():
        report.years += 1
        report.faults += _year_faults(year, report)
    report.postings = Posting.objects.count()
    report.faults += _posting_faults()
    report.faults += _text_faults()
    report.accounts = len(trial_balance())
    report.faults += _ledger_faults()
    report.faults += faults_of_kept()
    return report


def _year_faults(year: PersonYear, report: Report) -> Iterator[str]:
    totals: dict[str, int] = {}
    given = given_in_force(year)
    for claim in claims_in_force(year):
        report.claims += 1
        found = given.get(str(claim.pk))
        if found is None:
            yield f"claim {claim.pk}: no entry"
            continue
        policy = _policy_of(found.policy_version)
        if policy is None:
            report.other_versions += 1
            for name, amount in found.added.items():
                totals[name] = totals.get(name, 0) + amount
            yield from _working_faults(claim, found)
        else:
            explanation = settle_claim(policy, claim, totals)
            totals |= explanation.closing
            if found.outputs != explanation.outputs:
                yield f"claim {claim.pk}: {found.outputs}, fold {explanation.outputs}"
    stored = {name: total for name, total in year.totals.items() if total}
    folded = {name: total for name, total in totals.items() if total}
    if stored != folded:
        yield f"year {year.person.public_id} {year.year}: totals {stored}, fold {folded}"


def _policy_of(version: str) -> Policy | None:
    try:
        return policy_of(version)
    except GoneVersion:
        return None


def _working_faults(claim: Claim, given: Given) -> Iterator[str]:
    """Whether the amounts of a claim are those of the working that was stored with them."""
    entries = claim.entries.filter(numbers__isnull=False).order_by("-number")
    entry = entries.select_related("claim", "text")[0]
    try:
        working = explanation_of(entry)
    except (ValueError, LookupError, TypeError) as error:
        yield f"claim {claim.pk}: the stored working cannot be read: {error}"
        return
    results = {step["rule"]: step["result"] for step in working["steps"]} if working else {}
    worked = {name: results.get(name, 0) for name in given.outputs}
    if worked != given.outputs:
        yield f"claim {claim.pk}: {given.outputs}, stored working {worked}"


def _text_faults() -> Iterator[str]:
    """A text has the id that its content gives it."""
    for text in PolicyText.objects.order_by("pk"):
        if id_of(text.content) != text.pk:
            yield f"policy text {text.pk} is not the one that was kept"


def _posting_faults() -> Iterator[str]:
    sums = Transfer.objects.values("posting_id").annotate(n=Count("id"), total=Sum("amount_fen"))
    found = {row["posting_id"]: (row["n"], row["total"]) for row in sums}
    for number, legs, total in Posting.objects.values_list("pk", "legs", "total_fen"):
        if found.pop(number, (0, 0)) != (legs, total):
            yield f"posting {number} is not whole"
    for number in found:
        yield f"transfers without posting {number}"


def _ledger_faults() -> Iterator[str]:
    """What payers and patients owe by the ledger is what the entries changed, to the fen."""
    expected: dict[str, int] = {}
    entries = Entry.objects.values_list(
        "changes", "claim__institution_id", "claim__admission__public_id"
    )
    for changes, institution, admission in entries.iterator():
        for payer in PAYERS:
            account = pending(payer, institution)
            expected[account] = expected.get(account, 0) + changes.get(f"{payer}_pay", 0)
        account = patient(admission)
        expected[account] = expected.get(account, 0) + changes.get("own_pay", 0)
    moved = _moved_by_claims()
    for account in sorted(set(expected) | set(moved)):
        if expected.get(account, 0) != moved.get(account, 0):
            yield (
                f"account {account}: ledger {moved.get(account, 0)}, "
                f"entries {expected.get(account, 0)}"
            )


def _moved_by_claims() -> dict[str, int]:
    codes = ("settle", "difference", "reverse")
    kinds = (Account.Kind.PENDING, Account.Kind.PATIENT)
    business = Transfer.objects.filter(posting__code__in=codes)
    moved: dict[str, int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = (
            business.filter(**{f"{side}__kind__in": kinds})
            .values_list(f"{side}_id")
            .annotate(total=Sum("amount_fen"))
        )
        for account, total in rows:
            moved[account] = moved.get(account, 0) + sign * total
    return moved
