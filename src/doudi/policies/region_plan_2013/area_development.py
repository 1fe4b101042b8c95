"""Developing an area as a whole: who gets the region's money, and what the area has to add."""

from doudi.rules import Choice, Count, Fen, Flag, rule

AREA_DEVELOPMENT = ("area_development",)


@rule("P-34", zh="属于连片开发地区", applies_to=AREA_DEVELOPMENT)
def area_is_named(development_area: Choice) -> Flag:
    """Seven areas are named; other leagues are only asked to spend more."""
    return development_area != "other"


@rule("P-36", zh="每年得到自治区资金的四个盟市之一", applies_to=AREA_DEVELOPMENT)
def area_has_region_money(development_area: Choice) -> Flag:
    """Only four of the areas are promised an amount."""
    return (
        development_area == "hinggan"  # noqa: PLR1714 - the rule language has no "in"
        or development_area == "ulanqab"
        or development_area == "chifeng"
        or development_area == "tongliao"
    )


@rule("P-36", zh="连片开发的自治区资金", applies_to=AREA_DEVELOPMENT)
def area_region_money(area_has_region_money: Flag, area_region_share: Fen) -> Fen:
    """The region's poverty money of the year for one of the four leagues."""
    if not area_has_region_money:
        return 0
    return area_region_share


@rule("P-36", zh="盟市和旗县至少要整合", applies_to=AREA_DEVELOPMENT)
def area_local_least(area_region_money: Fen, local_match_parts: Count) -> Fen:
    """For each part of the region at least so many parts are pooled locally."""
    return area_region_money * local_match_parts


@rule("P-36", zh="盟市和旗县还差多少", applies_to=AREA_DEVELOPMENT)
def area_local_shortfall(area_local_least: Fen, local_money: Fen) -> Fen:
    """What league and banners still have to pool this year."""
    return max(0, area_local_least - local_money)


@rule("P-36", zh="离总投资下限还差多少", applies_to=AREA_DEVELOPMENT)
def area_total_shortfall(
    area_has_region_money: Flag, area_total_least: Fen, area_region_money: Fen, local_money: Fen
) -> Fen:
    """What the total of the year still lacks."""
    if not area_has_region_money:
        return 0
    return max(0, area_total_least - area_region_money - local_money)


@rule("P-35", zh="至少还要扶持几年", applies_to=AREA_DEVELOPMENT)
def area_years_still_due(
    area_is_named: Flag, area_support_least_years: Count, years_supported: Count
) -> Count:
    """The fewest further years of support for a named area."""
    if not area_is_named:
        return 0
    return max(0, area_support_least_years - years_supported)


@rule("P-35", zh="最多还能扶持几年", applies_to=AREA_DEVELOPMENT)
def area_years_still_possible(
    area_is_named: Flag, area_support_most_years: Count, years_supported: Count
) -> Count:
    """The most further years of support for a named area."""
    if not area_is_named:
        return 0
    return max(0, area_support_most_years - years_supported)
