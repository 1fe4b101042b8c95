"""What is paid or waived apart from a bill: premiums, and the family doctor's incentive."""

from doudi.rules import Count, Fen, Flag, Rate, rule, share

from .kinds import DOCTOR, ENROLMENT


@rule("H-20", "H-22", zh="代缴的基本医保个人缴费", applies_to=ENROLMENT)
def premium_waived(premium_own: Fen, premium_subsidy: Rate, registered: Flag) -> Fen:
    """The own premium of resident insurance that government pays for a registered person."""
    if not registered:
        return 0
    return share(premium_own, premium_subsidy)


@rule("H-48", "H-49", zh="签约医生激励", applies_to=DOCTOR)
def doctor_incentive(
    drug_deliveries: Count,
    family_bed_visits: Count,
    delivery_incentive: Fen,
    visit_incentive: Fen,
) -> Fen:
    """What a contracted family doctor earns for deliveries and family-bed visits."""
    return delivery_incentive * drug_deliveries + visit_incentive * family_bed_visits
