"""A pack that is being written is named by its folder wherever a pack is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.rules.small_pack import CLAUSES, PARAMETERS, write_pack

from doudi.cli import main
from doudi.policies import find_policy, policy
from doudi.policies.carriers import carried_by
from doudi.rules.errors import BadInput

BILL = ("estimate", "--bill", "100", "--kind", "ride", "--date", "2018-04-28")


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_LANG", "zh")
    monkeypatch.delenv("DOUDI_ADOPTION", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(write_pack(tmp_path / "fares"))


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == status, result.output
    return result.stdout or result.stderr


def test_a_name_is_a_pack_of_ours_and_a_path_is_a_folder(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_policy(folder).name == "fares"
    assert find_policy("hinggan-2018") is policy("hinggan-2018")
    monkeypatch.chdir(Path(folder).parent)
    assert find_policy("fares").name == "fares"
    with pytest.raises(BadInput):
        find_policy("fairs")


def test_a_pack_of_ours_goes_before_a_folder_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pack(tmp_path / "hinggan-2018")
    monkeypatch.chdir(tmp_path)
    assert find_policy("hinggan-2018") is policy("hinggan-2018")
    assert find_policy("./hinggan-2018").name == "fares"


def test_a_bill_is_estimated_by_a_pack_in_a_folder(folder: str) -> None:
    data = json.loads(run(*BILL, "--policy", folder, "--json"))
    assert data["policy"]["name"] == "fares"
    assert data["bill_fen"] == 10_000


def test_a_file_is_settled_by_a_pack_in_a_folder(folder: str, tmp_path: Path) -> None:
    claims = tmp_path / "claims.csv"
    claims.write_text(
        "person,date,kind,zone,bill,member\none,2018-04-28,ride,1,100,是\n", encoding="utf-8"
    )
    data = json.loads(run("settle", str(claims), "--policy", folder, "--json"))
    assert data["claims"][0]["own_fen"] == 7_000


@pytest.mark.parametrize("command", ["show", "check"])
def test_a_pack_in_a_folder_is_shown_and_checked(folder: str, command: str) -> None:
    by_option = run("policy", command, "--policy", folder)
    assert "fund_cap" in by_option
    assert "hinggan" not in by_option
    assert run("policy", command, folder) == by_option


def test_without_a_choice_all_packs_of_ours_are_checked() -> None:
    assert "region-plan-2013" in run("policy", "check")
    only = run("policy", "check", "--policy", "hinggan-2018")
    assert "hinggan-2018" in only
    assert "region-plan-2013" not in only


def test_the_clauses_of_a_folder_are_those_of_its_own_file(folder: str) -> None:
    data = json.loads(run("clauses", "--policy", folder, "--json", status=1))
    states = {clause["id"]: clause["state"] for clause in data["clauses"]}
    assert states == {"G-01": "carried", "G-02": "carried", "G-03": "missing", "G-04": "missing"}
    assert {item["pack"] for item in data["clauses"][0]["objects"]} == {"fares"}


def test_the_clauses_of_a_pack_of_ours_are_those_that_it_carries() -> None:
    data = json.loads(run("clauses", "--policy", "block-funds-2018", "--json"))
    assert {clause["document"] for clause in data["clauses"]} == {"finance_notice"}


def test_our_tests_carry_no_clause_of_another_page(tmp_path: Path) -> None:
    page = json.loads(json.dumps(CLAUSES).replace("G-", "H-").replace('"G"', '"H"'))
    rate = {**PARAMETERS["fund_rate"], "clauses": ["H-01"]}
    folder = write_pack(
        tmp_path / "other", clauses=page, rules=RULES, parameters={"fund_rate": rate}
    )
    pack = find_policy(str(folder))
    assert all(item.tests == () for item in carried_by([pack], pack.clauses, pack.folder))


RULES = (
    '@rule("H-02", zh="基金支付")\ndef fund_pay(bill: Fen) -> Fen:\n    return bill\n'
    '@rule("H-02", zh="自付")\ndef own_pay(bill: Fen, fund_pay: Fen) -> Fen:\n'
    "    return bill - fund_pay\n"
)


@pytest.mark.parametrize("arguments", [BILL, ("policy", "show"), ("clauses",)])
def test_a_fault_of_a_pack_that_is_being_written_is_told(
    folder: str, arguments: tuple[str, ...]
) -> None:
    path = Path(folder) / "pack.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    said = run(*arguments, "--policy", folder, status=2)
    assert said.startswith("pack.yaml: unknown key 'colour'")


def test_what_is_neither_a_pack_nor_a_folder_is_refused() -> None:
    said = run(*BILL, "--policy", "nowhere", status=2)
    assert "hinggan-2018" in said
    assert "文件夹" in said
