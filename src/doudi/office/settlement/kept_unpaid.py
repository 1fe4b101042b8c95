"""Own parts that people have not paid, kept by stay and summed by month, and what came since.

What a person owes for a stay is the balance of one account of the ledger; a league has a million
of them, most of them even. Those that are not are kept with the other sums. An account that moved
since is read from the ledger. A settlement and a payment write nothing here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Max, Min, QuerySet, Sum

from doudi.office.ledger.models import Account, Transfer
from doudi.office.ledger.selectors import balances
from doudi.office.ledger.services import patient, period_of
from doudi.office.settlement.models import Admission, KeptSums, KeptUnpaid, KeptUnpaidMonth

_PREFIX = patient("")
_AT_ONCE = 5_000


class Owed(NamedTuple):
    """What is owed for a stay: ``period`` is the month (``YYYYMM``) it was settled in.

    ``owed_fen`` is below 0 where so much is to be given back. A stay that was not settled yet
    counts in the month of its admission.
    """

    period: str
    stay: int
    institution: str
    owed_fen: int


@dataclass(frozen=True)
class UnpaidMonth:
    """What people owe an institution for stays settled in a month (``YYYYMM``)."""

    institution: str
    period: str
    stays: int
    amount_fen: int


@dataclass(frozen=True)
class UnpaidStay:
    """A stay of which the person still owes ``owed_fen``; below 0 that much is to be given back."""

    admission: str
    person: str
    name: str
    institution: str
    kind: str
    admitted_on: date
    period: str
    owed_fen: int

    @property
    def refund_due_fen(self) -> int:
        """What is to be given back, or 0."""
        return max(0, -self.owed_fen)


def keep_unpaid(mark: KeptSums, until: datetime) -> None:
    """Keep what every stay owes whose account moved since the last time.

    ``mark.transfer`` becomes the last transfer before the first one recorded at ``until`` or
    later, for the caller to save. Nobody's transaction takes longer than `keep` waits, so no
    transfer before that one is still to appear.
    """
    since = Transfer.objects.filter(pk__gt=mark.transfer)
    later = since.filter(posting__recorded_at__gte=until).aggregate(first=Min("pk"))["first"]
    newest = since.aggregate(last=Max("pk"))["last"]
    if newest is None:
        return
    accounts = sorted(_moved_since(mark.transfer))
    for some in _in_groups(accounts):
        _keep(some)
    mark.transfer = newest if later is None else max(mark.transfer, later - 1)
    KeptUnpaidMonth.objects.all().delete()
    owed = KeptUnpaid.objects.filter(owed_fen__gt=0).values_list("institution", "period")
    sums = owed.order_by().annotate(stays=Count("pk"), total=Sum("owed_fen"))
    KeptUnpaidMonth.objects.bulk_create(
        KeptUnpaidMonth(institution=code, period=period, stays=stays, owed_fen=total)
        for code, period, stays, total in sums
    )


def forget_unpaid(mark: KeptSums) -> None:
    """Keep nothing, so that the next time all is read again."""
    KeptUnpaid.objects.all().delete()
    KeptUnpaidMonth.objects.all().delete()
    mark.transfer = 0


def _keep(accounts: list[str]) -> None:
    rows = list(_owed_for(accounts))
    KeptUnpaid.objects.filter(admission__in=[row.stay for row in rows]).delete()
    KeptUnpaid.objects.bulk_create(
        KeptUnpaid(
            admission_id=row.stay,
            institution=row.institution,
            period=row.period,
            owed_fen=row.owed_fen,
        )
        for row in rows
        if row.owed_fen
    )


def _moved_since(transfer: int) -> set[str]:
    """The accounts of patients that moved after a transfer.

    By their names and of all institutions: asked for by what the account says, a database would
    rather go through all accounts of a large hospital than through a day's transfers.
    """
    since = Transfer.objects.filter(pk__gt=transfer)
    found: set[str] = set()
    for side in ("debit_id", "credit_id"):
        # Not DISTINCT: SQLite would go through the whole index of that column for it.
        moved = since.order_by().values_list(side, flat=True)
        found.update(code for code in moved.iterator() if code.startswith(_PREFIX))
    return found


def _owed_for(accounts: list[str]) -> Iterator[Owed]:
    """What the stays of these accounts owe by the ledger, even ones too; three SQL statements."""
    owed = balances(accounts)
    numbers = [account.removeprefix(_PREFIX) for account in accounts]
    stays = Admission.objects.filter(public_id__in=numbers).annotate(day=Min("claims__date"))
    for stay, number, institution, admitted_on, day in stays.values_list(
        "pk", "public_id", "institution", "admitted_on", "day"
    ):
        yield Owed(period_of(day or admitted_on), stay, institution, owed[_PREFIX + number])


def _in_groups(accounts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(accounts), _AT_ONCE):
        yield accounts[start : start + _AT_ONCE]


class Unpaid:
    """What people owe some institutions, given by their codes, at the moment of asking."""

    def __init__(self, institutions: Iterable[str]) -> None:
        self._codes = set(institutions)

    @cached_property
    def _since(self) -> dict[int, Owed]:
        """The stays whose accounts moved since the last time, by key, even ones too."""
        mark = KeptSums.objects.values_list("transfer", flat=True).first() or 0
        accounts = sorted(_moved_since(mark))
        return {
            row.stay: row
            for some in _in_groups(accounts)
            for row in _owed_for(some)
            if row.institution in self._codes
        }

    def months(self) -> list[UnpaidMonth]:
        """By institution and month, the oldest month first, where something is owed."""
        stays: dict[tuple[str, str], int] = defaultdict(int)
        owed: dict[tuple[str, str], int] = defaultdict(int)

        def add(period: str, institution: str, count: int, fen: int) -> None:
            stays[period, institution] += count
            owed[period, institution] += fen

        for row in KeptUnpaidMonth.objects.filter(institution__in=self._codes):
            add(row.period, row.institution, row.stays, row.owed_fen)
        for kept in KeptUnpaid.objects.filter(
            admission__in=list(self._since), institution__in=self._codes, owed_fen__gt=0
        ):
            add(kept.period, kept.institution, -1, -kept.owed_fen)
        for one in self._since.values():
            if one.owed_fen > 0:
                add(one.period, one.institution, 1, one.owed_fen)
        return [
            UnpaidMonth(institution, period, count, owed[period, institution])
            for (period, institution), count in sorted(stays.items())
            if count
        ]

    def stays(self, periods: tuple[str, str] | None = None, *, refunds: bool = False) -> UnpaidList:
        """The stays that owe something, of the months from one to another, the oldest first.

        With ``refunds`` also those of which something is to be given back.
        """
        first, last = periods or ("", "999999")
        kept = KeptUnpaid.objects.filter(institution__in=self._codes, period__range=(first, last))
        kept = kept if refunds else kept.filter(owed_fen__gt=0)
        moved = [
            row
            for row in self._since.values()
            if first <= row.period <= last and (row.owed_fen > 0 or (refunds and row.owed_fen < 0))
        ]
        counted = None
        if not refunds:
            # The months say it; a league's stays are a hundred thousand to count.
            months = (one for one in self.months() if first <= one.period <= last)
            counted = sum(one.stays for one in months)
        return UnpaidList(kept.exclude(admission__in=list(self._since)), moved, counted)


class UnpaidList:
    """Stays that owe something, read only as far as they are asked for."""

    def __init__(self, kept: QuerySet[KeptUnpaid], moved: list[Owed], counted: int | None) -> None:
        self._kept, self._moved, self._counted = kept, moved, counted

    def count(self) -> int:
        """How many there are; one SQL statement where that is not known."""
        if self._counted is None:
            self._counted = self._kept.count() + len(self._moved)
        return self._counted

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, some: slice) -> list[UnpaidStay]:
        """Those of a part of the list; two SQL statements."""
        rows = self._kept.order_by("period", "admission")[: some.stop].values_list(
            "period", "admission", "institution", "owed_fen"
        )
        shown = sorted([*(Owed(*row) for row in rows), *self._moved])[some]
        stays = Admission.objects.select_related("person", "institution").in_bulk(
            [row.stay for row in shown]
        )
        return [_unpaid_stay(stays[row.stay], row) for row in shown]


def _unpaid_stay(stay: Admission, owed: Owed) -> UnpaidStay:
    return UnpaidStay(
        admission=stay.public_id,
        person=stay.person.public_id,
        name=stay.person.name,
        institution=stay.institution.name,
        kind=stay.kind,
        admitted_on=stay.admitted_on,
        period=owed.period,
        owed_fen=owed.owed_fen,
    )


def faults_of_unpaid(mark: KeptSums) -> Iterator[str]:
    """What is kept of unpaid own parts and is not what the ledger says."""
    since = _moved_since(mark.transfer)
    for number, kept, owed in _kept_and_owed():
        if _PREFIX + number not in since and kept != owed:
            yield f"kept as unpaid of stay {number}: {kept}, ledger {owed}"
    sums = KeptUnpaid.objects.filter(owed_fen__gt=0).values_list("institution", "period")
    expected = {
        (code, period): (stays, total)
        for code, period, stays, total in sums.order_by().annotate(
            stays=Count("pk"), total=Sum("owed_fen")
        )
    }
    found = {
        (row.institution, row.period): (row.stays, row.owed_fen)
        for row in KeptUnpaidMonth.objects.all()
    }
    for month in sorted({*expected, *found}):
        if expected.get(month) != found.get(month):
            yield f"what is kept of what people owe for {month} is not the sum of its stays"


def _kept_and_owed() -> Iterator[tuple[str, int, int]]:
    """Each stay that is kept or owes something: its number, what is kept, and what it owes."""
    owed: dict[str, int] = defaultdict(int)
    for side, sign in (("debit", 1), ("credit", -1)):
        of_patients = Transfer.objects.filter(**{f"{side}__kind": Account.Kind.PATIENT})
        sums = of_patients.order_by().values_list(f"{side}_id").annotate(total=Sum("amount_fen"))
        for account, total in sums.iterator(chunk_size=_AT_ONCE):
            owed[account.removeprefix(_PREFIX)] += sign * total
    rows = KeptUnpaid.objects.values_list("admission__public_id", "owed_fen")
    kept = dict(rows.iterator(chunk_size=_AT_ONCE))
    for number in sorted({*owed, *kept}):
        if owed.get(number, 0) or number in kept:
            yield number, kept.get(number, 0), owed.get(number, 0)
