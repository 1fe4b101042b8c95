"""Own parts that are not paid, or paid too much, by institution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from doudi.office.ledger.models import Account, Transfer
from doudi.office.settlement.models import Admission

_PREFIX = "patient:"
_IN_A_QUERY = 900


@dataclass(frozen=True)
class UnpaidStay:
    """A stay of which the person still owes ``owed_fen``; below 0 that much is to be given back."""

    admission: str
    person: str
    name: str
    kind: str
    admitted_on: date
    owed_fen: int

    @property
    def refund_due_fen(self) -> int:
        """What is to be given back, or 0."""
        return max(0, -self.owed_fen)


def unpaid_own_parts(*, institution: str) -> list[UnpaidStay]:
    """Every stay or visit of an institution whose own part is not settled, oldest first.

    Two statements for the balances and one for each 900 stays found. A deposit taken before the
    settlement shows as money of the person, below 0.
    """
    owed = _owed(institution)
    numbers = [account.removeprefix(_PREFIX) for account in owed]
    found: list[UnpaidStay] = []
    for start in range(0, len(numbers), _IN_A_QUERY):
        stays = Admission.objects.filter(public_id__in=numbers[start : start + _IN_A_QUERY])
        found += [
            UnpaidStay(
                admission=stay.public_id,
                person=stay.person.public_id,
                name=stay.person.name,
                kind=stay.kind,
                admitted_on=stay.admitted_on,
                owed_fen=owed[_PREFIX + stay.public_id],
            )
            for stay in stays.select_related("person")
        ]
    return sorted(found, key=lambda stay: (stay.admitted_on, stay.admission))


def _owed(institution: str) -> dict[str, int]:
    """The balances that are not 0, by account."""
    balances: dict[str, int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        of_patients = {
            f"{side}__kind": Account.Kind.PATIENT,
            f"{side}__institution": institution,
        }
        sums = Transfer.objects.filter(**of_patients).values_list(f"{side}_id")
        for account, amount in sums.annotate(total=Sum("amount_fen")):
            balances[account] = balances.get(account, 0) + sign * amount
    return {account: balance for account, balance in balances.items() if balance}
