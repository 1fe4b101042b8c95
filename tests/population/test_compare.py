"""A reform against today: sums that add up, and the persons who gain and lose."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.population.histories import Row, as_table, histories, settled_one_by_one
from tests.population.reform_rows import THREE, outpatient, stay, three

import doudi
from doudi.population import BadTable, compare, read_reform, reform_of
from doudi.population.compare import Comparison
from doudi.population.reform import Reform
from doudi.rules import Policy
from doudi.rules.errors import BadInput
from doudi.rules.kernel import compiled_loop

YEAR = (date(2018, 1, 1), date(2018, 12, 31))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return doudi.policy("hinggan-2018")


def reform(policy: Policy, *values: tuple[str, str]) -> Reform:
    return reform_of(policy, values, None)


def test_a_lower_share_is_paid_by_the_backstop_and_gained_by_the_person(policy: Policy) -> None:
    found = compare(three(), reform(policy, ("own_share_ceiling", "8%")), ["banner"])
    payers = {item.name: (item.amount.today, item.amount.reform) for item in found.payers}
    # 8% of 20,000 is 1,600: 400 less for person 1, and 400 more from the backstop.
    assert payers["own_pay"] == (275_000, 235_000)
    assert payers["backstop_pay"] == (813_275, 853_275)
    assert payers["basic_pay"] == (705_000 + 40_000 + 65_000,) * 2
    whole = found.whole
    assert (whole.claims, whole.persons, whole.bill) == (3, 2, 2_180_000)
    assert (whole.better, whole.worse, whole.better_by, whole.worse_by) == (1, 0, 40_000, 0)
    assert (found.first, found.last) == (date(2018, 5, 1), date(2018, 6, 1))
    assert not found.synthetic


def test_each_group_has_its_own_persons_and_sums(policy: Policy) -> None:
    found = compare(three(), reform(policy, ("own_share_ceiling", "8%")), ["banner"])
    kinds = {group.key: group for group in found.breakdown("kind").groups}
    assert set(kinds) == {"inpatient", "outpatient"}
    assert (kinds["outpatient"].persons, kinds["outpatient"].own.today) == (2, 75_000)
    assert kinds["outpatient"].better == 0
    banners = {group.key: group for group in found.breakdown("banner").groups}
    assert set(banners) == {"突泉县", ""}
    assert (banners["突泉县"].claims, banners["突泉县"].persons, banners["突泉县"].better) == (
        2,
        1,
        1,
    )
    # A level is that of a stay only: the visits ask for none.
    [level] = found.breakdown("hospital_level").groups
    assert (level.key, level.claims) == ("3", 1)
    registered = {group.key: group.own.today for group in found.breakdown("registered").groups}
    assert registered == {"yes": 235_000, "no": 40_000}


def test_the_tenths_go_by_own_pay_today_and_keep_equals_together(policy: Policy) -> None:
    rows = [outpatient(number, 200 * number) for number in range(1, 21)]
    found = compare(as_table(rows), reform(policy, ("outpatient_rate", "60%")))
    tenths = found.breakdown("decile").groups
    assert [group.persons for group in tenths] == [2] * 10
    # The first two pay 100 and 200 today, and 80 and 160 then; the last two 1,900 and 2,000.
    assert (tenths[0].own.today, tenths[0].own.reform) == (30_000, 24_000)
    assert (tenths[9].own.today, tenths[9].better) == (390_000, 2)
    same = [outpatient(number, 200) for number in range(7)] + [outpatient(9, 800)]
    alike = compare(as_table(same), reform(policy, ("outpatient_rate", "60%")))
    # Seven of eight pay the same: they are the first group, and the eighth stands above 7/8.
    assert [(group.key, group.persons) for group in alike.breakdown("decile").groups] == [
        ("1", 7),
        ("9", 1),
    ]


def test_those_who_lose_are_counted_beside_those_who_gain(policy: Policy) -> None:
    both = reform(policy, ("own_share_ceiling", "8%"), ("outpatient_rate", "40%"))
    whole = compare(three(), both).whole
    # Person 1: 400 less for the stay, 100 more for the visit; person 2: 80 more.
    assert (whole.better, whole.worse) == (1, 1)
    assert (whole.better_by, whole.worse_by) == (30_000, 8_000)


def test_what_the_figures_rest_on_is_what_the_claims_can_touch(policy: Policy) -> None:
    found = compare(three(), reform(policy, ("own_share_ceiling", "8%")))
    names = {item.name: item.status for item in found.grounds}
    assert names["basic_deductible[3]"] == "stand-in"
    assert names["outpatient_rate"] == "assumption"
    assert names["floor_base"] == "reading"
    assert "chronic_rate" not in names
    assert "own_share_ceiling" not in names


def test_a_replaced_rule_is_compiled_once_and_values_never(
    policy: Policy, tmp_path: Path, loop_cache: Path
) -> None:
    rule = tmp_path / "free.py"
    rule.write_text(
        "from doudi.rules import Fen, Flag, rule\n\nfrom .kinds import OUTPATIENT\n\n\n"
        '@rule("H-17", zh="门诊全额支付", applies_to=OUTPATIENT)\n'
        "def outpatient_basic(catalogue: Fen, serious: Flag) -> Fen:\n"
        '    """All of an outpatient visit."""\n    return catalogue\n',
        encoding="utf-8",
    )
    compare(three(), reform(policy, ("own_share_ceiling", "9%")))
    before = sorted(loop_cache.glob("fused_*.py"))
    misses = compiled_loop.cache_info().misses
    for share in ("8%", "7.5%", "0%"):
        compare(three(), reform(policy, ("own_share_ceiling", share)))
    assert sorted(loop_cache.glob("fused_*.py")) == before
    assert compiled_loop.cache_info().misses == misses
    found = compare(three(), read_reform(policy, rule))
    assert len(list(loop_cache.glob("fused_*.py"))) == len(before) + 1
    assert found.breakdown("kind").groups[1].own.reform == 0
    compare(three(), read_reform(policy, rule))
    assert len(list(loop_cache.glob("fused_*.py"))) == len(before) + 1


def test_a_replaced_rule_may_ask_for_a_fact_that_today_nobody_asks_for(
    policy: Policy, tmp_path: Path
) -> None:
    rule = tmp_path / "signed.py"
    rule.write_text(
        "from doudi.rules import Fen, Flag, rule\n\nfrom .kinds import OUTPATIENT\n\n\n"
        '@rule("H-17", zh="签约者门诊全额支付", applies_to=OUTPATIENT)\n'
        "def outpatient_basic(catalogue: Fen, contract_signed: Flag) -> Fen:\n"
        '    """All of an outpatient visit of those with a contract."""\n'
        "    if contract_signed:\n        return catalogue\n    return 0\n",
        encoding="utf-8",
    )
    path = tmp_path / "claims.parquet"
    pq.write_table(three().append_column("contract_signed", [[None, True, False]]), path)
    found = compare(path, read_reform(policy, rule))
    # Person 2 pays nothing of 800 (400 today), person 1 all 1,000 of a visit (350 today).
    assert (found.whole.better_by, found.whole.worse_by) == (40_000, 65_000)
    with pytest.raises(BadTable, match="contract_signed"):
        compare(three(), read_reform(policy, rule))


def test_a_file_is_read_with_its_mark_of_being_made_up(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    pq.write_table(three().replace_schema_metadata({"doudi": "synthetic: nobody exists"}), path)
    found = compare(path, reform(policy, ("own_share_ceiling", "8%")), ["banner"])
    assert (found.source, found.synthetic) == ("claims.parquet", True)
    assert found.to_dict()["whole"]["own"] == {"today_fen": 275_000, "reform_fen": 235_000}


def test_tables_of_polars_and_pandas_come_to_the_same(policy: Policy) -> None:
    import polars as pl  # noqa: PLC0415

    change = reform(policy, ("own_share_ceiling", "8%"))
    arrow = compare(three(), change, ["banner"]).to_dict()
    assert compare(pl.DataFrame(three()), change, ["banner"]).to_dict() == arrow
    assert (
        compare(three().drop_columns(["policy"]).to_pandas(), change, ["banner"]).to_dict() == arrow
    )


def test_what_cannot_be_compared_is_refused(policy: Policy, tmp_path: Path) -> None:
    change = reform(policy, ("own_share_ceiling", "8%"))
    with pytest.raises(BadTable, match="banner: there is no such column"):
        compare(as_table(THREE), change, ["banner"])
    with pytest.raises(BadInput, match="no claims"):
        compare(three().slice(0, 0), change)
    with pytest.raises(BadInput, match="no Parquet file"):
        compare(tmp_path / "nowhere.parquet", change)
    faulty = three().set_column(2, "kind", pa.array(["inpatient", "dental", "outpatient"]))
    with pytest.raises(BadTable, match="row 2 kind = 'dental'"):
        compare(faulty, change)
    other = doudi.policy("block-funds-2018")
    with pytest.raises(BadInput, match="has no own_pay"):
        compare(three(), Reform("", "", other, other, ()))


@settings(max_examples=25)
@given(histories(["hinggan-2018"], *YEAR).filter(bool))
def test_a_policy_compared_with_itself_differs_nowhere(rows: list[Row]) -> None:
    policy = doudi.policy("hinggan-2018")
    found = compare(as_table(rows), Reform("", "", policy, policy, ()))
    for item in found.payers:
        assert item.amount.change == 0
    for group in (found.whole, *(group for item in found.breakdowns for group in item.groups)):
        assert group.own.change == group.paid.change == 0
        assert group.better == group.worse == group.better_by == group.worse_by == 0


@settings(max_examples=25)
@given(
    histories(["hinggan-2018"], *YEAR).filter(bool),
    st.sampled_from(
        [
            ("own_share_ceiling", "7.77%"),
            ("basic_deductible[3]", "0"),
            ("own_year_ceiling", "33.33"),
            ("outpatient_rate", "20%"),
            ("basic_schedule[3]", "-5%"),
        ]
    ),
)
def test_groups_add_up_to_the_whole_which_is_what_the_explanations_say(
    rows: list[Row], value: tuple[str, str]
) -> None:
    policy = doudi.policy("hinggan-2018")
    change = reform_of(policy, [value], None)
    found = compare(as_table(rows), change)
    today = settled_one_by_one(rows, {policy.name: policy}, policy.name)
    after = settled_one_by_one(rows, {policy.name: change.policy}, policy.name)
    for item in found.payers:
        assert item.amount.today == sum(amounts[item.name] for amounts in today)
        assert item.amount.reform == sum(amounts[item.name] for amounts in after)
    persons: dict[int, int] = {}
    for row, before, then in zip(rows, today, after, strict=True):
        persons.setdefault(row["person"], 0)
        persons[row["person"]] += then["own_pay"] - before["own_pay"]
    assert found.whole.persons == len(persons)
    assert found.whole.better == sum(each < 0 for each in persons.values())
    assert found.whole.worse_by == sum(each for each in persons.values() if each > 0)
    check_sums(found)


def check_sums(found: Comparison) -> None:
    for name in ("kind", "registered", "decile"):
        groups = found.breakdown(name).groups
        assert sum(group.claims for group in groups) == found.whole.claims
        assert sum(group.bill for group in groups) == found.whole.bill
        assert sum(group.own.today for group in groups) == found.whole.own.today
        assert sum(group.own.reform for group in groups) == found.whole.own.reform
    tenths = found.breakdown("decile").groups
    assert sum(group.persons for group in tenths) == found.whole.persons
    assert sum(group.better for group in tenths) == found.whole.better
    assert sum(item.amount.change for item in found.payers) == 0


def test_a_person_of_two_years_is_counted_once() -> None:
    # Nothing of the year before is in force, so the second year is the pack's last day and first.
    policy = doudi.policy("hinggan-2018")
    rows = [stay(1, 12_000), stay(1, 12_000, date=date(2018, 12, 31))]
    found = compare(as_table(rows), reform_of(policy, [("assistance_rate", "0%")], None))
    assert (found.whole.persons, found.whole.worse) == (1, 1)
