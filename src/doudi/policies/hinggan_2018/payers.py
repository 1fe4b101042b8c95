"""The five payers and the person's own part: six amounts that always add up to the bill."""

from doudi.rules import Fen, Flag, Shows, rule

from .kinds import CLAIMS


@rule("H-06", "H-07", zh="基本医保", applies_to=CLAIMS)
def basic_pay(
    inpatient_basic: Fen,
    chronic_basic: Fen,
    outpatient_basic: Fen,
    observation_basic: Fen,
    family_bed_pay: Fen,
    package_basic: Fen,
) -> Fen:
    """What basic medical insurance pays."""
    return (
        inpatient_basic
        + chronic_basic
        + outpatient_basic
        + observation_basic
        + family_bed_pay
        + package_basic
    )


@rule("H-06", "H-08", zh="大病保险", applies_to=CLAIMS)
def critical_pay(inpatient_critical: Fen) -> Fen:
    """What critical-illness insurance pays."""
    return inpatient_critical


@rule("H-06", "H-09", zh="商业补充保险", applies_to=CLAIMS)
def commercial_pay(inpatient_commercial: Fen) -> Fen:
    """What the commercial supplementary insurance pays."""
    return inpatient_commercial


@rule("H-06", "H-10", "H-16", zh="医疗救助", applies_to=CLAIMS)
def assistance_pay(inpatient_assistance: Fen, chronic_assistance: Fen) -> Fen:
    """What medical assistance pays."""
    return inpatient_assistance + chronic_assistance


@rule("H-12", zh="年度自付余额", applies_to=CLAIMS)
def own_year_left(own_year_ceiling: Fen, registered_own_to_date: Fen) -> Fen:
    """What a registered person can still be asked to pay this year."""
    return max(0, own_year_ceiling - registered_own_to_date)


@rule("H-12", zh="年度封顶前的自付", applies_to=CLAIMS)
def own_before_ceiling(
    bill: Fen,
    basic_pay: Fen,
    critical_pay: Fen,
    commercial_pay: Fen,
    assistance_pay: Fen,
    serious_backstop: Fen,
    floor_backstop: Fen,
) -> Fen:
    """What is left of the bill before the yearly ceiling on own payments."""
    return (
        bill
        - basic_pay
        - critical_pay
        - commercial_pay
        - assistance_pay
        - serious_backstop
        - floor_backstop
    )


@rule(
    "H-12",
    zh="政府兜底：年度自付超5000元部分",
    applies_to=CLAIMS,
    shows=Shows("backstop_pay", base="own_before_ceiling", cap_left="own_year_left"),
)
def ceiling_backstop(own_before_ceiling: Fen, own_year_left: Fen, registered: Flag) -> Fen:
    """Government pays all own payments of a registered person beyond the year's ceiling."""
    if not registered:
        return 0
    return max(0, own_before_ceiling - own_year_left)


@rule("H-06", "H-11", "H-12", "H-13", zh="政府兜底", applies_to=CLAIMS)
def backstop_pay(serious_backstop: Fen, floor_backstop: Fen, ceiling_backstop: Fen) -> Fen:
    """What the government backstop pays."""
    return serious_backstop + floor_backstop + ceiling_backstop


@rule("H-12", zh="个人自付", applies_to=CLAIMS)
def own_pay(own_before_ceiling: Fen, ceiling_backstop: Fen) -> Fen:
    """What the person pays."""
    return own_before_ceiling - ceiling_backstop


@rule("H-12", zh="计入年度封顶的自付", applies_to=CLAIMS)
def registered_own(own_pay: Fen, registered: Flag) -> Fen:
    """The own payment that counts towards the year's ceiling: only while registered."""
    return own_pay if registered else 0
