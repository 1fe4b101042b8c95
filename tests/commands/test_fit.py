"""`doudi fit`: the range of a number that the published cases imply."""

from __future__ import annotations

import pytest
from tests.commands.conftest import Doudi

C2 = ("fit", "--parameter", "basic_schedule[3].band1", "--case", "C-2")
ALONE = (
    "--fact", "catalogue=12000", "--with", "assistance_rate=0%", "--with", "basic_rate_rise=0%",
    "--with", "basic_deductible_cut=0%",
)  # fmt: skip


@pytest.mark.clause("H-07")
def test_the_rates_that_the_published_case_implies_by_deductible(doudi: Doudi) -> None:
    ran = doudi(*C2, *ALONE, "--by", "basic_deductible[3]=0,600,1200")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[0].endswith("现按 65%（借用），预计在 60% 和 80% 之间")
    assert "自付不到1000元" in lines[1]
    assert "民政医疗救助比例 0%" in lines[2]
    assert lines[3] == "另外给定：医保目录内费用 12,000 元"
    # 9,777.78 of 12,000, of 11,400 and of 10,800 yuan.
    assert [line.split("  ")[-1] for line in lines[4:7]] == [
        "不低于 81.49%（81.48% 就不够）",
        "不低于 85.78%（85.77% 就不够）",
        "不低于 90.54%（90.53% 就不够）",
    ]


def test_the_answer_is_also_plain_data(doudi: Doudi) -> None:
    data = doudi.json(*C2, "--fact", "catalogue=12000", "--with", "assistance_rate=0%")
    # Half the deductible of 1,200 and a rise of ten points: 85.78% less 10.
    assert data["usual"] == [[7_578, 10_000]]
    assert (data["today"], data["today_fits"], data["unit"]) == (6_500, False, "rate")
    assert data["cases"] == ["C-2"]
    several = doudi.json(*C2, *ALONE, "--by", "basic_deductible[3]=0,600")
    assert [item["usual"][0][0] for item in several] == [8_149, 8_578]


def test_english_is_wholly_english(doudi: Doudi) -> None:
    ran = doudi("--lang", "en", *C2, *ALONE, "--from", "50%", "--to", "95.5%")
    assert ran.status == 0
    # The deductible of 1,200 is not cut here: (12,000 - 1,200) x r.
    assert "from 90.54% up (90.53% is too low)" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--parameter", "basic_schedule[3]", "--case", "C-9"), "C-1a"),
        (("--parameter", "nothing", "--case", "C-2"), "没有这个参数"),
        (("--parameter", "basic_deductible[3]", "--case", "C-3"), "没有给出"),
        (("--parameter", "basic_deductible[3]", "--case", "C-2", "--with", "x"), "名称=值"),
        (("--parameter", "basic_deductible[3]", "--case", "C-2", "--fact", "x=1"), "没有这一项"),
        (
            ("--parameter", "basic_deductible[3]", "--case", "C-2", "--fact", "registered=perhaps"),
            "是/否",
        ),
        (("--parameter", "own_share_ceiling", "--case", "C-2", "--from", "8"), "8%"),
        (("--parameter", "basic_deductible[3]", "--case", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    doudi: Doudi, arguments: tuple[str, ...], words: str
) -> None:
    [line] = doudi("fit", *arguments).complaints
    assert words in line
