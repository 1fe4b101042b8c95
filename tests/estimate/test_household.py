"""A household file in, everything the texts grant out."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.estimate.entitlements import (
    ANYONE,
    all_policies,
    answer_entitlement,
    answer_household,
)
from doudi.estimate.granted import Form, HouseholdAnswer, Item, Outcome
from doudi.estimate.household import Household, questions
from doudi.estimate.household_faults import HouseholdError
from doudi.estimate.household_file import parse_household, read_household
from doudi.estimate.household_text import render_fen, render_household
from doudi.policies import policy
from doudi.rules import Policy
from doudi.rules.entitlements import (
    AmountForm,
    AmountSource,
    Condition,
    Entitlement,
    Recipient,
    Words,
)
from doudi.rules.errors import BadInput, NoVersionInForce
from doudi.rules.facts import Fact
from doudi.rules.units import Unit

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "households"
FILES = sorted(EXAMPLES.glob("*.yaml"))

HEAD = "date: 2018-06-01\nkind: household\n"


@cache
def packs() -> tuple[Policy, ...]:
    return all_policies()


@cache
def pairs() -> tuple[tuple[Policy, Entitlement], ...]:
    return tuple((pack, one) for pack in packs() for one in pack.entitlements)


def ask(text: str, **options: Any) -> HouseholdAnswer:
    return answer_household(parse_household(text, packs()), packs(), **options)


def example(name: str) -> HouseholdAnswer:
    return answer_household(read_household(EXAMPLES / f"{name}.yaml", packs()), packs())


def item(answer: HouseholdAnswer, name: str, label: str | None = None) -> Item:
    """The one item with that id, of the whole or of the member called ``label``."""
    items = answer.items
    if label is not None:
        (items,) = [one.items for one in answer.members if one.label == label]
    (found,) = [one for one in items if one.entitlement.id == name]
    return found


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(HouseholdError) as raised:
        parse_household(text, packs())
    return [(fault.line, fault.path) for fault in raised.value.faults]


def hinggan(name: str) -> Entitlement:
    (found,) = [one for one in policy("hinggan-2018").entitlements if one.id == name]
    return found


def satisfying(condition: Condition, pack: Policy) -> Fact:
    """A value with which the condition holds."""
    declared = pack.inputs[condition.fact]
    options: tuple[Fact, ...] = tuple(declared.options) or (False, True)
    values = (*condition.wanted, *options)
    return next(value for value in values if condition.holds(value))


def facts_granting(pack: Policy, entitlement: Entitlement) -> dict[str, Fact]:
    return {one.fact: satisfying(one, pack) for one in entitlement.conditions}


def as_written(pack: Policy, name: str, fact: Fact) -> str:
    if pack.inputs[name].unit is Unit.FEN:
        return str(Decimal(fact) / 100)
    return str(fact).lower()


def granting_household(pack: Policy, entitlement: Entitlement) -> Household:
    """A file in which every condition holds, read back as any other file is."""
    facts = facts_granting(pack, entitlement)
    if entitlement.to is Recipient.DOCTOR:
        facts = {"drug_deliveries": 1, **facts}
    of_member = entitlement.to in (Recipient.PERSON, Recipient.DOCTOR)
    kind = "household" if of_member else entitlement.to.value
    written = "{" + ", ".join(f"{name}: {as_written(pack, name, facts[name])}" for name in facts)
    written += "}"
    lines = [f"date: {pack.valid_to}", f"kind: {kind}"]
    lines += [f"members: [{{label: 甲, facts: {written}}}]"] if of_member else [f"facts: {written}"]
    return parse_household("\n".join(lines), packs())


# ---- Granted, refused, open ----------------------------------------------------------------------


@pytest.mark.clause("X-01")
def test_every_entitlement_of_every_pack_is_granted_to_some_household() -> None:
    assert pairs()
    for pack, entitlement in pairs():
        answer = answer_household(granting_household(pack, entitlement), packs())
        (found,) = [
            one
            for one in answer.all_items
            if one.policy.name == pack.name and one.entitlement.id == entitlement.id
        ]
        assert found.outcome is Outcome.GRANTED, (pack.name, entitlement.id, found.refused)
        assert found.worth is not None
        assert found.clauses


@pytest.mark.clause("X-01")
def test_every_entitlement_says_what_it_depends_on_when_nothing_is_known() -> None:
    for pack, entitlement in pairs():
        found = answer_entitlement(pack, entitlement, {}, pack.valid_to)
        expected = Outcome.DEPENDS if entitlement.conditions else Outcome.GRANTED
        assert found.outcome is expected
        assert {one.name for one in found.unknown} == {
            condition.fact for condition in entitlement.conditions
        }


@given(data=st.data())
def test_learning_more_never_takes_back_what_was_certain(data: st.DataObject) -> None:
    pack, entitlement = data.draw(st.sampled_from(pairs()))
    possible = {
        one.fact: [None, *(pack.inputs[one.fact].options or (False, True))]
        if pack.inputs[one.fact].unit not in (Unit.FEN, Unit.COUNT)
        else [None, 0, *one.wanted]
        for one in entitlement.conditions
    }
    drawn = {name: data.draw(st.sampled_from(values)) for name, values in possible.items()}
    known = {name: value for name, value in drawn.items() if value is not None}
    more = {
        name: data.draw(st.sampled_from(values[1:])) if drawn[name] is None else drawn[name]
        for name, values in possible.items()
    }
    before = answer_entitlement(pack, entitlement, known, pack.valid_to)
    after = answer_entitlement(pack, entitlement, more, pack.valid_to)
    if before.outcome in (Outcome.GRANTED, Outcome.NOT_GRANTED):
        assert after.outcome is before.outcome
    assert after.outcome is not Outcome.DEPENDS


@pytest.mark.clause("H-03")
@pytest.mark.clause("H-60")
def test_a_family_that_is_not_registered_sees_which_condition_failed() -> None:
    answer = example("not_registered_2018")
    found = item(answer, "free_checkup", "户主")
    assert found.outcome is Outcome.NOT_GRANTED
    (reason,) = found.refused
    assert reason.fact == "registered"
    assert "当天是建档立卡贫困人口" in reason.words.zh
    assert "registered poor on that date" in reason.words.en
    assert reason.clauses == ("H-03",)
    text = render_household(answer)
    assert "不满足：当天是建档立卡贫困人口" in text
    assert "免费健康体检" in text


@pytest.mark.clause("H-60")
@pytest.mark.clause("H-21")
def test_a_checkup_is_granted_to_a_registered_person_who_wishes_without_a_stated_fee() -> None:
    found = item(example("bedridden_2018"), "free_checkup", "户主")
    assert found.outcome is Outcome.GRANTED
    assert found.worth is not None
    assert found.worth.form is Form.NOT_STATED
    assert {one.id for one in found.clauses} >= {"H-21", "H-60"}
    assert next(one for one in found.clauses if one.id == "H-60").locator == "L89"


@pytest.mark.clause("H-20")
@pytest.mark.clause("H-22")
def test_the_waived_premium_is_computed_and_its_outside_source_is_named() -> None:
    answer = example("bedridden_2018")
    found = item(answer, "own_premium_waived", "户主")
    assert found.outcome is Outcome.GRANTED
    assert found.worth is not None
    assert (found.worth.form, found.worth.low) == (Form.EXACT, 22_000)
    assert [one.name for one in found.worth.rests_on] == ["premium_own"]
    assert "220元，每人每年" in render_household(answer)
    supplementary = item(answer, "supplementary_premium_waived", "户主")
    assert supplementary.worth is not None
    assert supplementary.worth.form is Form.NOT_STATED


@pytest.mark.clause("H-18")
@pytest.mark.clause("H-26")
def test_a_bedridden_person_gets_a_family_bed_only_after_application_and_review() -> None:
    found = item(example("bedridden_2018"), "family_bed", "老人")
    assert found.outcome is Outcome.GRANTED
    assert found.worth is not None
    assert (found.worth.form, found.worth.high) == (Form.AT_MOST, 420_000)
    facts: dict[str, Fact] = {
        "registered": True,
        "bedridden_long_term": True,
        "special_chronic_disease": True,
    }
    pack = policy("hinggan-2018")
    bed = hinggan("family_bed")
    assert answer_entitlement(pack, bed, facts, date(2018, 6, 1)).outcome is Outcome.DEPENDS
    facts["family_bed_approved"] = False
    refused = answer_entitlement(pack, bed, facts, date(2018, 6, 1))
    assert refused.outcome is Outcome.NOT_GRANTED
    assert [one.fact for one in refused.refused] == ["family_bed_approved"]


@pytest.mark.clause("H-33")
@pytest.mark.clause("H-34")
@pytest.mark.clause("H-35")
def test_a_hospital_outside_the_seven_cannot_be_decided_from_the_text() -> None:
    answer = example("village_doctor_2018")
    found = item(answer, "serious_disease_treatment", "亲属")
    assert found.outcome is Outcome.UNDECIDABLE
    assert [one.fact for one in found.undecided] == ["designated_hospital"]
    assert "原文判断不了：在这7家以外的医院治疗" in render_household(answer)


@pytest.mark.clause("H-53")
@pytest.mark.clause("H-56")
def test_pay_later_holds_inside_the_league_and_is_open_outside_it() -> None:
    pack = policy("hinggan-2018")
    facts: dict[str, Fact] = {"registered": True, "designated_institution": True}
    later = hinggan("treat_first_pay_later")
    inside = answer_entitlement(pack, later, {**facts, "outside_league": False}, date(2018, 5, 1))
    outside = answer_entitlement(pack, later, {**facts, "outside_league": True}, date(2018, 5, 1))
    assert inside.outcome is Outcome.GRANTED
    assert inside.worth is not None
    assert inside.worth.form is Form.RIGHT
    assert outside.outcome is Outcome.UNDECIDABLE


@pytest.mark.clause("H-67")
def test_education_and_housing_are_never_claimed_from_registration_alone() -> None:
    answer = example("bedridden_2018")
    for name in ("education_subsidy", "housing_policy"):
        found = item(answer, name)
        assert found.outcome is Outcome.DEPENDS
        assert found.worth is not None
        assert found.worth.form is Form.NOT_STATED


@pytest.mark.clause("H-48")
@pytest.mark.clause("H-49")
def test_a_contracted_doctor_is_paid_for_each_delivery_and_visit() -> None:
    found = item(example("village_doctor_2018"), "doctor_incentive_total", "医生")
    assert found.outcome is Outcome.GRANTED
    assert found.worth is not None
    assert found.worth.low == 12 * 1_000 + 3 * 1_800


@pytest.mark.clause("H-48")
def test_a_doctor_whose_visits_nobody_gave_learns_which_number_is_missing() -> None:
    facts: dict[str, Fact] = {"contracted_doctor": True, "drug_deliveries": 5}
    found = answer_entitlement(
        policy("hinggan-2018"), hinggan("doctor_incentive_total"), facts, date(2018, 6, 1)
    )
    assert found.outcome is Outcome.GRANTED
    assert found.worth is not None
    assert (found.worth.form, found.worth.needs) == (Form.OPEN, ("family_bed_visits",))


def test_a_doctors_pay_is_listed_only_where_someone_is_a_doctor() -> None:
    answer = example("bedridden_2018")
    assert all(one.entitlement.to is not Recipient.DOCTOR for one in answer.all_items)


@pytest.mark.clause("H-16")
@pytest.mark.clause("H-19")
@pytest.mark.clause("H-47")
def test_rates_and_bounds_are_told_apart() -> None:
    text = render_household(example("bedridden_2018"))
    assert "慢性病门诊报销：至少90%" in text
    assert "签约服务包诊查费，个人自付：10%" in text
    assert "全年自付封顶，超出部分全部报销，个人自付：最多5,000元" in text


# ---- The plan and the notice ---------------------------------------------------------------------


@pytest.mark.clause("P-44")
@pytest.mark.clause("P-45")
@pytest.mark.clause("P-46")
def test_a_family_moved_in_2016_gets_the_relocation_money_once() -> None:
    found = item(example("relocated_2016"), "relocation_subsidy")
    assert found.outcome is Outcome.GRANTED
    assert found.worth is not None
    assert (found.worth.form, found.worth.low) == (Form.EXACT, 3_000_000)


@pytest.mark.clause("P-46")
def test_a_family_that_moves_elsewhere_gets_no_relocation_money() -> None:
    text = (EXAMPLES / "relocated_2016.yaml").read_text(encoding="utf-8")
    found = item(ask(text.replace("banner_seat", "elsewhere")), "relocation_subsidy")
    assert found.outcome is Outcome.NOT_GRANTED
    assert [one.fact for one in found.refused] == ["moved_to"]
    assert found.worth is not None
    assert found.worth.low == 3_000_000


@pytest.mark.clause("P-48")
@pytest.mark.clause("P-49")
@pytest.mark.clause("P-51")
def test_the_moved_keep_their_rights_and_their_children_are_equal() -> None:
    answer = example("relocated_2016")
    rights = (
        "land_rights_kept",
        "school_subsidy_kept",
        "cooperative_medical_kept",
        "allowance_kept",
        "equal_schooling",
        "equal_employment",
    )
    for name in rights:
        found = item(answer, name)
        assert found.outcome is Outcome.GRANTED
        assert found.worth is not None
        assert found.worth.form is Form.RIGHT


@pytest.mark.clause("P-51")
def test_the_rights_of_the_moved_are_not_for_those_who_moved_to_a_park() -> None:
    text = (EXAMPLES / "relocated_2016.yaml").read_text(encoding="utf-8")
    answer = ask(text.replace("banner_seat", "industrial_park"))
    assert item(answer, "relocation_subsidy").outcome is Outcome.GRANTED
    assert item(answer, "land_rights_kept").outcome is Outcome.NOT_GRANTED


@pytest.mark.clause("P-50")
def test_all_fees_of_the_conversion_are_waived_but_the_cost_price() -> None:
    answer = example("relocated_2016")
    found = item(answer, "conversion_fees_waived")
    assert found.outcome is Outcome.GRANTED
    assert found.worth is not None
    assert found.worth.low == 8_650 - 1_000
    assert "76.50元" in render_household(answer)
    text = (EXAMPLES / "relocated_2016.yaml").read_text(encoding="utf-8")
    answer = ask(text.replace("cost_price: 10", "cost_price: null"))
    unknown = item(answer, "conversion_fees_waived")
    assert unknown.worth is not None
    assert (unknown.worth.form, unknown.worth.needs) == (Form.OPEN, ("cost_price",))


def test_a_part_larger_than_its_whole_is_refused_in_facts_too() -> None:
    text = "date: 2016-01-01\nkind: household\nfacts: {conversion_fees: 5, cost_price: 5.01}"
    assert faults(text) == [(3, "facts.cost_price")]


@pytest.mark.clause("P-57")
@pytest.mark.clause("P-79")
def test_projects_and_loans_wait_for_what_is_unknown_and_state_no_amount() -> None:
    answer = example("relocated_2016")
    for name in ("project_subsidy", "household_loan_interest"):
        found = item(answer, name)
        assert found.outcome is Outcome.DEPENDS
        assert found.worth is not None
        assert found.worth.form is Form.NOT_STATED


@pytest.mark.clause("X-03")
def test_the_relocated_family_asking_in_2018_learns_that_the_plan_has_ended() -> None:
    text = (EXAMPLES / "relocated_2016.yaml").read_text(encoding="utf-8")
    answer = ask(text.replace("2016-08-15", "2018-06-01"))
    assert item(answer, "relocation_subsidy").outcome is Outcome.NOT_GRANTED
    assert "该计划有效期至2017-12-31，原文未说明由什么接替" in render_household(answer)


@pytest.mark.clause("P-38")
@pytest.mark.clause("P-39")
def test_a_listed_gacha_gets_the_regions_money_and_at_least_the_banners() -> None:
    answer = example("poor_gacha_2014")
    region, banner = item(answer, "village_region_money"), item(answer, "village_banner_money")
    assert region.outcome is banner.outcome is Outcome.GRANTED
    assert region.worth is not None
    assert banner.worth is not None
    assert (region.worth.form, region.worth.low) == (Form.EXACT, 150_000_000)
    assert (banner.worth.form, banner.worth.low) == (Form.AT_LEAST, 300_000_000)
    assert item(answer, "mutual_fund").outcome is Outcome.DEPENDS
    assert not answer.members


@pytest.mark.clause("P-36")
def test_hinggan_league_gets_a_hundred_million_a_year() -> None:
    answer = example("hinggan_league_2014")
    found = item(answer, "area_region_money")
    assert found.outcome is Outcome.GRANTED
    assert "100,000,000元" in render_household(answer)


@pytest.mark.clause("N-03")
@pytest.mark.clause("N-16")
def test_ulanhot_gets_its_allotment_and_depends_on_the_block_for_its_own_decision() -> None:
    answer = example("ulanhot_2018")
    found = item(answer, "tourism_fund_subsidy")
    assert found.worth is not None
    assert (found.outcome, found.worth.low) == (Outcome.GRANTED, 300_000_000)
    decision = item(answer, "own_decision")
    assert [one.name for one in decision.unknown] == ["block_money"]


# ---- Amounts that are not exact ------------------------------------------------------------------


def outpatient_rate() -> Entitlement:
    return Entitlement(
        "outpatient_rate",
        Words("门诊统筹比例", "outpatient rate"),
        Recipient.PERSON,
        ("H-17",),
        AmountSource(AmountForm.RULE, "outpatient_rate_due", "outpatient"),
        (),
        Words("卫生院", "the sumu hospital"),
    )


@pytest.mark.clause("H-17")
def test_an_unsure_value_widens_the_amount_to_its_range() -> None:
    found = answer_entitlement(
        policy("hinggan-2018"), outpatient_rate(), {"registered": True}, date(2018, 6, 1)
    )
    assert found.worth is not None
    assert (found.worth.form, found.worth.low, found.worth.high) == (Form.RANGE, 5_500, 7_500)
    assert [one.name for one in found.worth.rests_on] == ["outpatient_rate"]
    assert found.worth.to_dict()["low_bp"] == 5_500


def test_an_unknown_fact_widens_the_amount_too() -> None:
    found = answer_entitlement(policy("hinggan-2018"), outpatient_rate(), {}, date(2018, 6, 1))
    assert found.worth is not None
    assert (found.worth.low, found.worth.high) == (4_000, 7_500)


@pytest.mark.clause("H-20")
def test_what_is_refused_still_says_what_it_would_be_worth() -> None:
    found = item(example("not_registered_2018"), "own_premium_waived", "户主")
    assert found.outcome is Outcome.NOT_GRANTED
    assert found.worth is not None
    assert found.worth.low == 22_000
    data = found.to_dict()
    assert "amount" not in data
    assert data["amount_if_granted"]["value_fen"] == 22_000


# ---- Dates and places ----------------------------------------------------------------------------


@pytest.mark.clause("X-02")
@pytest.mark.clause("X-03")
def test_what_has_expired_is_refused_with_its_last_day_and_no_amount() -> None:
    for pack, entitlement in pairs():
        found = answer_entitlement(pack, entitlement, {}, date(2030, 1, 1))
        assert found.outcome is Outcome.NOT_GRANTED
        assert found.worth is None
        (reason,) = found.refused
        assert f"有效期至{pack.valid_to}，原文未说明由什么接替" in reason.words.zh
        assert reason.clauses == ("X-03",)


@pytest.mark.clause("X-03")
def test_an_expired_plan_is_called_a_plan_and_an_article_an_article() -> None:
    article = answer_entitlement(
        policy("hinggan-2018"), hinggan("free_checkup"), {}, date(2019, 1, 1)
    )
    assert article.refused[0].words.zh.startswith("该报道所讲的政策有效期至2018-12-31")
    assert {one.rank for one in article.clauses if one.id.startswith("H")} == {"article"}


@pytest.mark.clause("H-60")
def test_before_its_first_day_nothing_is_granted() -> None:
    found = answer_entitlement(
        policy("hinggan-2018"), hinggan("free_checkup"), {"registered": True}, date(2017, 12, 31)
    )
    assert found.outcome is Outcome.NOT_GRANTED
    assert "自2018-01-01起有效" in found.refused[0].words.zh


@pytest.mark.parametrize(
    ("place", "in_scope"),
    [("", True), ("1522", True), ("152221", True), ("152221101", True), ("150100", False)],
)
def test_a_pack_about_one_league_grants_nothing_elsewhere(place: str, in_scope: bool) -> None:
    found = answer_entitlement(
        policy("hinggan-2018"),
        hinggan("insurance_coverage"),
        {"registered": True},
        date(2018, 6, 1),
        place,
    )
    assert found.in_scope is in_scope
    assert (found.outcome is Outcome.GRANTED) is in_scope


# ---- The file ------------------------------------------------------------------------------------


@given(fen=st.integers(0, 10**12))
def test_an_amount_in_yuan_is_read_to_the_fen(fen: int) -> None:
    amount = f"{fen // 100}.{fen % 100:02d}"
    text = HEAD + f"members: [{{label: 甲, bills: [{{kind: inpatient, bill: {amount}}}]}}]"
    (member,) = parse_household(text, packs()).members
    assert member.bills[0].facts["bill"] == fen


def test_an_amount_that_a_float_would_spoil_is_read_exactly() -> None:
    text = HEAD + "members: [{label: 甲, bills: [{kind: inpatient, bill: 8192.29}]}]"
    (member,) = parse_household(text, packs()).members
    assert member.bills[0].facts["bill"] == 819_229


@pytest.mark.parametrize(
    "amount",
    [
        "0.001",
        "-1",
        "10000000000.01",
        "1e3",
        ".inf",
        ".nan",
        "0x10",
        "0120",
        "1:30",
        "true",
        "[]",
        "一万",
        '"12,000"',
        "2018-06-01",
    ],
)
def test_an_amount_that_is_not_yuan_with_two_decimals_is_refused(amount: str) -> None:
    text = HEAD + f"members: [{{label: 甲, bills: [{{kind: inpatient, bill: {amount}}}]}}]"
    assert faults(text) == [(3, "members[0].bills[0].bill")]


def test_all_faults_are_reported_together_in_the_order_of_the_file() -> None:
    text = """\
