"""The kinds of care without a stay: on the catalogue cost, from basic insurance and assistance."""

from doudi.rules import (
    Choice,
    Fen,
    Flag,
    Rate,
    Shows,
    raise_rate,
    raise_rate_relative,
    rule,
    share,
)

from .kinds import (
    CHRONIC,
    FAMILY_BED,
    OBSERVATION,
    OUTPATIENT,
    PACKAGE,
)


@rule("H-16", "H-25", zh="适用的慢性病比例", applies_to=CHRONIC)
def chronic_rate_due(
    chronic_rate: Rate, outpatient_rate_rise: Rate, rise: Choice, registered: Flag
) -> Rate:
    """The basic rate of chronic care, raised for the registered."""
    if not registered:
        return chronic_rate
    if rise == "relative":
        return raise_rate_relative(chronic_rate, outpatient_rate_rise)
    return raise_rate(chronic_rate, outpatient_rate_rise)


@rule(
    "H-16",
    "H-25",
    "H-47",
    zh="基本医保支付（慢性病）",
    applies_to=CHRONIC,
    shows=Shows("basic_pay", base="catalogue", rate="chronic_rate_due"),
)
def chronic_basic(catalogue: Fen, chronic_rate_due: Rate) -> Fen:
    """Basic insurance pays its rate on chronic care and on drugs bought for the patient."""
    return share(catalogue, chronic_rate_due)


@rule(
    "H-16",
    "H-47",
    zh="医疗救助补足到90%（慢性病）",
    applies_to=CHRONIC,
    shows=Shows("assistance_pay", base="catalogue", rate="chronic_floor"),
)
def chronic_assistance(
    catalogue: Fen, chronic_floor: Rate, chronic_basic: Fen, registered: Flag
) -> Fen:
    """Assistance tops chronic care up to its floor; it does not use the inpatient cap."""
    if not registered:
        return 0
    return max(0, share(catalogue, chronic_floor) - chronic_basic)


@rule("H-17", zh="适用的门诊统筹比例", applies_to=OUTPATIENT)
def outpatient_rate_due(
    outpatient_rate: Rate, outpatient_rate_rise: Rate, rise: Choice, registered: Flag
) -> Rate:
    """The basic rate of ordinary outpatient care, raised for the registered."""
    if not registered:
        return outpatient_rate
    if rise == "relative":
        return raise_rate_relative(outpatient_rate, outpatient_rate_rise)
    return raise_rate(outpatient_rate, outpatient_rate_rise)


@rule(
    "H-17",
    zh="基本医保支付（门诊统筹）",
    applies_to=OUTPATIENT,
    shows=Shows("basic_pay", base="catalogue", rate="outpatient_rate_due"),
)
def outpatient_basic(catalogue: Fen, outpatient_rate_due: Rate) -> Fen:
    """Basic insurance pays its rate on an ordinary outpatient visit."""
    return share(catalogue, outpatient_rate_due)


@rule("H-25", zh="适用的门诊观察比例", applies_to=OBSERVATION)
def observation_rate_due(
    observation_rate: Rate, outpatient_rate_rise: Rate, rise: Choice, registered: Flag
) -> Rate:
    """The basic rate of outpatient observation, raised for the registered."""
    if not registered:
        return observation_rate
    if rise == "relative":
        return raise_rate_relative(observation_rate, outpatient_rate_rise)
    return raise_rate(observation_rate, outpatient_rate_rise)


@rule(
    "H-25",
    zh="基本医保支付（门诊观察）",
    applies_to=OBSERVATION,
    shows=Shows("basic_pay", base="catalogue", rate="observation_rate_due"),
)
def observation_basic(catalogue: Fen, observation_rate_due: Rate) -> Fen:
    """Basic insurance pays its rate on outpatient observation."""
    return share(catalogue, observation_rate_due)


@rule("H-18", "H-26", zh="家庭病床年度余额", applies_to=FAMILY_BED)
def family_bed_left(family_bed_year_limit: Fen, family_bed_pay_to_date: Fen) -> Fen:
    """Room left under the yearly limit of family sick-bed payments."""
    return max(0, family_bed_year_limit - family_bed_pay_to_date)


@rule(
    "H-18",
    "H-26",
    zh="基本医保支付（家庭病床）",
    applies_to=FAMILY_BED,
    shows=Shows("basic_pay", base="catalogue", cap_left="family_bed_left"),
)
def family_bed_pay(catalogue: Fen, family_bed_left: Fen, registered: Flag) -> Fen:
    """A family sick-bed of a registered person is paid up to the year's limit."""
    if not registered:
        return 0
    return min(catalogue, family_bed_left)


@rule(
    "H-19",
    zh="基本医保支付（签约服务包）",
    applies_to=PACKAGE,
    shows=Shows("basic_pay", base="catalogue", rate="package_own_share"),
)
def package_basic(catalogue: Fen, package_own_share: Rate, registered: Flag) -> Fen:
    """Of the fee of a contract service package a registered person pays only their share."""
    if not registered:
        return 0
    return catalogue - share(catalogue, package_own_share)
