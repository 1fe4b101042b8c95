"""What the 90% floor leaves to the person, less a fixed amount a stay."""

from doudi.rules import Fen, Rate, rule, share_down

from .kinds import INPATIENT


@rule("H-11", zh="90%保底后个人最多自付（减去免自付金额）", applies_to=INPATIENT)
def floor_own_limit(floor_base_due: Fen, own_share_ceiling: Rate, stay_free_amount: Fen) -> Fen:
    """The person's largest share of the cost, less what every stay has free."""
    return max(0, share_down(floor_base_due, own_share_ceiling) - stay_free_amount)
