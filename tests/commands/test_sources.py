"""`doudi sources`: every cited figure looked up on the source page."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands.conftest import Doudi

from doudi.policies.sources import TITLE


@pytest.mark.clause("X-04")
def test_every_cited_figure_stands_on_the_real_page(doudi: Doudi, real_page: Path) -> None:
    data = doudi.json("sources", real_page)
    assert data["faults"] == []
    assert data["figures"] >= 100
    assert [(item["line"], item["character"]) for item in data["unresolved"]] == [(5, "歲")]
    ran = doudi("sources", real_page)
    assert ran.status == 0
    assert f"引用的数字 {data['figures']} 个，与原文不符 0 个" in ran.out


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        (("封顶线5万元", "封顶线6万元"), "assistance_cap"),
        (("商业补充保险报销55%", "商业补充保险报销56%"), "commercial_rate"),
        (("4200元", "4300元"), "family_bed_year_limit"),
        (("300万元", "301万元"), "allotted_amount"),
    ],
)
def test_a_page_with_another_digit_is_noticed_by_the_name_of_the_parameter(
    doudi: Doudi, real_page: Path, tmp_path: Path, change: tuple[str, str], parameter: str
) -> None:
    text = real_page.read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "page.txt"
    path.write_text(text.replace(*change), encoding="utf-8", newline="")
    ran = doudi("sources", path)
    assert ran.status == 1
    assert any(line.startswith(parameter) for line in ran.out.splitlines()), ran.out
    data = doudi("sources", path, "--json").data
    assert parameter in {fault["parameter"] for fault in data["faults"]}


def test_a_line_of_the_page_is_shown_readable_and_beside_it_as_it_stands(
    doudi: Doudi, real_page: Path
) -> None:
    ran = doudi("sources", real_page, "--line", "5", "--raw")
    shown, raw = ran.out.splitlines()[:2]
    assert shown.startswith("L5 ")
    assert "根据" in shown
    assert "根據" in raw
    [line] = doudi.json("sources", real_page, "--line", "5")["lines"]
    assert line["number"] == 5
    assert len(line["raw"]) == len(line["readable"])


def test_the_whole_text_is_printed_when_asked_for(doudi: Doudi, real_page: Path) -> None:
    lines = doudi.json("sources", real_page, "--text")["lines"]
    assert [line["number"] for line in lines] == list(range(1, 224))


def test_a_page_that_says_nothing_has_every_figure_missing(doudi: Doudi, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(TITLE + "\n", encoding="utf-8")
    ran = doudi("sources", path, "--json")
    assert ran.status == 1
    named = {fault["parameter"] for fault in ran.data["faults"]}
    assert {"assistance_cap", "own_year_ceiling", "allotted_amount"} <= named
    assert len(ran.data["faults"]) >= ran.data["figures"]


def test_what_is_not_the_page_is_refused(doudi: Doudi, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("另一个网页\n", encoding="utf-8")
    for refused in (path, tmp_path / "absent.txt", tmp_path):
        [line] = doudi("sources", refused).complaints
        assert str(refused) in line
