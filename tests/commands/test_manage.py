"""The office at the command line: what each command does, prints, and refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pytest_django import DjangoDbBlocker
from tests.commands.an_office import (
    BILL,
    CORRECTED,
    EARLIER_BILL,
    HOSPITAL,
    OTHER,
    OTHER_CARD,
    POOR,
    WIFE,
    an_empty_database,
    an_office,
)
from tests.commands.conftest import Doudi, Ran, run_python

from doudi.cli import main
from doudi.office.audit.models import Call
from doudi.office.registry.models import Person, RegistrationPeriod
from doudi.office.settlement.models import Admission, Claim, Entry, FeeLine

HAN = re.compile(r"[\u4e00-\u9fff]")
BY = ("--by", "李窗口")
WHY = ("--why", "测试")


@pytest.fixture
def office(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Generator[None]:
    with django_db_blocker.unblock(), an_office(tmp_path):
        yield


@pytest.fixture
def manage(office: None, doudi: Doudi) -> Callable[..., Ran]:
    """Runs ``doudi manage`` on an office with one poor household."""
    del office
    return lambda *arguments: doudi("manage", *arguments)


def admitted(manage: Callable[..., Ran], key: str = "stay", day: str = "2018-09-14") -> None:
    agreement = ("--agreement", f"协议{key}")
    ran = manage("admit", POOR, HOSPITAL, "--date", day, *agreement, *BY, "--key", key)
    assert ran.status == 0, ran.err


def settled(
    manage: Callable[..., Ran], key: str = "stay", day: str = "2018-09-26", bill: Path = BILL
) -> str:
    """Admit, enter the bill, settle under ``KEY-settled``; what was printed."""
    admitted(manage, key, day)
    assert manage("fees", f"@{key}", bill, *BY).status == 0
    ran = manage("settle", f"@{key}", "--date", day, *BY, "--key", f"{key}-settled")
    assert ran.status == 0, ran.err
    return ran.out


def two_claims(manage: Callable[..., Ran]) -> None:
    settled(manage, "first", "2018-09-10", EARLIER_BILL)
    settled(manage, "second", "2018-09-26", BILL)


def bill_file(folder: Path, *lines: str, heading: str = "") -> Path:
    path = folder / "bill.csv"
    usual = "项目,目录类别,数量,单价,总额,全自费,超限价,先行自付,政策范围"
    path.write_text("\n".join([heading or usual, *lines]) + "\n", encoding="utf-8")
    return path


# --- Setting up ---


def test_without_a_database_a_command_says_what_to_run_first(
    tmp_path: Path, doudi: Doudi, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), an_empty_database(tmp_path):
        ran = doudi("manage", "find", POOR)
    assert ran.complaints == ["数据库还没有建立，先运行 doudi manage migrate"]


def test_migrating_makes_the_database_and_doing_it_again_changes_nothing(
    tmp_path: Path, doudi: Doudi, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), an_empty_database(tmp_path):
        assert doudi("manage", "migrate").out == "数据库已就绪\n"
        assert doudi("manage", "migrate").status == 0
        assert doudi("manage", "trial-balance").status == 0


def test_an_institution_is_registered_once_and_in_a_real_division(
    manage: Callable[..., Ran],
) -> None:
    add = ("add-institution", "H15222400098", "示例二院", "--level", "2", *BY)
    assert (
        manage(*add, "--division", "152224000000").out == "已登记医疗机构 H15222400098 示例二院\n"
    )
    assert manage(*add).complaints == ["已有医疗机构 H15222400098"]
    other = ("add-institution", "H15222400097", "示例三院", "--level", "2", *BY)
    assert manage(*other, "--division", "999999000000").complaints == ["没有这个区划：999999000000"]
    [call] = Call.objects.filter(service="register_institution", subject__endswith="98")
    assert (call.actor, call.reason) == ("李窗口", "登记医疗机构")


def test_settings_that_production_refuses_are_one_line(tmp_path: Path) -> None:
    environment = {
        "DOUDI_DATA": str(tmp_path),
        "DOUDI_PRODUCTION": "1",
        "DOUDI_ID_KEY": "",
        "DJANGO_SETTINGS_MODULE": "doudi.office.settings",
    }
    ran = run_python("manage", "find", POOR, **environment)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1
    assert "DOUDI_ID_KEY" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["manage", "--help"],
        ["audit", "--help"],
        ["demo-data", "--help"],
        ["policy", "list"],
        ["estimate", "--bill", "100"],
    ],
)
def test_django_is_not_imported_before_an_office_command_runs(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom doudi.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "assert 'django' not in sys.modules\n"
    )
    ran = run_python("-c", code)
    assert ran.returncode == 0, ran.stderr


# --- The registry ---


def test_a_person_is_found_by_id_number_card_or_public_id_and_shown_masked(
    manage: Callable[..., Ran],
) -> None:
    shown = manage("find", POOR, "--date", "2018-09-01").out
    assert "示**  1522**********9992  1955" in shown
    assert "2018-09-01：建档立卡 是，参保 是" in shown
    assert POOR not in shown
    assert "示例甲" not in shown
    public_id = shown.split()[1]
    assert manage("find", public_id, "--date", "2018-09-01").out == shown
    by_card = manage("find", OTHER_CARD, "--date", "2018-09-01", "--json").data
    assert (by_card["registered"], by_card["id_number"]) == (False, "1522**********9991")


@pytest.mark.usefixtures("office", "doudi")
def test_an_id_number_can_be_read_from_standard_input() -> None:
    ran = CliRunner().invoke(main, ["manage", "find", "-"], input=f"{POOR}\n")
    assert ran.exit_code == 0
    assert "1522**********9992" in ran.stdout


@pytest.mark.parametrize("typed", ["152299195503089976", "KAP9999999999"])
def test_somebody_unknown_is_refused_without_repeating_the_number(
    manage: Callable[..., Ran], typed: str
) -> None:
    [line] = manage("find", typed).complaints
    assert line.startswith("登记库里没有这个人：")
    assert typed not in line


def test_a_number_that_nobody_can_have_is_refused(manage: Callable[..., Ran]) -> None:
    assert manage("find", POOR[:-1] + "1").complaints == ["校验位不对，请逐位核对"]


def test_a_file_of_people_is_imported_whole_or_every_fault_is_one_line(
    manage: Callable[..., Ran], tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    heading = "姓名,身份证号,户编号,与户主关系,村代码\n"
    path.write_text(f"{heading}丁,{POOR},H1,户主,152224100201\n戊,12,H2,户主,1\n", encoding="utf-8")
    faults = manage("import-people", path, *BY, *WHY).complaints
    assert len(faults) == 3
    assert all(line.startswith("第") for line in faults)
    assert POOR not in "".join(faults)
    path.write_text(f"{heading}丁,152298198001019975,H1,户主,152224100201\n", encoding="utf-8")
    assert manage("import-people", path, *BY, *WHY).out == "导入 1 人\n"


def test_registration_begins_ends_and_is_withdrawn_once(manage: Callable[..., Ran]) -> None:
    register = ("register", OTHER, "--cause", "01", "--document", "示例文件", *BY, *WHY)
    number = manage(*register, "--from", "2018-05-01").out.split()[1]
    assert "建档立卡 是" in manage("find", OTHER, "--date", "2018-06-01").out
    [clash] = manage(*register, "--from", "2018-06-01").complaints
    assert "重叠" in clash
    end = ("end-registration", number, "--date", "2018-07-31", *BY, *WHY)
    assert manage(*end).out == f"登记 {number}，最后一天 2018-07-31\n"
    assert len(manage(*end).complaints) == 1
    assert "建档立卡 否" in manage("find", OTHER, "--date", "2018-08-01").out
    assert manage("withdraw", number, *BY, *WHY).status == 0
    assert len(manage("withdraw", number, *BY, *WHY).complaints) == 1
    assert "（已撤回）" in manage("find", OTHER, "--date", "2018-06-01").out


def test_a_person_is_added_enrolled_and_listed(manage: Callable[..., Ran]) -> None:
    new = "152298198001019975"
    added = manage("add-person", "示例丁", new, *BY, *WHY).out
    assert added == f"人员 {Person.objects.get(public_id=added.split()[1]).public_id}\n"
    assert "联系电话" not in manage("find", new).out
    enrol = ("enrol", new, "2018", "--premium", "220", "--document", "示例", *BY, *WHY)
    assert manage(*enrol).out == "2018 年已参保\n"
    assert manage(*enrol).complaints == ["2018 年已参保"]
    add = ("list-disease", new, "serious", "白内障", "--from", "2018-01-01", "--document", "示例")
    number = manage(*add, *BY, *WHY).out.split()[1]
    found = manage("find", new, "--date", "2018-02-01", "--json").data
    assert (found["enrolled"], found["serious"]) == (True, True)
    end = manage("end-listing", number, "--date", "2018-03-01", *BY, *WHY)
    assert end.out == f"名单 {number}，最后一天 2018-03-01\n"
    withdrawn = manage("withdraw-listing", number, *BY, *WHY).out
    assert withdrawn == f"名单 {number} 已撤回；此前按它结算的，用 reassess 重新核定\n"
    assert not manage("find", new, "--date", "2018-02-01", "--json").data["serious"]
    assert "（已撤回）" in manage("find", new).out


def test_a_phone_is_shown_masked(manage: Callable[..., Ran]) -> None:
    new = "152298198001019975"
    manage("add-person", "示例丁", new, "--phone", "13800138000", *BY, *WHY)
    shown = manage("find", new).out
    assert "  联系电话 138****8000\n" in shown
    assert "13800138000" not in shown
    assert manage("find", new, "--json").data["phone"] == "138****8000"


def test_a_change_of_the_registry_needs_somebody_and_a_reason(manage: Callable[..., Ran]) -> None:
    change = ("withdraw", "1")
    assert manage(*change, *WHY).status == 2
    assert manage(*change, *BY).status == 2
    assert manage(*change, "--by", "  ", *WHY).status == 2
    assert RegistrationPeriod.objects.filter(withdrawn_at=None).count() == 2


# --- The window ---


def test_a_registered_person_is_admitted_without_deposit_and_with_an_agreement(
    manage: Callable[..., Ran],
) -> None:
    admit = ("admit", POOR, HOSPITAL, "--date", "2018-09-14", *BY)
    assert manage(*admit, "--deposit", "500", "--agreement", "协议1").complaints == [
        "建档立卡贫困人口在定点医疗机构住院不交押金"
    ]
    assert manage(*admit).complaints == ["先诊疗后付费须签协议，请填协议编号"]
    assert manage(*admit, "--agreement", "协议1").out.endswith("，押金 0 元\n")
    assert Admission.objects.count() == 1


def test_somebody_who_is_not_registered_pays_a_deposit(manage: Callable[..., Ran]) -> None:
    ran = manage("admit", OTHER, HOSPITAL, "--date", "2018-09-14", "--deposit", "500", *BY)
    stay, note = ran.out.splitlines()
    assert stay.endswith("，押金 500 元")
    # Nobody enrolled this person for 2018: the clerk hears of it while there is time.
    assert "没有登记 2018 年参保" in note
    assert Admission.objects.get().deposit_fen == 50_000


def test_the_lines_of_a_bill_are_entered_all_or_none(
    manage: Callable[..., Ran], tmp_path: Path
) -> None:
    admitted(manage)
    wrong = bill_file(tmp_path, "床位费,A,3,12.35,37.00,0,0,0,37.00", "耗材,C,1,5,5,0,0,0,5")
    faults = manage("fees", "@stay", wrong, *BY).complaints
    assert len(faults) == 2
    assert "应为 37.05 元" in faults[0]
    assert FeeLine.objects.count() == 0
    right = bill_file(tmp_path, "床位费,A,3,12.35,37.05,,,,37.05")
    assert manage("fees", "@stay", right, *BY).out == "录入 1 条，合计 37.05 元\n"


def test_every_fault_of_a_fee_file_is_one_line(manage: Callable[..., Ran], tmp_path: Path) -> None:
    admitted(manage)
    wrong = bill_file(tmp_path, "床位费,A,一,12.345,-1,0,0,0,0", ",A,1,1,1,0,0,0,1")
    faults = manage("fees", "@stay", wrong, *BY).complaints
    assert [fault.split("：")[0] for fault in faults] == [
        "第2行 数量 = 一",
        "第2行 单价 = 12.345",
        "第2行 总额 = -1",
        "第3行 项目",
    ]
    strange = bill_file(tmp_path, heading="项目,目录类别,数量,单价,总额,备注")
    assert len(manage("fees", "@stay", strange, *BY).complaints) == 5
    assert len(manage("fees", "@stay", bill_file(tmp_path), *BY).complaints) == 1
    assert manage("fees", "@stay", tmp_path / "none.csv", *BY).complaints == [
        "none.csv：文件打不开"
    ]


def test_a_fee_file_from_chinese_excel_is_read(manage: Callable[..., Ran], tmp_path: Path) -> None:
    admitted(manage)
    path = tmp_path / "gb.csv"
    path.write_text(BILL.read_text(encoding="utf-8"), encoding="gb18030")
    assert manage("fees", "@stay", path, *BY).out == "录入 5 条，合计 34,000 元\n"


def test_a_preview_shows_what_settling_then_does_and_keeps_nothing(
    manage: Callable[..., Ran],
) -> None:
    admitted(manage)
    manage("fees", "@stay", BILL, *BY)
    preview = manage("settle", "@stay", "--date", "2018-09-26", "--preview").out
    assert Claim.objects.count() == 0
    done = manage("settle", "@stay", "--date", "2018-09-26", *BY).out
    assert preview.splitlines()[0] == "预览，没有保存任何改动"
    assert preview.splitlines()[2:] == done.splitlines()[1:]


def test_settling_needs_somebody_and_previewing_does_not(manage: Callable[..., Ran]) -> None:
    admitted(manage)
    manage("fees", "@stay", BILL, *BY)
    settle = ("settle", "@stay", "--date", "2018-09-26")
    assert manage(*settle).complaints == ["请用 --by 写明经办人"]
    assert Claim.objects.count() == 0


def test_the_six_amounts_add_up_to_the_bill(manage: Callable[..., Ran]) -> None:
    settled(manage)
    slip = manage("slip", "@stay-settled", "--json").data
    assert sum(slip["payers"].values()) + slip["own_fen"] == slip["bill_fen"] == 3_400_000


def test_the_same_request_has_one_effect_and_another_under_its_key_is_refused(
    manage: Callable[..., Ran],
) -> None:
    settled(manage)
    pay = ("pay", "@stay", "--date", "2018-09-26", *BY, "--key", "paid")
    first = manage(*pay, "1000")
    assert manage(*pay, "1000") == first
    assert len(manage(*pay, "1001").complaints) == 1
    assert manage("slip", "@stay-settled", "--json").data["owed_fen"] == 240_000


def test_an_unknown_request_or_stay_is_refused(manage: Callable[..., Ran]) -> None:
    assert manage("settle", "@nothing", "--date", "2018-09-26", *BY).complaints == [
        "没有编号为 nothing 的请求，或它的结果里没有这一项"
    ]
    assert len(manage("settle", "nothing", "--date", "2018-09-26", *BY).complaints) == 1
    assert manage("slip", "nothing").complaints == ["没有这笔结算：nothing"]
    assert len(manage("reverse", "nothing", *BY).complaints) == 1


def test_a_visit_is_settled_in_one_step_and_its_own_part_paid(manage: Callable[..., Ran]) -> None:
    visit = ("visit", POOR, HOSPITAL, BILL, "--kind", "chronic", "--date", "2018-03-05")
    out = manage(*visit, *BY, "--key", "visit").out
    assert "总费用" in out
    owed = manage("slip", "@visit", "--json").data["own_fen"]
    yuan = f"{owed // 100}.{owed % 100:02d}"
    assert manage("pay", "@visit", yuan, "--date", "2018-03-05", *BY).out.endswith("尚欠 0 元\n")


def test_the_own_part_is_agreed_and_paid_in_parts_but_never_beyond_what_is_owed(
    manage: Callable[..., Ran],
) -> None:
    settled(manage)
    plan = ("instalments", "@stay", *BY)
    assert len(manage(*plan, "2018-10-01=3399").complaints) == 1
    assert manage(*plan, "soon=3400").complaints == ["soon=3400：应写成 2018-10-01=600"]
    assert manage(*plan, "2018-10-01=1400", "2018-11-01=2000").out == "约定分 2 期付清\n"
    pay = ("pay", "@stay", "--date", "2018-10-01", *BY)
    assert manage(*pay, "1400").out == "收到 1,400 元，尚欠 2,000 元\n"
    assert len(manage(*pay, "2000.01").complaints) == 1
    assert manage(*pay, "2000").out == "收到 2,000 元，尚欠 0 元\n"
    assert len(manage("refund", "@stay", "--date", "2018-10-02", *BY).complaints) == 1


# --- Corrections ---


def test_a_correction_shows_what_it_does_to_a_later_claim(manage: Callable[..., Ran]) -> None:
    two_claims(manage)
    correct = ("correct", "@first-settled", "--fees", str(CORRECTED))
    preview = manage(*correct, "--preview").out
    assert "政府兜底 -200，个人自付 +200" in preview
    assert Entry.objects.count() == 2
    done = manage(*correct, *BY, "--key", "right").out
    assert preview.splitlines()[2:] == done.splitlines()[1:]
    assert manage("slip", "@second-settled", "--json").data["own_fen"] == 300_000
    assert manage("slip", "@second-settled", "--first", "--json").data["own_fen"] == 280_000


def test_a_reversal_shows_what_it_does_to_a_later_claim_and_happens_once(
    manage: Callable[..., Ran],
) -> None:
    two_claims(manage)
    assert "个人自付 +600" in manage("reverse", "@first-settled", "--preview").out
    reverse = ("reverse", "@first-settled", *BY)
    assert "个人自付 +600" in manage(*reverse).out
    assert manage(*reverse).complaints == ["这笔结算已经冲销，不能再冲销一次"]
    assert "这笔结算已经冲销" in manage("slip", "@first-settled").out


def test_a_correction_that_changes_nothing_is_refused(manage: Callable[..., Ran]) -> None:
    settled(manage)
    assert manage("correct", "@stay-settled", *BY).complaints == [
        "没有说要更正什么：--fees 或 --kind"
    ]


def test_a_corrected_line_that_corrects_nothing_is_refused_in_one_line(
    manage: Callable[..., Ran], tmp_path: Path
) -> None:
    settled(manage)
    heading = "更正行,项目,目录类别,数量,单价,总额,全自费,超限价,先行自付,政策范围\n"
    for place, words in (("9", "没有在用的第 9 条"), ("x", "更正行 = x")):
        path = tmp_path / "更正.csv"
        path.write_text(f"{heading}{place},床位费,A,1,1,1,0,0,0,1\n", encoding="utf-8")
        ran = manage("correct", "@stay-settled", "--fees", str(path), *BY)
        assert len(ran.complaints) == 1
        assert words in ran.complaints[0]
    assert Entry.objects.count() == 1


def test_a_withdrawn_registration_is_followed_by_reassessing(manage: Callable[..., Ran]) -> None:
    settled(manage)
    nothing = manage("reassess", POOR, "2018", *BY)
    assert nothing.out == "没有变化\n"
    manage("withdraw", str(RegistrationPeriod.objects.earliest("pk").pk), *BY, *WHY)
    out = manage("reassess", POOR, "2018", *BY).out
    assert "冲销" in out
    assert "结算" in out


# --- The month ---


def test_a_month_is_closed_and_its_statements_confirmed_and_paid_once(
    manage: Callable[..., Ran],
) -> None:
    settled(manage)
    state = ("statements", "201809", *BY)
    assert manage(*state).complaints == ["201809 还没有关账"]
    assert manage("close-month", "201809", *BY).out == "201809 已关账\n"
    assert manage("close-month", "201811", *BY).complaints == ["应按顺序关账：下一个月份是 201810"]
    rows = manage(*state, "--json").data
    assert {row["state"] for row in rows} == {None}
    name = f"201809:basic:{HOSPITAL}"
    step = (name, "--date", "2018-10-08", *BY)
    assert len(manage("pay-statement", *step).complaints) == 1
    assert "已确认，20,195.92 元" in manage("confirm", *step).out
    assert "已支付，20,195.92 元" in manage("pay-statement", *step).out
    assert len(manage("pay-statement", *step).complaints) == 1
    assert manage("confirm", "201809:basic:H0", *step[1:]).complaints == [
        "没有对账单 201809:basic:H0"
    ]
    assert "已支付" in manage(*state).out


def test_what_an_institution_is_owed_is_what_its_bills_have_not_brought_in(
    manage: Callable[..., Ran],
) -> None:
    settled(manage)
    manage("pay", "@stay", "400", "--date", "2018-09-26", *BY)
    owed = manage("owed", HOSPITAL, "--json").data
    assert owed["patients_fen"] == 300_000
    assert owed["advanced_fen"] == 3_400_000 - 40_000
    assert sum(owed["pending_fen"].values()) == 3_400_000 - 340_000
    assert manage("owed", "H0").complaints == ["没有这家医疗机构：H0"]


def test_debits_and_credits_of_all_accounts_are_equal(manage: Callable[..., Ran]) -> None:
    two_claims(manage)
    rows = manage("trial-balance", "--json").data
    assert sum(row["debits_fen"] for row in rows) == sum(row["credits_fen"] for row in rows) > 0
    last = manage("trial-balance").out.splitlines()[-1]
    assert re.fullmatch(r"\d+ 个账户，借方 ([\d,.]+) 元，贷方 \1 元", last)


# --- Words ---


@pytest.mark.usefixtures("office")
def test_in_english_everything_but_names_is_english(doudi: Doudi) -> None:
    def english(*arguments: str) -> str:
        ran = doudi("--lang", "en", "manage", *arguments)
        assert ran.status == 0, ran.err
        return ran.out.replace("示例医院", "hospital").replace("突泉镇北厢村委会", "place")

    stay = ("--date", "2018-09-14", "--agreement", "1", "--by", "clerk", "--key", "stay")
    said = ("--by", "clerk")
    printed = [
        english("find", POOR, "--date", "2018-09-01").replace("示**", "name"),
        english("admit", POOR, HOSPITAL, *stay),
        english("fees", "@stay", str(BILL), *said),
        english("settle", "@stay", "--date", "2018-09-26", *said, "--key", "settled"),
        english("slip", "@settled"),
        english("correct", "@settled", "--kind", "observation", "--preview"),
        english("reverse", "@settled", "--preview"),
        english("owed", HOSPITAL),
        english("close-month", "201809", *said),
        english("statements", "201809", *said),
        english("trial-balance"),
    ]
    assert [line for text in printed for line in text.splitlines() if HAN.search(line)] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("find", WIFE[:-1] + "1"),
        ("settle", "@nothing", "--date", "2018-09-26", "--by", "clerk"),
        ("admit", POOR, "H0", "--date", "2018-09-01", "--by", "clerk"),
        ("pay", "nothing", "1", "--date", "2018-09-01", "--by", "clerk"),
        ("fees", "nothing", "nowhere.csv", "--by", "clerk"),
        ("close-month", "2018", "--by", "clerk"),
    ],
)
@pytest.mark.usefixtures("office")
def test_a_refusal_in_english_is_english(doudi: Doudi, arguments: tuple[str, ...]) -> None:
    complaints = doudi("--lang", "en", "manage", *arguments).complaints
    assert not HAN.search("".join(complaints))


def test_no_command_prints_an_id_number_or_a_whole_name(manage: Callable[..., Ran]) -> None:
    outputs = [settled(manage)]
    outputs += [manage(*command).out for command in (
        ("find", POOR), ("find", POOR, "--json"), ("slip", "@stay-settled"),
        ("slip", "@stay-settled", "--json"), ("owed", HOSPITAL), ("trial-balance",),
    )]  # fmt: skip
    everything = "".join(outputs)
    assert POOR not in everything
    assert "示例甲" not in everything
    assert "1955-03-08" not in everything


def test_json_holds_whole_fen_only(manage: Callable[..., Ran]) -> None:
    admitted(manage)
    manage("fees", "@stay", BILL, *BY)
    answer: dict[str, Any] = json.loads(
        manage("settle", "@stay", "--date", "2018-09-26", *BY, "--json").out
    )
    assert set(answer) == {
        "claim", "admission", "date", "bill_fen", "payers", "own_fen", "differences",
    }  # fmt: skip
    assert all(type(amount) is int for amount in answer["payers"].values())
