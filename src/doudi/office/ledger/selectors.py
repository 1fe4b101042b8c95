"""Reading the ledger: balances, what is owed, the trial balance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Sum

from doudi.office.ledger.models import Account, ClosedMonth, Transfer

BUSINESS = ("settle", "difference", "reverse")
"""Codes of postings that come from claims, as against confirming and paying."""


@dataclass(frozen=True)
class Balance:
    """An account with its sums; ``balance_fen`` is debits less credits."""

    account: str
    kind: str
    debits_fen: int
    credits_fen: int

    @property
    def balance_fen(self) -> int:
        """What is owed or held; negative where the other side owes."""
        return self.debits_fen - self.credits_fen


def last_closed() -> str | None:
    """The last closed month, or None."""
    found: str | None = ClosedMonth.objects.aggregate(last=Max("period"))["last"]
    return found


def balance(account: str) -> int:
    """Debits less credits of one account, in fen."""
    return _sum(Transfer.objects.filter(debit_id=account)) - _sum(
        Transfer.objects.filter(credit_id=account)
    )


def balances(accounts: Iterable[str]) -> dict[str, int]:
    """Debits less credits of these accounts in fen, 0 where nothing moved; two SQL statements."""
    found = dict.fromkeys(accounts, 0)
    for side, sign in (("debit_id", 1), ("credit_id", -1)):
        of_these = Transfer.objects.filter(**{f"{side}__in": list(found)})
        for account, total in of_these.values_list(side).annotate(total=Sum("amount_fen")):
            found[account] += sign * total
    return found


def _sum(transfers: object) -> int:
    return transfers.aggregate(total=Sum("amount_fen"))["total"] or 0  # type: ignore[attr-defined]


def month_amount(account: str, period: str) -> int:
    """What claims and their corrections put on an account in one month, in fen."""
    business = Transfer.objects.filter(period=period, posting__code__in=BUSINESS)
    return _sum(business.filter(debit_id=account)) - _sum(business.filter(credit_id=account))


def trial_balance(kinds: Iterable[str] | None = None) -> list[Balance]:
    """Every account that moved, in order of its code."""
    accounts = Account.objects.order_by("code")
    if kinds is not None:
        accounts = accounts.filter(kind__in=list(kinds))
    debits, credits = _sums("debit_id"), _sums("credit_id")
    return [
        Balance(code, kind, debits.get(code, 0), credits.get(code, 0))
        for code, kind in accounts.values_list("code", "kind")
        if code in debits or code in credits
    ]


def _sums(side: str) -> dict[str, int]:
    return dict(Transfer.objects.values_list(side).annotate(total=Sum("amount_fen")))


def advanced(institution: str) -> int:
    """What an institution has given and not been paid: by payers and patients together, in fen."""
    kinds = (Account.Kind.PENDING, Account.Kind.CONFIRMED, Account.Kind.PATIENT)
    codes = list(
        Account.objects.filter(institution=institution, kind__in=kinds).values_list(
            "code", flat=True
        )
    )
    return _sum(Transfer.objects.filter(debit_id__in=codes)) - _sum(
        Transfer.objects.filter(credit_id__in=codes)
    )
