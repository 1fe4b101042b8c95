"""The most a person can owe, whatever the unconfirmed values turn out to be.

Each function reads the facts of the case and cited values only, and the loader refuses one that
reads anything else. It holds because the backstop is computed last, from the bill and from what
the others paid: floor_backstop cuts the own part to the floor's limit, and ceiling_backstop cuts
what then remains to the year's ceiling, however much or little the earlier payers gave. Where no
backstop applies, the payers that rest on cited values alone are counted, and the others as 0.
Tests run it against arbitrary deductibles, rates and caps.
"""

from doudi.rules import Choice, Fen, Flag, Rate, guarantee, share

from .kinds import (
    CHRONIC,
    FAMILY_BED,
    INPATIENT,
    OBSERVATION,
    OUTPATIENT,
    PACKAGE,
)


@guarantee("H-11", "H-12", zh="住院最多自付", applies_to=INPATIENT)
def most_for_a_stay(
    bill: Fen, floor_base_due: Fen, floor_own_limit: Fen, own_year_left: Fen, registered: Flag
) -> Fen:
    """A registered person pays at most the floor's limit and what is left of the year's ceiling."""
    if not registered:
        return bill
    return min(bill - floor_base_due + floor_own_limit, own_year_left)


@guarantee("H-12", "H-16", zh="慢性病最多自付", applies_to=CHRONIC)
def most_for_chronic_care(
    bill: Fen, catalogue: Fen, chronic_floor: Rate, own_year_left: Fen, registered: Flag
) -> Fen:
    """Assistance tops up to the floor, whatever basic insurance gave."""
    if not registered:
        return bill
    return min(bill - share(catalogue, chronic_floor), own_year_left)


@guarantee("H-12", "H-17", "H-25", zh="门诊最多自付", applies_to=(*OUTPATIENT, *OBSERVATION))
def most_for_a_visit(
    bill: Fen,
    catalogue: Fen,
    outpatient_rate_rise: Rate,
    rise: Choice,
    own_year_left: Fen,
    registered: Flag,
) -> Fen:
    """The rise in points is certain even if the rate it is added to were nothing."""
    if not registered:
        return bill
    if rise == "relative":
        return min(bill, own_year_left)
    return min(bill - share(catalogue, outpatient_rate_rise), own_year_left)


@guarantee("H-12", "H-18", zh="家庭病床最多自付", applies_to=FAMILY_BED)
def most_for_a_family_bed(
    bill: Fen, catalogue: Fen, family_bed_left: Fen, own_year_left: Fen, registered: Flag
) -> Fen:
    """Everything it rests on is cited, so this is the amount itself."""
    if not registered:
        return bill
    return min(bill - min(catalogue, family_bed_left), own_year_left)


@guarantee("H-12", "H-19", zh="签约服务包最多自付", applies_to=PACKAGE)
def most_for_a_package(
    bill: Fen, catalogue: Fen, package_own_share: Rate, own_year_left: Fen, registered: Flag
) -> Fen:
    """Everything it rests on is cited, so this is the amount itself."""
    if not registered:
        return bill
    return min(bill - catalogue + share(catalogue, package_own_share), own_year_left)
