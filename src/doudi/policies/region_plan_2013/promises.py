"""What must hold for every household, gacha and league if the plan's money rules are kept."""

from doudi.rules import Count, Fen, Flag, promise

from .area_development import AREA_DEVELOPMENT
from .relocation import CONVERSION, RELOCATION
from .village import WHOLE_VILLAGE


@promise("P-45", zh="符合条件的每户都得到同样的搬迁补助", applies_to=RELOCATION)
def every_household_gets_the_whole_money(
    relocation_due: Flag, relocation_subsidy: Fen, relocation_money: Fen, households: Count
) -> Flag:
    """Who is due gets the stated money for each household, and who is not gets none."""
    if relocation_due:
        return relocation_subsidy == relocation_money * households
    return relocation_subsidy == 0


@promise("P-50", zh="转户口只交工本费", applies_to=CONVERSION)
def only_the_cost_price_is_left(
    moved_to_town: Flag,
    voluntary_conversion: Flag,
    conversion_fees: Fen,
    cost_price: Fen,
    fee_waived: Fen,
) -> Flag:
    """Who is entitled to the waiver pays the cost of the document and nothing else."""
    if not moved_to_town or not voluntary_conversion:
        return fee_waived == 0
    return conversion_fees - fee_waived == cost_price


@promise("P-39", zh="补齐旗县资金后每村不少于下限", applies_to=WHOLE_VILLAGE)
def the_village_total_is_reached(
    village_listed: Flag,
    village_region_money: Fen,
    village_banner_money: Fen,
    village_banner_shortfall: Fen,
    village_total_least: Fen,
) -> Flag:
    """Once the banner has added its shortfall, a gacha on the list has the least total."""
    total = village_region_money + village_banner_money + village_banner_shortfall
    return not village_listed or total >= village_total_least


@promise("P-36", zh="补齐地方资金后总投资不少于下限", applies_to=AREA_DEVELOPMENT)
def the_area_total_is_reached(
    area_has_region_money: Flag,
    area_region_money: Fen,
    local_money: Fen,
    area_local_shortfall: Fen,
    area_total_least: Fen,
) -> Flag:
    """Once the area has added its shortfall, each of the four leagues has the least total."""
    total = area_region_money + local_money + area_local_shortfall
    return not area_has_region_money or total >= area_total_least