date: yesterday
kind: castle
place: 15
facts:
  registered: maybe
  moon: full
members:
  - label: 甲
    bills:
      - {kind: inpatient, bill: 10, catalogue: 11}
      - {kind: enrolment, bill: 10}
      - {hospital_level: 9}
  - label: 甲
  - facts: []
  - 5
surplus: 1
"""
    assert faults(text) == [
        (1, "date"),
        (2, "kind"),
        (3, "place"),
        (5, "facts.registered"),
        (6, "facts.moon"),
        (10, "members[0].bills[0].catalogue"),
        (11, "members[0].bills[1].kind"),
        (12, "members[0].bills[2].hospital_level"),
        (12, "members[0].bills[2].kind"),
        (12, "members[0].bills[2].bill"),
        (13, "members[1].label"),
        (14, "members[2].label"),
        (14, "members[2].facts"),
        (15, "members[3]"),
        (16, "surplus"),
    ]


def test_a_fault_names_line_field_value_and_what_would_be_right_chinese_first() -> None:
    with pytest.raises(HouseholdError) as raised:
        parse_household(HEAD + "facts: {registered: maybe}", packs())
    (line,) = str(raised.value).splitlines()
    assert line.startswith("第3行 facts.registered = maybe：")
    assert "应为是或否" in line
    assert "line 3: must be true or false" in line


def test_a_misspelt_fact_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(HouseholdError, match="registered"):
        parse_household(HEAD + "facts: {registred: true}", packs())


@pytest.mark.parametrize("key", ["name: 张某", "id_number: '110101190001010000'"])
def test_what_may_be_private_is_not_repeated_in_the_message(key: str) -> None:
    with pytest.raises(HouseholdError) as raised:
        parse_household(HEAD + f"members: [{{label: 甲, {key}}}]", packs())
    assert key.split(": ")[1].strip("'") not in str(raised.value)


def test_an_identity_number_is_no_label_and_is_not_repeated() -> None:
    with pytest.raises(HouseholdError) as raised:
        parse_household(HEAD + "members: [{label: '110101190001010000'}]", packs())
    assert "1101011900" not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1",
        "just words",
        "a: [1,",
        "date: 2018-06-01\nkind: household\nfacts: &x {}\nmembers: *x\n",
        "date: 2018-02-30\nkind: household\n",
        "date: 2018-06-01\nkind: household\nkind: gacha\n",
        "--- \ndate: 2018-06-01\n---\nkind: household\n",
        "date: 2018-06-01\nkind: gacha\nmembers: [{label: 甲}]\n",
        "date: 2018-06-01\nkind: household\nmembers: {label: 甲}\n",
        "date: 2018-06-01\nkind: household\nmembers: [{label: 甲, bills: 3}]\n",
        "date: 2018-06-01\nkind: household\nfacts: {kind: inpatient}\n",
        "date: 2018-06-01\nkind: household\nfacts: {bill: 3}\n",
        "date: 2018-06-01\nkind: household\n? [a]\n: 1\n",
        "date: !!python/object:os.system 1\nkind: household\n",
        "[" * 3000,
    ],
)
def test_a_file_that_cannot_be_answered_says_why(text: str) -> None:
    assert faults(text)


@given(text=st.text(st.sampled_from("datekinfcsmbrlo: -[]{}#&*!|>'\"%@`?,\n\t01甲\x00\u2028")))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    for content in (text, HEAD + text, HEAD + "members:\n  - " + text):
        try:
            parse_household(content, packs())
        except HouseholdError as error:
            assert error.faults


def test_a_file_that_is_not_there_or_not_utf8_says_so(tmp_path: Path) -> None:
    with pytest.raises(HouseholdError, match="打不开文件"):
        read_household(tmp_path / "missing.yaml", packs())
    path = tmp_path / "gbk.yaml"
    path.write_bytes("kind: 家庭".encode("gb18030"))
    with pytest.raises(HouseholdError, match="UTF-8"):
        read_household(path, packs())


def test_a_fact_that_is_null_or_absent_is_unknown() -> None:
    with_null = ask(HEAD + "members: [{label: 甲, facts: {registered: null}}]")
    without = ask(HEAD + "members: [{label: 甲}]")
    for answer in (with_null, without):
        found = item(answer, "insurance_coverage", "甲")
        assert found.outcome is Outcome.DEPENDS
        assert [one.name for one in found.unknown] == ["registered"]


def test_a_members_own_fact_outweighs_the_households() -> None:
    answer = ask(
        HEAD + "facts: {registered: true}\n"
        "members: [{label: 甲}, {label: 乙, facts: {registered: false}}]"
    )
    assert item(answer, "insurance_coverage", "甲").outcome is Outcome.GRANTED
    assert item(answer, "insurance_coverage", "乙").outcome is Outcome.NOT_GRANTED


def test_a_household_without_members_is_answered_for_each_person_at_once() -> None:
    answer = ask(HEAD + "facts: {registered: true}\n")
    assert [one.label for one in answer.members] == [ANYONE]
    assert item(answer, "insurance_coverage", ANYONE).outcome is Outcome.GRANTED


def test_facts_of_one_name_mean_the_same_in_every_pack() -> None:
    asked = questions(packs())
    for declared in asked.facts.values():
        assert len({one.unit for one in declared}) == 1
        assert len({tuple(one.options) for one in declared}) == 1


# ---- Bills ---------------------------------------------------------------------------------------


class GivenAnswer:
    """Stands in for the answer to a bill, in the shape that ``estimate --json`` prints."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "own_fen": 119_950,
            "guaranteed_own_fen": 120_000,
            "range": {"own_fen": [0, 120_000]},
            "payers": {"basic": 1_080_050, "critical": 0},
        }


