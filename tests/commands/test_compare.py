"""`doudi compare`: a reform against today, as text, data and one HTML file."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.commands.conftest import Doudi
from tests.population.reform_rows import three

from doudi.rules.kernel import CACHE_VARIABLE


@pytest.fixture(autouse=True)
def compiled_loops_stay_here(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path_factory.getbasetemp() / "loops"))


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.parquet"
    pq.write_table(three(), path)
    return path


@pytest.fixture
def reform(tmp_path: Path) -> Path:
    path = tmp_path / "reform.yaml"
    path.write_text(
        "policy: hinggan-2018\nzh: 个人自付上限降到8%\nen: Own share of at most 8%\n"
        "values:\n  - {parameter: own_share_ceiling, value: 8%}\n",
        encoding="utf-8",
    )
    return path


def test_a_reform_is_compared_by_payer_and_by_group(
    doudi: Doudi, claims: Path, reform: Path
) -> None:
    ran = doudi("compare", claims, "--reform", reform)
    assert ran.status == 0
    lines = ran.out.splitlines()
    # 10% of 20,000 becomes 8%: 400 yuan of 2,750 go from the person to the backstop.
    assert lines[:4] == [
        "个人自付上限降到8%",
        "各支付方一共多付 400 元（+2.1%），全部是政府兜底。",
        "1 人自付减少（占 50.0%），平均每人少付 400 元。",
        "没有人自付增加。",
    ]
    row = ["政府兜底", "8,132.75", "元", "8,532.75", "元", "+400", "元", "+4.9%"]
    assert row in [line.split() for line in lines]
    # The file has a column banner, so there are groups by it without being asked for.
    assert "突泉县" in ran.out and "旗县市" in ran.out


def test_the_data_has_every_amount_in_fen(doudi: Doudi, claims: Path, reform: Path) -> None:
    data = doudi.json("compare", claims, "--reform", reform)
    assert data["payers"]["own_pay"] == {"today_fen": 275_000, "reform_fen": 235_000}
    assert data["changes"][0]["before"] == 1_000
    banners = {group["key"]: group["better_persons"] for group in data["breakdowns"]["banner"]}
    assert banners == {"突泉县": 1, "": 0}
    assert set(data["breakdowns"]) == {
        "decile", "hospital_level", "registered", "kind", "banner",
    }  # fmt: skip
    by_value = doudi.json("compare", claims, "--value", "own_share_ceiling=8%")
    assert by_value["payers"] == data["payers"]


def test_another_reform_can_stand_for_today(doudi: Doudi, claims: Path, reform: Path) -> None:
    data = doudi.json(
        "compare", claims, "--today", reform, "--value", "own_share_ceiling=5%", "--by", "serious"
    )
    assert data["payers"]["own_pay"] == {"today_fen": 235_000, "reform_fen": 175_000}
    assert [group["key"] for group in data["breakdowns"]["serious"]] == ["false"]


def test_the_report_is_written_whole(
    doudi: Doudi, claims: Path, reform: Path, tmp_path: Path
) -> None:
    target = tmp_path / "report.html"
    ran = doudi(
        "compare", claims, "--reform", reform, "--html", target, "--made", "2018-12-31"
    )  # fmt: skip
    assert ran.status == 0
    assert ran.out.startswith("各支付方一共多付 400 元")
    text = target.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>") and text.endswith("</html>\n")
    assert "报告日期 2018-12-31" in text
    [line] = doudi(
        "compare", claims, "--reform", reform, "--html", tmp_path / "no" / "r.html"
    ).complaints
    assert "写不进去" in line


def test_bad_input_is_told_line_by_line_and_nothing_is_written(
    doudi: Doudi, claims: Path, reform: Path, tmp_path: Path
) -> None:
    [line] = doudi("compare", claims).complaints
    assert "--reform" in line
    bad = tmp_path / "bad.yaml"
    bad.write_text("values:\n  - {parameter: x, value: 1}\ninterpretations: {y: z}\n", "utf-8")
    assert len(doudi("compare", claims, "--reform", bad).complaints) == 2
    [line] = doudi("compare", tmp_path / "none.parquet", "--reform", reform).complaints
    assert "Parquet" in line
    [line] = doudi("compare", claims, "--reform", reform, "--by", "village").complaints
    assert "village" in line
    [line] = doudi("compare", claims, "--value", "own_share_ceiling").complaints
    assert "名称=值" in line
    faulty = tmp_path / "faulty.parquet"
    table = three().set_column(6, "bill", [[2_000_000, -1, 100_000]])
    pq.write_table(table, faulty)
    target = tmp_path / "report.html"
    lines = doudi("compare", faulty, "--reform", reform, "--html", target).complaints
    assert lines[0].startswith("第2行 bill = '-1'")
    assert not target.exists()
