"""What the region owes in a year: its own budget, the industry programme and the loans."""

from doudi.rules import Choice, Count, Fen, Flag, rule

INDUSTRY_SUPPORT = ("industry_support",)
SUBSIDISED_LOAN = ("subsidised_loan",)
LOAN_SCALE = ("loan_scale",)
MICRO_LOAN = ("micro_loan",)
REGION_BUDGET = ("region_budget",)


@rule("P-68", zh="自治区投入比中央资金少多少", applies_to=REGION_BUDGET)
def region_budget_shortfall(central_special_money: Fen, region_own_money: Fen) -> Fen:
    """What the region's own money lacks of the central special poverty money of the year."""
    return max(0, central_special_money - region_own_money)


@rule("P-53", zh="龙头企业还差几个", applies_to=INDUSTRY_SUPPORT)
def leaders_short(leaders_a_year: Count, leaders_supported: Count) -> Count:
    """Leader enterprises that the year still lacks."""
    return max(0, leaders_a_year - leaders_supported)


@rule("P-53", zh="合作社和互助社还差几个", applies_to=INDUSTRY_SUPPORT)
def cooperatives_short(cooperatives_a_year: Count, cooperatives_supported: Count) -> Count:
    """Cooperatives and mutual societies that the year still lacks."""
    return max(0, cooperatives_a_year - cooperatives_supported)


@rule("P-53", zh="贫困嘎查村还差几个", applies_to=INDUSTRY_SUPPORT)
def gachas_short(gachas_a_year: Count, gachas_supported: Count) -> Count:
    """Poor gachas that the year still lacks."""
    return max(0, gachas_a_year - gachas_supported)


@rule("P-53", zh="旗县示范项目还差几个", applies_to=INDUSTRY_SUPPORT)
def demonstrations_short(demonstrations_a_year: Count, demonstrations_supported: Count) -> Count:
    """Banner demonstration projects that the year still lacks."""
    return max(0, demonstrations_a_year - demonstrations_supported)


@rule("P-57", zh="借款人在贴息扶持之列", applies_to=SUBSIDISED_LOAN)
def loan_is_supported(borrower: Choice, leads_the_poor: Flag) -> Flag:
    """A poor household, or an organisation that directly leads the poor; the rate is not stated."""
    return borrower == "household" or (borrower != "other" and leads_the_poor)


@rule("P-73", zh="年度贴息贷款规模还差多少", applies_to=LOAN_SCALE)
def loan_scale_shortfall(loan_scale_least: Fen, subsidised_loans: Fen) -> Fen:
    """What the subsidised loans of the year still lack."""
    return max(0, loan_scale_least - subsidised_loans)


@rule("P-74", zh="当年新建小额贷款公司还差几个旗县", applies_to=MICRO_LOAN)
def micro_loan_banners_short(micro_loan_banners_a_year: Count, micro_loan_banners: Count) -> Count:
    """Banners in which the year still lacks a new micro-loan company."""
    return max(0, micro_loan_banners_a_year - micro_loan_banners)