def test_bills_go_to_whoever_answers_them_with_the_members_facts_in_fen() -> None:
    asked: list[tuple[Mapping[str, Any], date]] = []

    def answer_bill(facts: Mapping[str, Any], day: date) -> GivenAnswer:
        asked.append((facts, day))
        return GivenAnswer()

    household = read_household(EXAMPLES / "bedridden_2018.yaml", packs())
    answer = answer_household(household, packs(), answer_bill)
    assert asked == [
        (
            {
                "registered": True,
                "serious": False,
                "kind": "inpatient",
                "hospital_level": 3,
                "bill": 1_200_000,
                "catalogue": 1_080_050,
                "outside_league": False,
            },
            date(2018, 6, 1),
        )
    ]
    (bill,) = answer.members[0].bills
    assert isinstance(bill.answer, GivenAnswer)
    text = render_household(answer)
    assert "2018-06-01 住院 12,000元" in text
    assert "自付保证不超过1,200元" in text
    assert "估计自付1,199.50元（0元至1,200元）" in text
    assert "基本医保 10,800.50元" in text
    assert "大病保险 0元" not in text


def test_a_bill_that_cannot_be_answered_says_why_and_stops_nothing() -> None:
    def expired(facts: Mapping[str, Any], day: date) -> Any:
        raise NoVersionInForce(f"{facts['bill']} {day}")

    def refused(facts: Mapping[str, Any], day: date) -> Any:
        raise BadInput("bill", facts["bill"], "太大", f"too large on {day}")

    text = HEAD + (
        "members: [{label: 甲, bills: ["
        "{kind: inpatient, bill: 1}, {kind: inpatient, bill: 2, date: 2016-01-01}]}]"
    )
    answer = ask(text, answer_bill=expired)
    shown = render_household(answer)
    assert "2016-01-01 没有生效的报销政策" in shown
    assert "没有算入同一年的其他账单" in shown
    assert "太大" in render_household(ask(text, answer_bill=refused))
    assert answer.to_dict()["members"][0]["bills"][0]["bill_fen"] == 100


