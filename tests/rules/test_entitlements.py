"""Reading a pack's entitlements.yaml: what it may say, and every fault of it by name."""

from pathlib import Path

import pytest

from doudi.policies import policy
from doudi.rules.entitlements import (
    AmountForm,
    Check,
    Condition,
    Entitlement,
    Recipient,
    Words,
    read_entitlements,
)
from doudi.rules.errors import BadValue, PolicyError, UnknownArgument, UnknownClause

WORDS = Words("字", "words")

GOOD = """
checkup:
  zh: 免费体检
  en: Free check-up
  to: person
  clauses: [H-21, H-60]
  per: {zh: 每年, en: a year}
  amount: {parameter: checkup_fee}
  conditions:
    - {fact: registered, is: true, zh: 建档立卡, en: registered, clauses: [H-03]}
    - {fact: hospital_level, in: [1, 2], zh: 一二级, en: level one or two, clauses: [H-54]}
    - {fact: drug_deliveries, at_least: 2, zh: 送药两次, en: two deliveries, clauses: [H-48]}
  where: {zh: 卫生院, en: the sumu hospital}
  bring: {zh: 身份证, en: identity card}
"""


def read(folder: Path, text: str) -> tuple[Entitlement, ...]:
    """``text`` as the entitlements of a pack that is otherwise hinggan-2018."""
    (folder / "entitlements.yaml").write_text(text, encoding="utf-8")
    pack = policy("hinggan-2018")
    return read_entitlements(
        folder,
        pack.clauses,
        pack.inputs,
        pack.parameters,
        {rule.name: rule for rule in pack.all_rules},
        [str(kind) for kind in pack.kinds],
    )


def test_a_pack_without_the_file_grants_nothing_beyond_bills(tmp_path: Path) -> None:
    pack = policy("hinggan-2018")
    found = read_entitlements(tmp_path, pack.clauses, pack.inputs, pack.parameters, {}, [])
    assert found == ()


def test_an_empty_file_grants_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n") == ()


@pytest.mark.clause("H-60")
def test_an_entitlement_is_read_with_all_its_parts(tmp_path: Path) -> None:
    (found,) = read(tmp_path, GOOD)
    assert found.id == "checkup"
    assert found.to is Recipient.PERSON
    assert found.words == Words("免费体检", "Free check-up")
    assert found.per == Words("每年", "a year")
    assert found.amount.form is AmountForm.PARAMETER
    assert found.amount.name == "checkup_fee"
    assert [item.check for item in found.conditions] == [Check.IS, Check.IN, Check.AT_LEAST]
    assert [item.wanted for item in found.conditions] == [(True,), (1, 2), (2,)]
    assert found.all_clauses == ("H-21", "H-60", "H-03", "H-54", "H-48")
    assert found.area is None


@pytest.mark.parametrize(
    ("amount", "form"),
    [
        ("right", AmountForm.RIGHT),
        ("not_stated", AmountForm.NOT_STATED),
        ("{at_least: chronic_floor}", AmountForm.AT_LEAST),
        ("{at_most: own_year_ceiling}", AmountForm.AT_MOST),
        ("{kind: enrolment, rule: premium_waived}", AmountForm.RULE),
    ],
)
def test_every_form_of_amount_is_read(tmp_path: Path, amount: str, form: AmountForm) -> None:
    (found,) = read(tmp_path, GOOD.replace("{parameter: checkup_fee}", amount))
    assert found.amount.form is form


