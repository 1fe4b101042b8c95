"""`doudi simulate`, as typed on a command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.population.histories import as_table
from tests.population.test_settle import STAY

from doudi.cli import main

ROWS = [{**STAY, "person": person, "registered": person == 2} for person in (3, 2, 1)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.parquet"
    pq.write_table(as_table(ROWS), path)
    return path


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["simulate", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_a_file_is_settled_and_its_totals_are_said_in_yuan(source: Path, tmp_path: Path) -> None:
    status, out, err = run(source, tmp_path / "out.parquet")
    assert (status, err) == (0, "")
    # Two unregistered stays at 4,980 yuan and the published one at 155.25 yuan.
    assert "已结算 3 条" in out
    assert "10,115.25 元" in out
    assert "政策 hinggan-2018，版本" in out
    own = pq.read_table(tmp_path / "out.parquet")["own_pay"].to_pylist()
    assert own == [498_000, 15_525, 498_000]


def test_json_gives_the_totals_in_fen(source: Path, tmp_path: Path) -> None:
    status, out, _ = run(source, tmp_path / "out.parquet", "--json")
    assert status == 0
    data = json.loads(out)
    assert data["claims"] == 3
    assert data["totals"]["own_pay_fen"] == 1_011_525
    assert [pack["name"] for pack in data["policies"]] == ["hinggan-2018"]


def test_a_reform_and_a_reading_change_what_is_paid(source: Path, tmp_path: Path) -> None:
    reform = tmp_path / "reform.yaml"
    reform.write_text("values: [{parameter: own_share_ceiling, value: 1%}]", encoding="utf-8")
    run(source, tmp_path / "reformed.parquet", "--reform", reform)
    assert pq.read_table(tmp_path / "reformed.parquet")["own_pay"].to_pylist()[1] == 12_000
    run(source, tmp_path / "read.parquet", "--set", "rise=relative")
    assert pq.read_table(tmp_path / "read.parquet")["basic_pay"].to_pylist() == [
        702_000,
        815_100,  # 71.5% of what exceeds the halved deductible, 600 yuan
        702_000,
    ]


def test_a_faulty_file_gets_a_line_for_each_fault_and_no_result(tmp_path: Path) -> None:
    rows = [{**STAY, "hospital_level": 4}, STAY, {**STAY, "catalogue": 1_200_001}]
    pq.write_table(as_table(rows), tmp_path / "in.parquet")
    status, out, err = run(tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "第1行 hospital_level = '4'：医院级别：只能是 1, 2, 3",
        "第3行 catalogue = '1200001'：医保目录内费用不能大于总费用",
    ]
    assert not (tmp_path / "out.parquet").exists()


def test_what_is_there_is_written_over_only_when_told(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    target.write_text("mine")
    status, _, err = run(source, target)
    assert (status, target.read_text()) == (2, "mine")
    assert "--overwrite" in err
    assert run(source, target, "--overwrite")[0] == 0


@pytest.mark.parametrize("content", [None, "person,date\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "in.parquet").write_text(content)
    status, _, err = run(tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert status == 2
    assert err.startswith(str(tmp_path / "in.parquet"))
    assert len(err.splitlines()) == 1


def test_a_terminal_sees_a_bar_and_a_file_does_not(source: Path, tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "doudi", "simulate", str(source), str(tmp_path / "out")]
    environment = {**os.environ, "TERM": "xterm"}
    done = subprocess.run(
        command, check=False, stderr=theirs, stdout=subprocess.PIPE, env=environment
    )
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    # People 3, 2, 1 do not rise: their claims are parted, settled and written.
    assert all(step in seen for step in ("按人分组", "结算", "写出", "100%"))
    again = subprocess.run([*command, "--overwrite"], capture_output=True, text=True, check=True)
    assert again.stderr == ""
