"""The bill of a stay: which of its lines are in force, and adding and replacing them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, QuerySet, Sum

from doudi.office.settlement.fees import FeeInput, check_fee_lines, fee_line, refuse_all
from doudi.office.settlement.models import Admission, FeeLine


def lines_in_force(admission: Admission) -> QuerySet[FeeLine]:
    """The lines that no other line replaces, by number."""
    return admission.fee_lines.filter(replaced_by=None).order_by("number")


def bill_of(admission: Admission) -> dict[str, int]:
    """The whole bill and its catalogue part in fen, as a claim's facts hold them."""
    sums = lines_in_force(admission).aggregate(bill=Sum("total_fen"), catalogue=Sum("in_scope_fen"))
    return {name: amount or 0 for name, amount in sums.items()}


def add_lines(admission: Admission, lines: Sequence[FeeInput]) -> None:
    """Write further lines of a locked stay; Refused with every fault, and nothing is written."""
    check_fee_lines(lines)
    current = {line.number: line for line in lines_in_force(admission)}
    refuse_all(_wrong_places(lines, set(current)))
    start = admission.fee_lines.aggregate(last=Max("number"))["last"] or 0
    FeeLine.objects.bulk_create(
        fee_line(
            admission,
            start + number,
            line,
            None if line.replaces is None else current[line.replaces],
        )
        for number, line in enumerate(lines, start=1)
    )


def _wrong_places(lines: Sequence[FeeInput], current: set[int]) -> list[tuple[str, str]]:
    faults = []
    taken: set[int] = set()
    for number, line in enumerate(lines, start=1):
        place = line.replaces
        if place is None:
            continue
        if place not in current:
            zh = f"第{number}行：账单里没有在用的第 {place} 条费用，不能更正它"
            faults.append((zh, f"line {number}: the bill has no line {place} in force"))
        elif place in taken:
            zh = f"第{number}行：第 {place} 条费用已由前面的一行更正"
            faults.append((zh, f"line {number}: line {place} is replaced already"))
        taken.add(place)
    return faults
