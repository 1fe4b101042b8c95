"""What must hold however the allotment is paid out."""

from doudi.rules import Fen, Flag, promise

from .payments import PAYMENT


@promise("N-03", zh="付款合计不超过指标", applies_to=PAYMENT)
def payments_stay_within_the_allotment(
    payment_accepted: Fen, payment_accepted_to_date: Fen, allotted_amount: Fen
) -> Flag:
    """All payments together do not pass the allotment."""
    year = payment_accepted_to_date + payment_accepted
    return year <= max(allotted_amount, payment_accepted_to_date)


@promise("N-03", "N-04", zh="每笔付款都有去处：付出、拒绝或超出", applies_to=PAYMENT)
def every_fen_of_a_payment_is_accounted_for(
    payment: Fen, payment_accepted: Fen, refused_for_its_item: Fen, overpaid: Fen
) -> Flag:
    """What is paid, refused and too much adds up to the payment asked for."""
    return payment_accepted + refused_for_its_item + overpaid == payment
