"""What a gacha is given as a whole, and what is built for one household in it."""

from doudi.rules import Count, Fen, Flag, rule

WHOLE_VILLAGE = ("whole_village",)
HOUSEHOLD_PROJECT = ("household_project",)
MUTUAL_FUNDS = ("mutual_funds",)


@rule("P-38", "P-39", zh="整村推进的自治区资金", applies_to=WHOLE_VILLAGE)
def village_region_money(village_listed: Flag, village_region_share: Fen) -> Fen:
    """The region's poverty money for a gacha on the year's list."""
    if not village_listed:
        return 0
    return village_region_share


@rule("P-39", zh="旗县还差多少整合资金", applies_to=WHOLE_VILLAGE)
def village_banner_shortfall(
    village_listed: Flag, village_banner_least: Fen, village_banner_money: Fen
) -> Fen:
    """What the banner still has to pool for a gacha on the list."""
    if not village_listed:
        return 0
    return max(0, village_banner_least - village_banner_money)


@rule("P-39", zh="离每村投入下限还差多少", applies_to=WHOLE_VILLAGE)
def village_total_shortfall(
    village_listed: Flag,
    village_total_least: Fen,
    village_region_money: Fen,
    village_banner_money: Fen,
) -> Fen:
    """What both together still lack of the least total."""
    if not village_listed:
        return 0
    return max(0, village_total_least - village_region_money - village_banner_money)


@rule("P-79", zh="到户项目可以发补贴", applies_to=HOUSEHOLD_PROJECT)
def project_subsidy_payable(
    project_listed: Flag, agreement_signed: Flag, project_accepted: Flag
) -> Flag:
    """Built first, paid afterwards: on the list of the poor, with an agreement, and accepted."""
    return project_listed and agreement_signed and project_accepted


@rule("P-79", zh="验收前就发出的补贴", applies_to=HOUSEHOLD_PROJECT)
def project_subsidy_too_early(project_accepted: Flag, project_subsidy_paid: Fen) -> Fen:
    """Subsidy that was paid before the project passed acceptance."""
    if project_accepted:
        return 0
    return project_subsidy_paid


@rule("P-55", zh="当年互助资金组织还差几个", applies_to=MUTUAL_FUNDS)
def mutual_funds_short_this_year(mutual_funds_a_year: Count, mutual_funds_added: Count) -> Count:
    """How many mutual funds the year still lacks."""
    return max(0, mutual_funds_a_year - mutual_funds_added)


@rule("P-55", zh="互助资金组织总数还差几个", applies_to=MUTUAL_FUNDS)
def mutual_funds_short_in_all(mutual_funds_total: Count, mutual_funds_now: Count) -> Count:
    """How many mutual funds the five years still lack."""
    return max(0, mutual_funds_total - mutual_funds_now)


@rule("P-75", zh="互助资金总规模还差多少", applies_to=MUTUAL_FUNDS)
def mutual_money_short(mutual_money_least: Fen, mutual_money_now: Fen) -> Fen:
    """How much money the mutual funds of the region still lack."""
    return max(0, mutual_money_least - mutual_money_now)