def test_the_area_of_the_pack_stands_with_every_entitlement(tmp_path: Path) -> None:
    text = 'area: {code: "1522", zh: 兴安盟, en: Hinggan League}\n' + GOOD
    (found,) = read(tmp_path, text)
    assert found.area is not None
    assert found.area.code == "1522"


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        ("H-60", "H-99", UnknownClause, "H-99"),
        ("clauses: [H-03]", "clauses: [Z-01]", UnknownClause, "Z-01"),
        ("fact: registered", "fact: rich", UnknownArgument, "rich"),
        ("checkup_fee", "no_such_fee", UnknownArgument, "no_such_fee"),
        ("parameter: checkup_fee", "kind: enrolment, rule: no_rule", UnknownArgument, "no_rule"),
        ("parameter: checkup_fee", "kind: no, rule: premium_waived", UnknownArgument, "kind"),
        (
            "{parameter: checkup_fee}",
            "{kind: inpatient, rule: premium_waived}",
            BadValue,
            "computes nothing for kind inpatient",
        ),
        (
            "{parameter: checkup_fee}",
            "{kind: inpatient, rule: basic_schedule_due}",
            BadValue,
            "basic_schedule_due gives a schedule",
        ),
        ("checkup_fee", '"basic_schedule[3]"', BadValue, "schedule"),
        ("{parameter: checkup_fee}", "220", BadValue, "220"),
        ("{parameter: checkup_fee}", "{parameter: a, at_least: b}", BadValue, "amount"),
        ("to: person", "to: cat", BadValue, "cat"),
        ("  to: person\n", "", BadValue, "needs to"),
        ("  zh: 免费体检\n", "", BadValue, "needs zh"),
        ("to: person", "to: person\n  price: 3", BadValue, "price"),
        ("clauses: [H-21, H-60]", "clauses: H-21", BadValue, "clauses"),
        ("clauses: [H-21, H-60]", "clauses: []", BadValue, "clauses"),
        ("is: true", "is: maybe", BadValue, "registered"),
        ("is: true", "is: true, in: [true]", BadValue, "exactly one"),
        ("is: true, ", "", BadValue, "exactly one"),
        ("is: true", "at_least: 1", BadValue, "at_least is for money and counts"),
        ("in: [1, 2]", "in: [1, 7]", BadValue, "hospital_level"),
        ("in: [1, 2]", "in: 1", BadValue, "list"),
        ("in: [1, 2]", "in: []", BadValue, "list"),
        ("at_least: 2", "at_least: -2", BadValue, "drug_deliveries"),
        ("{zh: 卫生院, en: the sumu hospital}", "卫生院", BadValue, "where"),
        ("{zh: 卫生院, en: the sumu hospital}", '{zh: 卫生院, en: ""}', BadValue, "where"),
        ("conditions:\n", "conditions: {}\n  old:\n", BadValue, "old"),
    ],
)
def test_every_fault_is_named(
    tmp_path: Path, old: str, new: str, error: type[PolicyError], says: str
) -> None:
    assert old in GOOD
    with pytest.raises(error, match=says) as raised:
        read(tmp_path, GOOD.replace(old, new))
    assert "checkup" in str(raised.value)


def test_an_entry_written_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="stands twice"):
        read(tmp_path, GOOD + GOOD)


@pytest.mark.parametrize("text", ["[1, 2]", "area: {code: 1522, zh: 盟, en: league}", "area: 1522"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadValue):
        read(tmp_path, text)


def test_a_bound_in_money_is_written_in_yuan(tmp_path: Path) -> None:
    old = "fact: drug_deliveries, at_least: 2"
    (found,) = read(tmp_path, GOOD.replace(old, "fact: bill, at_least: 1.50 yuan"))
    assert found.conditions[2].wanted == (150,)
    with pytest.raises(BadValue, match="yuan"):
        read(tmp_path, GOOD.replace(old, "fact: bill, at_least: 2"))


def test_a_condition_tells_yes_from_one() -> None:
    level_one = Condition("hospital_level", Check.IS, (1,), WORDS, ("H-54",))
    registered = Condition("registered", Check.IS, (True,), WORDS, ("H-03",))
    assert level_one.holds(1)
    assert not level_one.holds(True)
    assert registered.holds(True)
    assert not registered.holds(1)


def test_at_least_includes_the_bound_itself() -> None:
    deliveries = Condition("drug_deliveries", Check.AT_LEAST, (2,), WORDS, ("H-48",))
    assert [deliveries.holds(number) for number in (1, 2, 3)] == [False, True, True]


@pytest.mark.clause("H-16")
@pytest.mark.clause("H-17")
@pytest.mark.clause("H-18")
@pytest.mark.clause("H-19")
@pytest.mark.clause("H-20")
@pytest.mark.clause("H-21")
@pytest.mark.clause("H-22")
@pytest.mark.clause("H-33")
@pytest.mark.clause("H-34")
@pytest.mark.clause("H-35")
@pytest.mark.clause("H-36")
@pytest.mark.clause("H-37")
@pytest.mark.clause("H-42")
@pytest.mark.clause("H-46")
@pytest.mark.clause("H-47")
@pytest.mark.clause("H-48")
@pytest.mark.clause("H-49")
@pytest.mark.clause("H-53")
@pytest.mark.clause("H-56")
@pytest.mark.clause("H-60")
@pytest.mark.clause("H-66")
@pytest.mark.clause("H-67")
def test_everything_the_health_article_grants_is_listed() -> None:
    pack = policy("hinggan-2018")
    found = pack.entitlements
    text = (pack.folder / "entitlements.yaml").read_text(encoding="utf-8")
    assert text.count("\n  to: ") == len(found)
    cited = {clause for one in found for clause in one.clauses}
    # The five insurances, outpatient care, waivers, precision, family doctor, pay later, check-up.
    granted = [*range(7, 14), *range(15, 28), *range(33, 38), 41, 42, 43, 45, 46, 47, 48, 49]
    granted += [53, 56, 60, 66, 67]
    assert cited == {f"H-{number:02}" for number in granted}