# ---- What comes out ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_example_is_marked_synthetic_and_is_answered(path: Path) -> None:
    assert "合成示例" in path.read_text(encoding="utf-8")
    answer = answer_household(read_household(path, packs()), packs())
    for language in ("zh", "en"):
        text = render_household(answer, language)
        assert text.endswith("\n")
        assert "None" not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_answer_is_plain_data_without_floats_and_cites_every_line(path: Path) -> None:
    def no_float(text: str) -> Any:
        raise AssertionError(f"a float: {text}")

    answer = answer_household(read_household(path, packs()), packs())
    data = json.loads(json.dumps(answer.to_dict(), ensure_ascii=False), parse_float=no_float)
    assert data["schema"] == "doudi-household-1"
    entries = [*data["entitlements"], *(e for m in data["members"] for e in m["entitlements"])]
    for entry in entries:
        assert entry["clauses"]
        assert all(one["locator"].startswith("L") for one in entry["clauses"])
        assert ("amount" in entry) == (entry["status"] == "granted")
        assert entry["where"]["zh"]


def test_the_english_text_is_english_but_for_the_labels() -> None:
    text = render_household(example("not_registered_2018"), "en")
    lines = [line for line in text.splitlines() if "户主" not in line]
    assert all(character < "\u4e00" for line in lines for character in line)
    assert "fails: registered poor on that date" in text


@pytest.mark.parametrize(
    ("fen", "text"),
    [(1_200_000, "12,000元"), (1_200_050, "12,000.50元"), (5, "0.05元"), (0, "0元")],
)
def test_money_is_printed_with_decimals_only_where_there_are_any(fen: int, text: str) -> None:
    assert render_fen(fen) == text
