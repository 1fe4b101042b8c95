"""The article's own figures, worked out again: those that hold, and those that do not.

Amounts in the sums are in yuan. Everything is computed from the cited parameters.
"""

from doudi.money import yuan
from doudi.rules import Policy, finding
from doudi.rules.findings import Check, number, percent_tenths, tenths

_POINTS_IN_TENTH = 10


@finding("H-39", "H-40", zh="大病集中救治率")
def serious_treatment_rate(policy: Policy) -> Check:
    """The rate of treatment fits the patients counted and treated."""
    return _rate(policy, "serious_treated", "serious_patients", "serious_treated_rate")


@finding("H-51", zh="重病兜底救治率")
def backstop_rate(policy: Policy) -> Check:
    """The rate of help fits the patients with a severe illness approved and helped."""
    return _rate(policy, "backstop_helped", "backstop_approved", "backstop_helped_rate")


def _rate(policy: Policy, part_name: str, whole_name: str, rate_name: str) -> Check:
    part, whole = number(policy, part_name), number(policy, whole_name)
    stated = number(policy, rate_name)
    computed = percent_tenths(part, whole)
    return Check(
        f"{tenths(stated // _POINTS_IN_TENTH)}%",
        f"{part:,} ÷ {whole:,} = {tenths(computed)}%",
        computed * _POINTS_IN_TENTH == stated,
    )


@finding("H-44", zh="“应签尽签”：该签约的是否都签了")
def all_contracts_signed(policy: Policy) -> Check:
    """Everybody who should have a chronic-disease contract has one."""
    signed, due = number(policy, "contracts_signed"), number(policy, "contracts_due")
    rate = tenths(percent_tenths(signed, due))
    return Check(
        "100%",
        f"{signed:,} ÷ {due:,} = {rate}%; {due:,} − {signed:,} = {due - signed:,}",
        signed >= due,
    )


@finding("H-65", zh="因病致贫占比下降了几个百分点")
def fall_of_the_illness_share(policy: Policy) -> Check:
    """By how many points the share made poor by illness changed; no difference is stated."""
    before, after = number(policy, "illness_share_before"), number(policy, "illness_share_after")
    first, last = before // _POINTS_IN_TENTH, after // _POINTS_IN_TENTH
    return Check("—", f"{tenths(last)} − {tenths(first)} = {tenths(last - first)}", None)


@finding("H-29", zh="1—9月投入平均每月多少")
def funding_of_a_month(policy: Policy) -> Check:
    """The input of a month on average; the article gives only the sum of nine months."""
    total, months = number(policy, "funding_to_september"), number(policy, "funding_months")
    monthly = (2 * total + months) // (2 * months)
    return Check("—", f"{yuan(total)} ÷ {months} ≈ {yuan(monthly)}", None)


@finding("H-39", "H-51", zh="两种手术人数之和，恰与重病兜底已救治人数相同")
def operations_and_backstop(policy: Policy) -> Check:
    """Two operations add up to the number helped by the backstop: a coincidence, not a claim."""
    femoral, cataract = number(policy, "serious_femoral"), number(policy, "serious_cataract")
    helped = number(policy, "backstop_helped")
    equal = "=" if femoral + cataract == helped else "≠"
    return Check("—", f"{femoral} + {cataract} = {femoral + cataract} {equal} {helped}", None)


@finding("H-18", "H-26", "H-50", zh="家庭病床全部用满限额一年要多少钱")
def most_for_all_family_beds(policy: Policy) -> Check:
    """The most a year of all family sick-beds can cost; the article gives no sum."""
    beds, limit = number(policy, "family_beds"), number(policy, "family_bed_year_limit")
    return Check("—", f"{beds} × {yuan(limit)} = {yuan(beds * limit)}", None)


@finding("H-48", "H-50", zh="每名代购药患者送药一次，签约医生激励合计")
def one_delivery_to_everybody(policy: Policy) -> Check:
    """What one delivery to everybody costs in incentives; the article gives no sum."""
    persons, each = number(policy, "drug_purchase_persons"), number(policy, "delivery_incentive")
    return Check("—", f"{persons:,} × {yuan(each)} = {yuan(persons * each)}", None)
