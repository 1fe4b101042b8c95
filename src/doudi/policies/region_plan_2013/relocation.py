"""Moving a household out of a place that cannot feed it, and what stays its right afterwards."""

from doudi.rules import Choice, Count, Fen, Flag, rule

RELOCATION = ("relocation",)
CONVERSION = ("conversion",)
MOVES = (*RELOCATION, *CONVERSION)


@rule("P-46", zh="搬到允许的地方", applies_to=RELOCATION)
def destination_allowed(within_league: Flag, moved_to: Choice) -> Flag:
    """The household stays in its league and moves to one of the five kinds of place named."""
    return within_league and moved_to != "elsewhere"


@rule("P-44", "P-45", "P-46", zh="符合移民搬迁条件", applies_to=RELOCATION)
def relocation_due(
    relocation_listed: Flag, place_unliveable: Flag, destination_allowed: Flag
) -> Flag:
    """The money is due: on the year's list, out of an unliveable place, to an allowed one."""
    return relocation_listed and place_unliveable and destination_allowed


@rule("P-44", "P-45", zh="扶贫移民搬迁补助", applies_to=RELOCATION)
def relocation_subsidy(relocation_due: Flag, relocation_money: Fen, households: Count) -> Fen:
    """The same money for every household, however many people it has."""
    if not relocation_due:
        return 0
    return relocation_money * households


@rule("P-51", zh="搬到盟市中心城区或旗县所在地城镇", applies_to=CONVERSION)
def moved_to_town(moved_to: Choice) -> Flag:
    """The four unchanged rights, two equals and the waiver are for those who move to a town."""
    return moved_to == "league_centre" or moved_to == "banner_seat"  # noqa: PLR1714 - no "in" here


@rule("P-50", "P-51", zh="转户口免收的费用", applies_to=CONVERSION)
def fee_waived(
    moved_to_town: Flag, voluntary_conversion: Flag, conversion_fees: Fen, cost_price: Fen
) -> Fen:
    """All fees of a voluntary change of registration are waived but the cost of the document."""
    if not moved_to_town or not voluntary_conversion:
        return 0
    return max(0, conversion_fees - cost_price)
