"""An inpatient stay: basic, critical-illness, supplementary, assistance and backstop, in order."""

from doudi.rules import (
    Choice,
    Fen,
    Flag,
    Rate,
    Schedule,
    Shows,
    between,
    raised,
    raised_relative,
    rule,
    share,
    share_down,
    up_to,
)

from .kinds import INPATIENT


@rule("H-07", zh="可计入的目录内费用", applies_to=INPATIENT)
def counted_catalogue(catalogue: Fen, outside_first_pay: Rate, outside_league: Flag) -> Fen:
    """The catalogue cost that counts: outside the league the person first pays a share of it."""
    if not outside_league:
        return catalogue
    return catalogue - share(catalogue, outside_first_pay)


@rule("H-07", "H-24", zh="适用的基本医保起付线", applies_to=INPATIENT)
def basic_deductible_due(
    basic_deductible: Fen, basic_deductible_cut: Rate, registered: Flag
) -> Fen:
    """The basic deductible, cut for the registered."""
    if not registered:
        return basic_deductible
    return basic_deductible - share(basic_deductible, basic_deductible_cut)


@rule("H-07", "H-25", zh="适用的基本医保比例", applies_to=INPATIENT)
def basic_schedule_due(
    basic_schedule: Schedule, basic_rate_rise: Rate, rise: Choice, registered: Flag
) -> Schedule:
    """The basic rates, raised for the registered."""
    if not registered:
        return basic_schedule
    if rise == "relative":
        return raised_relative(basic_schedule, basic_rate_rise)
    return raised(basic_schedule, basic_rate_rise)


@rule("H-07", zh="基本医保年度余额", applies_to=INPATIENT)
def basic_cap_left(basic_cap: Fen, inpatient_basic_to_date: Fen) -> Fen:
    """Room left under the yearly cap of basic insurance."""
    return max(0, basic_cap - inpatient_basic_to_date)


@rule(
    "H-07",
    zh="基本医保支付",
    applies_to=INPATIENT,
    shows=Shows(
        "basic_pay",
        base="counted_catalogue",
        deductible="basic_deductible_due",
        rate="basic_schedule_due",
        cap_left="basic_cap_left",
    ),
)
def inpatient_basic(
    basic_deductible_due: Fen,
    counted_catalogue: Fen,
    basic_schedule_due: Schedule,
    basic_cap_left: Fen,
) -> Fen:
    """Basic insurance pays its rates on the part above the deductible, up to its cap."""
    return min(between(basic_deductible_due, counted_catalogue, basic_schedule_due), basic_cap_left)


@rule("H-08", "H-14", zh="基本医保后的目录内余额", applies_to=INPATIENT)
def left_after_basic(counted_catalogue: Fen, inpatient_basic: Fen) -> Fen:
    """What the catalogue leaves after basic insurance; it adds up over the year."""
    return counted_catalogue - inpatient_basic


@rule("H-08", "H-24", zh="适用的大病保险起付线", applies_to=INPATIENT)
def critical_deductible_due(
    critical_deductible: Fen, critical_deductible_cut: Rate, registered: Flag
) -> Fen:
    """The critical-illness deductible of the year, cut for the registered."""
    if not registered:
        return critical_deductible
    return critical_deductible - share(critical_deductible, critical_deductible_cut)


@rule("H-08", "H-25", zh="适用的大病保险比例", applies_to=INPATIENT)
def critical_schedule_due(
    critical_schedule: Schedule, critical_rate_rise: Rate, rise: Choice, registered: Flag
) -> Schedule:
    """The critical-illness rates, raised for the registered."""
    if not registered:
        return critical_schedule
    if rise == "relative":
        return raised_relative(critical_schedule, critical_rate_rise)
    return raised(critical_schedule, critical_rate_rise)


@rule("H-08", zh="此前超过大病起付线的部分", applies_to=INPATIENT)
def above_deductible_before(left_after_basic_to_date: Fen, critical_deductible_due: Fen) -> Fen:
    """How far the year was above the critical-illness deductible before this claim."""
    return max(0, left_after_basic_to_date - critical_deductible_due)


@rule("H-08", zh="本次后超过大病起付线的部分", applies_to=INPATIENT)
def above_deductible_after(
    left_after_basic_to_date: Fen, left_after_basic: Fen, critical_deductible_due: Fen
) -> Fen:
    """How far the year is above the critical-illness deductible with this claim."""
    return max(0, left_after_basic_to_date + left_after_basic - critical_deductible_due)


@rule("H-08", "H-15", zh="本次超过大病起付线的部分", applies_to=INPATIENT)
def above_deductible(above_deductible_before: Fen, above_deductible_after: Fen) -> Fen:
    """The part of this claim that lies above the critical-illness deductible of the year."""
    return above_deductible_after - above_deductible_before


@rule("H-08", zh="大病保险年度余额（非建档立卡）", applies_to=INPATIENT)
def critical_cap_left(critical_cap: Fen, inpatient_critical_to_date: Fen) -> Fen:
    """Room left under the critical-illness cap, which binds only those not registered."""
    return max(0, critical_cap - inpatient_critical_to_date)


