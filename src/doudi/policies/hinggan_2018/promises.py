"""What the source promises for every possible claim and history (semantics.md §7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from doudi.rules import Fen, Flag, Rate, Variant, promise, share, share_down

from .kinds import CHRONIC, CLAIMS, FAMILY_BED, INPATIENT

Facts = Mapping[str, Any]


@promise("H-06", zh="五道保险与自付之和等于总费用", applies_to=CLAIMS)
def payers_and_own_add_up_to_the_bill(
    bill: Fen,
    basic_pay: Fen,
    critical_pay: Fen,
    commercial_pay: Fen,
    assistance_pay: Fen,
    backstop_pay: Fen,
    own_pay: Fen,
) -> Flag:
    """The five payers and the person's own part add up to the bill."""
    paid = basic_pay + critical_pay + commercial_pay + assistance_pay + backstop_pay
    return paid + own_pay == bill


@promise("H-06", zh="没有一方的支付是负数", applies_to=CLAIMS)
def nobody_pays_less_than_nothing(
    basic_pay: Fen,
    critical_pay: Fen,
    commercial_pay: Fen,
    assistance_pay: Fen,
    backstop_pay: Fen,
    own_pay: Fen,
) -> Flag:
    """No payer and no own share is negative."""
    least = min(basic_pay, critical_pay, commercial_pay, assistance_pay, backstop_pay, own_pay)
    return least >= 0


@promise(
    "H-11",
    zh="建档立卡人口住院自付不超过总费用的10%",
    applies_to=INPATIENT,
    under={"floor_base": ("bill",)},
)
def a_stay_costs_at_most_a_tenth(
    bill: Fen, own_pay: Fen, own_share_ceiling: Rate, registered: Flag
) -> Flag:
    """A registered inpatient pays at most a tenth of the bill."""
    return not registered or own_pay <= share_down(bill, own_share_ceiling)


@promise("H-12", zh="建档立卡人口全年自付不超过5000元", applies_to=CLAIMS)
def a_year_costs_at_most_the_ceiling(
    registered_own: Fen, registered_own_to_date: Fen, own_year_ceiling: Fen
) -> Flag:
    """The own payments of a registered person's year do not pass the ceiling."""
    year = registered_own_to_date + registered_own
    return year <= max(own_year_ceiling, registered_own_to_date)


@promise("H-18", "H-26", zh="家庭病床全年支付不超过4200元", applies_to=FAMILY_BED)
def family_bed_payments_stay_within_the_limit(
    family_bed_pay: Fen, family_bed_pay_to_date: Fen, family_bed_year_limit: Fen
) -> Flag:
    """Family sick-bed payments of a year do not pass their limit."""
    year = family_bed_pay_to_date + family_bed_pay
    return year <= max(family_bed_year_limit, family_bed_pay_to_date)


@promise(
    "H-10",
    zh="住院医疗救助全年不超过5万元",
    applies_to=INPATIENT,
    under={"assistance_cap_period": ("year",)},
)
def assistance_stays_within_its_cap(
    inpatient_assistance: Fen, inpatient_assistance_to_date: Fen, assistance_cap: Fen
) -> Flag:
    """Medical assistance for the stays of a year does not pass its cap."""
    year = inpatient_assistance_to_date + inpatient_assistance
    return year <= max(assistance_cap, inpatient_assistance_to_date)


@promise("H-16", "H-47", zh="慢性病和代购药报销不低于目录内费用的90%", applies_to=CHRONIC)
def chronic_care_is_reimbursed_to_its_floor(
    catalogue: Fen, basic_pay: Fen, assistance_pay: Fen, chronic_floor: Rate, registered: Flag
) -> Flag:
    """Chronic care and drug purchase of the registered are reimbursed at least to the floor."""
    return not registered or basic_pay + assistance_pay >= share(catalogue, chronic_floor)


def _without_registration(facts: Facts) -> Sequence[Facts]:
    return [{**facts, "registered": False}]


def _with_one_fen_more(facts: Facts) -> Sequence[Facts]:
    return [{**facts, "bill": facts["bill"] + 1}]


def _split_in_two(facts: Facts) -> Sequence[Facts]:
    bill, inside = facts["first_bill"], facts["first_catalogue"]
    return [
        {**facts, "bill": bill, "catalogue": inside},
        {**facts, "bill": facts["bill"] - bill, "catalogue": facts["catalogue"] - inside},
    ]


_UNREGISTERED = Variant(
    "unregistered", "未建档立卡时", _without_registration, when={"registered": True}
)
# One fen after the other leads to every larger bill.
_LARGER = Variant("larger", "总费用多一分时", _with_one_fen_more)
# Any two parts, not only the halves.
_SPLIT = Variant(
    "split",
    "分成两次时",
    _split_in_two,
    free={"first_bill": "bill", "first_catalogue": "catalogue"},
)


@promise(
    "H-28",
    zh="建档立卡不会使人多付",
    applies_to=CLAIMS,
    variants=[_UNREGISTERED],
    claimed=False,
)
def registration_never_costs(own_pay: Fen, own_pay_if_unregistered: Fen) -> Flag:
    """Being registered never makes anyone pay more for the same claim and history."""
    return own_pay <= own_pay_if_unregistered


@promise(
    "H-28",
    zh="目录内费用不变、总费用更高时，自付不会更少",
    applies_to=CLAIMS,
    variants=[_LARGER],
    claimed=False,
)
def a_larger_bill_never_costs_less(own_pay: Fen, own_pay_if_larger: Fen) -> Flag:
    """A larger bill with the same catalogue part never lowers what the person pays."""
    return own_pay <= own_pay_if_larger


@promise(
    "H-28",
    zh="一次住院分成两次，自付合计不会更多",
    applies_to=INPATIENT,
    variants=[_SPLIT],
    claimed=False,
)
def splitting_a_stay_never_costs(own_pay: Fen, own_pay_if_split: Fen) -> Flag:
    """Splitting a stay in two never makes the person pay more in total."""
    return own_pay_if_split <= own_pay


@promise(
    "H-28",
    zh="一次住院分成两次，各方支付合计不会更多",
    applies_to=INPATIENT,
    variants=[_SPLIT],
    claimed=False,
)
def splitting_a_stay_never_pays(own_pay: Fen, own_pay_if_split: Fen) -> Flag:
    """Splitting a stay in two never makes the payers pay more in total."""
    return own_pay_if_split >= own_pay
