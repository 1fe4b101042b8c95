"""A reform is read whole or refused with every fault; what it leaves alone stays as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import doudi
from doudi.population.reform import RefusedReform, read_reform, reform_of
from doudi.rules import Policy
from doudi.rules.fuse import fuse

SPRING, AUTUMN = date(2018, 4, 28), date(2018, 9, 30)
STAY = {
    "kind": "inpatient",
    "hospital_level": 3,
    "outside_league": False,
    "registered": True,
    "serious": False,
    "bill": 1_200_000,
    "catalogue": 1_200_000,
}

FLOOR = '''
"""The floor leaves an amount to the person whatever the bill."""

from doudi.rules import Fen, Rate, rule, share_down

from .kinds import INPATIENT


@rule("H-11", zh="90%保底后个人最多自付（另有免赔）", applies_to=INPATIENT)
def floor_own_limit(floor_base_due: Fen, own_share_ceiling: Rate, floor_free: Fen) -> Fen:
    """The person's share, and a fixed amount besides."""
    return share_down(floor_base_due, own_share_ceiling) + floor_free
'''


@pytest.fixture
def policy() -> Policy:
    return doudi.policy("hinggan-2018")


def write(folder: Path, text: str, name: str = "reform.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(policy: Policy, path: Path) -> list[tuple[str, str]]:
    with pytest.raises(RefusedReform) as error:
        read_reform(policy, path)
    return list(error.value.faults)


def own(policy: Policy, day: date) -> int:
    return policy.settle({**STAY, "date": day})["own_pay"]


def test_a_value_holds_from_its_day_and_the_former_one_before(
    policy: Policy, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "zh: 自付上限降到5%\nen: Own share of 5%\n"
        "values:\n  - {parameter: own_share_ceiling, value: 5%, from: 2018-07-01}\n",
    )
    reform = read_reform(policy, path)
    # Level three, registered: basic (12,000 - 600) x 75% = 8,550; 3,450 is left, of which the
    # supplementary insurance pays 55% = 1,897.50 and assistance 90% of 1,552.50 = 1,397.25.
    # 155.25 is left, less than 10% and less than 5% of the bill.
    assert own(reform.policy, SPRING) == own(reform.policy, AUTUMN) == 15_525
    # With assistance at nothing 1,552.50 is left: the floor cuts it to 1,200 and then to 600.
    harder = reform_of(policy, [("assistance_rate", "0%")], reform).policy
    assert own(harder, SPRING) == 120_000
    assert own(harder, AUTUMN) == 60_000
    [change] = reform.changes
    assert (change.sort, change.name) == ("value", "own_share_ceiling")
    assert (change.before, change.after, change.unit) == (1_000, 500, "rate")
    assert (change.valid_from, change.valid_to) == (date(2018, 7, 1), date(2018, 12, 31))


def test_values_and_readings_leave_the_loop_as_it_is(policy: Policy, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "values:\n"
        "  - {parameter: basic_cap, value: 100000 yuan, from: 2018-03-01, to: 2018-05-31}\n"
        '  - {parameter: "basic_schedule[3].band1", value: 70%}\n'
        "interpretations: {rise: relative}\n",
    )
    reform = read_reform(policy, path)
    assert fuse(reform.policy).text == fuse(policy).text
    assert len(reform.policy.eras) == 3
    # 65% becomes 70%, raised by a tenth of itself to 77%: (12,000 - 600) x 77% = 8,778.
    assert reform.policy.settle({**STAY, "date": SPRING})["basic_pay"] == 877_800
    assert [change.sort for change in reform.changes] == ["value", "value", "reading"]
    assert (reform.changes[2].before, reform.changes[2].after) == ("points", "relative")


def test_a_replaced_rule_reads_a_new_parameter(policy: Policy, tmp_path: Path) -> None:
    write(tmp_path, FLOOR, "floor.py")
    path = write(
        tmp_path,
        "policy: hinggan-2018\nzh: 保底另加免赔\nen: A free amount above the floor\n"
        "parameters:\n  floor_free: {zh: 保底外免赔, en: Free amount, unit: fen, value: 300 yuan}\n"
        "values:\n  - {parameter: assistance_rate, value: 0%}\nrules: floor.py\n",
    )
    reform = read_reform(policy, path)
    # 1,552.50 is left (see above); the person now pays up to 10% of 12,000 and 300 besides.
    assert own(reform.policy, SPRING) == 150_000
    assert [change.sort for change in reform.changes] == ["value", "value", "rule"]
    assert fuse(reform.policy).text != fuse(policy).text
    assert reform.policy.version != policy.version


def test_a_rule_with_a_date_takes_over_on_its_day(policy: Policy, tmp_path: Path) -> None:
    text = FLOOR.replace(", floor_free: Fen", "").replace(" + floor_free", "")
    text = text.replace("share_down(floor_base_due, own_share_ceiling)", "0")
    text = text.replace("Fen, Rate, rule, share_down", "Fen, Rate, rule")
    text = text.replace(
        "applies_to=INPATIENT)", "applies_to=INPATIENT, valid_from=date(2018, 7, 1))"
    )
    path = write(
        tmp_path, text.replace("from doudi", "from datetime import date\nfrom doudi", 1), "free.py"
    )
    reform = read_reform(policy, path)
    assert own(reform.policy, SPRING) == 15_525
    assert own(reform.policy, AUTUMN) == 0
    assert reform.changes[0].valid_from == date(2018, 7, 1)


def test_a_copy_of_a_file_of_the_pack_can_be_edited_and_used(
    policy: Policy, tmp_path: Path
) -> None:
    text = (policy.folder / "inpatient.py").read_text(encoding="utf-8")
    edited = text.replace("counted_catalogue - inpatient_basic\n", "counted_catalogue\n", 1)
    assert edited != text
    # left_after_basic no longer reads inpatient_basic, so its argument has to go as well.
    edited = edited.replace(
        "def left_after_basic(counted_catalogue: Fen, inpatient_basic: Fen)",
        "def left_after_basic(counted_catalogue: Fen)",
    )
    reform = read_reform(policy, write(tmp_path, edited, "inpatient.py"))
    # 12,000 is left for the critical deductible of 7,000: 5,000 x 70% = 3,500 at most; but of
    # 12,000 - 8,550 - 3,500 nothing is negative only because the rule keeps to what is left.
    assert reform.policy.settle({**STAY, "date": SPRING})["critical_pay"] == 350_000


def test_every_fault_is_told_at_once_and_says_how_to_mend_it(
    policy: Policy, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "policy: hinggan-2019\ncolour: red\n"
        "values:\n"
        "  - {parameter: own_share_celing, value: 8%}\n"
        "  - {parameter: own_share_ceiling, value: 8}\n"
        "  - {parameter: own_share_ceiling, value: 8%, from: 2019-01-01}\n"
        "  - {parameter: own_year_ceiling, value: 4000 yuan}\n"
        "  - {parameter: own_year_ceiling, value: 3000 yuan, from: 2018-12-31}\n"
        "  - {parameter: own_year_ceiling, amount: 3000 yuan}\n"
        "interpretations: {rise: absolute, order: settled}\n"
        "rules: nowhere.py\n",
    )
    faults = refused(policy, path)
    english = "\n".join(en for _, en in faults)
    assert len(faults) == 9
    for words in (
        "unknown key 'colour'; the keys are policy",
        "'policy' must be hinggan-2018",
        "value 1: parameter = 'own_share_celing': unknown; known: own_share_ceiling",
        "value 2: own_share_ceiling: write a rate as '50%', not 8",
        "value 3: from = '2019-01-01 – 2018-12-31': must lie within 2018-01-01 and 2018-12-31",
        "value 5: own_year_ceiling = None: 2018-12-31 has been given a value before",
        "value 6: values = None: write parameter and value",
        "must be one of points, relative",
        "cannot open nowhere.py",
    ):
        assert words in english, words
    assert all("：" in zh for zh, _ in faults)


def test_a_rule_that_cannot_be_read_is_refused_with_its_line(
    policy: Policy, tmp_path: Path
) -> None:
    figure = FLOOR.replace(" + floor_free", " + 30000").replace(", floor_free: Fen", "")
    [(_, figured)] = refused(policy, write(tmp_path, figure, "figure.py"))
    assert "figure.py:1" in figured and "30000" in figured
    [(_, unknown)] = refused(policy, write(tmp_path, FLOOR, "unknown.py"))
    assert "'floor_free'" in unknown and "unknown.py:" in unknown
    [(_, syntax)] = refused(policy, write(tmp_path, "def (", "syntax.py"))
    assert "syntax.py:1" in syntax
    [(_, nothing)] = refused(policy, write(tmp_path, "x = 1\n", "nothing.py"))
    assert "under @rule(...)" in nothing
    promise = (
        'from doudi.rules import Fen, Flag, promise\n\n\n@promise("H-11", zh="不超过账单")\n'
        "def own_within_bill(own_pay: Fen, bill: Fen) -> Flag:\n"
        '    """Nobody pays more than the bill."""\n    return own_pay <= bill\n'
    )
    [(_, other)] = refused(policy, write(tmp_path, promise, "promise.py"))
    assert "a reform replaces rules and nothing else" in other


def test_a_reform_that_changes_nothing_is_refused(policy: Policy, tmp_path: Path) -> None:
    [(zh, en)] = refused(policy, write(tmp_path, "zh: 什么也不改\n"))
    assert "changes nothing" in en and "没有改变" in zh
    [(_, en)] = refused(policy, write(tmp_path, "- a\n- b\n", "list.yaml"))
    assert "a reform has the keys" in en
    [(_, en)] = refused(policy, tmp_path / "nowhere.yaml")
    assert "there is no such file" in en


def test_the_policy_it_is_laid_over_stays_as_it_was(policy: Policy, tmp_path: Path) -> None:
    before = policy.version
    path = write(tmp_path, "values:\n  - {parameter: assistance_rate, value: 0%}\n")
    read_reform(policy, path)
    assert policy.version == before
    assert own(policy, SPRING) == 15_525
