"""Cases of the pack of 2018 worked out by hand, one a line; amounts in fen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from doudi.estimate import answer
from doudi.policies import policy
from doudi.rules import explain
from doudi.rules.errors import BadInput, NoVersionInForce

HINGGAN = policy("hinggan-2018")
DAY = date(2018, 4, 28)

Amounts = tuple[int, int, int, int, int, int]


def settled(
    facts: dict[str, Any],
    opening: dict[str, int] | None = None,
    readings: dict[str, str] | None = None,
) -> Amounts:
    outputs = explain(HINGGAN.with_readings(readings or {}), facts, DAY, opening).outputs
    assert sum(outputs.values()) == facts["bill"]
    basic, critical, commercial, assistance, backstop, own = outputs.values()
    return basic, critical, commercial, assistance, backstop, own


def stay(bill: int, catalogue: int | None = None, **more: Any) -> dict[str, Any]:
    facts = {
        "kind": "inpatient",
        "hospital_level": 3,
        "outside_league": False,
        "bill": bill,
        "catalogue": bill if catalogue is None else catalogue,
        "registered": True,
        "serious": False,
    }
    return {**facts, **more}


def care(kind: str, bill: int, catalogue: int, registered: bool = True) -> dict[str, Any]:
    return {"kind": kind, "bill": bill, "catalogue": catalogue, "registered": registered}


# ---- The four cases of the issue -------------------------------------------------------------

HEADLINES: list[tuple[dict[str, Any], Amounts, int]] = [
    (stay(1_200_000), (855_000, 0, 189_750, 139_725, 0, 15_525), 120_000),
    (stay(1_200_000, 1_080_000), (765_000, 0, 173_250, 127_575, 14_175, 120_000), 120_000),
    (stay(1_200_000, registered=False), (702_000, 0, 0, 0, 0, 498_000), 1_200_000),
    (
        stay(10_000_000, 9_000_000, serious=True),
        (7_105_000, 836_500, 582_175, 428_693, 547_632, 500_000),
        500_000,
    ),
]


@pytest.mark.clause("H-14")
@pytest.mark.parametrize(("facts", "amounts", "_"), HEADLINES)
def test_the_headline_cases_come_out_to_the_fen(
    facts: dict[str, Any], amounts: Amounts, _: int
) -> None:
    assert settled(facts) == amounts


@pytest.mark.parametrize(("facts", "amounts", "guaranteed"), HEADLINES)
def test_the_estimates_of_the_headline_cases_are_those_amounts_with_their_guarantee(
    facts: dict[str, Any], amounts: Amounts, guaranteed: int
) -> None:
    told = answer(HINGGAN, facts, DAY).to_dict()
    names = ("basic", "critical", "commercial", "assistance", "backstop")
    assert told["payers"] == dict(zip(names, amounts[:5], strict=True))
    assert told["own_fen"] == amounts[5]
    assert told["guaranteed_own_fen"] == guaranteed


def test_a_fact_that_cannot_matter_need_not_be_given() -> None:
    known = {name: fact for name, fact in stay(1_200_000).items() if name != "serious"}
    told = answer(HINGGAN, known, DAY)
    assert told.outputs["own_pay"] == 15_525
    assert told.unknown == ()


# ---- Inpatient stays, worked out in the comments ---------------------------------------------

STAYS: list[tuple[str, dict[str, Any], Amounts]] = [
    # 95% of 900; rest 145: 55% = 79.75; rest 65.25: 90% = 58.725, half up.
    ("level one", stay(100_000, hospital_level=1), (85_500, 0, 7_975, 5_873, 0, 652)),
    # 75% of (1,800 - 400).
    (
        "level two, not registered",
        stay(200_000, 180_000, hospital_level=2, registered=False),
        (105_000, 0, 0, 0, 0, 95_000),
    ),
    # 8,000 of 10,000 count; 85% of (8,000 - 200); rest 1,370; own 2,061.65, of which 1,000 stays.
    (
        "outside the league",
        stay(1_000_000, hospital_level=2, outside_league=True),
        (663_000, 0, 75_350, 55_485, 106_165, 100_000),
    ),
    # 65% of 28,800 + 70% of 40,000 + 75% of 30,000; rest 30,780, of which 16,780 at 60%.
    (
        "every band but the last, not registered",
        stay(10_000_000, registered=False),
        (6_922_000, 1_006_800, 0, 0, 0, 2_071_200),
    ),
    # The basic cap of 160,000 is reached: 65% of 28,800 + 70% of 40,000 + 75% of 130,000
    # + 80% of 100,000 = 224,220. Rest 140,000: 60% of (140,000 - 14,000).
    (
        "above the basic cap, not registered",
        stay(30_000_000, registered=False),
        (16_000_000, 7_560_000, 0, 0, 0, 6_440_000),
    ),
    # A bill below the deductible of 600: 55%, then 90% of the rest.
    ("below the deductible", stay(50_000), (0, 0, 27_500, 20_250, 0, 2_250)),
    # Nothing is in the catalogue: only the floor and the ceiling help.
    ("nothing in the catalogue", stay(100_000, 0), (0, 0, 0, 0, 90_000, 10_000)),
    ("nothing in the catalogue, dear", stay(9_000_000, 0), (0, 0, 0, 0, 8_500_000, 500_000)),
    # 10% of 0.09 yuan, rounded down: nothing may be left to the person.
    ("nine fen outside the catalogue", stay(9, 0), (0, 0, 0, 0, 9, 0)),
    ("no bill", stay(0), (0, 0, 0, 0, 0, 0)),
    # 1 fen: 55% rounds up to 1.
    ("one fen", stay(1), (0, 0, 1, 0, 0, 0)),
    # 1 fen, not registered: below the deductible.
    ("one fen, not registered", stay(1, registered=False), (0, 0, 0, 0, 0, 1)),
]


@pytest.mark.clause("H-07")
@pytest.mark.clause("H-08")
@pytest.mark.clause("H-09")
@pytest.mark.clause("H-10")
@pytest.mark.clause("H-11")
@pytest.mark.parametrize(
    ("facts", "amounts"), [row[1:] for row in STAYS], ids=[r[0] for r in STAYS]
)
def test_a_stay_comes_to_what_the_hand_works_out(facts: dict[str, Any], amounts: Amounts) -> None:
    assert settled(facts) == amounts


# ---- Later in the year -----------------------------------------------------------------------

YEARS: list[tuple[str, dict[str, int], dict[str, Any], Amounts]] = [
    # 1,397.25 are due from assistance, 1 yuan is left; own 1,551.50, of which 1,200 stays.
    (
        "one yuan left of the assistance cap",
        {"inpatient_assistance": 4_999_900},
        stay(1_200_000),
        (855_000, 0, 189_750, 100, 35_150, 120_000),
    ),
    (
        "a thousand left of the basic cap",
        {"inpatient_basic": 15_900_000},
        stay(1_200_000, registered=False),
        (100_000, 0, 0, 0, 0, 1_100_000),
    ),
    # Rest 30,780 after 10,000 earlier: 26,780 above the deductible, at 60%.
    (
        "ten thousand left over earlier in the year",
        {"left_after_basic": 1_000_000},
        stay(10_000_000, registered=False),
        (6_922_000, 1_606_800, 0, 0, 0, 1_471_200),
    ),
    (
        "a thousand left of the critical-illness cap",
        {"inpatient_critical": 49_900_000},
        stay(10_000_000, registered=False),
        (6_922_000, 100_000, 0, 0, 0, 2_978_000),
    ),
    (
        "ten yuan left of the year's ceiling",
        {"registered_own": 499_000},
        stay(1_200_000),
        (855_000, 0, 189_750, 139_725, 14_525, 1_000),
    ),
    (
        "two hundred left of the family-bed limit",
        {"family_bed_pay": 400_000},
        care("family_bed", 50_000, 50_000),
        (20_000, 0, 0, 0, 0, 30_000),
    ),
]


@pytest.mark.clause("H-12")
@pytest.mark.parametrize(
    ("opening", "facts", "amounts"), [row[1:] for row in YEARS], ids=[row[0] for row in YEARS]
)
def test_what_the_year_has_already_had_counts(
    opening: dict[str, int], facts: dict[str, Any], amounts: Amounts
) -> None:
    assert settled(facts, opening) == amounts


def test_the_critical_cap_does_not_bind_the_registered() -> None:
    full = {"inpatient_critical": 50_000_000}
    assert settled(stay(10_000_000), full) == settled(stay(10_000_000))


# ---- Care without a stay ---------------------------------------------------------------------

CARE: list[tuple[dict[str, Any], Amounts]] = [
    # 75% of 800; up to 720 from assistance.
    (care("chronic", 100_000, 80_000), (60_000, 0, 0, 12_000, 0, 28_000)),
    (care("chronic", 100_000, 80_000, False), (48_000, 0, 0, 0, 0, 52_000)),
    # 75% of 5 fen = 3.75; 90% = 4.5, half up: 5.
    (care("chronic", 5, 5), (4, 0, 0, 1, 0, 0)),
    (care("drug_purchase", 333, 333), (250, 0, 0, 50, 0, 33)),
    (care("drug_purchase", 333, 333, False), (200, 0, 0, 0, 0, 133)),
    (care("outpatient", 20_000, 18_000), (11_700, 0, 0, 0, 0, 8_300)),
    (care("outpatient", 20_000, 18_000, False), (9_000, 0, 0, 0, 0, 11_000)),
    (care("outpatient", 1_000_000, 0), (0, 0, 0, 0, 500_000, 500_000)),
    (care("outpatient", 1_000_000, 0, False), (0, 0, 0, 0, 0, 1_000_000)),
    (care("observation", 10_001, 10_001), (6_501, 0, 0, 0, 0, 3_500)),
    (care("observation", 10_001, 10_001, False), (5_001, 0, 0, 0, 0, 5_000)),
    (care("family_bed", 500_000, 500_000), (420_000, 0, 0, 0, 0, 80_000)),
    (care("family_bed", 420_000, 420_000), (420_000, 0, 0, 0, 0, 0)),
    (care("family_bed", 500_000, 500_000, False), (0, 0, 0, 0, 0, 500_000)),
    (care("package", 3_000, 3_000), (2_700, 0, 0, 0, 0, 300)),
    # 10% of 5 fen is half a fen: the person pays 1.
    (care("package", 5, 5), (4, 0, 0, 0, 0, 1)),
    (care("package", 3_000, 3_000, False), (0, 0, 0, 0, 0, 3_000)),
]


@pytest.mark.clause("H-16")
@pytest.mark.clause("H-17")
@pytest.mark.clause("H-18")
@pytest.mark.clause("H-19")
@pytest.mark.clause("H-25")
@pytest.mark.clause("H-26")
@pytest.mark.clause("H-47")
@pytest.mark.parametrize(("facts", "amounts"), CARE)
def test_care_without_a_stay_comes_to_what_the_hand_works_out(
    facts: dict[str, Any], amounts: Amounts
) -> None:
    assert settled(facts) == amounts


def test_outpatient_care_uses_nothing_of_the_inpatient_caps() -> None:
    closing = explain(HINGGAN, care("chronic", 100_000, 80_000), DAY).closing
    assert closing == {**dict.fromkeys(closing, 0), "registered_own": 28_000}


# ---- The other readings ----------------------------------------------------------------------

OTHERWISE: list[tuple[str, str, dict[str, Any], Amounts]] = [
    # 71.5% of 11,400; rest 3,849: 55% = 2,116.95; rest 1,732.05: 90% = 1,558.845, half up.
    ("rise", "relative", stay(1_200_000), (815_100, 0, 211_695, 155_885, 0, 17_320)),
    # 60% × 1.15 = 69%, up to 90%.
    ("rise", "relative", care("chronic", 100_000, 100_000), (69_000, 0, 0, 21_000, 0, 10_000)),
    # 50% × 1.15 = 57.5%.
    ("rise", "relative", care("outpatient", 1_000, 1_000), (575, 0, 0, 0, 0, 425)),
    # 85% × 1.1 = 93.5% of 900; rest 158.50: 55% = 87.175; rest 71.32: 90% = 64.188.
    (
        "rise",
        "relative",
        stay(100_000, hospital_level=1),
        (84_150, 0, 8_718, 6_419, 0, 713),
    ),
    # 55% of the bill's rest 4,350; the catalogue's rest is then 757.50; own 1,275.75 less 75.75.
    (
        "commercial_base",
        "bill",
        stay(1_200_000, 1_080_000),
        (765_000, 0, 239_250, 68_175, 7_575, 120_000),
    ),
    # 55% of a bill wholly outside the catalogue.
    ("commercial_base", "bill", stay(100_000, 0), (0, 0, 55_000, 0, 35_000, 10_000)),
    # 10,800 - 10,658.25 is below a tenth of the catalogue part already.
    (
        "floor_base",
        "catalogue",
        stay(1_200_000, 1_080_000),
        (765_000, 0, 173_250, 127_575, 0, 134_175),
    ),
    ("floor_base", "catalogue", stay(100_000, 0), (0, 0, 0, 0, 0, 100_000)),
]


@pytest.mark.parametrize(("name", "reading", "facts", "amounts"), OTHERWISE)
def test_another_reading_comes_to_what_the_hand_works_out(
    name: str, reading: str, facts: dict[str, Any], amounts: Amounts
) -> None:
    assert settled(facts, readings={name: reading}) == amounts


def test_a_cap_for_a_claim_is_whole_again_with_every_claim() -> None:
    opening = {"inpatient_assistance": 5_000_000}
    by_year = settled(stay(1_200_000), opening)
    by_claim = settled(stay(1_200_000), opening, {"assistance_cap_period": "claim"})
    assert by_year == (855_000, 0, 189_750, 0, 35_250, 120_000)
    assert by_claim == (855_000, 0, 189_750, 139_725, 0, 15_525)


# ---- Waivers and incentives ------------------------------------------------------------------


@pytest.mark.clause("H-20")
@pytest.mark.parametrize(("registered", "waived"), [(True, 22_000), (False, 0)])
def test_the_premium_of_2018_is_waived_for_the_registered(registered: bool, waived: int) -> None:
    facts = {"kind": "enrolment", "registered": registered}
    assert explain(HINGGAN, facts, DAY).results["premium_waived"] == waived


@pytest.mark.clause("H-20")
@pytest.mark.parametrize(("year", "yuan"), [(2017, 180), (2018, 220), (2019, 250)])
def test_the_own_premium_of_each_year_is_known_also_beyond_the_pack(year: int, yuan: int) -> None:
    assert HINGGAN.value_on("premium_own", date(year, 6, 1)).value == yuan * 100


@pytest.mark.clause("H-48")
@pytest.mark.clause("H-49")
def test_a_doctor_earns_ten_yuan_a_delivery_and_eighteen_a_visit() -> None:
    facts = {"kind": "doctor_incentive", "drug_deliveries": 7, "family_bed_visits": 3}
    assert explain(HINGGAN, facts, DAY).results["doctor_incentive"] == 7 * 1_000 + 3 * 1_800


# ---- What is refused -------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2017, 12, 31), date(2019, 1, 1), date(2016, 2, 29)])
def test_a_claim_outside_2018_is_refused_by_name(day: date) -> None:
    with pytest.raises(NoVersionInForce, match=f"hinggan-2018.*{day}"):
        explain(HINGGAN, stay(1_200_000), day)


@pytest.mark.parametrize("day", [date(2018, 1, 1), date(2018, 12, 31)])
def test_the_first_and_the_last_day_of_2018_are_in_force(day: date) -> None:
    assert explain(HINGGAN, stay(1_200_000), day).outputs["own_pay"] == 15_525


BAD: list[tuple[str, Any]] = [
    ("bill", -1),
    ("bill", 10**12 + 1),
    ("bill", 1.5),
    ("bill", 1_200_000.0),
    ("bill", "1200000"),
    ("bill", None),
    ("bill", True),
    ("catalogue", 1_200_001),
    ("catalogue", -1),
    ("hospital_level", 0),
    ("hospital_level", 4),
    ("hospital_level", "3"),
    ("hospital_level", True),
    ("hospital_level", 3.0),
    ("hospital_level", [3]),
    ("kind", "dental"),
    ("kind", ["inpatient"]),
    ("registered", 1),
    ("registered", "yes"),
    ("serious", None),
    ("colour", "red"),
]


@pytest.mark.parametrize(("field", "value"), BAD)
def test_wrong_input_is_refused_with_a_message_that_names_the_field(field: str, value: Any) -> None:
    with pytest.raises(BadInput) as caught:
        explain(HINGGAN, {**stay(1_200_000), field: value}, DAY)
    assert caught.value.field == field
    assert field in str(caught.value)


@pytest.mark.parametrize("field", ["kind", "bill", "catalogue", "hospital_level", "registered"])
def test_a_missing_fact_is_refused_by_name(field: str) -> None:
    facts = {name: fact for name, fact in stay(1_200_000).items() if name != field}
    with pytest.raises(BadInput) as caught:
        explain(HINGGAN, facts, DAY)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("own_pay", 5),
        ("nonsense", 5),
        ("registered_own", -1),
        ("registered_own", 1.0),
        ("registered_own", True),
        ("registered_own", 9 * 10**14 + 1),
    ],
)
def test_a_wrong_running_total_is_refused_by_name(name: str, total: Any) -> None:
    with pytest.raises(BadInput) as caught:
        explain(HINGGAN, stay(1_200_000), DAY, {name: total})
    assert caught.value.field == name


def test_the_largest_bill_of_all_is_settled() -> None:
    # Basic stops at its cap; 70% of what exceeds 7,000 yuan; 55%; the cap; all but 5,000 yuan.
    amounts = (16_000_000, 699_988_310_000, 164_997_629_500, 5_000_000, 134_992_560_500, 500_000)
    assert settled(stay(10**12)) == amounts
