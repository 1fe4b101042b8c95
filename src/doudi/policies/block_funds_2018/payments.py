"""Paying out of the allotment: only from its item, and never more than was allotted.

The running total of ``payment_accepted`` over the year is what has been paid so far.
"""

from doudi.rules import Fen, Flag, rule

PAYMENT = ("payment",)


@rule("N-03", zh="付款前还剩多少", applies_to=PAYMENT)
def payments_left(allotted_amount: Fen, payment_accepted_to_date: Fen) -> Fen:
    """What is left of the allotment before this payment."""
    return max(0, allotted_amount - payment_accepted_to_date)


@rule("N-03", "N-04", zh="可以付的金额", applies_to=PAYMENT)
def payment_accepted(payment: Fen, booked_to_item: Flag, payments_left: Fen) -> Fen:
    """A payment booked to another item is refused whole; else what is left can be paid."""
    if not booked_to_item:
        return 0
    return min(payment, payments_left)


@rule("N-04", zh="因科目不对被拒绝的金额", applies_to=PAYMENT)
def refused_for_its_item(payment: Fen, booked_to_item: Flag) -> Fen:
    """What was booked to another account item than the stated one."""
    if booked_to_item:
        return 0
    return payment


@rule("N-03", zh="超出指标的金额", applies_to=PAYMENT)
def overpaid(payment: Fen, booked_to_item: Flag, payments_left: Fen) -> Fen:
    """What this payment takes beyond the allotment."""
    if not booked_to_item:
        return 0
    return max(0, payment - payments_left)


@rule("N-18", zh="指标未登录就付款", applies_to=PAYMENT)
def paid_without_registration(payment: Fen, registered_before: Flag) -> Flag:
    """Money was paid from an allotment that was not registered."""
    return payment > 0 and not registered_before


@rule("N-20", zh="绩效目标未录入就付款", applies_to=PAYMENT)
def paid_without_targets(payment: Fen, targets_before: Flag) -> Flag:
    """Money was paid before the performance targets were entered."""
    return payment > 0 and not targets_before