@rule(
    "H-08",
    "H-14",
    zh="大病保险支付",
    applies_to=INPATIENT,
    shows=Shows(
        "critical_pay",
        base="above_deductible",
        deductible="critical_deductible_due",
        rate="critical_schedule_due",
    ),
)
def inpatient_critical(
    left_after_basic: Fen,
    above_deductible_before: Fen,
    above_deductible_after: Fen,
    critical_schedule_due: Schedule,
    critical_cap_left: Fen,
    registered: Flag,
) -> Fen:
    """Critical-illness insurance pays its rates on what this claim adds above the deductible."""
    earned = up_to(above_deductible_after, critical_schedule_due) - up_to(
        above_deductible_before, critical_schedule_due
    )
    if registered:
        return min(left_after_basic, earned)
    return min(left_after_basic, earned, critical_cap_left)


@rule("H-09", "H-14", "H-23", zh="商业补充保险的计算基数", applies_to=INPATIENT)
def commercial_base_due(
    bill: Fen,
    counted_catalogue: Fen,
    inpatient_basic: Fen,
    inpatient_critical: Fen,
    commercial_base: Choice,
) -> Fen:
    """What the supplementary insurance pays its rate on; it has no deductible."""
    base = bill if commercial_base == "bill" else counted_catalogue
    return base - inpatient_basic - inpatient_critical


@rule(
    "H-09",
    "H-14",
    "H-23",
    zh="商业补充保险支付",
    applies_to=INPATIENT,
    shows=Shows("commercial_pay", base="commercial_base_due", rate="commercial_rate"),
)
def inpatient_commercial(commercial_base_due: Fen, commercial_rate: Rate, registered: Flag) -> Fen:
    """The supplementary insurance pays its rate for the registered."""
    if not registered:
        return 0
    return share(commercial_base_due, commercial_rate)


@rule("H-10", "H-14", zh="商业补充保险后的目录内余额", applies_to=INPATIENT)
def left_after_commercial(
    counted_catalogue: Fen,
    inpatient_basic: Fen,
    inpatient_critical: Fen,
    inpatient_commercial: Fen,
) -> Fen:
    """What the catalogue leaves after the three insurances."""
    return max(0, counted_catalogue - inpatient_basic - inpatient_critical - inpatient_commercial)


@rule("H-10", zh="医疗救助余额", applies_to=INPATIENT)
def assistance_cap_left(
    assistance_cap: Fen, assistance_cap_period: Choice, inpatient_assistance_to_date: Fen
) -> Fen:
    """Room left under the cap of medical assistance."""
    if assistance_cap_period == "claim":
        return assistance_cap
    return max(0, assistance_cap - inpatient_assistance_to_date)


@rule(
    "H-10",
    "H-14",
    zh="民政医疗救助支付",
    applies_to=INPATIENT,
    shows=Shows(
        "assistance_pay",
        base="left_after_commercial",
        rate="assistance_rate",
        cap_left="assistance_cap_left",
    ),
)
def inpatient_assistance(
    left_after_commercial: Fen, assistance_rate: Rate, assistance_cap_left: Fen, registered: Flag
) -> Fen:
    """Medical assistance pays its rate on what the catalogue still leaves, up to its cap."""
    if not registered:
        return 0
    return min(share(left_after_commercial, assistance_rate), assistance_cap_left)


@rule("H-15", zh="医疗救助后的目录内余额", applies_to=INPATIENT)
def left_after_assistance(left_after_commercial: Fen, inpatient_assistance: Fen) -> Fen:
    """What the catalogue leaves after the first four payers."""
    return left_after_commercial - inpatient_assistance


@rule("H-13", "H-15", "H-23", zh="大病兜底的计算基数", applies_to=INPATIENT)
def serious_base(left_after_assistance: Fen, above_deductible: Fen) -> Fen:
    """The rest inside the catalogue, as far as it lies above the critical-illness deductible."""
    return min(left_after_assistance, above_deductible)


@rule(
    "H-13",
    "H-15",
    "H-23",
    zh="政府兜底：大病救助",
    applies_to=INPATIENT,
    shows=Shows("backstop_pay", base="serious_base", rate="serious_assistance_rate"),
)
def serious_backstop(
    serious_base: Fen, serious_assistance_rate: Rate, registered: Flag, serious: Flag
) -> Fen:
    """For a serious disease government pays its rate on the rest, without a cap."""
    if not registered or not serious:
        return 0
    return share(serious_base, serious_assistance_rate)


@rule("H-11", zh="90%保底的计算基数", applies_to=INPATIENT)
def floor_base_due(bill: Fen, catalogue: Fen, floor_base: Choice) -> Fen:
    """The cost of which at least the floor share is reimbursed."""
    return catalogue if floor_base == "catalogue" else bill


@rule("H-11", zh="90%保底后个人最多自付", applies_to=INPATIENT)
def floor_own_limit(floor_base_due: Fen, own_share_ceiling: Rate) -> Fen:
    """The most the floor leaves to the person, rounded down: the doubt goes to the patient."""
    return share_down(floor_base_due, own_share_ceiling)


@rule(
    "H-11",
    zh="政府兜底：实际报销不低于90%",
    applies_to=INPATIENT,
    shows=Shows("backstop_pay", base="floor_base_due", rate="own_share_ceiling"),
)
def floor_backstop(
    floor_base_due: Fen,
    inpatient_basic: Fen,
    inpatient_critical: Fen,
    inpatient_commercial: Fen,
    inpatient_assistance: Fen,
    serious_backstop: Fen,
    floor_own_limit: Fen,
    registered: Flag,
) -> Fen:
    """Government pays what exceeds the person's largest share of the cost."""
    if not registered:
        return 0
    paid = (
        inpatient_basic
        + inpatient_critical
        + inpatient_commercial
        + inpatient_assistance
        + serious_backstop
    )
    return max(0, floor_base_due - paid - floor_own_limit)
