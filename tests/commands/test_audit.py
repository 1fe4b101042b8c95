"""`doudi audit`: sealing, verifying, checking, and who did what."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from tests.commands.an_office import BILL, HOSPITAL, POOR, an_office
from tests.commands.conftest import Doudi, Ran

from doudi.office.audit.models import Call
from doudi.office.registry.models import Person

BY = ("--by", "赵审核")


@pytest.fixture
def file(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Generator[Path]:
    """The database of an office with one settlement."""
    with django_db_blocker.unblock(), an_office(tmp_path):
        yield tmp_path / "office.sqlite3"


@pytest.fixture
def audit(file: Path, doudi: Doudi) -> Callable[..., Ran]:
    """Runs ``doudi audit`` on an office with one settlement."""
    assert file.exists()
    stay = ("--date", "2018-09-14", "--agreement", "协议1", "--key", "stay")
    said = ("--by", "李窗口")
    for arguments in (
        ("admit", POOR, HOSPITAL, *stay),
        ("fees", "@stay", str(BILL)),
        ("settle", "@stay", "--date", "2018-09-26", "--key", "settled"),
    ):
        ran = doudi("manage", *arguments, *said)
        assert ran.status == 0, ran.err
    return lambda *arguments: doudi("audit", *arguments)


def tamper(file: Path, table: str, change: str) -> None:
    """What somebody with the file and without scruples can do: drop the trigger, change a row."""
    with sqlite3.connect(file) as connection:
        connection.execute(f"DROP TRIGGER {table}_rows_stay_update")
        connection.execute(f"UPDATE {table} SET {change}")
    connection.close()


def test_a_seal_prints_its_head_and_covers_the_record_of_who_made_it(
    audit: Callable[..., Ran],
) -> None:
    first = audit("seal", "2018-09-30", *BY, "--json").data
    assert first["seal"] == 1
    assert re.fullmatch(r"[0-9a-f]{64}", first["head"])
    assert audit("verify", "--json").data["unsealed"] == 0
    [call] = Call.objects.filter(service="seal_day")
    assert (call.actor, call.reason) == ("赵审核", "每日封存")
    second = audit("seal", "2018-10-01", *BY).out
    assert second.splitlines()[0] == "第 2 号封条，2018-10-01，1 行"


def test_verifying_says_how_much_it_verified(audit: Callable[..., Ran]) -> None:
    before = audit("verify", "--json").data
    assert (before["seals"], before["rows"]) == (0, 0)
    assert before["unsealed"] > 0
    audit("seal", "2018-09-30", *BY)
    rows = before["unsealed"] + 1
    assert audit("verify").out == f"验过 1 个封条中的 {rows} 行；尚未封存 0 行\n全部相符\n"


def test_a_changed_row_is_named(audit: Callable[..., Ran], file: Path) -> None:
    audit("seal", "2018-09-30", *BY)
    tamper(file, "settlement_feeline", "item = '别的' WHERE number = 2")
    ran = audit("verify")
    assert ran.status == 1
    assert "settlement.FeeLine 2，这一行被改过" in ran.out
    named = audit("verify", "--json").data["tampered"]
    assert (named["table"], named["row"], named["day"]) == (
        "settlement.FeeLine", "2", "2018-09-30",
    )  # fmt: skip


def test_the_check_says_what_it_checked(audit: Callable[..., Ran]) -> None:
    ran = audit("check")
    assert ran.status == 0
    assert ran.out.splitlines() == [
        "1 个人的年度，逐笔重算 1 笔在用的结算，与存档的累计和金额比",
        "1 组分录，各笔转账的笔数和合计与分录所载比",
        f"{audit('check', '--json').data['accounts']} 个有发生额的账户，付方和患者所欠与结算所载比",
        "全部相符",
    ]


def test_a_year_that_is_not_the_fold_of_its_claims_is_found(
    audit: Callable[..., Ran], file: Path
) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE settlement_personyear SET totals = '{\"registered_own\": 1}'")
    connection.close()
    ran = audit("check")
    assert ran.status == 1
    assert ran.out.splitlines()[-1] == "1 处不符"
    assert len(audit("check", "--json").data["faults"]) == 1


def test_the_calls_about_a_person_are_those_about_stays_and_claims_too(
    audit: Callable[..., Ran],
) -> None:
    public_id = Person.objects.order_by("pk")[0].public_id
    rows = audit("calls", public_id, "--json").data
    assert [row["service"] for row in rows] == ["import_people", "admit", "enter_fees", "settle"]
    assert [row["actor"] for row in rows] == ["测试员", *["李窗口"] * 3]
    assert all(re.fullmatch(r"\d{4}-.*\+08:00", row["at"]) and row["reason"] for row in rows)
    assert audit("calls", POOR).out == audit("calls", public_id).out
    assert POOR not in audit("calls", POOR).out


def test_the_calls_about_an_institution_or_a_request_are_found(audit: Callable[..., Ran]) -> None:
    assert "register_institution" in audit("calls", HOSPITAL).out
    assert "enter_fees" in audit("calls", "@settled").out


def test_a_subject_without_calls_is_one_line(audit: Callable[..., Ran]) -> None:
    assert audit("calls", "nothing").complaints == ["没有关于 nothing 的记录"]
    assert audit("calls", "@nothing").complaints == ["没有关于 @nothing 的记录"]


def test_in_english_the_audit_is_english(audit: Callable[..., Ran], doudi: Doudi) -> None:
    assert audit("verify").status == 0
    printed = "".join(
        doudi("--lang", "en", "audit", *arguments).out
        for arguments in (("seal", "2018-09-30", "--by", "x"), ("verify",), ("check",))
    )
    assert printed
    assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", printed)


def test_claims_settled_by_an_earlier_version_are_settled_again_by_that_version(
    audit: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_ADOPTION", str(adoption(tmp_path)))
    ran = audit("check")
    assert ran.status == 0
    assert "逐笔重算 1 笔在用的结算" in ran.out
    assert "按别的政策版本" not in ran.out


def test_claims_settled_by_a_version_that_is_gone_are_counted_apart(
    audit: Callable[..., Ran], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_ADOPTION", str(adoption(tmp_path)))
    tamper(file, "settlement_policyversion", "pack = 'a-pack-that-is-gone'")
    ran = audit("check")
    assert ran.status == 0
    assert "其中 1 笔按别的政策版本结算，只与存档的计算过程比" in ran.out


def adoption(folder: Path) -> Path:
    """An adoption file, so that today's version is another than the one of then."""
    path = folder / "adoption.yaml"
    value = "{parameter: 'basic_deductible[2]', value: 300 yuan, document: 试〔2018〕1号}"
    path.write_text(f"policy: hinggan-2018\nvalues:\n  - {value}\n", encoding="utf-8")
    return path
